// SPDX-License-Identifier: MIT
// Text of UTF-8: the columns that it takes on a terminal, cut to a width, and without what could harm the output.
//
//   "añ語"   3 characters, 6 bytes, 4 columns: 語 is wide
//
// Rejected: wcwidth(), which depends on the locales that are installed and is not on every system.
#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <string>
#include <string_view>

namespace demo {

inline constexpr char32_t replacement_character = 0xfffd;

/// Removes the first character from the text, which is not empty. A byte that begins no valid character counts as one
/// replacement character.
inline char32_t next_character(std::string_view& text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = byte(0);
  const std::size_t length = first < 0x80                    ? 1
                             : first >= 0xc2 && first < 0xe0 ? 2
                             : first >= 0xe0 && first < 0xf0 ? 3
                             : first >= 0xf0 && first < 0xf5 ? 4
                                                             : 0;
  char32_t value = length == 1 ? first : length == 0 ? 0 : first & (0xffU >> (length + 1));
  bool good = length != 0 && length <= text.size();
  for (std::size_t i = 1; good && i < length; ++i) {
    good = (byte(i) & 0xc0U) == 0x80U;
    value = value << 6 | (byte(i) & 0x3fU);
  }
  static constexpr char32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  good = good && value >= least[length] && value <= 0x10ffff && (value < 0xd800 || value > 0xdfff);
  text.remove_prefix(good ? length : 1);
  return good ? value : replacement_character;
}

inline void append_character(std::string& text, char32_t value) {
  const auto put = [&](char32_t byte) { text += static_cast<char>(static_cast<unsigned char>(byte)); };
  if (value < 0x80) {
    put(value);
    return;
  }
  const int more = value < 0x800 ? 1 : value < 0x10000 ? 2 : 3;
  static constexpr char32_t marks[] = {0, 0xc0, 0xe0, 0xf0};
  put(marks[more] | value >> (6 * more));
  for (int i = more - 1; i >= 0; --i) put(0x80 | (value >> (6 * i) & 0x3f));
}

/// Whether it moves the cursor, rings the bell or turns the direction of the text around. No name needs it.
inline bool is_control(char32_t value) noexcept {
  return value < 0x20 || (value >= 0x7f && value < 0xa0) || value == 0x2028 || value == 0x2029 ||
         (value >= 0x202a && value <= 0x202e) || (value >= 0x2066 && value <= 0x2069);
}

/// 0 for marks on the character before, 2 for East Asian characters and emoji, 1 for the others.
inline std::size_t columns_of(char32_t value) noexcept {
  struct range {
    char32_t first, last;
  };
  static constexpr range none[] = {{0x300, 0x36f},   {0x483, 0x489},   {0x591, 0x5bd},   {0x610, 0x61a},
                                   {0x64b, 0x65f},   {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff}, {0x200b, 0x200f},
                                   {0x20d0, 0x20ff}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}, {0xfeff, 0xfeff}};
  static constexpr range wide[] = {{0x1100, 0x115f},  {0x2e80, 0x303e},   {0x3041, 0xa4cf},   {0xa960, 0xa97c},
                                   {0xac00, 0xd7a3},  {0xf900, 0xfaff},   {0xfe30, 0xfe6f},   {0xff00, 0xff60},
                                   {0xffe0, 0xffe6},  {0x1f300, 0x1f64f}, {0x1f680, 0x1f6ff}, {0x1f900, 0x1faff},
                                   {0x20000, 0x3fffd}};
  const auto in = [&](const auto& ranges) {
    return std::any_of(std::begin(ranges), std::end(ranges),
                       [&](const range& one) { return value >= one.first && value <= one.last; });
  };
  return in(none) ? 0 : in(wide) ? 2 : 1;
}

/// The columns of a text on a terminal.
inline std::size_t columns_of(std::string_view text) {
  std::size_t columns = 0;
  while (!text.empty()) columns += columns_of(next_character(text));
  return columns;
}

/// The text with '?' for each control character, so that no name can move the cursor.
inline std::string printable(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const char32_t value = next_character(text);
    append_character(result, is_control(value) ? U'?' : value);
  }
  return result;
}

/// The printable text, cut to `most` columns between two characters. A text that was cut ends with `sign`.
inline std::string cut(std::string_view text, std::size_t most, std::string_view sign) {
  std::string whole = printable(text);
  if (columns_of(whole) <= most) return whole;
  const std::size_t room = most - (std::min)(most, columns_of(sign));
  std::string result;
  std::size_t used = 0;
  for (std::string_view rest = whole; !rest.empty();) {
    const char32_t value = next_character(rest);
    used += columns_of(value);
    if (used > room) break;
    append_character(result, value);
  }
  return result.append(sign);
}

/// The text with spaces after it, `columns` wide at least.
inline std::string padded(std::string text, std::size_t columns) {
  const std::size_t has = columns_of(text);
  if (has < columns) text.append(columns - has, ' ');
  return text;
}

}  // namespace demo
