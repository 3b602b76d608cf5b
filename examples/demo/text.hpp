// SPDX-License-Identifier: MIT
// Numbers, bars and lists for the demo's printed report.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <quoit/kv_entry.hpp>

#include "terminal.hpp"
#include "utf8.hpp"

namespace demo {

/// 63,436
inline std::string grouped(std::size_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3;) text.insert(at -= 3, ",");
  return text;
}

/// "1 key", "2 keys"
inline std::string counted(std::size_t number, std::string_view one, std::string_view many) {
  return grouped(number) + ' ' + std::string(number == 1 ? one : many);
}

inline std::string decimal(double number, int decimals) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", decimals, number);
  return text;
}

/// The number of copies on a node. A former node has a `note` instead.
struct bar {
  std::string node;
  std::size_t copies = 0;
  std::size_t copies_before = 0;
  std::string note;
  std::int64_t weight = 1;
};

/// "cache-a", or "cache-a x2" with a weight other than 1.
inline std::string label(const std::string& node, std::int64_t weight, std::string_view times = " x") {
  return weight == 1 ? node : node + std::string(times) + std::to_string(weight);
}

/// More nodes are shown as the extremes of a list, and as a curve in the picture.
inline constexpr std::size_t most_bars = 24;

/// The fullest node over the mean, each in proportion to its weight; 1 is perfect.
inline double max_over_mean(const std::vector<bar>& bars) {
  double most = 0, sum = 0, weights = 0;
  for (const bar& one : bars) {
    if (!one.note.empty()) continue;
    most = (std::max)(most, static_cast<double>(one.copies) / static_cast<double>(one.weight));
    sum += static_cast<double>(one.copies);
    weights += static_cast<double>(one.weight);
  }
  return sum == 0 ? 0 : most * weights / sum;
}

/// The widths of the columns of a report.
struct bar_layout {
  std::size_t name = 8;
  std::size_t length = 40;  // of the longest bar

  bar_layout(const std::vector<bar>& bars, bool with_change, const terminal& screen) {
    for (const demo::bar& one : bars) name = (std::max)(name, columns_of(printable(label(one.node, one.weight))));
    name = (std::min)(name, std::size_t{24});
    if (!screen.colours) return;  // plain text has the same width everywhere
    const std::size_t others = 2 + name + 1 + 1 + 9 + (with_change ? 12 : 0) + 1;
    length = (std::min)(std::size_t{60}, screen.width > others + 10 ? screen.width - others : 10);
  }
};

inline void print_bar(const bar& one, double unit, bool with_change, const bar_layout& layout, const terminal& screen) {
  using paint = terminal::paint;
  const std::string name = padded(cut(label(one.node, one.weight), layout.name, screen.dots()), layout.name);
  if (!one.note.empty()) {
    std::printf("  %s\n", screen.in(paint::soft, name + ' ' + one.note).c_str());
    return;
  }
  // On a terminal with colours, the end of a bar is what the node got in this step.
  const double length = unit * static_cast<double>(one.copies);
  const bool more = one.copies >= one.copies_before;
  std::string text = screen.bar(length);
  const std::size_t has = columns_of(text);
  if (with_change && more && screen.colours) {
    const auto kept = static_cast<std::size_t>(unit * static_cast<double>(one.copies_before));
    std::string_view rest = text;
    std::string first;
    while (!rest.empty() && columns_of(first) < kept) append_character(first, next_character(rest));
    text = screen.in(paint::bar, first) + screen.in(paint::more, rest);
  } else {
    text = screen.in(paint::bar, text);
  }
  std::printf("  %s %s%s %9s", name.c_str(), text.c_str(),
              std::string(layout.length > has ? layout.length - has : 0, ' ').c_str(), grouped(one.copies).c_str());
  if (with_change) {
    const std::size_t change = more ? one.copies - one.copies_before : one.copies_before - one.copies;
    const std::string number = change == 0 ? "=" : ((more ? "+" : "-") + grouped(change));
    const std::string spaces(number.size() < 10 ? 10 - number.size() : 0, ' ');
    std::printf("  %s%s", spaces.c_str(),
                change == 0 ? number.c_str() : screen.in(more ? paint::more : paint::less, number).c_str());
  }
  std::printf("\n");
}

