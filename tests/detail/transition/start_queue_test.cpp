// SPDX-License-Identifier: MIT
// start_queue: next() is the best move that the limits allow, compared with a search through all moves.
#include <quoit/detail/transition/start_queue.hpp>

#include <cstdint>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include <quoit/detail/core/none.hpp>

#include "catch2.hpp"
#include "support/random.hpp"

using quoit::detail::none;

namespace {

struct queued_move {
  std::uint32_t source = 0, to = 0;
  std::uint64_t key = 0;
  int state = 0;  // 0 not offered, 1 offered, 2 under way
};

// Counts everything anew for each question.
struct slow_queue {
  std::vector<queued_move> moves;
  quoit::transfer_limits limits;

  [[nodiscard]] bool allowed(const queued_move& one) const {
    if (one.to == none) return true;
    std::map<std::uint32_t, std::set<std::pair<std::uint32_t, std::size_t>>> in, out;
    std::set<std::pair<std::pair<std::uint32_t, std::uint32_t>, std::size_t>> all;
    const bool streams = limits.unit == quoit::transfer_unit::streams;
    for (std::size_t i = 0; i < moves.size(); ++i) {
      const queued_move& m = moves[i];
      if (m.state != 2 || m.to == none) continue;
      if (streams && m.source == one.source && m.to == one.to) return true;
      const std::size_t index = streams ? 0 : i;
      in[m.to].insert({m.source, index});
      out[m.source].insert({m.to, index});
      all.insert({{m.source, m.to}, index});
    }
    return in[one.to].size() < limits.in && all.size() < limits.total &&
           (one.source == none || out[one.source].size() < limits.out);
  }
  [[nodiscard]] std::uint32_t next() const {
    std::uint32_t best = none;
    for (std::uint32_t i = 0; i < moves.size(); ++i) {
      if (moves[i].state == 1 && allowed(moves[i]) && (best == none || moves[i].key < moves[best].key)) best = i;
    }
    return best;
  }
};

}  // namespace

TEST_CASE("start_queue: the next move is the most urgent one that the limits allow", "[transition]") {
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  for (int round = 0; round < 150; ++round) {
    const std::uint32_t nodes = static_cast<std::uint32_t>(1 + random.below(6));
    const std::size_t count = 1 + random.index(30);
    const auto some = [&] { return static_cast<std::uint32_t>(1 + random.below(3)); };
    const auto random_limits = [&] {
      quoit::transfer_limits limits{.in = some(), .out = some(), .total = random.chance(2) ? some() : ~0U};
      if (random.chance(2)) limits.unit = quoit::transfer_unit::streams;
      return limits;
    };
    slow_queue model{std::vector<queued_move>(count), random_limits()};
    quoit::detail::start_queue queue(nodes, count, model.limits);
    for (int step = 0; step < 400; ++step) {
      const auto i = static_cast<std::uint32_t>(random.index(count));
      queued_move& one = model.moves[i];
      if (random.chance(25)) {
        if (random.chance(2)) model.limits = random_limits();
        queue.set_limits(model.limits);
      } else if (one.state == 0) {
        one = {random.chance(6) ? none : static_cast<std::uint32_t>(random.below(nodes)),
               random.chance(8) ? none : static_cast<std::uint32_t>(random.below(nodes)), random.below(5) << 32 | i, 1};
        if (one.to == none) one.source = none;
        queue.offer(i, one.source, one.to, one.key);
      } else if (one.state == 1) {
        REQUIRE((queue.obstacle(one.source, one.to) == nullptr) == model.allowed(one));
        const bool begins = model.allowed(one) || random.chance(8);  // restored transitions may exceed the limits
        queue.withdraw(i);
        if (begins) queue.occupy(one.source, one.to);
        one.state = begins ? 2 : 0;
      } else {
        queue.release(one.source, one.to);
        one.state = 0;
      }
      REQUIRE(queue.next() == model.next());
    }
  }
}
