// SPDX-License-Identifier: MIT
// walk: one transition in any order of steps, and the rules of each state on the way.
//
//   migration ──▶ begin, copied, finish, back, abort, failed, set_limits, save and restore … ──▶ the end
//                   after each: every move that startable() names begins from a copy, alone and all in order;
//                   sources are live holders; enough live copies; the sets reach all data
//
// The decisions come from random numbers (transition_walk_test.cpp) or from a fuzzer (fuzz/).
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <quoit/table_now.hpp>
#include <quoit/transition.hpp>

#include "support/choices.hpp"
#include "support/walk/holders.hpp"
#include "support/walk/plans.hpp"

namespace test::walk {

class walker {
 public:
  using stage = quoit::move_stage;

  walker(choices& c, const migration& m)
      : c_(c), m_(m), t_(m.before, m.after, m.options), model_(t_, lost_at_first(m), m.options.apart) {}

  void run(std::size_t steps) {
    check_rounds();
    check_state();
    for (; steps > 0 && c_.more() && !t_.finished(); --steps) {
      const std::uint64_t epoch = t_.epoch();
      step();
      expect(t_.epoch() >= epoch, "the epoch became smaller");
      check_state();
    }
    check_abort();
    check_end();
  }

  const transition& now() const { return t_; }

 private:
  using move_list = std::vector<std::size_t>;

  static move_list startable(const transition& t) {
    move_list list;
    for (const std::size_t move : t.startable()) list.push_back(move);
    return list;
  }
  static move_list at(const transition& t, stage wanted) {
    move_list list;
    for (std::size_t i = 0; i < t.moves().size(); ++i) {
      if (t.stage(i) == wanted) list.push_back(i);
    }
    return list;
  }
  // Whether a step is made; if it is refused, it must have changed nothing. Rejected: comparing save(), which takes ten
  // times as long, as it has the fingerprints of both tables.
  template <class Step>
  static bool made(transition& t, const Step& step) {
    const auto state = [&] {
      std::vector<std::pair<stage, const std::string*>> moves;
      for (std::size_t i = 0; i < t.moves().size(); ++i) moves.emplace_back(t.stage(i), t.moves()[i].source);
      return std::pair(t.epoch(), moves);
    };
    const auto before = state();
    try {
      step(t);
    } catch (const std::logic_error&) {
      expect(state() == before, "a step that was refused changed something");
      return false;
    }
    return true;
  }

  // ---- Steps.

  void step() {
    const std::uint64_t what = c_.below(20);
    if (what < 6) begin(startable(t_));
    else if (what < 10) copied();
    else if (what < 13) finish();
    else if (what == 13) begin(at(t_, stage::returning));
    else if (what < 16) back();
    else if (what == 16) fail();
    else if (what == 17) change_limits();
    else if (what == 18) begin(at(t_, stage::pending));
    else save_or_abort();
  }

