// SPDX-License-Identifier: MIT
// How long does it take to find the owner of one key?
//
//   lookup_hash      by a 64-bit hash, one lookup after the other: the processor overlaps neighbours (throughput)
//   lookup_latency   the same, but each lookup has to wait for the answer of the one before
//   lookup_string    by a string key of 16 bytes, hashing included
//
// Hashes come from a counter through splitmix64, about a nanosecond each for all alike: a table of them would
// compete with the rings for the cache, and a short one would let the branch predictor learn its searches.
#include <cstdint>

#include <quoit/hash.hpp>

#include "suite.hpp"

namespace bench {

void add_lookup(const suite& suite) {
  for (const size& size : suite.sizes()) {
    for_each_peer([&](auto peer) {
      suite.add("lookup_hash", size.row(), name_of(peer), [=](benchmark::State& state) {
        const rings& all = rings_of(size);
        std::uint64_t key = 0;
        for (auto _ : state) benchmark::DoNotOptimize((all.*peer).find(quoit::splitmix64(++key)));
        state.counters["max/mean"] = all.max_over_mean;
        state.counters["cv"] = all.variation;
      });
      suite.add("lookup_latency", size.row(), name_of(peer), [=](benchmark::State& state) {
        const rings& all = rings_of(size);
        std::uint64_t key = 0;
        for (auto _ : state) {
          answer found = (all.*peer).find(quoit::splitmix64(++key));
          benchmark::DoNotOptimize(found);
          key += reinterpret_cast<std::uintptr_t>(found) & 1U;  // always 0, which the processor cannot know
        }
      });
      suite.add("lookup_string", size.row(), name_of(peer), [=](benchmark::State& state) {
        const rings& all = rings_of(size);
        text_of_keys();
        std::size_t key = 0;
        for (auto _ : state) benchmark::DoNotOptimize((all.*peer).find(text_key(++key)));
      });
    });
  }
}

}  // namespace bench
