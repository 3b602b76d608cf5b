// SPDX-License-Identifier: MIT
// Reads the tab-separated files under tests/golden/, and makes the buffer that their hash values are of.
#pragma once

#include <cstdint>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace test {

inline std::vector<std::string> split(const std::string& line, char separator) {
  std::vector<std::string> fields(1);
  for (const char c : line) {
    if (c == separator) fields.emplace_back();
    else fields.back() += c;
  }
  return fields;
}

/// The rows of tests/golden/<name>, without comments. Throws where the file is missing: no row would be no test.
inline std::vector<std::vector<std::string>> read_table(const std::string& name) {
  std::string path = QUOIT_TEST_DATA_DIR "/golden/";
  path += name;
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path);
  std::vector<std::vector<std::string>> rows;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    rows.push_back(split(line, '\t'));
  }
  if (rows.empty()) throw std::runtime_error("no rows in " + path);
  return rows;
}

inline std::string from_hexadecimal(std::string_view digits) {
  const auto value = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  std::string bytes;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
    bytes += static_cast<char>(static_cast<unsigned char>(value(digits[i]) * 16 + value(digits[i + 1])));
  }
  return bytes;
}

/// The buffer of xxHash's own sanity test.
inline std::string sanity_buffer(std::size_t size) {
  std::uint64_t generator = 2654435761U;
  std::string bytes;
  for (std::size_t i = 0; i < size; ++i, generator *= 11400714785074694797U) {
    bytes += static_cast<char>(static_cast<unsigned char>(generator >> 56));
  }
  return bytes;
}

}  // namespace test