  void begin(const move_list& candidates) {
    if (candidates.empty()) return;
    const std::size_t i = candidates[c_.index(candidates.size())];
    if (made(t_, [&](transition& t) { t.begin(i); })) model_.begun(t_, i);
  }
  void copied() {
    const move_list candidates = at(t_, stage::copying);
    if (candidates.empty()) return;
    const std::size_t i = candidates[c_.index(candidates.size())];
    t_.copied(i);
    model_.copied(t_, i);
  }
  void finish() {
    const move_list candidates = at(t_, stage::copied);
    if (candidates.empty()) return;
    const std::size_t i = candidates[c_.index(candidates.size())];
    const bool needed = model_.replaced_is_needed(t_, i);
    const bool done = made(t_, [&](transition& t) { t.finish(i); });
    expect(done != needed, needed ? "finish() drops a copy that is needed, of move" : "finish() is refused, of move",
           i);
    if (done) model_.finished(t_, i);
  }
  void back() {
    move_list candidates = at(t_, stage::copying);
    for (const stage more : {stage::copied, stage::returning}) {
      const move_list others = at(t_, more);
      candidates.insert(candidates.end(), others.begin(), others.end());
    }
    if (candidates.empty()) return;
    const std::size_t i = candidates[c_.index(candidates.size())];
    const stage from = t_.stage(i);
    if (made(t_, [&](transition& t) { t.back(i); })) model_.went_back(t_, i, from);
  }
  void fail() {
    if (c_.below(3) == 0) return;
    std::set<std::string> nodes;
    for (const table* const side : {&m_.before, &m_.after}) {
      for (const auto& node : side->nodes()) nodes.insert(node.node);
    }
    auto node = nodes.begin();
    std::advance(node, static_cast<std::ptrdiff_t>(c_.index(nodes.size())));
    std::vector<stage> stages;
    std::vector<const std::string*> sources;
    for (std::size_t i = 0; i < t_.moves().size(); ++i) {
      stages.push_back(t_.stage(i));
      sources.push_back(t_.moves()[i].source);
    }
    t_.failed(*node);
    stages = model_.failed(t_, *node, stages, sources);
    for (std::size_t i = 0; i < stages.size(); ++i)
      expect(t_.stage(i) == stages[i], "another stage after the loss of a node, of move", i);
  }
  void change_limits() {
    quoit::transfer_limits limits{.in = c_.number(4), .out = c_.number(4), .per_part = c_.number(2)};
    if (t_.how() != quoit::access::replicated && limits.per_part == 1) limits.per_part = 1 + c_.number(3);
    if (c_.chance(2)) limits.total = c_.number(4);
    if (c_.chance(3)) limits.unit = quoit::transfer_unit::streams;
    t_.set_limits(limits);
    expect(t_.limits() == limits, "limits() are not those of set_limits()");
  }
  void save_or_abort() {
    if (c_.below(3) != 0) {
      const std::string bytes = t_.save();
      transition copy = transition::restore(m_.before, m_.after, bytes);
      expect(copy.save() == bytes, "a restored transition saves other bytes");
      expect(startable(copy) == startable(t_), "a restored transition names other moves that may begin");
      for (std::size_t i = 0; i < t_.moves().size(); ++i) {
        const std::string *const a = t_.moves()[i].source, *const b = copy.moves()[i].source;
        expect((a == nullptr) == (b == nullptr) && (a == nullptr || *a == *b), "another source is restored, of move",
               i);
      }
      t_ = copy;
      return;
    }
    // abort() is a row of back(), so the model follows the stages from the last to the first.
    std::vector<stage> stages;
    for (std::size_t i = 0; i < t_.moves().size(); ++i) stages.push_back(t_.stage(i));
    t_.abort();
    const bool store = t_.how() == quoit::access::store;
    for (std::size_t i = 0; i < stages.size(); ++i) {
      for (stage from = stages[i]; from != t_.stage(i);) {
        model_.went_back(t_, i, from);
        from = store ? (from == stage::returning ? stage::pending : stage::returning)
                     : (from == stage::copied ? stage::copying : stage::pending);
      }
    }
  }

  // ---- Rules of a state.

  void check_state() {
    model_.check(t_);
    check_startable();
    if (states_++ % 4 == 0) check_sets();  // takes longest
  }

  void check_startable() const {
    const move_list list = startable(t_);
    expect(std::set<std::size_t>(list.begin(), list.end()).size() == list.size(), "startable() names a move twice");
    for (const std::size_t i : list) {
      expect(t_.stage(i) == stage::pending, "startable() names a move that is not pending", i);
      transition copy = t_;
      expect(made(copy, [&](transition& t) { t.begin(i); }), "startable() names a move that cannot begin", i);
      holders data = model_;
      data.begun(copy, i);
      data.check(copy);
    }
    transition all = t_;
    holders data = model_;
    for (const std::size_t i : list) {
      expect(made(all, [&](transition& t) { t.begin(i); }), "startable() cannot begin in order, at move", i);
      data.begun(all, i);
    }
    data.check(all);
    if (!list.empty()) return;
    for (const std::size_t i : at(t_, stage::pending)) {
      transition copy = t_;
      expect(!made(copy, [&](transition& t) { t.begin(i); }), "startable() does not name a move that may begin", i);
    }
  }

