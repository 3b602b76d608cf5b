// SPDX-License-Identifier: MIT
// P7 for every member of transition that allocates, in random states, for each kind of access.
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <quoit/access_set.hpp>
#include <quoit/slot_table.hpp>
#include <quoit/transition.hpp>
#include <quoit/transition_options.hpp>

#include "catch2.hpp"
#include "support/failing_sweep.hpp"
#include "support/random.hpp"

namespace {

using swept_table = quoit::slot_table<>;
using swept_transition = quoit::transition<swept_table>;

// A table of random lists. Its node n has a name that has to be allocated, and the domain n modulo 3.
swept_table lists_at_random(test::random& random, std::size_t replicas) {
  std::vector<quoit::node_spec<std::string>> nodes;
  std::vector<std::uint32_t> order, entries;
  for (std::uint32_t n = 0; n < 6; ++n) {
    nodes.push_back({std::string(40, static_cast<char>('a' + n)), 1, "zone-" + std::to_string(n % 3)});
    order.push_back(n);
  }
  for (int slot = 0; slot < 8; ++slot) {
    random.shuffle(order);
    entries.insert(entries.end(), order.begin(), order.begin() + static_cast<std::ptrdiff_t>(replicas));
  }
  return swept_table(std::move(nodes), entries, {.slots = 8, .replicas = replicas});
}

std::string steps_in(const quoit::access_set<std::string>& set) {
  std::string text = set.both_quorums() ? "2" : "1";
  for (const auto& step : set) text += step.at->front() + std::to_string(static_cast<int>(step.what));
  return text;
}

// Everything that a transition says, with the bytes that save() writes.
std::string seen_of_transition(const swept_transition& now) {
  std::string text = now.save() + std::to_string(now.epoch()) + (now.finished() ? 'f' : ' ');
  for (const auto stage : {quoit::move_stage::pending, quoit::move_stage::copying, quoit::move_stage::copied,
                           quoit::move_stage::done, quoit::move_stage::returning}) {
    text += std::to_string(now.count(stage)) + ' ';
  }
  for (const auto& move : now.moves()) {
    for (const auto* node : {move.to, move.source, move.replaces}) text += node == nullptr ? '-' : node->front();
    text += std::to_string(move.part) + ',' + std::to_string(move.position) + ',' + std::to_string(move.round) + ' ';
  }
  for (const std::size_t move : now.startable()) text += std::to_string(move) + ' ';
  for (std::uint64_t slot = 0; slot < 8; ++slot) {
    text += steps_in(now.read_set_at(slot)) + steps_in(now.write_set_at(slot)) + steps_in(now.erase_set_at(slot));
  }
  return text;
}

// Makes up to `steps` random steps; those that are not possible change nothing.
void take_steps(swept_transition& now, test::random& random, int steps) {
  for (int n = 0; n < steps && !now.moves().empty(); ++n) {
    const std::size_t move = random.index(now.moves().size());
    try {
      switch (random.below(6)) {
      case 0:
      case 1:
        now.begin(move);
        break;
      case 2:
        now.copied(move);
        break;
      case 3:
        now.finish(move);
        break;
      case 4:
        now.back(move);
        break;
      default:
        now.set_limits({.in = 2, .out = 2});
        break;
      }
    } catch (const std::logic_error&) {
    }
  }
}

}  // namespace

namespace {

// Calls use(before, after, options, transition) with `count` transitions in random states for each kind of access.
template <class Use>
void for_random_transitions(std::uint64_t count, const Use& use) {
  test::random random(test::seed());
  for (const auto how : {quoit::access::store, quoit::access::replicated, quoit::access::cache}) {
    const std::size_t replicas = how == quoit::access::store ? 1 : 3;
    for (std::uint64_t round = 0; round < test::random_cases(1, count); ++round) {
      CAPTURE(static_cast<int>(how), round);
      const swept_table before = lists_at_random(random, replicas), after = lists_at_random(random, replicas);
      quoit::transition_options<std::string> options;
      options.how = how;
      options.limits = {.in = 2, .out = 2};
      swept_transition now(before, after, options);
      take_steps(now, random, static_cast<int>(random.below(40)));
      use(before, after, options, now);
    }
  }
}

// Lets every allocation of act(transition) fail, on copies of a transition. Returns their number.
template <class Act>
std::size_t sweep_transition(const char* what, const swept_transition& now, const Act& act) {
  return test::every_allocation_fails(what, [&] { return now; }, seen_of_transition, act);
}

}  // namespace

TEST_CASE("P7 every allocation of a transition's questions, copies and bytes may fail", "[allocations][transition]") {
  QUOIT_INFO_SEED();
  for_random_transitions(1, [](const auto& before, const auto& after, const auto& options, const auto& now) {
    const auto check = [&](const char* what, const auto& act) { CHECK(test::every_allocation_fails(what, act) > 0); };
    check("constructor", [&] { return seen_of_transition(swept_transition(before, after, options)); });
    check("save", [&] { return now.save(); });
    const std::string saved = now.save();
    check("restore", [&] { return seen_of_transition(swept_transition::restore(before, after, saved)); });
    check("copy", [&] { return seen_of_transition(swept_transition(now)); });
    const swept_transition other(after, before, options);
    CHECK(sweep_transition("assignment", now, [&](swept_transition& one) { one = other; }) > 0);
    check("sets and holders", [&] {
      std::string text = seen_of_transition(now);
      for (int key = 0; key < 10; ++key) {
        text += steps_in(now.read_set(std::to_string(key))) + steps_in(now.write_set(std::to_string(key))) +
                steps_in(now.erase_set(std::to_string(key)));
        for (const std::string& node : now.holders(std::to_string(key))) text += node.front();
      }
      return text;
    });
  });
}

TEST_CASE("P7 every allocation of a step of a transition may fail", "[allocations][transition]") {
  QUOIT_INFO_SEED();
  for_random_transitions(4, [](const auto&, const auto&, const auto&, const auto& now) {
    // A step that is not possible throws std::logic_error, and the allocation of its text may fail, too.
    const auto check = [&](const char* what, const auto& step) {
      for (std::size_t move = 0; move < now.moves().size(); ++move) {
        sweep_transition(what, now, [&](swept_transition& one) {
          try {
            step(one, move);
          } catch (const std::logic_error&) {
          }
        });
      }
    };
    check("begin", [](swept_transition& one, std::size_t move) { one.begin(move); });
    check("copied", [](swept_transition& one, std::size_t move) { one.copied(move); });
    check("finish", [](swept_transition& one, std::size_t move) { one.finish(move); });
    check("back", [](swept_transition& one, std::size_t move) { one.back(move); });
    sweep_transition("set_limits", now, [](swept_transition& one) { one.set_limits({.in = 5, .out = 5}); });
  });
}

TEST_CASE("P7 every allocation of abort() and failed() of a transition may fail", "[allocations][transition]") {
  QUOIT_INFO_SEED();
  for_random_transitions(4, [](const auto& before, const auto&, const auto&, const auto& now) {
    for (const auto& entry : before.nodes()) {
      sweep_transition("failed", now, [&](swept_transition& one) { one.failed(entry.node); });
    }
    sweep_transition("abort", now, [](swept_transition& one) { one.abort(); });
  });
}
