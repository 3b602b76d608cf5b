// SPDX-License-Identifier: MIT
// What does a whole transition between two slot tables cost, begun, copied and finished move by move?
//
//   quoit         next_startable(): as many copies as the limits allow are under way. The oldest one ends, and others
//                 begin. After each hundred moves it pauses and resumes
//   all at once   the loop of docs/migrate.md: everything that startable() names begins, all is copied, all is finished
//   streams       as `quoit`, with limits that count streams
//   scan          what a caller does without next_startable(): a search through the moves, from the first on, for one
//                 that may begin. The search alone, without any step: about a hundred searches of the transition of
//                 `quoit` are timed, and the time is their mean times the number of all
//
//   a move           the time of the whole transition, divided by its moves
//   rounds / bound   how long it takes if every copy takes one round, beside the lower bound for the number of rounds
//   moves, bound     as in transition_report
//   whole ms         the whole transition, from one that is made already
//   make ms          its constructor, once
//
// Nothing is copied or published. The plan of a row is that of quoit::plan for nodes of weight 1 without domains.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <quoit/hash.hpp>
#include <quoit/plan.hpp>
#include <quoit/slot_table.hpp>
#include <quoit/transition.hpp>

#include "suite.hpp"

namespace bench {
namespace {

using table_type = quoit::slot_table<>;
using transition = quoit::transition<table_type>;
using nodes_type = std::vector<quoit::node_spec<std::string>>;

struct event {
  std::size_t slots, nodes;
  std::string what;

  [[nodiscard]] std::string row() const {
    return "slots:" + std::to_string(slots) + "/nodes:" + std::to_string(nodes) + "/replicas:3/" + what;
  }
  [[nodiscard]] nodes_type nodes_before() const {
    nodes_type result;
    for (const std::string& name : node_names(nodes)) result.push_back({name, 1, ""});
    return result;
  }
  [[nodiscard]] nodes_type nodes_after() const {
    nodes_type result = nodes_before();
    if (what == "add one") result.push_back({"newcomer", 1, ""});
    if (what == "lose a quarter") result.resize(nodes - nodes / 4);  // those that are missing are lost
    if (what == "weights 1 to 4") {
      for (std::size_t i = 0; i < nodes; ++i) result[i].weight = static_cast<std::int64_t>(i % 4 + 1);
    }
    return result;
  }
};

quoit::transition_options<std::string> options_with(quoit::transfer_unit unit) {
  quoit::transition_options<std::string> result;
  result.limits.unit = unit;
  return result;
}

struct beginning {
  transition first;
  double seconds;  // of its constructor
};

// The transition of a row, at its beginning. Made on first use and kept, because repetitions return to it.
const beginning& begun(const event& e, quoit::transfer_unit unit) {
  static std::map<std::pair<std::string, quoit::transfer_unit>, std::unique_ptr<beginning>> all;
  auto& one = all[{e.row(), unit}];
  if (one == nullptr) {
    const auto before = quoit::build(e.nodes_before(), {.slots = static_cast<std::uint64_t>(e.slots), .replicas = 3});
    const auto after = quoit::plan(before, e.nodes_after()).after();
    std::optional<transition> made;
    const double seconds = seconds_of([&] { made.emplace(before, after, options_with(unit)); });
    one = std::make_unique<beginning>(beginning{*made, seconds});
  }
  return *one;
}

// Calls look(t) before each search for a move. Returns the time in rounds, if each copy takes one.
template <class Look>
std::size_t one_by_one(transition& t, const Look& look) {
  struct copy {
    std::size_t move, end;
  };
  std::deque<copy> under_way;
  std::size_t now = 0, steps = 0;
  const quoit::transfer_limits usual = t.limits();
  while (!t.finished()) {
    for (;;) {
      look(t);
      const std::optional<std::size_t> move = t.next_startable();
      if (!move) break;
      t.begin(*move);
      under_way.push_back({*move, now + 1});
    }
    check(!under_way.empty(), "a transition goes on until it is done");
    const copy oldest = under_way.front();
    under_way.pop_front();
    now = oldest.end;
    t.copied(oldest.move);
    t.finish(oldest.move);
    if (++steps % 100 != 0) continue;
    auto paused = usual;
    paused.total = 0;
    t.set_limits(paused);
    check(!t.next_startable(), "nothing begins while a transition is paused");
    t.set_limits(usual);
  }
  return now;
}

std::size_t all_at_once(transition& t) {
  std::size_t rounds = 0;
  for (; !t.finished(); ++rounds) {
    const std::vector<std::size_t> moves = t.startable();
    check(!moves.empty(), "a transition goes on until it is done");
    for (const std::size_t move : moves) t.begin(move);
    for (const std::size_t move : moves) t.copied(move);
    for (const std::size_t move : moves) t.finish(move);
  }
  return rounds;
}

// The competitor: a search through all moves. What it needs to know lies side by side. update() is not timed.
class scanner {
 public:
  explicit scanner(const transition& t) : moves_(t.moves().size()), part_(t.parts().size()) {
    for (std::size_t i = 0; i < moves_.size(); ++i) moves_[i].part = t.moves()[i].part;
  }