  void check_sets() const {
    const std::size_t width = (std::max)(t_.before().replica_count(), t_.after().replica_count());
    const table current = table_now(t_);
    for (std::size_t p = 0; p < t_.parts().size(); ++p) {
      const std::uint64_t slot = model_.slot(p);
      std::vector<const std::string*> room(width + t_.replicas() + 8);
      room.resize(t_.now(slot, room));
      std::set<std::string> list;
      for (const std::string* const node : room)
        expect(list.insert(*node).second, "a node is twice in the list in force of slot", slot);
      expect(list == model_.in_force(t_, p), "another list in force, of slot", slot);
      if (t_.replicas() >= width) {
        std::set<std::string> row;
        for (std::size_t i = 0; i < current.replica_count(); ++i) {
          if (current.at(slot, i) != nullptr) row.insert(*current.at(slot, i));
        }
        expect(row == list, "table_now() has another list for slot", slot);
      }
      check_reads(p, list);
    }
  }

  // A store is asked at every node that may hold a key. Replicated reads go to whole copies, and writes to all of them.
  void check_reads(std::size_t p, const std::set<std::string>& list) const {
    const std::uint64_t slot = model_.slot(p);
    const auto reads = t_.read_set_at(slot), writes = t_.write_set_at(slot), erasures = t_.erase_set_at(slot);
    const auto nodes_of = [](const auto& set) {
      std::set<std::string> nodes;
      for (const auto& one : set) {
        expect(one.at != nullptr, "a step without a node");
        nodes.insert(*one.at);
      }
      return nodes;
    };
    const std::set<std::string> read = nodes_of(reads), written = nodes_of(writes), erased = nodes_of(erasures);
    expect(written == erased, "writes and erasures go to different nodes of slot", slot);
    for (const auto& [node, how_much] : model_.data(p)) {
      if (t_.how() == quoit::access::store) {
        expect(read.count(node) == 1, "reads miss a node with keys of slot", slot);
        expect(written.count(node) == 1, "writes miss a node with keys of slot", slot);
      } else if (list.count(node) != 0) {
        expect(written.count(node) == 1, "writes miss a copy of slot", slot);
      }
    }
    if (t_.how() != quoit::access::replicated) return;
    // In a hole nobody is asked before the first copy is complete, because back() could drop what was written.
    if (list.empty()) {
      expect(read.empty() && written.empty(), "an operation in a hole has a node, in slot", slot);
      return;
    }
    const auto has = [&](bool quoit::access_step<std::string>::* in_list) {
      return std::ranges::any_of(writes, [&](const auto& one) { return one.*in_list; });
    };
    expect(has(&quoit::access_step<std::string>::in_old) && has(&quoit::access_step<std::string>::in_new),
           "a quorum of an empty list, in slot", slot);
    for (const std::string& node : read) {
      const auto held = model_.data(p).find(node);
      expect(model_.lost().count(node) != 0 || (held != model_.data(p).end() && held->second == amount::whole),
             "a read goes to a node without a whole copy of slot", slot);
    }
    for (const auto& [node, how_much] : model_.data(p)) {
      const bool receives = std::ranges::any_of(t_.moves_of(p), [&, name = node](std::uint32_t i) {
        const stage s = t_.stage(i);
        return t_.moves()[i].to != nullptr && *t_.moves()[i].to == name && s != stage::pending && s != stage::done;
      });
      if (receives) expect(written.count(node) == 1, "writes miss the receiver of slot", slot);
    }
  }

  // The rounds of a fresh transition: begin all of round k, copied all, finish all, then k + 1.
  void check_rounds() const {
    if (!model_.can_end(t_)) return;
    transition t = t_;
    holders data = model_;
    for (std::uint32_t round = 0; round < t.report().rounds; ++round) {
      move_list moves;
      for (std::size_t i = 0; i < t.moves().size(); ++i) {
        if (t.moves()[i].round == round) moves.push_back(i);
      }
      expect(!moves.empty(), "a round without moves", round);
      const auto all = [&](const auto& one, const char* rule) {
        for (const std::size_t i : moves) expect(made(t, [&](transition& next) { one(next, i); }), rule, i);
        data.check(t);
      };
      all([&](transition& next, std::size_t i) { next.begin(i), data.begun(next, i); },
          "a planned round cannot begin, at move");
      all([&](transition& next, std::size_t i) { next.copied(i), data.copied(next, i); }, "not copied: move");
      all([&](transition& next, std::size_t i) { next.finish(i), data.finished(next, i); },
          "a planned round cannot finish, at move");
    }
    expect(t.finished(), "moves are left after the last round");
    check_goal(t);
  }

