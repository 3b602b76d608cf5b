// SPDX-License-Identifier: MIT
// The base of the pictures: an SVG that is readable on light and dark pages, with text, rectangles, lines and colours.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>
#include <utility>

#include "text.hpp"
#include "utf8.hpp"

namespace demo {

class svg {
 public:
  /// Every picture has these classes: ink and soft (text and filled marks), line, card, t1 to t4 and big (sizes of
  /// text), and for each of `colours` numbers s0, s1, … (stroke) and f0, f1, … (fill). `style` has the picture's own
  /// classes.
  void open(double width, double height, std::string_view title, std::string_view description, std::string_view style,
            std::size_t colours) {
    out_ = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + n(width) + " " + n(height) + "\" width=\"" +
           n(width) + "\" height=\"" + n(height) + "\" role=\"img\" " +
           "font-family=\"system-ui, 'Segoe UI', 'DejaVu Sans', Helvetica, Arial, sans-serif\">\n";
    out_ += "<title>" + escaped(title) + "</title>\n<desc>" + escaped(description) + "</desc>\n<style>\n";
    // The picture has its own background, light or dark like the reader's system, so its text is always readable.
    out_ += ".card{fill:#fff;stroke:#d1d9e0}.ink{fill:#1f2328}.soft{fill:#59636e}.line{stroke:#1f2328}\n"
            "@media (prefers-color-scheme:dark){.card{fill:#151b23;stroke:#3d444d}.ink{fill:#f0f6fc}"
            ".soft{fill:#9aa4af}.line{stroke:#f0f6fc}}\n"
            ".t1{font-size:26px;font-weight:600}.t2{font-size:17px;font-weight:600}.t3{font-size:14px}"
            ".t4{font-size:12px}.big{font-size:24px;font-weight:600}\n";
    out_ += std::string(style) + "\n";
    for (std::size_t i = 0; i < colours; ++i) {
      const std::string number = std::to_string(i), value = colour(i);
      out_ += ".s" + number + "{stroke:" + value + "}.f" + number + "{fill:" + value + "}";
    }
    out_ += "\n</style>\n<rect class=\"card\" x=\"0.5\" y=\"0.5\" width=\"" + n(width - 1) + "\" height=\"" +
            n(height - 1) + "\" rx=\"14\"/>\n";
  }

  [[nodiscard]] std::string close() {
    out_ += "</svg>\n";
    return std::move(out_);
  }

  void text(double x, double y, std::string_view style, std::string_view content) {
    out_ += "<text x=\"" + n(x) + "\" y=\"" + n(y) + "\" class=\"" + std::string(style) + "\">" + escaped(content) +
            "</text>\n";
  }

  /// A name in at most `most` columns. If it is longer, its whole is shown under the pointer.
  void name(double x, double y, std::string_view style, std::string_view content, std::size_t most) {
    const std::string shown = cut(content, most, "…");
    out_ += "<text x=\"" + n(x) + "\" y=\"" + n(y) + "\" class=\"" + std::string(style) + "\">" + escaped(shown);
    if (shown != content) out_ += "<title>" + escaped(content) + "</title>";
    out_ += "</text>\n";
  }

  void rectangle(double x, double y, double w, double h, std::string_view style) {
    out_ += "<rect x=\"" + decimal(x, 2) + "\" y=\"" + n(y) + "\" width=\"" + decimal(w, 2) + "\" height=\"" + n(h) +
            "\" class=\"" + std::string(style) + "\"/>\n";
  }

  void line(double x1, double y1, double x2, double y2, std::string_view more = {}) {
    out_ += "<line class=\"line\" x1=\"" + n(x1) + "\" y1=\"" + n(y1) + "\" x2=\"" + n(x2) + "\" y2=\"" + n(y2) +
            "\" " + std::string(more) + "/>\n";
  }

  /// `more` has further attributes.
  void path(std::string_view style, std::string_view d, std::string_view more = {}) {
    out_ += "<path class=\"" + std::string(style) + "\"" + std::string(more) + " d=\"" + std::string(d) + "\"/>\n";
  }

  static std::string n(double number) { return decimal(number, 1); }

 private:
  // Names of nodes may have any bytes. XML allows no control characters, and no bytes that are not UTF-8.
  static std::string escaped(std::string_view text) {
    std::string result;
    while (!text.empty()) {
      const char32_t c = next_character(text);
      if (c == U'&') result += "&amp;";
      else if (c == U'<') result += "&lt;";
      else if (c == U'>') result += "&gt;";
      else if (c == U'"') result += "&quot;";
      else append_character(result, is_control(c) || c == 0xfffe || c == 0xffff ? replacement_character : c);
    }
    return result;
  }

  // A few colours that are easy to distinguish, then as many as needed, spread by the golden angle.
  static std::string colour(std::size_t number) {
    static constexpr std::array<const char*, 9> few = {"#4e79a7", "#f28e2b", "#59a14f", "#8c6bb1", "#3fb8af",
                                                       "#d9a400", "#e15759", "#9c755f", "#e6007e"};
    if (number < few.size()) return few[number];
    // As #rrggbb, because not every program that shows SVG knows hsl().
    const double hue = std::fmod(static_cast<double>(number) * 137.508, 360.0);
    const double saturation = number % 2 == 0 ? 0.62 : 0.45, lightness = number % 3 == 0 ? 0.42 : 0.55;
    const double spread = saturation * (std::min)(lightness, 1 - lightness);
    std::string result = "#";
    for (const double offset : {0.0, 8.0, 4.0}) {
      const double k = std::fmod(offset + hue / 30, 12.0);
      const double value = lightness - spread * (std::max)(-1.0, (std::min)({k - 3, 9 - k, 1.0}));
      char digits[8];
      std::snprintf(digits, sizeof digits, "%02x", static_cast<unsigned>(value * 255 + 0.5));
      result += digits;
    }
    return result;
  }

  std::string out_;
};

}  // namespace demo
