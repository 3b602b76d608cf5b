// SPDX-License-Identifier: MIT
// What every benchmark here shares: names of benchmarks, sizes of rings, nodes, keys, and rings that are built once.
//
//   a benchmark is called  question/row/competitor,  as in  lookup_hash/nodes:64/vnodes:160/std::map
//   and becomes one cell of a table: table = question, line = row, column = competitor
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "peers.hpp"

namespace bench {

struct size {
  std::size_t nodes;
  std::int64_t vnodes;

  [[nodiscard]] std::string row() const { return "nodes:" + std::to_string(nodes) + "/vnodes:" + std::to_string(vnodes); }
};

struct suite {
  bool full = false;
  int repetitions = 3;
  double min_time = 0.03;  // seconds a repetition

  // Ten thousand nodes with 512 vnodes are five million points: a std::map of them takes seconds to build and 400 MB.
  [[nodiscard]] std::vector<size> sizes() const {
    std::vector<size> result;
    for (const std::size_t nodes : {8U, 64U, 1000U, 10'000U}) {
      for (const std::int64_t vnodes : {160, 512}) {
        if (full || nodes * static_cast<std::size_t>(vnodes) < 5'000'000) result.push_back({nodes, vnodes});
      }
    }
    return result;
  }

  benchmark::internal::Benchmark* add(const std::string& question, const std::string& row, const std::string& competitor,
                                      const std::function<void(benchmark::State&)>& run) const {
    return benchmark::RegisterBenchmark((question + '/' + row + '/' + competitor).c_str(), run)
        ->MinTime(min_time)
        ->Repetitions(repetitions);
  }
};

void add_lookup(const suite& suite);
void add_batch(const suite& suite);
void add_change(const suite& suite);
void add_memory(const suite& suite);
void add_balance(const suite& suite);
void add_hashing(const suite& suite);
void add_published(const suite& suite);

// node-0, node-1, …: the common case, and the worst one for a weak hash.
std::vector<std::string> node_names(std::size_t count);

// The three competitors over the same nodes; they were asked the same questions and gave the same answers.
struct rings {
  explicit rings(const size& size);

  std::vector<std::string> names;
  std::string newcomer = "newcomer";
  quoit_peer quoit;
  map_peer map;
  vector_peer vector;
  double max_over_mean = 0, variation = 0;
};

// Built when first asked for and kept: interleaved repetitions come back to each ring many times.
rings& rings_of(const size& size);

// 16-byte keys, one behind the other; a power of two of them, more than any cache near the core holds.
inline constexpr std::size_t text_keys = std::size_t{1} << 18;
const std::string& text_of_keys();
inline std::string_view text_key(std::size_t n) { return {text_of_keys().data() + (n % text_keys) * 16, 16}; }

std::vector<quoit::key_hash> hashed_keys(std::size_t count);

// Calls use(member) for each competitor, where rings.*member is the competitor itself. quoit comes first: the others are
// compared with it.
template <class Use>
void for_each_peer(const Use& use) {
  use(&rings::quoit);
  use(&rings::map);
  use(&rings::vector);
}

template <class Peer>
const char* name_of(Peer rings::*) {
  return Peer::name;
}

}  // namespace bench
