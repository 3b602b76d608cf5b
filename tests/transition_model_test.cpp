// SPDX-License-Identifier: MIT
// The sets of a transition against a model of one key. Several clients read, write and erase it, each with a view of
// the transition that may be one change old. Meanwhile moves go forward and back. Single messages interleave at random.
// A read must not return a value that another operation had replaced before the read began. The same model shows that
// simpler rules lose data.
#include <quoit/transition.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "catch2.hpp"
#include "support/random.hpp"
#include "support/transitions.hpp"

using quoit::access;
using quoit::action;
using quoit::move_stage;

namespace {

using transition_type = quoit::transition<test::table>;
using node = std::string;

enum class kind { read, write, erase };

struct operation {
  kind what = kind::read;
  int value = 0;  // written or read; 0: no value
  int began = 0;
  int ended = 0;
};

// The number of reads that returned a value which had been replaced before they began. False misses, stale reads, lost
// updates and deleted keys that came back are all of this kind.
int violations(const std::vector<operation>& history) {
  int count = 0;
  for (const operation& read : history) {
    if (read.what != kind::read) continue;
    const auto fresh = [&](const operation& write) {
      return std::none_of(history.begin(), history.end(), [&](const operation& other) {
        return other.what != kind::read && write.ended < other.began && other.ended < read.began;
      });
    };
    bool fine = read.value == 0 && fresh({kind::erase, 0, -9, -9});
    for (const operation& write : history) {
      if (write.what != kind::read && write.value == read.value && write.began < read.ended)
        fine = fine || fresh(write);
    }
    if (!fine) ++count;
  }
  return count;
}

test::table one_slot(std::initializer_list<std::uint32_t> list) {
  std::vector<quoit::node_spec<std::string>> nodes;
  for (const char* name : {"a", "b", "c", "d", "e"}) nodes.push_back({name, 1, {}});
  return test::table(nodes, list, {.slots = 1, .replicas = static_cast<std::size_t>(list.size())});
}

// ---- One copy, handed over key by key.

struct store_rules {
  // The steps of a client for its view: the sets of the transition, unless a test tries other steps.
  std::function<std::vector<std::pair<node, action>>(const transition_type&, kind)> steps = [](const transition_type& t,
                                                                                               kind what) {
    std::vector<std::pair<node, action>> result;
    const auto set = what == kind::read    ? t.read_set_at(0)
                     : what == kind::write ? t.write_set_at(0)
                                           : t.erase_set_at(0);
    for (const auto& step : set) result.emplace_back(*step.at, step.what);
    return result;
  };
  bool fence = true;                 // servers refuse epochs lower than the highest that they have seen
  bool fence_before_handing = true;  // both servers know the new epoch before the first key is handed over
  bool with_back = true;             // moves go back, too
  bool all_steps = false;            // a write does every step instead of stopping at the first that applies
  bool hole = false;                 // nobody has the slot before
};

int run_store(std::uint64_t seed, const store_rules& rules) {
  test::random random(seed);
  std::deque<transition_type> views{transition_type(one_slot({rules.hole ? test::table::no_node : 0U}), one_slot({1}))};
  std::map<node, int> data;  // absent: no key
  std::map<node, std::uint64_t> epochs;
  struct client {
    std::size_t view = 0;
    bool busy = false;
    operation now;
    std::vector<std::pair<node, action>> steps;
    std::size_t next = 0;
  };
  std::vector<client> clients(4);
  std::vector<operation> history;
  int time = 0, values = 0, fenced = 0;
  const auto start = [&](client& c) { c.steps = rules.steps(views[c.view], c.now.what), c.next = 0; };
  const auto act = [&](client& c) {
    if (!c.busy) {
      if (random.chance(2)) c.view = views.size() - 1;
      const std::uint64_t what = random.below(10);
      c.now = {what < 5 ? kind::read : what < 8 ? kind::write : kind::erase, 0, time, 0};
      if (c.now.what == kind::write) c.now.value = ++values;
      c.busy = true;
      start(c);
      return;
    }
    if (c.steps.empty()) {  // no node serves the key
      c.busy = false;
      return;
    }
    const auto& [at, what] = c.steps[c.next];
    if (rules.fence) {
      const std::uint64_t epoch = views[c.view].epoch();
      if (epoch < epochs[at]) {
        c.view = views.size() - 1;
        return start(c);
      }
      epochs[at] = epoch;
    }
    const bool last = c.next + 1 == c.steps.size();
    if (what == action::use_if_present && data.count(at) == 0) {
      if (!last) ++c.next;
      else c.steps[c.next].second = action::use;
      return;
    }
    if (c.now.what == kind::read) c.now.value = data.count(at) != 0 ? data[at] : 0;
    if (c.now.what == kind::write) data[at] = c.now.value;
    if (c.now.what == kind::erase) data.erase(at);
    if (rules.all_steps && c.now.what != kind::read && !last) {
      ++c.next;
      return;
    }
    c.now.ended = time;
    c.busy = false;
    history.push_back(c.now);
  };
  const auto hand_over = [&](const node& sender, const node& receiver) {
    if (data.count(sender) == 0) return;
    data[receiver] = data[sender];
    data.erase(sender);
  };
  const auto publish = [&](const auto& change) {
    transition_type next = views.back();
    change(next);
    views.push_back(next);
  };
  const auto coordinate = [&](bool forward_only) {
    const transition_type& t = views.back();
    const move_stage stage = t.stage(0);
    if (stage == move_stage::pending) {
      fenced = 0;
      publish([](auto& next) { next.begin(0); });
    } else if (stage == move_stage::copying || stage == move_stage::returning) {
      const bool forward = stage == move_stage::copying;
      if (rules.fence && rules.fence_before_handing && fenced < 2) {
        epochs[fenced++ == 0 ? "b" : "a"] = t.epoch();
      } else if (data.count(forward ? "a" : "b") != 0) {
        hand_over(forward ? "a" : "b", forward ? "b" : "a");
      } else if (!forward_only && rules.with_back && random.chance(3)) {
        fenced = 0;
        publish([&](auto& next) { forward ? next.back(0) : next.begin(0); });
      } else if (forward) {
        publish([](auto& next) { next.copied(0); });
      } else if (!forward_only || !rules.with_back) {
        publish([](auto& next) { next.back(0); });
      } else {
        fenced = 0;
        publish([](auto& next) { next.begin(0); });
      }
    } else if (stage == move_stage::copied) {
      if (!forward_only && rules.with_back && random.chance(2)) {
        fenced = 0;
        publish([](auto& next) { next.back(0); });
      } else {
        publish([](auto& next) { next.finish(0); });
      }
    }
  };
  for (; time < 120; ++time) {
    if (random.chance(5)) coordinate(false);
    else act(clients[random.index(clients.size())]);
  }
  for (; !views.back().finished(); ++time) coordinate(true);
  for (client& c : clients) {
    for (; c.busy; ++time) act(c);
  }
  history.push_back({kind::read, data.count("b") != 0 ? data["b"] : 0, time, time + 1});
  return violations(history);
}

// ---- Several copies with versions and quorums.

struct quorum_rules {
  bool both_quorums = true;
  bool wait_for_views = true;
  bool quorum_copy = true;  // copy from a quorum if the source is not the node that is replaced
  bool lost_node = false;   // b is lost with all that it had
  bool hole = false;        // nobody has the slot before
  bool absent = false;      // a read without a node takes the key for absent
};

int run_replicated(std::uint64_t seed, const quorum_rules& rules) {
  test::random random(seed);
  quoit::transition_options<std::string> options{.how = access::replicated};
  if (rules.lost_node) options.failed = {"b"};
  // Two copies move; two copies move and one stays at another position; a missing copy is made; one copy is dropped.
  constexpr auto missing = test::table::no_node;
  const std::pair<test::table, test::table> changes[]{{one_slot({0, 1, 2}), one_slot({3, 4, 2})},
                                                      {one_slot({0, 1, 2}), one_slot({4, 0, 3})},
                                                      {one_slot({0, 1, missing, 2}), one_slot({0, 1, 3, 2})},
                                                      {one_slot({0, 1, 2, 3}), one_slot({0, 4, missing, 3})}};
  const std::pair<test::table, test::table> repair{one_slot({missing, missing, missing}), one_slot({1, 0, 2})};
  const auto& [before, after] = rules.hole ? repair : changes[random.index(4)];
  // Runs differ in the number of operations for each step of a move, and in how many late messages arrive.
  const std::uint64_t pace = 1 + random.below(5), arrives = random.below(3);
  const std::uint64_t reads = 5 + random.below(6);
  std::deque<transition_type> views{transition_type(before, after, options)};
  struct record {
    int version = 0;
    int value = 0;
    void merge(const record& r) {
      if (r.version > version) *this = r;
    }
  };
  std::map<node, record> data;
  const auto alive = [&](const node& n) { return !(rules.lost_node && n == "b"); };
  struct message {
    node at;
    bool in_old, in_new;
  };
  struct client {
    std::size_t view = 0;
    bool busy = false;
    operation now;
    record best;
    std::vector<message> messages;
    std::size_t old_size = 0, new_size = 0, old_acks = 0, new_acks = 0;
    bool both = false;
  };
  std::vector<client> clients(4);
  std::vector<operation> history;
  std::vector<std::pair<node, record>> late;
  int time = 0, versions = 1;
  // The first write has reached a quorum that includes b, which may be lost. The other copies have not seen it.
  if (!rules.hole) {
    history.push_back({kind::write, 1, -2, -1});
    test::names first = test::preferred(before, 0, 4);
    std::erase(first, "b");
    random.shuffle(first);
    first.resize((first.size() + 1) / 2);
    first.push_back("b");
    for (const node& name : first) data[name] = {1, 1};
  }

  const auto start = [&](client& c) {
    const auto set = c.now.what == kind::read ? views[c.view].read_set_at(0) : views[c.view].write_set_at(0);
    c.messages.clear();
    c.old_size = c.new_size = c.old_acks = c.new_acks = 0;
    c.both = set.both_quorums();
    for (const auto& step : set) {
      c.messages.push_back({*step.at, step.in_old, step.in_new});
      c.old_size += step.in_old ? 1U : 0U;
      c.new_size += step.in_new ? 1U : 0U;
    }
    if (!rules.both_quorums && c.both) {  // writes go only to the copies that are read
      const auto list = test::now(views[c.view], 0);
      std::erase_if(c.messages,
                    [&](const message& m) { return std::find(list.begin(), list.end(), m.at) == list.end(); });
      for (message& m : c.messages) m.in_old = true;
      c.both = false;
      c.old_size = list.size();
    }
    random.shuffle(c.messages);
    // Lost nodes do not answer. Messages are taken from the end, so these come last.
    std::stable_partition(c.messages.begin(), c.messages.end(), [&](const message& m) { return !alive(m.at); });
  };
  const auto act = [&](client& c) {
    if (!c.busy) {
      if (random.chance(2)) c.view = views.size() - 1;
      const std::uint64_t what = random.below(10);
      c.now = {what < reads ? kind::read : what % 5 < 3 ? kind::write : kind::erase, 0, time, 0};
      c.best = {};
      if (c.now.what != kind::read) c.best.version = ++versions;
      if (c.now.what == kind::write) c.now.value = c.best.value = c.best.version;
      c.busy = true;
      return start(c);
    }
    if (c.messages.empty()) {  // no node serves the key
      c.busy = false;
      c.now.ended = time;
      if (rules.absent && c.now.what == kind::read) history.push_back(c.now);
      return;
    }
    const message m = c.messages.back();
    c.messages.pop_back();
    if (c.now.what == kind::read) c.best.merge(data[m.at]);
    else data[m.at].merge(c.best);
    c.old_acks += m.in_old ? 1U : 0U;
    c.new_acks += m.in_new ? 1U : 0U;
    const bool enough = c.old_acks > c.old_size / 2 && (!c.both || c.new_acks > c.new_size / 2);
    if (!enough) return;
    if (c.now.what == kind::read) c.now.value = c.best.value;
    else
      for (const message& rest : c.messages) late.emplace_back(rest.at, c.best);
    c.now.ended = time;
    c.busy = false;
    history.push_back(c.now);
  };
  const auto publish = [&](const auto& change) {
    transition_type next = views.back();
    change(next);
    views.push_back(next);
  };
  const auto all_clients_are_current = [&] {
    return std::all_of(clients.begin(), clients.end(), [&](const client& c) { return c.view + 1 == views.size(); });
  };
  // The copy that is being made: the nodes still to be asked, and what they have answered so far.
  std::vector<node> to_ask;
  record copy;
  bool copying = false;
  const auto coordinate = [&](bool forward_only) {
    if (rules.wait_for_views && !all_clients_are_current()) {
      for (client& c : clients) {
        if (!c.busy && random.chance(3)) c.view = views.size() - 1;
      }
      return;
    }
    const transition_type& t = views.back();
    std::size_t move = 0;
    for (std::size_t i = 0; i < t.moves().size(); ++i) {
      if (quoit::detail::in_flight(t.stage(i))) move = i;
    }
    if (!quoit::detail::in_flight(t.stage(move))) {
      const std::vector<std::size_t> startable = t.startable();
      if (startable.empty()) return;
      move = startable[random.index(startable.size())];
      copying = false;
      return publish([&](auto& next) { next.begin(move); });
    }
    const auto& m = t.moves()[move];
    if (t.stage(move) == move_stage::copying) {
      if (!copying) {
        copying = true;
        copy = {};
        to_ask.clear();
        if (m.source != nullptr) to_ask.push_back(*m.source);
        if (rules.quorum_copy && m.source != nullptr && m.source != m.replaces) {
          to_ask.clear();
          std::size_t size = 0;
          for (const auto& step : t.write_set_at(0)) {
            size += step.in_old ? 1U : 0U;
            if (step.in_old && alive(*step.at)) to_ask.push_back(*step.at);
          }
          random.shuffle(to_ask);
          to_ask.resize(size / 2 + 1);
        }
      } else if (!to_ask.empty()) {
        copy.merge(data[to_ask.back()]);
        to_ask.pop_back();
      } else {
        if (m.to != nullptr) data[*m.to].merge(copy);
        if (!forward_only && random.chance(3)) {
          publish([&](auto& next) { next.back(move); });
          if (m.to != nullptr && random.chance(2)) data.erase(*views.back().moves()[move].to);
        } else {
          publish([&](auto& next) { next.copied(move); });
        }
      }
      return;
    }
    const bool last_copy = rules.hole && t.count(move_stage::done) == 0;
    if (!forward_only && random.chance(3) && !last_copy) return publish([&](auto& next) { next.back(move); });
    if (last_copy) REQUIRE_THROWS_AS(transition_type(t).back(move), std::logic_error);
    publish([&](auto& next) { next.finish(move); });
    if (views.back().moves()[move].replaces != nullptr) data.erase(*views.back().moves()[move].replaces);
  };
  const auto deliver_late = [&] {
    if (late.empty()) return;
    const std::size_t i = random.index(late.size());
    if (alive(late[i].first) && random.below(2) < arrives) data[late[i].first].merge(late[i].second);
    late.erase(late.begin() + static_cast<std::ptrdiff_t>(i));
  };
  for (; time < 250; ++time) {
    if (random.below(6) < pace) coordinate(false);
    else if (random.chance(6)) deliver_late();
    else act(clients[random.index(clients.size())]);
  }
  const auto stuck = [&] {
    return rules.lost_node && views.back().startable().empty() && views.back().count(move_stage::pending) == 1;
  };
  for (; !views.back().finished() && !stuck() && time < 100000; ++time) {
    coordinate(true);
    act(clients[random.index(clients.size())]);
  }
  REQUIRE((views.back().finished() || stuck()));
  for (client& c : clients) {
    for (; c.busy; ++time) act(c);
  }
  for (int i = 0; i < 4; ++i) {  // any quorum must have the last value
    client last;
    last.view = views.size() - 1;
    last.busy = true;
    last.now = {kind::read, 0, time, 0};
    start(last);
    for (; last.busy; ++time) act(last);
  }
  return violations(history);
}

// Whether at least one of the runs has a violation.
template <class Run, class Rules>
bool has_violation(const Run& run, const Rules& rules, std::uint64_t runs) {
  test::random random(test::seed());
  for (std::uint64_t i = 0; i < runs; ++i) {
    if (run(random.next(), rules) != 0) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("transition model: a store that hands over its keys loses nothing", "[transition]") {
  QUOIT_INFO_SEED();
  CHECK_FALSE(has_violation(run_store, store_rules{}, test::random_cases(600, 6'000)));
  store_rules forward;
  forward.with_back = false;
  CHECK_FALSE(has_violation(run_store, forward, test::random_cases(300, 3'000)));
}

TEST_CASE("transition model: simpler rules for a store lose data", "[transition]") {
  QUOIT_INFO_SEED();
  using steps = std::vector<std::pair<node, action>>;
  const auto in_flight = [](const transition_type& t) {
    return t.stage(0) != move_stage::pending && t.stage(0) != move_stage::done;
  };
  const auto settled = [](const transition_type& t) {
    return steps{{t.stage(0) == move_stage::done ? "b" : "a", action::use}};
  };
  store_rules rules;
  rules.with_back = false;
  SECTION("without a fence") {
    rules.fence = false;
    CHECK(has_violation(run_store, rules, 3'000));
  }
  SECTION("keys are handed over before the servers know the new epoch") {
    rules.fence_before_handing = false;
    CHECK(has_violation(run_store, rules, 3'000));
  }
  SECTION("ask new, then old: a false miss") {
    rules.steps = [&](const transition_type& t, kind what) {
      if (!in_flight(t)) return settled(t);
      return what == kind::read ? steps{{"b", action::use_if_present}, {"a", action::use}}
                                : steps{{"a", action::use_if_present}, {"b", action::use}};
    };
    CHECK(has_violation(run_store, rules, 3'000));
  }
  SECTION("ask old, then new, and write to new only: stale reads") {
    rules.steps = [&](const transition_type& t, kind what) {
      if (!in_flight(t)) return settled(t);
      return what == kind::read ? steps{{"a", action::use_if_present}, {"b", action::use}} : steps{{"b", action::use}};
    };
    CHECK(has_violation(run_store, rules, 3'000));
  }
  SECTION("write to both: lost updates") {
    rules.all_steps = true;
    rules.steps = [&](const transition_type& t, kind what) {
      if (!in_flight(t)) return settled(t);
      return what == kind::read ? steps{{"a", action::use_if_present}, {"b", action::use}}
                                : steps{{"a", action::use}, {"b", action::use}};
    };
    CHECK(has_violation(run_store, rules, 3'000));
  }
  SECTION("the same order on the way back: a false miss") {
    rules.with_back = true;
    rules.steps = [&](const transition_type& t, kind what) {
      if (t.stage(0) != move_stage::returning) return store_rules{}.steps(t, what);
      return steps{{"a", action::use_if_present}, {"b", action::use}};
    };
    CHECK(has_violation(run_store, rules, 3'000));
  }
}

TEST_CASE("transition model: copies with versions and both quorums lose nothing", "[transition]") {
  QUOIT_INFO_SEED();
  CHECK_FALSE(has_violation(run_replicated, quorum_rules{}, test::random_cases(400, 4'000)));
  quorum_rules lost;
  lost.lost_node = true;
  CHECK_FALSE(has_violation(run_replicated, lost, test::random_cases(400, 4'000)));
}

TEST_CASE("transition model: a slot that nobody had loses nothing while it gets its first copies", "[transition]") {
  QUOIT_INFO_SEED();
  store_rules store;
  store.hole = true;
  store.with_back = false;  // back() is refused, as nobody could take the keys back
  CHECK_FALSE(has_violation(run_store, store, test::random_cases(300, 3'000)));
  transition_type refused(one_slot({test::table::no_node}), one_slot({1}));
  refused.begin(0);
  CHECK_THROWS_AS(refused.back(0), std::logic_error);
  quorum_rules replicated;
  replicated.hole = true;
  CHECK_FALSE(has_violation(run_replicated, replicated, test::random_cases(300, 3'000)));
  replicated.absent = true;
  CHECK(has_violation(run_replicated, replicated, 4'000));
}

TEST_CASE("transition model: simpler rules for replicated data lose data", "[transition]") {
  QUOIT_INFO_SEED();
  quorum_rules rules;
  SECTION("one quorum, of the copies that are read") {
    rules.both_quorums = false;
    CHECK(has_violation(run_replicated, rules, 4'000));
  }
  SECTION("copying before every client writes to both lists") {
    rules.wait_for_views = false;
    CHECK(has_violation(run_replicated, rules, 4'000));
  }
  SECTION("copying from one other node instead of a quorum") {
    rules.quorum_copy = false;
    CHECK(has_violation(run_replicated, rules, 4'000));
    rules.lost_node = true;
    CHECK(has_violation(run_replicated, rules, 4'000));
  }
}
