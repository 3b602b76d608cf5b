// SPDX-License-Identifier: MIT
// What does a change of the nodes cost?
//
//   build    a ring from nothing (assign), labels hashed; throwing the old ring away is not counted
//   add      one node joins; it leaves again outside the clock
//   remove   one node leaves; it joins again outside the clock
//   diff     what moves when that node joins: quoit alone, the hand-written rings cannot say
#include <optional>

#include <quoit/diff.hpp>

#include "suite.hpp"

namespace bench {
namespace {

template <class Peer>
void add_build(const suite& suite, const size& size, Peer rings::*) {
  suite.add("build", size.row(), Peer::name, [=](benchmark::State& state) {
    const auto names = node_names(size.nodes);
    std::optional<Peer> built;
    for (auto _ : state) {
      state.PauseTiming();
      built.reset();
      state.ResumeTiming();
      built.emplace(size.vnodes);
      built->build(names);
      benchmark::DoNotOptimize(built);
    }
  });
}

template <class Peer>
void add_join_and_leave(const suite& suite, const size& size, Peer rings::*peer) {
  const auto add = [=](benchmark::State& state, bool timed_join) {
    rings& all = rings_of(size);
    for (auto _ : state) {
      if (!timed_join) state.PauseTiming();
      (all.*peer).add(all.newcomer);
      if (timed_join) state.PauseTiming();
      else state.ResumeTiming();
      (all.*peer).remove(all.newcomer);
      if (timed_join) state.ResumeTiming();
      benchmark::DoNotOptimize(all.*peer);
    }
  };
  suite.add("add", size.row(), Peer::name, [=](benchmark::State& state) { add(state, true); });
  suite.add("remove", size.row(), Peer::name, [=](benchmark::State& state) { add(state, false); });
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
  for (const size& size : suite.sizes()) {
    for_each_peer([&](auto peer) { add_build(suite, size, peer); });
    for_each_peer([&](auto peer) { add_join_and_leave(suite, size, peer); });
    add_diff(suite, size);
  }
}

}  // namespace bench
