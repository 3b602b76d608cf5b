// SPDX-License-Identifier: MIT
// Draws the demo as one SVG: the ring and the loads after each step, and an enlarged piece of the circle.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <numbers>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "check.hpp"
#include "svg.hpp"
#include "text.hpp"

namespace demo {

/// One step for the picture.
struct scene {
  std::string title;     ///< "node-9 joins"
  std::string subtitle;  ///< "7,050 keys moved"
  std::string moved;     ///< "11.11%", empty for the first scene
  std::string minimum;
  std::shared_ptr<const ring> placement;
  std::vector<bar> bars;
};

class picture {
 public:
  /// `nodes`: all present and future nodes, in the order of their colours.
  picture(std::string title, std::string subtitle, std::vector<std::string> nodes, std::vector<scene> scenes)
      : title_(std::move(title)), subtitle_(std::move(subtitle)), nodes_(std::move(nodes)), scenes_(std::move(scenes)) {
    for (std::size_t i = 0; i < nodes_.size(); ++i) number_of_[nodes_[i]] = i;
    for (const scene& one : scenes_) {
      for (const bar& b : one.bars) most_ = std::max(most_, b.copies);
    }
  }

  [[nodiscard]] std::string draw() {
    const double row = std::clamp(300.0 / static_cast<double>(nodes_.size()), 4.0, 20.0);
    const double bars_top = 424, strips_top = bars_top + row * static_cast<double>(nodes_.size()) + 62;
    const double height = strips_top + 32 * static_cast<double>(scenes_.size()) + 62;
    out_.open(width, height, title_, subtitle_,
              ".pale{opacity:.25}.ring{fill:none;stroke-width:26}.band{fill:none;stroke-width:7}"
              ".end{text-anchor:end}.mid{text-anchor:middle}",
              nodes_.size());
    out_.text(margin, 46, "t1 ink", title_);
    out_.text(margin, 72, "t3 soft", subtitle_);
    for (std::size_t i = 0; i < scenes_.size(); ++i) {
      const double left = margin + panel * static_cast<double>(i);
      const scene& one = scenes_[i];
      out_.text(left, 114, "t2 ink", std::to_string(i + 1) + ". " + one.title);
      out_.text(left, 134, "t3 soft", one.subtitle);
      draw_ring(left + 128, 268, one, i == 0 ? nullptr : scenes_[i - 1].placement.get());
      draw_bars(left, bars_top, row, one, i != 0);
    }
    draw_strips(strips_top);
    legend(height - 26);
    return out_.close();
  }

 private:
  static constexpr double width = 1200, margin = 36, panel = 285;
  static constexpr std::size_t marks = 360;  // marks of a ring: each shows the owner of the position in its middle
  static constexpr double enlarged_arcs = 90;

  static std::string n(double number) { return svg::n(number); }

  // A piece of a circle around (x, y), clockwise from the top, in turns.
  static std::string arc_path(double x, double y, double radius, double from, double to) {
    if (to - from > 0.75) return arc_path(x, y, radius, from, from + 0.5) + arc_path(x, y, radius, from + 0.5, to);
    const auto point = [&](double turn) {
      const double angle = turn * 2 * std::numbers::pi;
      return decimal(x + radius * std::sin(angle), 2) + " " + decimal(y - radius * std::cos(angle), 2);
    };
    const char* const flags = to - from > 0.5 ? " 0 1 1 " : " 0 0 1 ";
    return "M" + point(from) + "A" + n(radius) + " " + n(radius) + flags + point(to);
  }

  struct look {
    std::size_t node;
    bool moved;
    friend auto operator<=>(const look&, const look&) = default;
  };

  look look_at(std::uint64_t position, const ring& now, const ring* before) const {
    const std::string& owner = *now.find_at(position);
    return {number_of_.at(owner), before != nullptr && *before->find_at(position) != owner};
  }

  void draw_ring(double x, double y, const scene& one, const ring* before) {
    // One path for all arcs of the same look keeps the file small.
    std::map<look, std::string> paths, bands;
    constexpr std::uint64_t half = (std::uint64_t{1} << 63) / marks;
    for (std::size_t i = 0; i < marks;) {
      const look seen = look_at((2 * i + 1) * half, *one.placement, before);
      const std::size_t start = i;
      while (i < marks && look_at((2 * i + 1) * half, *one.placement, before) == seen) ++i;
      const double from = static_cast<double>(start) / marks, to = static_cast<double>(i) / marks;
      paths[seen] += arc_path(x, y, 98, from, to);
      if (seen.moved) bands[seen] += arc_path(x, y, 118, from, to);
    }
    for (const auto& [seen, path] : paths) {
      const bool pale = before != nullptr && !seen.moved;
      out_.path("ring s" + std::to_string(seen.node) + (pale ? " pale" : ""), path);
    }
    for (const auto& [seen, path] : bands) {
      out_.path("band s" + std::to_string(seen.node), path);
    }
    if (before == nullptr) {
      out_.text(x, y + 2, "big ink mid", std::to_string(one.placement->size()));
      out_.text(x, y + 22, "t3 soft mid", one.placement->size() == 1 ? "node" : "nodes");
    } else {
      out_.text(x, y + 2, "big ink mid", one.moved);
      out_.text(x, y + 22, "t3 soft mid", "of the circle moved");
      out_.text(x, y + 40, "t4 soft mid", "least possible " + one.minimum);
    }
    // Marks the piece that is enlarged below.
    const std::string marker = arc_path(x, y, 80, 0, std::max(window(), 0.004));
    out_.path("line", marker, " fill=\"none\" stroke-width=\"3\"");
  }

