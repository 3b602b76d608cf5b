// SPDX-License-Identifier: MIT
// Draws a slot table and the changes of each plan: a column per slot, a row per node, with the rows of one failure
// domain together.
//
//   zone-a  a1  ■ ■   ■    ████ 18      a full mark: the plan added the copy; pale: the copy existed before;
//           a2    ·■■      ████ 18      an empty frame: the plan removed the copy
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <quoit/slot_table.hpp>

#include "svg.hpp"
#include "text.hpp"

namespace demo {

/// A table for the picture, which shows its differences from the previous one.
struct slot_scene {
  std::string title;     ///< "e1 joins"
  std::string subtitle;  ///< "29 moves, the least possible"
  quoit::slot_table<> table;
};

class slot_picture {
 public:
  slot_picture(std::string title, std::string subtitle, std::vector<slot_scene> scenes)
      : title_(std::move(title)), subtitle_(std::move(subtitle)), scenes_(std::move(scenes)) {
    for (const slot_scene& one : scenes_) {
      for (const auto& node : one.table.nodes()) {
        if (std::none_of(rows_.begin(), rows_.end(), [&](const row& r) { return r.node == node.node; })) {
          rows_.push_back({node.node, zone_of(node.domain), 0, 0});
        }
        most_ = std::max(most_, copies_on(one.table, node.node));
      }
    }
    std::sort(rows_.begin(), rows_.end(),
              [](const row& a, const row& b) { return std::pair(a.zone, a.node) < std::pair(b.zone, b.node); });
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      const bool fresh = i == 0 || rows_[i].zone != rows_[i - 1].zone;
      if (i > 0) {
        rows_[i].top = rows_[i - 1].top + cell + (fresh ? gap : 0);
        rows_[i].colour = rows_[i - 1].colour + (fresh ? 1 : 0);
      }
    }
  }

  [[nodiscard]] std::string draw() {
    const double body = rows_.back().top + cell, panel = 52 + body + 30;
    const double height = 124 + panel * static_cast<double>(scenes_.size()) + 36;
    out_.open(width(), height, title_, subtitle_,
              ".pale{opacity:.42}.bed{opacity:.06}.gone{fill:none;stroke-width:1.3;stroke-dasharray:2 "
              "2}.new{stroke-width:1.6}"
              ".end{text-anchor:end}.mid{text-anchor:middle}",
              rows_.back().colour + 1);
    out_.text(margin, 46, "t1 ink", title_);
    out_.text(margin, 72, "t3 soft", subtitle_);
    for (std::size_t i = 0; i < scenes_.size(); ++i) {
      const double top = 114 + panel * static_cast<double>(i);
      out_.text(margin, top, "t2 ink", std::to_string(i + 1) + ". " + scenes_[i].title);
      out_.text(margin, top + 21, "t3 soft", scenes_[i].subtitle);
      draw_scene(top + 52, scenes_[i].table, i == 0 ? nullptr : &scenes_[i - 1].table);
    }
    legend(height - 26);
    return out_.close();
  }

 private:
  struct row {
    std::string node, zone;
    double top;
    std::size_t colour;
  };

  static constexpr double margin = 36, cell = 16, mark = 13, gap = 7, grid = margin + 118, bar_length = 130;

  [[nodiscard]] double slots() const { return static_cast<double>(scenes_.front().table.slot_count()); }
  [[nodiscard]] double bars() const { return grid + cell * slots() + 24; }
  [[nodiscard]] double width() const { return bars() + bar_length + 34 + margin; }

  // "zone-a" of "eu/zone-a/rack-1".
  static std::string zone_of(std::string_view domain) {
    const std::size_t start = domain.find('/') + 1;
    return std::string(domain.substr(start, domain.find('/', start) - start));
  }

  static bool holds(const quoit::slot_table<>& table, std::uint64_t slot, const std::string& node) {
    const auto copies = table.replicas_of(slot);
    return std::find(copies.begin(), copies.end(), node) != copies.end();
  }

  static std::size_t copies_on(const quoit::slot_table<>& table, const std::string& node) {
    std::size_t copies = 0;
    for (std::uint64_t slot = 0; slot < table.slot_count(); ++slot) copies += holds(table, slot, node) ? 1U : 0U;
    return copies;
  }

