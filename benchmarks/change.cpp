// SPDX-License-Identifier: MIT
// What does a change of the nodes cost, and how does that grow with the ring?
//
//   build    a ring from nothing (assign), labels hashed; throwing the old ring away is not counted. For scale: hashing the
//            labels alone, and std::sort of the finished points alone, from a random order
//   add      one node joins: up to 32 newcomers one after the other, and then they leave outside the clock
//   remove   one node leaves: those newcomers again
//   grow     one node joins while the ring doubles node by node: as add, with the rebuilding that growth needs now and then
//   diff     what moves when that node joins: quoit alone, the hand-written rings cannot say
//
// Times are processor time of whole batches: stopping the clock for every change costs as much as a small change.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include <quoit/diff.hpp>

#include "suite.hpp"

namespace bench {
namespace {

// A std::map of a million points takes seconds to build: once in a process has to do.
template <class Peer>
int repetitions(const suite& suite, const size& size) {
  const bool slow = size.nodes * static_cast<std::size_t>(size.vnodes) > 1'000'000 && !std::is_same_v<Peer, quoit_peer>;
  return slow ? 1 : suite.repetitions;
}

template <class Peer>
void add_build(const suite& suite, const size& size, Peer rings::*) {
  suite
      .add("build", size.row(), Peer::name,
           [=](benchmark::State& state) {
             const auto names = node_names(size.nodes);
             for (auto _ : state) {
               Peer built(size.vnodes);
               state.SetIterationTime(seconds_of([&] { built.build(names); }));
               benchmark::DoNotOptimize(built);
             }
           })
      ->UseManualTime()
      ->Repetitions(repetitions<Peer>(suite, size));
}

void add_parts_of_build(const suite& suite, const size& size) {
  suite
      .add("build", size.row(), "hashing",
           [=](benchmark::State& state) {
             const auto names = node_names(size.nodes);
             std::uint64_t sum = 0;
             for (auto _ : state) {
               state.SetIterationTime(seconds_of([&] {
                 for (const std::string& name : names)
                   for_each_point(name, size.vnodes, [&](std::uint64_t position) { sum += position; });
               }));
             }
             keep(sum);
           })
      ->UseManualTime();
  suite
      .add("build", size.row(), "std::sort",
           [=](benchmark::State& state) {
             auto shuffled = rings_for_changes(size).vector.points();
             std::shuffle(shuffled.begin(), shuffled.end(), std::mt19937_64{});
             for (auto _ : state) {
               auto points = shuffled;
               state.SetIterationTime(seconds_of([&] {
                 std::sort(points.begin(), points.end(),
                           [](const auto& a, const auto& b) { return a.first < b.first; });
               }));
               benchmark::DoNotOptimize(points.data());
             }
           })
      ->UseManualTime();
}

template <class Peer>
void add_join_and_leave(const suite& suite, const size& size, Peer rings::* peer) {
  const auto run = [=](benchmark::State& state, bool joins) {
    rings& all = rings_for_changes(size);
    // A few per cent of the nodes, so that the ring keeps its size; each time others, so that the places they go to have not
    // just been visited.
    const std::size_t count = std::clamp<std::size_t>(size.nodes / 30, 1, 32);
    std::size_t at = 0;
    auto& ring = all.*peer;
    while (state.KeepRunningBatch(static_cast<benchmark::IterationCount>(count))) {
      at = at + count < all.newcomers.size() ? at + count : count;
      const std::span<const std::string> newcomers(&all.newcomers[at - count], count);
      const double in = seconds_of([&] {
        for (const std::string& node : newcomers) ring.add(node);
      });
      const double out = seconds_of([&] {
        for (const std::string& node : newcomers) ring.remove(node);
      });
      state.SetIterationTime(joins ? in : out);
    }
  };
  suite.add("add", size.row(), Peer::name, [=](benchmark::State& state) { run(state, true); })->UseManualTime();
  suite.add("remove", size.row(), Peer::name, [=](benchmark::State& state) { run(state, false); })->UseManualTime();
}

template <class Peer>
void add_growth(const suite& suite, const size& size, Peer rings::*) {
  // A sorted vector of a million points needs half a minute for this.
  if (std::is_same_v<Peer, vector_peer> && size.nodes > 1000) return;
  suite
      .add("grow", size.row(), Peer::name,
           [=](benchmark::State& state) {
             auto names = node_names(2 * size.nodes);
             const std::vector<std::string> newcomers(names.begin() + static_cast<std::ptrdiff_t>(size.nodes),
                                                      names.end());
             names.resize(size.nodes);
             while (state.KeepRunningBatch(static_cast<benchmark::IterationCount>(size.nodes))) {
               Peer ring(size.vnodes);
               ring.build(names);
               state.SetIterationTime(seconds_of([&] {
                 for (const std::string& node : newcomers) ring.add(node);
               }));
             }
           })
      ->UseManualTime()
      ->Repetitions(repetitions<Peer>(suite, size));
}

void add_diff(const suite& suite, const size& size) {
  suite.add("diff", size.row(), quoit_peer::name, [=](benchmark::State& state) {
    const auto& before = rings_of(size).quoit.ring();
    auto after = before;
    after.add("newcomer");
    for (auto _ : state) benchmark::DoNotOptimize(quoit::diff(before, after).size());
    state.counters["moves"] = static_cast<double>(quoit::diff(before, after).size());
  });
}

}  // namespace

void add_change(const suite& suite) {
  for (const size& size : suite.change_sizes()) {
    for_each_peer([&](auto peer) { add_build(suite, size, peer); });
    add_parts_of_build(suite, size);
    for_each_peer([&](auto peer) { add_join_and_leave(suite, size, peer); });
    if (suite.full) for_each_peer([&](auto peer) { add_growth(suite, size, peer); });
  }
  for (const size& size : suite.sizes()) add_diff(suite, size);
}

}  // namespace bench