/// A bar for each node. Of many nodes: the fullest, the emptiest, and those that came or went in this step.
inline void print_bars(const std::vector<bar>& bars, bool with_change, const terminal& screen) {
  constexpr std::size_t extremes = 5;
  const bar_layout layout(bars, with_change, screen);
  std::size_t most = 1;
  for (const bar& one : bars) most = (std::max)(most, one.copies);
  const double unit = static_cast<double>(layout.length) / static_cast<double>(most);
  const std::string head = "  " + padded("node", layout.name) + std::string(layout.length + 2, ' ') + "   copies" +
                           (with_change ? "      change" : "");
  std::printf("%s\n", screen.in(terminal::paint::soft, head).c_str());

  std::vector<const bar*> order;
  for (const bar& one : bars) order.push_back(&one);
  const bool all = bars.size() <= most_bars + (with_change ? 1U : 0U);  // one of them came or went
  if (!all) {
    std::sort(order.begin(), order.end(), [](const bar* a, const bar* b) {
      return std::tuple(!a->note.empty(), b->copies, std::string_view(a->node)) <
             std::tuple(!b->note.empty(), a->copies, std::string_view(b->node));
    });
  }
  const auto present = static_cast<std::size_t>(
      std::count_if(order.begin(), order.end(), [](const bar* one) { return one->note.empty(); }));
  std::size_t hidden = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const bar& one = *order[i];
    const bool came = with_change && one.copies_before == 0 && one.copies != 0;
    const bool shown = all || i < extremes || i + extremes >= present || !one.note.empty() || came;
    if (!shown) {
      ++hidden;
      continue;
    }
    if (hidden != 0) {
      const std::string text = std::string(screen.dots()) + ' ' + counted(hidden, "node", "nodes") + " with " +
                               grouped(order[i - 1]->copies) + " to " + grouped(order[i - hidden]->copies) + " copies";
      std::printf("  %s\n", screen.in(terminal::paint::soft, text).c_str());
      hidden = 0;
    }
    print_bar(one, unit, with_change, layout, screen);
  }
}

/// Copies that moved from node to node: the largest, and all others in one number.
struct largest_transfers {
  std::vector<quoit::kv_transfer<std::string>> shown;
  std::size_t pairs_more = 0, copies_more = 0, copies = 0;

  /// The largest first, equal ones by name. Not with std::stable_sort: that of libstdc++ 12 causes warnings in newer
  /// clangs.
  largest_transfers(std::vector<quoit::kv_transfer<std::string>> all, std::size_t most) : shown(std::move(all)) {
    std::sort(shown.begin(), shown.end(), [](const auto& a, const auto& b) {
      return std::tie(b.copies, a.source, a.to) < std::tie(a.copies, b.source, b.to);
    });
    for (std::size_t i = 0; i < shown.size(); ++i) {
      copies += shown[i].copies;
      if (i < most) continue;
      ++pairs_more;
      copies_more += shown[i].copies;
    }
    shown.resize((std::min)(shown.size(), most));
  }
};

inline void print_transfers(const std::vector<quoit::kv_transfer<std::string>>& transfers, const terminal& screen) {
  const largest_transfers largest(transfers, 10);
  const char* name = "handed over";
  for (const auto& [source, to, copies] : largest.shown) {
    std::printf("  %s %s %s %s  %s\n", screen.in(terminal::paint::soft, padded(name, 16)).c_str(),
                cut(source, 24, screen.dots()).c_str(), screen.blocks ? "→" : "->", cut(to, 24, screen.dots()).c_str(),
                grouped(copies).c_str());
    name = "";
  }
  if (largest.pairs_more == 0) return;
  std::printf("  %-16s %s more, with %s in total\n", "", counted(largest.pairs_more, "pair", "pairs").c_str(),
              counted(largest.copies_more, "copy", "copies").c_str());
}

}  // namespace demo
