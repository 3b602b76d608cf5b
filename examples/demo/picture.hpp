// SPDX-License-Identifier: MIT
// Draws the demo as one SVG: after each step the ring, the loads, and who gave how much to whom; and an enlarged piece
// of the circle.
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

#include <quoit/kv_entry.hpp>

#include "check.hpp"
#include "panels.hpp"
#include "svg.hpp"
#include "text.hpp"
#include "utf8.hpp"

namespace demo {

/// One step for the picture.
struct scene {
  std::string node;      ///< "node-9"
  std::string what;      ///< " joins"
  std::string subtitle;  ///< "7,050 keys moved"
  std::string moved;     ///< "11.11%", empty for the first scene
  std::string minimum;
  key_shares keys;
  std::shared_ptr<const ring> placement;
  std::vector<bar> bars;
  std::vector<quoit::kv_transfer<std::string>> transfers;

  /// "node-9 joins", in at most `columns`: a long name is cut, and the verb stays.
  [[nodiscard]] std::string title(std::size_t columns, std::string_view dots = "…") const {
    return cut(node, columns - columns_of(what), dots) + what;
  }
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
    const bool curve = scenes_.front().bars.size() > most_bars;
    const double row = std::clamp(350.0 / static_cast<double>(nodes_.size()), 14.0, 20.0);
    const double loads_top = 424;
    const double loads_bottom =
        loads_top + (curve ? panels::curve_height + 54 : row * static_cast<double>(nodes_.size()));
    const double transfers_top = loads_bottom + 66, strips_top = transfers_top + panels::transfers_height + 24;
    const double height = strips_top + 32 * static_cast<double>(scenes_.size()) + 62;
    out_.open(width, height, title_, subtitle_,
              ".pale{opacity:.25}.ring{fill:none;stroke-width:26}.band{fill:none;stroke-width:7}"
              ".end{text-anchor:end}.mid{text-anchor:middle}.curve{fill:#4e79a7;opacity:.55}"
              ".t5{font-size:10.5px}.t6{font-size:11px}.ring-bar{fill:#4e79a7}.least-bar{fill:#7a8591}.modulo-bar{fill:"
              "#d1495b}",
              nodes_.size());
    panels parts(out_, number_of_, most_);
    out_.text(margin, 46, "t1 ink", title_);
    out_.text(margin, 72, "t3 soft", subtitle_);
    for (std::size_t i = 0; i < scenes_.size(); ++i) {
      const double left = margin + panel * static_cast<double>(i);
      const scene& one = scenes_[i];
      out_.text(left, 114, "t2 ink", std::to_string(i + 1) + ". " + one.title(22));
      out_.text(left, 134, "t3 soft", one.subtitle);
      draw_ring(left + 128, 268, one, i == 0 ? nullptr : scenes_[i - 1].placement.get());
      if (curve) parts.curve(left, loads_top, one.bars, i != 0);
      else parts.bars(left, loads_top, row, one.bars, i != 0);
      if (i != 0) parts.transfers(left, transfers_top, one.transfers);
    }
    out_.text(margin, transfers_top, "t3 ink", "Keys that moved, and by hash % n");
    for (std::size_t i = 1; i < scenes_.size(); ++i) {
      parts.comparison(margin, transfers_top + 24 + 74 * static_cast<double>(i - 1), scenes_[i].title(30),
                       scenes_[i].keys);
    }
    draw_strips(strips_top);
    legend(height - 26, curve);
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
      out_.text(x, y + 2, "big ink mid", grouped(one.placement->size()));
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

  // The size of the enlarged piece, in turns. The piece starts at position 0.
  [[nodiscard]] double window() const {
    return std::min(1.0, enlarged_arcs / static_cast<double>(scenes_.front().placement->vnode_count()));
  }

  void draw_strips(double top) {
    const double left = margin + 130, room = width - margin - left;
    out_.text(margin, top, "t3 ink",
              "The rings show the owner at every degree. Enlarged, the " +
                  decimal(window() * 100, window() < 0.001 ? 3 : 1) +
                  "% marked inside them: every arc ends at a virtual node, whose node owns it.");
    const auto end = static_cast<std::uint64_t>(window() >= 1 ? 0x1.fffffp63 : window() * 0x1p64);
    for (std::size_t i = 0; i < scenes_.size(); ++i) {
      const double y = top + 16 + 32 * static_cast<double>(i);
      const ring& now = *scenes_[i].placement;
      const ring* const before = i == 0 ? nullptr : scenes_[i - 1].placement.get();
      out_.text(left - 10, y + 16, "t4 ink end", scenes_[i].title(18));
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

  void legend(double y, bool curve) {
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
    if (curve) out_.line(x, y - 4, x + 20, y - 4);
    else out_.line(x + 10, y - 12, x + 10, y + 3, "stroke-width=\"2\"");
    entry("copies before the step");
    if (curve) out_.line(x, y - 4, x + 20, y - 4, "stroke-dasharray=\"2 3\"");
    else out_.line(x + 10, y - 13, x + 10, y + 4, "stroke-dasharray=\"2 3\"");
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
