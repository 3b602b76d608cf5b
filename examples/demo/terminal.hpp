// SPDX-License-Identifier: MIT
// Whether the report has colours and block characters, and how wide it may be.
//
//   a terminal, UTF-8        colours and blocks      NO_COLOR or TERM=dumb   plain ASCII
//   a terminal, no UTF-8     colours                 a pipe, a file          plain ASCII
//
// Plain ASCII has the same width everywhere, so that its lines can be compared. On Windows the report is always plain,
// because a console there has to be asked for colours first.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <string>
#include <string_view>

#if !defined(_WIN32)
#include <sys/ioctl.h>
#include <unistd.h>
#endif

#include "utf8.hpp"

namespace demo {

namespace detail {

/// The variable's value; empty if it is not set.
inline std::string_view variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? std::string_view() : std::string_view(value);
}

// By the variables alone: a system without the locale that they name has a terminal of UTF-8 nevertheless.
inline bool locale_is_utf8() {
  for (const char* const name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    std::string value(variable(name));
    if (value.empty()) continue;
    for (char& c : value) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return value.find("utf-8") != value.npos || value.find("utf8") != value.npos;
  }
  return false;
}

}  // namespace detail

/// What a stream of this process can show.
struct terminal {
  bool there = false;    ///< a terminal that can move its cursor
  bool colours = false;  ///< escape sequences for colours
  bool blocks = false;   ///< characters that are not ASCII
  std::size_t width = 100;

  enum class stream { output = 1, errors = 2 };

  static terminal of([[maybe_unused]] stream which) {
    terminal result;
#if !defined(_WIN32)
    const int file = static_cast<int>(which);
    const std::string_view type = detail::variable("TERM");
    if (isatty(file) != 1 || type.empty() || type == "dumb") return result;
    result.there = true;
    result.colours = detail::variable("NO_COLOR").empty();
    result.blocks = result.colours && detail::locale_is_utf8();
    winsize size{};
    const bool known = ioctl(file, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    result.width = known ? size.ws_col : 80;
#endif
    return result;
  }

  enum class paint { strong, soft, bar, more, less, good, bad };

  /// The text in a colour that is readable on light and dark terminals, or the text alone.
  [[nodiscard]] std::string in(paint how, std::string_view text) const {
    static constexpr const char* codes[] = {"1", "2", "36", "32", "33", "1;32", "1;31"};
    if (!colours || text.empty()) return std::string(text);
    return std::string("\033[") + codes[static_cast<std::size_t>(how)] + 'm' + std::string(text) + "\033[0m";
  }

  /// The end of a text that was cut.
  [[nodiscard]] std::string_view dots() const noexcept { return blocks ? "…" : "..."; }

  /// A bar of `length` columns, with a piece for the fraction if there are characters for it.
  [[nodiscard]] std::string bar(double length) const {
    std::string result;
    if (!blocks) return result.append(static_cast<std::size_t>(length + 0.5), '#');
    static constexpr const char* eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    const auto parts = static_cast<std::size_t>(length * 8 + 0.5);
    for (std::size_t i = 0; i < parts / 8; ++i) result += "█";
    return result += eighths[parts % 8];
  }
};

}  // namespace demo