  static std::string square(double x, double y, double side) {
    const std::string length = svg::n(side);
    return "M" + svg::n(x) + " " + svg::n(y) + "h" + length + "v" + length + "h-" + length + "z";
  }

  void draw_scene(double top, const quoit::slot_table<>& now, const quoit::slot_table<>* before) {
    for (std::uint64_t slot = 0; slot < now.slot_count(); slot += 8) {
      out_.text(x_of(slot) + mark / 2, top - 7, "t4 soft mid", std::to_string(slot));
    }
    out_.text(bars(), top - 7, "t4 soft", "copies");
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      if (i == 0 || rows_[i].zone != rows_[i - 1].zone) {
        out_.text(margin, top + rows_[i].top + 12, "t4 soft", rows_[i].zone);
      }
      draw_row(top + rows_[i].top, rows_[i], now, before);
    }
  }

  void draw_row(double y, const row& of, const quoit::slot_table<>& now, const quoit::slot_table<>* before) {
    const auto* const node = now.find_node(of.node);
    const std::string colour = std::to_string(of.colour), fill = "f" + colour;
    out_.rectangle(grid, y, cell * slots() - (cell - mark), mark, "bed ink");

    // One path for all marks of the same look keeps the file small.
    std::string kept, come, gone, primary;
    for (std::uint64_t slot = 0; slot < now.slot_count(); ++slot) {
      const bool is = holds(now, slot, of.node), was = before != nullptr && holds(*before, slot, of.node);
      const double x = x_of(slot);
      if (is) (was || before == nullptr ? kept : come) += square(x, y, mark);
      else if (was) gone += square(x + 1, y + 1, mark - 2);
      if (is && *now.find_at(slot) == of.node) primary += square(x + 4.5, y + 4.5, 4);
    }
    if (!kept.empty()) out_.path(before == nullptr ? fill : fill + " pale", kept);
    if (!gone.empty()) out_.path("gone s" + colour, gone);
    if (!come.empty()) out_.path("new line " + fill, come);
    if (!primary.empty()) out_.path("ink", primary);

    const std::size_t copies = copies_on(now, of.node);
    const std::size_t copies_before = before == nullptr ? 0 : copies_on(*before, of.node);
    const bool known_before = before != nullptr && before->contains_node(of.node);
    std::string name = of.node, note;
    if (node == nullptr) note = known_before ? "lost" : "absent";
    else if (node->weight == 0) note = "drained";
    else if (node->weight != 1) name += " ×" + std::to_string(node->weight);
    out_.text(grid - 9, y + 11.5, node == nullptr || node->weight == 0 ? "t4 soft end" : "t4 ink end", name);
    const auto length = [&](std::size_t of_copies) {
      return bar_length * static_cast<double>(of_copies) / static_cast<double>(most_);
    };
    if (copies > 0) out_.rectangle(bars(), y, length(copies), mark, fill);
    if (copies_before > 0) {
      const double x = bars() + length(copies_before);
      out_.line(x, y - 1, x, y + mark + 1, "stroke-width=\"2\"");
    }
    if (note.empty()) out_.text(width() - margin, y + 11.5, "t4 ink end", std::to_string(copies));
    else out_.text(bars() + 2, y + 11.5, "t4 soft", note);
  }

  static double x_of(std::uint64_t slot) { return grid + cell * static_cast<double>(slot); }

  void legend(double y) {
    double x = margin;
    const auto entry = [&](std::string_view meaning) {
      out_.text(x + 22, y, "t4 soft", meaning);
      x += 22 + 6.5 * static_cast<double>(meaning.size()) + 22;
    };
    const double top = y - 11;
    out_.path("f0", square(x, top, mark));
    entry("a copy of the column's slot on the row's node");
    out_.path("new line f0", square(x, top, mark));
    entry("added");
    out_.path("f0 pale", square(x, top, mark));
    entry("existed before");
    out_.path("gone s0", square(x + 1, top + 1, mark - 2));
    entry("removed");
    out_.path("f0 pale", square(x, top, mark));
    out_.path("ink", square(x + 4.5, top + 4.5, 4));
    entry("the slot's primary");
    out_.line(x + 6, top - 1, x + 6, top + mark + 1, "stroke-width=\"2\"");
    entry("copies before the step");
  }

  std::string title_, subtitle_;
  std::vector<slot_scene> scenes_;
  std::vector<row> rows_;
  std::size_t most_ = 1;
  svg out_;
};

}  // namespace demo
