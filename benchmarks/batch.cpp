// SPDX-License-Identifier: MIT
// How long do the answers take that are more than one node?
//
//   replicas_3        the preference list of three distinct nodes of one key
//   partition_10000   ten thousand keys, grouped by owner for fan-out
//
// The owners of many keys: lookup_many in lookup.cpp.
#include <cstdint>

#include <quoit/hash.hpp>

#include "suite.hpp"

namespace bench {

void add_batch(const suite& suite) {
  for (const size& size : suite.sizes()) {
    for_each_peer([&](auto peer) {
      suite.add("replicas_3", size.row(), name_of(peer), [=](benchmark::State& state) {
        const rings& all = rings_of(size);
        std::uint64_t key = 0;
        for (auto _ : state) {
          auto list = (all.*peer).replicas(quoit::splitmix64(++key));
          benchmark::DoNotOptimize(list);
        }
      });
      suite.add("partition_10000", size.row(), name_of(peer), [=](benchmark::State& state) {
        const rings& all = rings_of(size);
        const auto keys = hashed_keys(10'000);
        for (auto _ : state) benchmark::DoNotOptimize((all.*peer).partition(keys).size());
      });
    });
  }
}

}  // namespace bench
