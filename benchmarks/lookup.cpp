// SPDX-License-Identifier: MIT
// How long does it take to find the owner of one key?
//
//   lookup_hash      by a 64-bit hash, one lookup after the other: the processor overlaps neighbours (throughput)
//   lookup_many      the same, 1,000 keys a call if a competitor has such a call; time of one key
//   lookup_latency   each lookup has to wait for the answer of the one before; percentiles over chains of 64
//   lookup_string    by a string key of 16 bytes, hashing included; and that hash alone
//   owner_by_key     owner() of quoit's ring by each kind of key: a ready hash, an integer, strings of 16 and 200 bytes
//
// Hashes and integers come from a counter through splitmix64. That takes about a nanosecond each, for all competitors
// alike (about four where each lookup waits for the last). Rejected: a table of hashes, which would compete with the
// rings for the cache; a short table, whose searches the branch predictor would learn.
#include <algorithm>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <vector>

#include <quoit/hash.hpp>

#include "suite.hpp"

namespace bench {
namespace {

constexpr std::size_t chain = 64, many = 1000;

double percentile(std::vector<double>& values, double share) {
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

void one_after_the_other(benchmark::State& state, const auto& peer) {
  std::uint64_t key = 0;
  for (auto _ : state) {
    auto found = peer.find(quoit::splitmix64(++key));
    keep(found);
  }
}

void many_at_once(benchmark::State& state, const auto& peer) {
  std::uint64_t key = 0;
  std::vector<quoit::key_hash> keys(many);
  std::vector<decltype(peer.find(key))> out(many);
  while (state.KeepRunningBatch(many)) {
    for (quoit::key_hash& one : keys) one.value = quoit::splitmix64(++key);
    peer.owners(keys, out);
    benchmark::DoNotOptimize(out.data());
    benchmark::ClobberMemory();
  }
}

// Reading the clock takes about 20 ns a chain, 0.3 ns a lookup.
void each_waits(benchmark::State& state, const auto& peer) {
  std::uint64_t key = 0;
  std::vector<double> chains;
  while (state.KeepRunningBatch(chain)) {
    const auto start = std::chrono::steady_clock::now();
    for (std::size_t i = 0; i < chain; ++i) {
      auto found = peer.find(quoit::splitmix64(++key));
      keep(found);
      key += std::bit_cast<std::uint64_t>(found) & 1U;  // always 0, which the processor cannot know
    }
    const std::chrono::duration<double> time = std::chrono::steady_clock::now() - start;
    state.SetIterationTime(time.count());
    chains.push_back(time.count() * 1e9 / chain);
  }
  state.counters["p50"] = percentile(chains, 0.50);
  state.counters["p99"] = percentile(chains, 0.99);
}

void by_string(benchmark::State& state, const auto& find) {
  text_of_keys();
  std::size_t key = 0;
  for (auto _ : state) {
    auto found = find(text_key(++key));
    keep(found);
  }
}

// The time of an integer minus the time of a ready hash is the time of the hash function alone.
void add_owner(const suite& suite, const size& size) {
  const auto add = [&](const char* kind, auto key_of) {
    suite.add("owner_by_key", size.row(), kind, [=](benchmark::State& state) {
      text_of_keys();
      const quoit::ring<>& ring = rings_of(size).quoit.ring();
      std::uint64_t key = 0;
      for (auto _ : state) {
        auto* found = &ring.owner(key_of(++key));
        keep(found);
      }
    });
  };
  add("key_hash", [](std::uint64_t n) { return quoit::key_hash{quoit::splitmix64(n)}; });
  add("integer", [](std::uint64_t n) { return quoit::splitmix64(n); });
  add("16 bytes", [](std::uint64_t n) { return text_key(n); });
  add("200 bytes", [](std::uint64_t n) { return long_text_key(n); });
}

}  // namespace

void add_lookup(const suite& suite) {
  for (const size& size : suite.lookup_sizes()) {
    for_each_lookup([&](const char* name, auto peer_of) {
      suite.add("lookup_hash", size.row(), name, [=](benchmark::State& state) {
        one_after_the_other(state, peer_of(size));
        const rings& all = rings_of(size);
        state.counters["load max/mean"] = all.max_over_mean;
        state.counters["load cv"] = all.variation;
      });
    });
  }
  for (const size& size : suite.sizes()) {
    add_owner(suite, size);
    for_each_lookup([&](const char* name, auto peer_of) {
      suite.add("lookup_latency", size.row(), name, [=](benchmark::State& state) { each_waits(state, peer_of(size)); })
          ->UseManualTime();
      if constexpr (requires { &std::remove_cvref_t<decltype(peer_of(size))>::owners; }) {
        suite.add("lookup_many", size.row(), name,
                  [=](benchmark::State& state) { many_at_once(state, peer_of(size)); });
      }
    });
    for_each_peer([&](auto peer) {
      suite.add("lookup_string", size.row(), name_of(peer), [=](benchmark::State& state) {
        const auto& ring = rings_of(size).*peer;
        by_string(state, [&](std::string_view key) { return ring.find(key); });
      });
    });
    suite.add("lookup_string", size.row(), "hash alone", [](benchmark::State& state) {
      by_string(state, [](std::string_view key) { return quoit::xxh3{}(key, 0); });
    });
  }
}

}  // namespace bench
