// SPDX-License-Identifier: MIT
// The parts of the demo's picture below a ring: the loads of the nodes, who gave how much to whom, and the comparison
// with hash % n.
//
//   node-1 ████████|  1,809      up to 24 nodes: a bar for each        ■ node-5 → ■ node-9   2,087  14.4%
//   ▇▇▇▆▆▆▅▅▅▅▄▄▄▃▃▂             more: a curve of the sorted loads     ■ node-4 → ■ node-9   2,083  14.4%
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <quoit/kv_entry.hpp>

#include "svg.hpp"
#include "text.hpp"
#include "utf8.hpp"

namespace demo {

/// The shares of the keys that moved in a step, and would have moved.
struct key_shares {
  double moved = 0, minimum = 0, modulo = 0;
};

class panels {
 public:
  /// Height of the curve, of a row of transfers, and of the whole part about transfers.
  static constexpr double curve_height = 170, transfer_row = 20, transfers_height = 12.5 * transfer_row;

  /// `most`: the copies on the fullest node of all steps, which all panels share as their scale.
  panels(svg& out, const std::map<std::string, std::size_t>& colours, std::size_t most)
      : out_(out), colours_(colours), most_(static_cast<double>(most)), digits_(grouped(most).size()) {}

  void bars(double left, double top, double row, const std::vector<bar>& all, bool with_before) {
    std::size_t widest = 0;
    for (const bar& b : all) widest = (std::max)(widest, columns_of(printable(label(b.node, b.weight, " ×"))));
    // The numbers have a column of their own, as wide as the longest number. So have the names, within limits.
    const std::size_t name_columns = std::clamp(widest, std::size_t{8}, std::size_t{15});
    const double start = left + 10 + 7 * static_cast<double>(name_columns), end = left + panel_width;
    const double unit = (end - start - 10 - 7.7 * static_cast<double>(digits_)) / most_;
    out_.text(start, top - 12, "t4 soft", "copies on each node");
    for (std::size_t i = 0; i < all.size(); ++i) {
      const bar& b = all[i];
      const double y = top + row * static_cast<double>(i), base = y + row * 0.5 + 4.3;
      out_.name(start - 8, base, b.note.empty() ? "t4 ink end" : "t4 soft end", label(b.node, b.weight, " ×"),
                name_columns);
      if (b.note.empty()) {
        out_.rectangle(start, y + row * 0.12, unit * static_cast<double>(b.copies), row * 0.76, fill(b.node));
        out_.text(end, base, "t4 ink end", grouped(b.copies));
      } else {
        out_.text(end, base, "t4 soft end", b.note);
      }
      if (with_before && b.copies_before != 0) {
        const double x = start + unit * static_cast<double>(b.copies_before);
        out_.line(x, y + row * 0.05, x, y + row * 0.95, "stroke-width=\"2\"");
      }
    }
    const double bottom = top + row * static_cast<double>(all.size());
    const double mean = mean_of(all);
    if (mean > 0) {
      const double x = start + unit * mean;
      out_.line(x, top - 4, x, bottom + 4, "stroke-dasharray=\"2 3\"");
    }
    const double at = equal_weights(all) ? start : left;
    out_.text(at, bottom + 22, "t4 soft", "fullest / mean" + by_weight(all) + ": " + decimal(max_over_mean(all), 3));
  }

