// SPDX-License-Identifier: MIT
// Reads recorded exchanges with a Consul agent: requests, responses, and the small part of JSON and base64 that
// Consul's KV API uses.
#pragma once

#include <cstddef>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace test {

/// One entry of a Consul KV response.
struct consul_entry {
  std::string key;
  std::string value;
  std::uint64_t flags = 0;
  std::uint64_t create_index = 0;
  std::uint64_t modify_index = 0;
};

struct consul_exchange {
  std::string line;  // the request as recorded: "PUT /v1/kv/app/a?flags=42"
  std::string method;
  std::string key;                           // percent-decoded
  std::map<std::string, std::string> query;  // ?raw is an empty text
  std::string sent;
  int status = 0;
  std::string body;

  [[nodiscard]] bool has(const std::string& name) const { return query.count(name) != 0; }
};

namespace detail {

inline std::runtime_error transcript_error(const std::string& what, std::string_view where) {
  return std::runtime_error("transcript: " + what + ": " + std::string(where.substr(0, 60)));
}

// Removes the text up to the next line end, and the line end. Returns the text.
inline std::string_view take_line(std::string_view& text) {
  const auto end = text.find('\n');
  if (end == std::string_view::npos) throw transcript_error("unfinished line", text);
  const auto line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

inline bool take(std::string_view& text, std::string_view word) {
  if (!text.starts_with(word)) return false;
  text.remove_prefix(word.size());
  return true;
}

inline void expect(std::string_view& text, std::string_view word) {
  if (!take(text, word)) throw transcript_error("expected '" + std::string(word) + "'", text);
}

inline void skip_space(std::string_view& text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\n')) text.remove_prefix(1);
}

inline std::string percent_decoded(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') result += text[i];
    else result += static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16)), i += 2;
  }
  return result;
}

// No recorded response has an escape sequence. One with an escape sequence is an error.
inline std::string json_string(std::string_view& text) {
  expect(text, "\"");
  const auto end = text.find('"');
  const std::string result(text.substr(0, end));
  if (end == std::string_view::npos || result.find('\\') != std::string::npos) throw transcript_error("string", text);
  text.remove_prefix(end + 1);
  return result;
}

inline std::uint64_t json_number(std::string_view& text) {
  const auto end = text.find_first_not_of("0123456789");
  const std::string digits(text.substr(0, end));
  text.remove_prefix(digits.size());
  return std::stoull(digits);
}

// An array whose elements take_element reads.
template <class TakeElement>
void json_array(std::string_view text, const TakeElement& take_element) {
  expect(text, "[");
  for (bool first = true;; first = false) {
    skip_space(text);
    if (take(text, "]")) break;
    if (!first) expect(text, ","), skip_space(text);
    take_element(text);
  }
  skip_space(text);
  if (!text.empty()) throw transcript_error("text after the array", text);
}

}  // namespace detail

inline std::string base64_decoded(std::string_view text) {
  static constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string result;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    if (c == '=') break;
    const auto digit = digits.find(c);
    if (digit == std::string_view::npos) throw detail::transcript_error("base64", text);
    bits = (bits << 6 | static_cast<std::uint32_t>(digit)) & 0xffffffU;
    count += 6;
    if (count >= 8) result += static_cast<char>(static_cast<unsigned char>(bits >> (count - 8))), count -= 8;
  }
  return result;
}

/// The body of a GET of a key or of ?recurse.
inline std::vector<consul_entry> entries_of(const consul_exchange& exchange) {
  std::vector<consul_entry> entries;
  detail::json_array(exchange.body, [&](std::string_view& text) {
    consul_entry entry;
    detail::expect(text, "{");
    for (bool more = true; more;) {
      detail::skip_space(text);
      const std::string name = detail::json_string(text);
      detail::expect(text, ": ");
      if (name == "Key") entry.key = detail::json_string(text);
      else if (name == "Value")
        entry.value = detail::take(text, "null") ? "" : base64_decoded(detail::json_string(text));
      else if (name == "Flags") entry.flags = detail::json_number(text);
      else if (name == "CreateIndex") entry.create_index = detail::json_number(text);
      else if (name == "ModifyIndex") entry.modify_index = detail::json_number(text);
      else if (name == "LockIndex") detail::json_number(text);
      else throw detail::transcript_error("unknown member " + name, text);
      more = detail::take(text, ",");
    }
    detail::skip_space(text);
    detail::expect(text, "}");
    entries.push_back(entry);
  });
  return entries;
}

/// The body of a GET of ?keys.
inline std::vector<std::string> keys_of(const consul_exchange& exchange) {
  std::vector<std::string> keys;
  detail::json_array(exchange.body, [&](std::string_view& text) { keys.push_back(detail::json_string(text)); });
  return keys;
}

/// All exchanges of a file. Any other text in it is an error.
inline std::vector<consul_exchange> read_transcript(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("transcript: cannot read " + path);
  const std::string content((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  std::vector<consul_exchange> exchanges;
  for (std::string_view text = content; !text.empty();) {
    consul_exchange one;
    detail::expect(text, "> ");
    std::string_view line = detail::take_line(text);
    one.line = std::string(line);
    one.method = std::string(line.substr(0, line.find(' ')));
    line.remove_prefix(one.method.size() + 1);
    // The recorder abbreviated a body of many equal characters as "(v524288 bytes)".
    if (const auto note = line.find(" ("); note != std::string_view::npos) {
      one.sent.assign(std::stoul(std::string(line.substr(note + 3))), line[note + 2]);
      line = line.substr(0, note);
    }
    detail::expect(line, "/v1/kv/");
    const auto question = line.find('?');
    one.key = detail::percent_decoded(line.substr(0, question));
    for (std::string_view rest = question == std::string_view::npos ? "" : line.substr(question + 1); !rest.empty();) {
      const auto part = rest.substr(0, rest.find('&'));
      rest.remove_prefix(part.size() == rest.size() ? part.size() : part.size() + 1);
      const auto equals = part.find('=');
      one.query[std::string(part.substr(0, equals))] =
          equals == std::string_view::npos ? "" : detail::percent_decoded(part.substr(equals + 1));
    }
    if (detail::take(text, "> body: ")) one.sent = std::string(detail::take_line(text));
    detail::expect(text, "HTTP/1.1 ");
    one.status = std::stoi(std::string(detail::take_line(text)));
    std::optional<std::size_t> length;
    for (line = detail::take_line(text); !line.empty(); line = detail::take_line(text)) {
      if (detail::take(line, "Content-Length: ")) length = std::stoul(std::string(line));
    }
    if (!length || text.size() < *length) throw detail::transcript_error("Content-Length of " + one.line, text);
    one.body = std::string(text.substr(0, *length));
    text.remove_prefix(*length);
    detail::expect(text, "\n-----\n");
    exchanges.push_back(std::move(one));
  }
  return exchanges;
}

}  // namespace test
