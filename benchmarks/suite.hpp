// SPDX-License-Identifier: MIT
// Shared by all benchmarks: names of benchmarks, sizes of rings, nodes, keys, and rings that are built once.
//
//   a benchmark is called  question/row/competitor,  as in  lookup_hash/nodes:64/vnodes:160/std::map
//   and becomes one cell of a table: table = question, line = row, column = competitor
#pragma once

#include <cstddef>
#include <cstdint>
#include <ctime>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "lookups.hpp"
#include "peers.hpp"
#include "progress.hpp"

namespace bench {

struct size {
  std::size_t nodes;
  std::int64_t vnodes;

  [[nodiscard]] std::string row() const {
    return "nodes:" + std::to_string(nodes) + "/vnodes:" + std::to_string(vnodes);
  }
};

struct suite {
  bool full = false;
  int repetitions = 5;
  double min_time = 0.008;  // seconds a repetition

  // 160 vnodes a node is what most rings in use have; 512 is quoit's default.
  [[nodiscard]] std::vector<size> sizes() const {
    std::vector<size> result;
    for (const std::size_t nodes : {8U, 64U, 1000U, 10'000U}) {
      result.push_back({nodes, 160});
      if (full) result.push_back({nodes, 512});
    }
    return result;
  }

  // Algorithms that round up to a power of two have their worst case just above one.
  [[nodiscard]] std::vector<size> lookup_sizes() const {
    auto result = sizes();
    if (full) result.push_back({1025, 160});
    else result.insert(result.end(), {{8, 512}, {64, 512}, {1000, 512}});
    return result;
  }

  // How cost grows with the ring, down to very many nodes with few vnodes.
  [[nodiscard]] std::vector<size> change_sizes() const {
    std::vector<size> result = {{8, 160}, {64, 160}, {1000, 160}, {10'000, 160}};
    if (full) result.insert(result.end(), {{250, 160}, {4000, 160}, {100'000, 16}});
    return result;
  }

  // Registers it, with progress.
  static auto* registered(const std::string& name, const std::function<void(benchmark::State&)>& run) {
    return benchmark::RegisterBenchmark(name.c_str(), [name, run](benchmark::State& state) {
      progress::of_run().begin(name, static_cast<std::int64_t>(state.max_iterations));
      run(state);
    });
  }

  // Each returns the benchmark, of a type whose name is not the same in all versions of Google Benchmark.
  auto* add(const std::string& question, const std::string& row, const std::string& competitor,
            const std::function<void(benchmark::State&)>& run) const {
    return registered(question + '/' + row + '/' + competitor, run)->MinTime(min_time)->Repetitions(repetitions);
  }

  // For a measurement that takes long, or gives the same value every time.
  auto* add_once(const std::string& question, const std::string& row, const std::string& competitor,
                 const std::function<void(benchmark::State&)>& run) const {
    return registered(question + '/' + row + '/' + competitor, run)->Iterations(1)->Repetitions(1);
  }
};

void add_lookup(const suite& suite);
void add_batch(const suite& suite);
void add_change(const suite& suite);
void add_memory(const suite& suite);
void add_balance(const suite& suite);
void add_hashing(const suite& suite);
#if defined(BENCH_LIBMEMCACHED)
void add_libmemcached(const suite& suite);
#endif
void add_published(const suite& suite);
void add_plan(const suite& suite);
void add_transition(const suite& suite);
void add_walk(const suite& suite);

// Ends the program if an answer is wrong: only correct competitors are timed.
void check(bool good, const char* what);

// The peak of heap bytes while `work` runs, without those that were allocated before. For one thread.
std::int64_t peak_bytes_of(const std::function<void()>& work);

// node-0, node-1, …: the common case, and the worst one for a weak hash.
std::vector<std::string> node_names(std::size_t count);

// All competitors over the same nodes. The rings among them have given the same answers to the same questions.
struct rings {
  explicit rings(const size& size);

  std::vector<std::string> names;
  std::vector<std::string> newcomers;
  quoit_peer quoit;
  map_peer map;
  vector_peer vector;
  double max_over_mean = 0, variation = 0;
};

// Built on first use and kept, because interleaved repetitions use each ring many times. Changes have rings of their
// own, so that no lookup is measured in a ring after many joins and leaves.
rings& rings_of(const size& size);
rings& rings_for_changes(const size& size);

// The competitors that can only look up, for the same nodes. The raw table is as large as the part of that ring that
// lookups read.
struct lookups {
  explicit lookups(const rings& of);

  branchless_peer branchless;
  jump_peer jump;
  table_peer table;
  raw_line_peer raw_line;
};

const lookups& lookups_of(const size& size);

// 16-byte keys, one after the other. Their number is a power of two, and they do not fit the caches near the core.
inline constexpr std::size_t text_keys = std::size_t{1} << 18;
const std::string& text_of_keys();
inline std::string_view text_key(std::size_t n) { return {text_of_keys().data() + (n % text_keys) * 16, 16}; }
// About as many keys of 200 bytes. They overlap.
inline std::string_view long_text_key(std::size_t n) {
  return {text_of_keys().data() + (n % (text_keys - 12)) * 16, 200};
}

std::vector<quoit::key_hash> hashed_keys(std::size_t count);

// Calls use(member) for each ring, where rings.*member is the competitor itself. quoit comes first: the others are
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

// Calls use(name, peer_of) for each competitor that can look up; peer_of(size) is the competitor.
template <class Use>
void for_each_lookup(const Use& use) {
  for_each_peer(
      [&](auto peer) { use(name_of(peer), [peer](const size& size) -> const auto& { return rings_of(size).*peer; }); });
  const auto other = [&](auto member, const char* name) {
    use(name, [member](const size& size) -> const auto& { return lookups_of(size).*member; });
  };
  other(&lookups::branchless, branchless_peer::name);
  other(&lookups::jump, jump_peer::name);
  other(&lookups::table, table_peer::name);
  other(&lookups::raw_line, raw_line_peer::name);
}

// As benchmark::DoNotOptimize. With some compilers that one goes through memory, which takes some nanoseconds if each
// lookup waits for the last answer.
template <class Word>
void keep(Word& word) noexcept {
  static_assert(sizeof(Word) <= sizeof(std::uint64_t));
  asm volatile("" : "+r"(word) : : "memory");
}

// Processor time of this thread in seconds, so that other work on the machine does not count. Reading it takes a few
// hundred nanoseconds.
template <class Work>
double seconds_of(const Work& work) {
  const auto now = [] {
    std::timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
  };
  const double start = now();
  work();
  return now() - start;
}

}  // namespace bench
