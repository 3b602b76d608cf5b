// SPDX-License-Identifier: MIT
// Prints the tables of benchmarks/balance.md: how even a ring is for each number of nodes and vnodes, and what vnodes cost.
//
//   bench_balance_table [SEEDS [MILLIONS]]    rings per cell (20); a cell with more million vnodes than that (32) is skipped
//
// Loads are exact, from quoit::balance_of, so nothing here depends on the luck of a sample of keys; what varies is the
// ring itself, and so each cell is drawn several times, each time with another seed and other node names.
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include <quoit/ring.hpp>
#include <quoit/stats.hpp>

namespace {

using ring = quoit::ring<>;

constexpr std::int64_t vnode_counts[] = {32, 64, 100, 128, 160, 200, 256, 512, 1024, 2048};
constexpr std::size_t node_counts[] = {3, 8, 16, 64, 256, 1000, 10'000};

// The three ways in which people name nodes; all have to be equally good.
std::vector<std::string> node_names(std::size_t count, std::uint64_t seed) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string set = std::to_string(seed), number = std::to_string(i);
    if (seed % 3 == 0) names.push_back("node-" + set + "-" + number);
    else if (seed % 3 == 1)
      names.push_back("10." + set + "." + std::to_string(i / 256) + "." + std::to_string(i % 256) + ":11211");
    else names.push_back("cache" + number + ".zone" + set + ".example.org");
  }
  return names;
}

ring make_ring(std::size_t nodes, std::int64_t vnodes, std::uint64_t seed) {
  ring result({.vnodes = vnodes, .seed = seed});
  result.assign(node_names(nodes, seed));
  return result;
}

struct evenness {
  std::size_t rings = 0;
  double max_sum = 0, max_worst = 0, cv_sum = 0, cv_worst = 0;

  void draw(const ring& one) {
    const auto balance = quoit::balance_of(one);
    const double max = balance.max_over_mean(), cv = balance.coefficient_of_variation();
    max_sum += max;
    max_worst = std::max(max_worst, max);
    cv_sum += cv;
    cv_worst = std::max(cv_worst, cv);
    ++rings;
  }
};

struct cost {
  std::size_t bytes_per_node = 0;
  double lookup_ns = 0, add_us = 0;
};

double seconds_of(const auto& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

cost cost_at_1000_nodes(std::int64_t vnodes) {
  constexpr std::size_t nodes = 1000, lookups = 1 << 20, rounds = 9;
  ring one = make_ring(nodes, vnodes, 0);
  cost result;
  result.bytes_per_node = one.vnode_memory() / nodes;
  std::vector<double> lookup, add;
  std::uint64_t key = 1, found = 0;
  for (std::size_t round = 0; round < rounds; ++round) {
    lookup.push_back(seconds_of([&] {
      for (std::size_t i = 0; i < lookups; ++i) found += one.find(quoit::key_hash{quoit::splitmix64(++key)})->size();
    }));
    add.push_back(seconds_of([&] { one.add("newcomer"); }));
    one.remove("newcomer");
  }
  if (found == 0) std::abort();  // the sum keeps the lookups alive
  result.lookup_ns = median(lookup) * 1e9 / static_cast<double>(lookups);
  result.add_us = median(add) * 1e6;
  return result;
}

void print_head(const char* title) {
  std::printf("\n%s\n\n| vnodes |", title);
  for (const std::size_t nodes : node_counts) std::printf(" %zu nodes |", nodes);
  std::printf("\n|---:|");
  for (std::size_t i = 0; i < std::size(node_counts); ++i) std::printf("---:|");
  std::printf("\n");
}

}  // namespace

int main(int argc, char** argv) {
  const long seeds = argc > 1 ? std::atol(argv[1]) : 20, millions = argc > 2 ? std::atol(argv[2]) : 32;
  if (argc > 3 || seeds < 1 || millions < 1) {
    std::fputs("usage: bench_balance_table [SEEDS [MILLIONS]]\n", stderr);
    return 2;
  }

  std::printf("What vnodes cost, at 1,000 nodes\n\n| vnodes | bytes a node | lookup, ns | add a node, µs "
              "|\n|---:|---:|---:|---:|\n");
  for (const std::int64_t vnodes : vnode_counts) {
    const cost c = cost_at_1000_nodes(vnodes);
    std::printf("| %lld | %zu | %.0f | %.0f |\n", static_cast<long long>(vnodes), c.bytes_per_node, c.lookup_ns,
                c.add_us);
    std::fflush(stdout);
  }

  std::vector<std::vector<evenness>> table(std::size(node_counts));
  for (std::size_t column = 0; column < std::size(node_counts); ++column) {
    for (const std::int64_t vnodes : vnode_counts) {
      evenness cell;
      const bool fits =
          node_counts[column] * static_cast<std::size_t>(vnodes) <= static_cast<std::size_t>(millions) * 1'000'000;
      for (long seed = 0; fits && seed < seeds; ++seed) {
        cell.draw(make_ring(node_counts[column], vnodes, static_cast<std::uint64_t>(seed)));
      }
      if (fits) {
        std::fprintf(stderr, "%6zu nodes %5lld vnodes: max/mean %.3f (%.3f), cv %.4f (%.4f)\n", node_counts[column],
                     static_cast<long long>(vnodes), cell.max_sum / static_cast<double>(seeds), cell.max_worst,
                     cell.cv_sum / static_cast<double>(seeds), cell.cv_worst);
      }
      table[column].push_back(cell);
    }
  }

  const auto print_cells = [&](auto sum, auto worst, int decimals, double scale) {
    for (std::size_t row = 0; row < std::size(vnode_counts); ++row) {
      std::printf("| %lld |", static_cast<long long>(vnode_counts[row]));
      for (const auto& column : table) {
        const evenness& cell = column[row];
        if (cell.rings == 0) std::printf(" |");
        else
          std::printf(" %.*f (%.*f) |", decimals, cell.*sum / static_cast<double>(cell.rings) * scale, decimals,
                      cell.*worst * scale);
      }
      std::printf("\n");
    }
  };
  std::printf("\n%ld rings a cell: mean (worst)\n", seeds);
  print_head("Highest load over mean load");
  print_cells(&evenness::max_sum, &evenness::max_worst, 2, 1);
  print_head("Coefficient of variation of the loads, %");
  print_cells(&evenness::cv_sum, &evenness::cv_worst, 1, 100);
  return 0;
}