  /// The loads from the fullest node to the emptiest one. `before`: those before the step, or empty.
  void curve(double left, double top, const std::vector<bar>& all, bool with_before) {
    const double start = left + 10 + 7.0 * static_cast<double>(digits_), end = left + panel_width;
    const double bottom = top + curve_height;
    const auto height = [&](double copies) { return bottom - curve_height * copies / most_; };
    std::vector<const bar*> now;
    for (const bar& b : all) {
      if (b.note.empty()) now.push_back(&b);
    }
    std::sort(now.begin(), now.end(), [](const bar* a, const bar* b) {
      return a->copies != b->copies ? a->copies > b->copies : a->node < b->node;
    });
    out_.text(start, top - 12, "t4 soft", "copies on each node, sorted");

    // One step for each node; one path for all of them.
    const auto steps = [&](const std::vector<double>& loads) {
      const double width = (end - start) / static_cast<double>(loads.size());
      std::string path;
      for (std::size_t i = 0; i < loads.size(); ++i) {
        path += (i == 0 ? "" : "V" + svg::n(height(loads[i])));
        path += "H" + decimal(start + width * static_cast<double>(i + 1), 2);
      }
      return path;
    };
    std::vector<double> loads, loads_before;
    for (const bar* b : now) loads.push_back(static_cast<double>(b->copies));
    for (const bar& b : all) {
      if (with_before && b.copies_before != 0) loads_before.push_back(static_cast<double>(b.copies_before));
    }
    std::sort(loads_before.begin(), loads_before.end(), std::greater<>());
    if (!loads.empty()) {
      out_.path("curve", "M" + svg::n(start) + " " + svg::n(bottom) + "V" + svg::n(height(loads[0])) + steps(loads) +
                             "V" + svg::n(bottom) + "z");
    }
    if (!loads_before.empty()) {
      out_.path("line", "M" + svg::n(start) + " " + svg::n(height(loads_before[0])) + steps(loads_before),
                " fill=\"none\"");
    }
    // The node that joined, where it stands in the curve.
    for (std::size_t i = 0; with_before && i < now.size(); ++i) {
      if (now[i]->copies_before != 0 || now[i]->copies == 0) continue;
      const double width = (end - start) / static_cast<double>(now.size()), y = height(loads[i]);
      out_.rectangle(start + width * static_cast<double>(i), y, (std::max)(width, 3.0), bottom - y, fill(now[i]->node));
    }
    const double mean = mean_of(all);
    if (!loads.empty()) axis(start, end, height(loads[0]), grouped(now.front()->copies), false);
    if (mean > 0 && height(mean) - height(loads[0]) >= 13) {
      axis(start, end, height(mean), grouped(static_cast<std::size_t>(mean + 0.5)), true);
    }
    axis(start, end, bottom, "0", false);
    notes(left, bottom + 22, now, all);
  }

  /// Who gave how much to whom: all pairs in a list or a matrix, or the ten largest and all others in one row.
  void transfers(double left, double top, const std::vector<quoit::kv_transfer<std::string>>& all) {
    const largest_transfers largest(all, 10);
    const double end = left + panel_width;
    out_.text(left, top, "t3 ink", "Who gave how much to whom");
    if (all.empty()) {
      out_.text(left, top + transfer_row, "t4 soft", "No node had a copy to give.");
      return;
    }
    if (all.size() > largest.shown.size() && matrix(left, top, all, largest.copies)) return;
    const double head = top + transfer_row;
    out_.text(left + 13, head, "t6 soft", "from");
    out_.text(left + 101, head, "t6 soft", "to");
    out_.text(left + 208, head, "t6 soft end", "copies");
    out_.text(end, head, "t6 soft end", "share");
    double y = head;
    const auto numbers = [&](std::size_t copies) {
      out_.text(left + 208, y, "t6 soft end", grouped(copies));
      out_.text(end, y, "t6 ink end",
                decimal(static_cast<double>(copies) / static_cast<double>(largest.copies) * 100, 1) + "%");
    };
    for (const auto& [source, to, copies] : largest.shown) {
      y += transfer_row;
      out_.rectangle(left, y - 9, 9, 9, fill(source));
      out_.name(left + 13, y, "t6 ink", source, 9);
      out_.text(left + 79, y, "t6 soft mid", "→");
      out_.rectangle(left + 89, y - 9, 9, 9, fill(to));
      out_.name(left + 101, y, "t6 ink", to, 9);
      numbers(copies);
      const double part = static_cast<double>(copies) / static_cast<double>(largest.shown.front().copies);
      out_.rectangle(left, y + 3.5, panel_width * part, 2.5, fill(source));
    }
    if (largest.pairs_more != 0) {
      y += transfer_row;
      out_.text(left + 13, y, "t6 soft", counted(largest.pairs_more, "pair more", "pairs more"));
      numbers(largest.copies_more);
    }
  }

  /// One row of the comparison: what moved, what is the least possible, and what hash % n would have moved.
  void comparison(double left, double top, const std::string& title, const key_shares& keys) {
    const double start = left + 86, end = left + panel_width, room = end - start - 52;
    out_.text(left, top, "t4 ink", title);
    double y = top;
    const auto row = [&](std::string_view name, std::string_view style, double part) {
      y += 16;
      out_.text(left, y, "t4 soft", name);
      out_.rectangle(start, y - 9, room * part, 10, style);
      out_.text(end, y, "t4 ink end", decimal(part * 100, 2) + "%");
    };
    row("this ring", "ring-bar", keys.moved);
    row("least possible", "least-bar", keys.minimum);
    row("hash % n", "modulo-bar", keys.modulo);
  }

