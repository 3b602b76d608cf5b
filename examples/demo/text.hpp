// SPDX-License-Identifier: MIT
// Numbers, bars and lists for the demo's printed report.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <quoit/kv_entry.hpp>

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
};

/// max / mean over the present nodes; 1 is perfect.
inline double max_over_mean(const std::vector<bar>& bars) {
  std::size_t most = 0, sum = 0, nodes = 0;
  for (const bar& one : bars) {
    if (!one.note.empty()) continue;
    most = std::max(most, one.copies);
    sum += one.copies;
    ++nodes;
  }
  return sum == 0 ? 0 : static_cast<double>(most) * static_cast<double>(nodes) / static_cast<double>(sum);
}

inline void print_bars(const std::vector<bar>& bars, bool with_change) {
  constexpr std::size_t width = 40;
  std::size_t most = 1;
  for (const bar& one : bars) most = std::max(most, one.copies);
  std::printf("  %-8s %-*s %9s%s\n", "node", static_cast<int>(width), "", "copies", with_change ? "      change" : "");
  for (const bar& one : bars) {
    if (!one.note.empty()) {
      std::printf("  %-8s %s\n", one.node.c_str(), one.note.c_str());
      continue;
    }
    const double part = static_cast<double>(one.copies) / static_cast<double>(most);
    const auto length = static_cast<std::size_t>(part * width + 0.5);
    std::printf("  %-8s %-*s %9s", one.node.c_str(), static_cast<int>(width), std::string(length, '#').c_str(),
                grouped(one.copies).c_str());
    if (with_change) {
      const bool more = one.copies >= one.copies_before;
      const std::size_t change = more ? one.copies - one.copies_before : one.copies_before - one.copies;
      std::printf("  %10s", change == 0 ? "=" : ((more ? "+" : "-") + grouped(change)).c_str());
    }
    std::printf("\n");
  }
}

/// Prints the transfers, the largest first, equal ones by name. Not with std::stable_sort: that of libstdc++ 12 causes
/// warnings in newer clangs.
inline void print_transfers(std::vector<quoit::kv_transfer<std::string>> transfers) {
  constexpr std::size_t longest = 10;
  std::sort(transfers.begin(), transfers.end(), [](const auto& a, const auto& b) {
    return std::tie(b.copies, a.source, a.to) < std::tie(a.copies, b.source, b.to);
  });
  std::size_t rest = 0;
  for (std::size_t i = 0; i < transfers.size(); ++i) {
    const auto& [source, to, copies] = transfers[i];
    if (i < longest) {
      const char* const name = i == 0 ? "handed over" : "";
      std::printf("  %-16s %s -> %s  %s\n", name, source.c_str(), to.c_str(), grouped(copies).c_str());
    } else {
      rest += copies;
    }
  }
  if (transfers.size() > longest) {
    std::printf("  %-16s %s more, with %s in total\n", "", counted(transfers.size() - longest, "pair", "pairs").c_str(),
                counted(rest, "copy", "copies").c_str());
  }
}

}  // namespace demo
