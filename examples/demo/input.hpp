// SPDX-License-Identifier: MIT
// Reads the demo's input: a file of key<TAB>value lines. All lines are checked before anything is printed.
#pragma once

#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <unordered_map>
#include <utility>
#include <vector>

#include "progress.hpp"

namespace demo {

/// An error in the input or the options, in one line: "FILE:LINE: …" if it is in a line. Exit code 2.
struct bad_input : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// One line of the input. Refers to the text of its input_file.
struct record {
  std::string_view key;
  std::string_view value;
  std::size_t line;
};

struct input_file {
  std::unique_ptr<const std::string> text;  // on the heap, so that the records stay valid when the input_file moves
  std::vector<record> records;
};

/// The error message of the last failed call of the C library.
inline std::string errno_text() { return std::generic_category().message(errno); }

/// A key for a message, as one short line.
inline std::string in_quotes(std::string_view text, std::size_t longest = 60) {
  const bool cut = text.size() > longest;
  if (cut) {
    // Does not cut a character of UTF-8, which has at most three bytes 10xxxxxx after its first byte.
    std::size_t end = longest;
    while (end > 0 && longest - end < 3 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U) --end;
    text = text.substr(0, end);
  }
  std::string result = "'";
  for (const char c : text) result += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
  return result + (cut ? "…'" : "'");
}

namespace detail {

// Whether it is a control character that no text contains. Tab, line end and escape (for colours) are allowed.
inline bool is_binary(char c) noexcept {
  return static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\x1b';
}

inline std::string name_of_binary(char c) {
  if (c == 0) return "a NUL byte";
  char name[64];
  std::snprintf(name, sizeof name, "a control character (byte 0x%02x)", static_cast<unsigned>(c));
  return name;
}

inline std::string read_text(const std::string& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) throw bad_input(path + ": is a directory, not a file");
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"), &std::fclose);
  if (file == nullptr) throw bad_input(path + ": cannot be opened: " + errno_text());

  std::string text;
  char buffer[1 << 16];
  for (std::size_t lines = 0;;) {
    const std::size_t count = std::fread(buffer, 1, sizeof buffer, file.get());
    if (count == 0) break;
    // Checked in every piece, so that an endless binary source such as /dev/zero ends at once.
    for (std::size_t i = 0; i < count; ++i) {
      if (is_binary(buffer[i])) {
        throw bad_input(path + ":" + std::to_string(lines + 1) + ": " + name_of_binary(buffer[i]) +
                        "; this is a binary file, not text");
      }
      lines += buffer[i] == '\n' ? 1 : 0;
    }
    text.append(buffer, count);
  }
  if (std::ferror(file.get()) != 0) throw bad_input(path + ": cannot be read: " + errno_text());
  if (text.empty()) throw bad_input(path + ": is empty; lines of key<TAB>value are expected");
  return text;
}

}  // namespace detail

/// Reads the whole file. The key is the text before the first tab of a line, and may be empty. The value is the text
/// after it. Lines end with LF or CRLF; the last line may have no line end. Throws bad_input.
inline input_file read_input(const std::string& path, const progress& show) {
  input_file input{std::make_unique<const std::string>(detail::read_text(path)), {}};
  std::string_view rest = *input.text;
  std::unordered_map<std::string_view, std::size_t> line_of;
  for (std::size_t line = 1; !rest.empty(); ++line) {
    const std::size_t end = rest.find('\n');
    std::string_view text = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    if (text.ends_with('\r')) text.remove_suffix(1);

    const auto complain = [&](const std::string& what) {
      throw bad_input(path + ":" + std::to_string(line) + ": " + what);
    };
    const std::size_t tab = text.find('\t');
    if (tab == std::string_view::npos) complain("no tab; key<TAB>value is expected");
    const record one{text.substr(0, tab), text.substr(tab + 1), line};
    const auto [known, fresh] = line_of.try_emplace(one.key, line);
    if (!fresh) complain("the key " + in_quotes(one.key) + " is in line " + std::to_string(known->second) + " already");
    input.records.push_back(one);
    show.at("reading", input.text->size() - rest.size(), input.text->size());
  }
  show.clear();
  return input;
}

}  // namespace demo