 private:
  static constexpr double panel_width = 255;

  // A row for each node that gave, a column for each that got. False if there is no room for that.
  bool matrix(double left, double top, const std::vector<quoit::kv_transfer<std::string>>& all, std::size_t sum) {
    constexpr std::size_t most_columns = 9, most_rows = 10;
    constexpr double first = 66;
    std::map<std::size_t, std::string> gave, got;  // by colour, which is the order of the nodes
    for (const auto& one : all) {
      gave.emplace(colours_.at(one.source), one.source);
      got.emplace(colours_.at(one.to), one.to);
    }
    if (got.size() > most_columns || gave.size() > most_rows) return false;
    const double cell = (std::min)(32.0, (panel_width - first) / static_cast<double>(got.size()));
    std::map<std::pair<std::string_view, std::string_view>, std::size_t> copies;
    for (const auto& one : all) copies[{one.source, one.to}] = one.copies;
    out_.text(left, top + transfer_row, "t4 soft", "from");
    out_.text(left + first - 6, top + transfer_row, "t4 soft end", "to");
    double y = top + transfer_row, x = left + first;
    for (const auto& [colour, to] : got) {
      out_.rectangle(x + cell / 2 - 5, y - 9, 10, 10, "f" + std::to_string(colour));
      x += cell;
    }
    for (const auto& [colour, source] : gave) {
      y += transfer_row;
      x = left + first;
      out_.rectangle(left, y - 9, 9, 9, "f" + std::to_string(colour));
      out_.name(left + 13, y, "t6 ink", source, 7);
      for (const auto& receiver : got) {
        const auto at = copies.find({source, receiver.second});
        if (at != copies.end()) {
          const double share = static_cast<double>(at->second) / static_cast<double>(sum) * 100;
          out_.text(x + cell / 2, y, "t5 ink mid", decimal(share, share < 10 ? 1 : 0));
        } else if (source == receiver.second) {
          out_.text(x + cell / 2, y, "t5 soft mid", "·");
        }
        x += cell;
      }
    }
    out_.text(left, y + transfer_row + 4, "t4 soft", "% of the " + counted(sum, "copy", "copies") + " that moved");
    return true;
  }

  [[nodiscard]] std::string fill(const std::string& node) const { return "f" + std::to_string(colours_.at(node)); }

  static bool equal_weights(const std::vector<bar>& all) {
    return std::all_of(all.begin(), all.end(), [&](const bar& b) { return b.weight == all.front().weight; });
  }
  static std::string by_weight(const std::vector<bar>& all) { return equal_weights(all) ? "" : ", by weight"; }

  // The mean of the present nodes; 0 where it says nothing, as the nodes have different weights.
  static double mean_of(const std::vector<bar>& all) {
    double sum = 0, present = 0;
    for (const bar& b : all) {
      sum += static_cast<double>(b.copies);
      present += b.note.empty() ? 1 : 0;
    }
    return present > 0 && equal_weights(all) ? sum / present : 0;
  }

  void axis(double start, double end, double y, std::string_view value, bool dashed) {
    out_.text(start - 6, y + 4, "t4 soft end", value);
    out_.line(start - 3, y, dashed ? end : start, y, dashed ? "stroke-dasharray=\"2 3\"" : "");
  }

  void notes(double left, double y, const std::vector<const bar*>& sorted, const std::vector<bar>& all) {
    const auto say = [&](const std::string& what, const bar& b) {
      out_.text(left, y, "t4 soft", what);
      out_.rectangle(left + 62, y - 9, 9, 9, fill(b.node));
      out_.name(left + 75, y, "t4 ink", label(b.node, b.weight, " ×"), 14);
      out_.text(left + panel_width, y, "t4 ink end", grouped(b.copies));
      y += 18;
    };
    if (!sorted.empty()) {
      say("fullest", *sorted.front());
      say("median", *sorted[sorted.size() / 2]);
      say("emptiest", *sorted.back());
    }
    out_.text(left, y, "t4 soft", "fullest / mean" + by_weight(all) + ": " + decimal(max_over_mean(all), 3));
  }

  svg& out_;
  const std::map<std::string, std::size_t>& colours_;
  double most_;
  std::size_t digits_;
};

}  // namespace demo