  void check_abort() const {
    transition t = t_;
    const std::vector<std::size_t> left = t.abort();
    const std::set<std::size_t> expected(left.begin(), left.end());
    for (std::size_t i = 0; i < t.moves().size(); ++i) {
      const bool in_flight = t.stage(i) != stage::pending && t.stage(i) != stage::done;
      expect(in_flight == (expected.count(i) != 0), "abort() does not tell what is in flight, of move", i);
      expect((t_.stage(i) == stage::done) == (t.stage(i) == stage::done), "abort() changed a finished move", i);
    }
    if (model_.failed_meanwhile() || !lost_at_first(m_).empty()) return;
    for (const std::size_t i : left) {
      // The first copy of a hole may be the only one, so it stays.
      const bool only_copy = model_.before(t.moves()[i].part).empty();
      expect(t.how() == quoit::access::store || only_copy, "abort() leaves moves in flight, though no node was lost");
      if (!only_copy) {
        t.back(i);
        continue;
      }
      if (t.stage(i) == stage::copying) t.copied(i);
      t.finish(i);
    }
    expect(t.count(stage::pending) + t.count(stage::done) == t.moves().size(), "moves are in flight after back()");
    for (std::size_t p = 0; p < t.parts().size(); ++p) {
      // A part without moves has its new order at once.
      const auto moves = t.moves_of(p);
      if (moves.empty() || std::ranges::any_of(moves, [&](std::uint32_t i) { return t.stage(i) == stage::done; }))
        continue;
      std::vector<const std::string*> room(model_.before(p).size() + 8);
      room.resize(t.now(model_.slot(p), room));
      expect(std::ranges::equal(room, model_.before(p), [](const auto* a, const auto& b) { return *a == b; }),
             "not the old list after abort(), of slot", model_.slot(p));
    }
  }

  // From any state the loop of docs/migrate.md leads to `after`, unless `after` needs a lost node.
  void check_end() const {
    transition t = t_;
    holders data = model_;
    quoit::transfer_limits limits;
    limits.in = limits.out = 2;
    t.set_limits(limits);
    bool progress = true;
    for (std::size_t turns = 0; progress; ++turns) {
      progress = false;
      expect(turns <= 3 * t.moves().size() + 3, "a transition that never ends");
      move_list next = startable(t);
      const move_list returning = at(t, stage::returning);
      next.insert(next.end(), returning.begin(), returning.end());
      for (const std::size_t i : next) t.begin(i), data.begun(t, i), progress = true;
      for (const std::size_t i : at(t, stage::copying)) t.copied(i), data.copied(t, i), progress = true;
      for (const std::size_t i : at(t, stage::copied)) {
        if (made(t, [&](transition& one) { one.finish(i); })) data.finished(t, i), progress = true;
      }
      data.check(t);
    }
    if (model_.failed_meanwhile() || !model_.can_end(t)) return;
    expect(t.finished(), "the loop ends before the transition does");
    check_goal(t);
  }

  void check_goal(const transition& t) const {
    for (std::size_t p = 0; p < t.parts().size(); ++p) {
      std::vector<const std::string*> room(model_.after(p).size() + 8);
      room.resize(t.now(model_.slot(p), room));
      expect(std::ranges::equal(room, model_.after(p), [](const auto* a, const auto& b) { return *a == b; }),
             "not the new list at the end, of slot", model_.slot(p));
    }
  }

  choices& c_;
  std::size_t states_ = 0;
  const migration& m_;
  transition t_;
  holders model_;
};

/// A whole migration: a plan, and at most `steps` steps.
inline void walk_once(choices& c, std::size_t steps) {
  const migration m = choose_migration(c);
  walker(c, m).run(steps);
}

}  // namespace test::walk