  void update(const transition& t) {
    std::fill(sends_.begin(), sends_.end(), std::uint8_t{0});
    std::fill(receives_.begin(), receives_.end(), std::uint8_t{0});
    std::fill(part_.begin(), part_.end(), std::uint8_t{0});
    for (std::size_t i = 0; i < moves_.size(); ++i) {
      move& one = moves_[i];
      const quoit::move_stage stage = t.stage(i);
      check(t.moves()[i].to != nullptr, "every move of these events makes a copy");
      one.pending = stage == quoit::move_stage::pending;
      one.source = rank(t.moves()[i].source);
      one.to = rank(t.moves()[i].to);
      if (stage == quoit::move_stage::copying) sends_[one.source] = receives_[one.to] = 1;
      if (stage == quoit::move_stage::copying || stage == quoit::move_stage::copied) part_[one.part] = 1;
    }
    sends_[no_source] = 0;
  }

  // The default limits: one copy from a node, one to a node, one of a part.
  [[nodiscard]] std::size_t next() const noexcept {
    for (std::size_t i = 0; i < moves_.size(); ++i) {
      const move& one = moves_[i];
      if (one.pending && sends_[one.source] == 0 && receives_[one.to] == 0 && part_[one.part] == 0) return i;
    }
    return moves_.size();
  }

 private:
  struct move {
    std::size_t part = 0;
    std::uint32_t source = 0, to = 0;
    bool pending = false;
  };
  static constexpr std::uint32_t no_source = 0;

  // Of a node that a move names.
  std::uint32_t rank(const std::string* node) {
    const std::uint32_t result = ranks_.try_emplace(node, static_cast<std::uint32_t>(ranks_.size())).first->second;
    if (result >= sends_.size()) {
      sends_.resize(result + 1);
      receives_.resize(result + 1);
    }
    return result;
  }

  std::unordered_map<const std::string*, std::uint32_t> ranks_{{nullptr, no_source}};
  std::vector<move> moves_;
  std::vector<std::uint8_t> sends_ = {0}, receives_ = {0}, part_;  // whether a copy is under way
};

// The time of all searches of a transition, from some of them.
double seconds_of_scans(const event& e) {
  transition t = begun(e, quoit::transfer_unit::moves).first;
  scanner scan(t);
  const std::size_t moves = t.moves().size();
  const std::uint64_t stride = moves / 50 + 1;
  const int repeats = static_cast<int>(10'000 / moves + 1);
  std::uint64_t searches = 0, timed = 0;
  double seconds = 0;
  one_by_one(t, [&](const transition& now) {
    // At random, as searches that find something and others that do not take turns.
    if (quoit::splitmix64(++searches) % stride != 0) return;
    scan.update(now);
    std::size_t found = 0;
    seconds += seconds_of([&] {
      for (int i = 0; i < repeats; ++i) {
        found = scan.next();
        keep(found);
      }
    });
    timed += static_cast<std::uint64_t>(repeats);
    check((found < moves) == now.next_startable().has_value(), "whether a move may begin");
  });
  check(timed != 0, "some searches are timed");
  return seconds / static_cast<double>(timed) * static_cast<double>(searches);
}

void run(benchmark::State& state, const event& e, quoit::transfer_unit unit,
         const std::function<std::size_t(transition&)>& drive) {
  const auto& [first, making] = begun(e, unit);
  const quoit::transition_report& report = first.report();
  double seconds = 0;
  int runs = 0;
  std::size_t rounds = 0;
  for (auto _ : state) {
    transition t = first;
    const double time = seconds_of([&] { rounds = drive(t); });
    check(t.finished() && rounds >= report.round_bound, "all moves are made, in no fewer rounds than the bound");
    state.SetIterationTime(time);
    seconds += time;
    ++runs;
  }
  seconds /= runs;
  state.counters["a move"] = seconds / static_cast<double>(report.moves) * 1e9;
  state.counters["rounds / bound"] = static_cast<double>(rounds) / static_cast<double>(report.round_bound);
  state.counters["moves"] = static_cast<double>(report.moves);
  state.counters["bound"] = static_cast<double>(report.round_bound);
  state.counters["whole ms"] = seconds * 1e3;
  state.counters["make ms"] = making * 1e3;
}

void add(const suite& suite, const event& e) {
  const auto steps = [](transition& t) { return one_by_one(t, [](const transition&) {}); };
  const auto measure = [&](const char* competitor, quoit::transfer_unit unit, const auto& drive) {
    suite.add("slot_transition", e.row(), competitor, [=](benchmark::State& state) { run(state, e, unit, drive); })
        ->UseManualTime();
  };
  measure("quoit", quoit::transfer_unit::moves, steps);
  measure("all at once", quoit::transfer_unit::moves, all_at_once);
  measure("streams", quoit::transfer_unit::streams, steps);
  const auto scans = [=](benchmark::State& state) {
    for (auto _ : state) {
      const double seconds = seconds_of_scans(e);
      state.SetIterationTime(seconds);
      state.counters["a move"] =
          seconds / static_cast<double>(begun(e, quoit::transfer_unit::moves).first.moves().size()) * 1e9;
    }
  };
  suite.add_once("slot_transition", e.row(), "scan", scans)->UseManualTime();
}

}  // namespace

void add_transition(const suite& suite) {
  for (const char* const what : {"add one", "lose a quarter", "weights 1 to 4"}) {
    add(suite, {16'384, 100, what});
    if (!suite.full) continue;
    for (const std::size_t nodes : {10U, 100U, 1000U}) add(suite, {131'072, nodes, what});
  }
}

}  // namespace bench