  void draw_bars(double left, double top, double row, const scene& one, bool with_before) {
    // The numbers have a column of their own, as wide as the longest number.
    const double start = left + 66, number_end = left + 255;
    const double room = number_end - start - 10 - 7.7 * static_cast<double>(grouped(most_).size());
    const double unit = room / static_cast<double>(most_);
    const auto length = [&](std::size_t copies) { return unit * static_cast<double>(copies); };
    const bool readable = row >= 11;
    out_.text(start, top - 12, "t4 soft", "copies on each node");
    std::size_t sum = 0, present = 0;
    for (std::size_t i = 0; i < one.bars.size(); ++i) {
      const bar& b = one.bars[i];
      const double y = top + row * static_cast<double>(i), base = y + row * 0.72;
      const std::string style = "f" + std::to_string(number_of_.at(b.node));
      const bool named = readable || i == 0 || i + 1 == one.bars.size();
      if (named) out_.text(start - 8, readable ? base : y + 8, b.note.empty() ? "t4 ink end" : "t4 soft end", b.node);
      if (!b.note.empty()) {
        if (readable) out_.text(start, base, "t4 soft", b.note);
      } else {
        out_.rectangle(start, y + row * 0.12, length(b.copies), row * 0.76, style);
        if (readable) out_.text(number_end, base, "t4 ink end", grouped(b.copies));
        sum += b.copies;
        ++present;
      }
      if (with_before && b.copies_before != 0) {
        const double x = start + length(b.copies_before);
        out_.line(x, y + row * 0.05, x, y + row * 0.95, "stroke-width=\"2\"");
      }
    }
    if (present != 0) {
      const double x = start + unit * static_cast<double>(sum) / static_cast<double>(present);
      const double bottom = top + row * static_cast<double>(one.bars.size());
      out_.line(x, top - 4, x, bottom + 4, "stroke-dasharray=\"2 3\"");
      out_.text(start, bottom + 22, "t4 soft", "fullest / mean: " + decimal(max_over_mean(one.bars), 3));
    }
  }

  // The size of the enlarged piece, in turns. The piece starts at position 0.
  [[nodiscard]] double window() const {
    return std::min(1.0, enlarged_arcs / static_cast<double>(scenes_.front().placement->vnode_count()));
  }

  void draw_strips(double top) {
    const double left = margin + 130, room = width - margin - left;
    out_.text(margin, top, "t3 ink",
              "The rings show the owner at every degree. Enlarged, the " + decimal(window() * 100, 1) +
                  "% marked inside them: every arc ends at a virtual node, whose node owns it.");
    const auto end = static_cast<std::uint64_t>(window() >= 1 ? 0x1.fffffp63 : window() * 0x1p64);
    for (std::size_t i = 0; i < scenes_.size(); ++i) {
      const double y = top + 16 + 32 * static_cast<double>(i);
      const ring& now = *scenes_[i].placement;
      const ring* const before = i == 0 ? nullptr : scenes_[i - 1].placement.get();
      out_.text(left - 10, y + 16, "t4 ink end", scenes_[i].title);
      // The look can change only where an arc ends, in this ring or the previous one.
      std::vector<std::uint64_t> ends;
      for (const ring* one : {&now, before}) {
        if (one == nullptr) continue;
        for (const auto& arc : one->arcs()) {
          if (arc.range.to < end) ends.push_back(arc.range.to);
        }
      }
      ends.push_back(end);
      std::sort(ends.begin(), ends.end());
      const auto at = [&](std::uint64_t position) {
        return left + room * (static_cast<double>(position) / static_cast<double>(end));
      };
      std::uint64_t from = 0;
      for (std::size_t next = 0; next < ends.size(); ++next) {
        const std::uint64_t to = ends[next];
        if (to == from) continue;
        const look seen = look_at(to, now, before);
        if (next + 1 < ends.size() && look_at(ends[next + 1], now, before) == seen) continue;  // both get one rectangle
        const std::string style = "f" + std::to_string(seen.node);
        out_.rectangle(at(from), y, at(to) - at(from), 20, before != nullptr && !seen.moved ? style + " pale" : style);
        if (seen.moved) out_.rectangle(at(from), y + 22, at(to) - at(from), 3, "ink");
        from = to;
      }
    }
  }

  void legend(double y) {
    double x = margin;
    const auto entry = [&](std::string_view meaning) {
      out_.text(x + 28, y, "t4 soft", meaning);
      x += 28 + 6.6 * static_cast<double>(meaning.size()) + 26;
    };
    out_.rectangle(x, y - 10, 10, 12, "f0");
    out_.rectangle(x + 10, y - 10, 10, 12, "f1");
    entry("one colour for each node");
    out_.rectangle(x, y - 12, 20, 10, "f0");
    out_.rectangle(x, y, 20, 3, "ink");
    entry("changed its owner in this step");
    out_.rectangle(x, y - 10, 20, 12, "f0 pale");
    entry("kept its owner");
    out_.line(x + 10, y - 12, x + 10, y + 3, "stroke-width=\"2\"");
    entry("copies before the step");
    out_.line(x + 10, y - 13, x + 10, y + 4, "stroke-dasharray=\"2 3\"");
    entry("mean of all nodes");
  }

  std::string title_, subtitle_;
  std::vector<std::string> nodes_;
  std::vector<scene> scenes_;
  std::map<std::string, std::size_t> number_of_;
  std::size_t most_ = 1;
  svg out_;
};

}  // namespace demo
