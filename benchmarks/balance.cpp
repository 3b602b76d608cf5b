// SPDX-License-Identifier: MIT
// How even are the loads, how much does a join move, and how long does it take to find out?
//
//   balance_exact   quoit::balance_of(ring): highest load over mean, coefficient of variation
//   balance_keys    the same, counted from 100,000 keys: the error of sampling
//   moved/minimum   (with balance_exact) what a join moves, over the least that any placement has to move for
//                   these loads; moved/ideal: over the least for perfectly even loads
//
// The competitors have the same points, and so the same balance. benchmarks/balance.md has the table over many rings.
#include <quoit/diff.hpp>
#include <quoit/stats.hpp>

#include "suite.hpp"

namespace bench {
namespace {

void count(benchmark::State& state, const auto& balance) {
  state.counters["max/mean"] = balance.max_over_mean();
  state.counters["min/mean"] = balance.min_over_mean();
  state.counters["load cv"] = balance.coefficient_of_variation();
}

}  // namespace

void add_balance(const suite& suite) {
  for (const size& size : suite.sizes()) {
    suite.add("balance_exact", size.row(), quoit_peer::name, [=](benchmark::State& state) {
      const auto& ring = rings_of(size).quoit.ring();
      for (auto _ : state) benchmark::DoNotOptimize(quoit::balance_of(ring).loads().data());
      count(state, quoit::balance_of(ring));
      auto after = ring;
      after.add("newcomer");
      const auto change = quoit::diff(ring, after);
      state.counters["moved/minimum"] = change.moved().fraction() / change.minimum().fraction();
      state.counters["moved/ideal"] = change.moved().fraction() / change.ideal().fraction();
    });
    suite.add("balance_keys", size.row(), quoit_peer::name, [=](benchmark::State& state) {
      const auto& ring = rings_of(size).quoit.ring();
      const auto keys = hashed_keys(100'000);
      for (auto _ : state) benchmark::DoNotOptimize(quoit::balance_of(ring, keys).loads().data());
      count(state, quoit::balance_of(ring, keys));
    });
  }
}

}  // namespace bench
