// SPDX-License-Identifier: MIT
// replicated_model: one key with several copies, of which one moves. Two clients X and Y write and read it with
// versions and quorums. A write sends a message to every node of its set; each may arrive at any time, in any order,
// also after the write has ended, or never. A read must return a version that is at least the newest which was
// acknowledged when it began. That leaves no room for a lost update, a stale read, a false miss, or an erased key that
// comes back.
//
//   X, Y ── versions ──▶ a, b, c, d ◀── asks a source or a quorum, copies ── coordinator
//
// An erasure writes a marker, and takes the same steps as a write: so it is not told apart, except where a broken rule
// treats markers in another way. Versions grow in the order in which writes begin. A client that reads a quorum to
// choose its version is a read followed by a write. One key is enough: no rule mentions two, and other keys only delay
// the coordinator.
//
// A read begins when its first answer arrives: an earlier begin would allow more. In every state a third client with
// the newest view asks each possible quorum at once.
//
// Not in the model: nodes that are lost meanwhile, reads that repair, several moves.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "support/protocol/coordinator.hpp"
#include "support/protocol/search.hpp"
#include "support/protocol/two_clients.hpp"
#include "support/protocol/views.hpp"

namespace test::protocol {

enum class replicated_order {
  right,
  one_quorum,              ///< a write goes only to the list that is read, and needs one quorum
  half_is_a_quorum,        ///< one node less than a majority is enough
  change_without_waiting,  ///< the next change comes before every client has the last one
  copy_without_waiting,    ///< copying begins before every client has the change
  switch_while_busy,       ///< a client confirms a change while an operation with its older view lasts
  copy_from_one,           ///< the source is not the replaced node, and only one node is asked
  copied_too_early,        ///< copied() before the copy has arrived
  older_replaces_newer,    ///< the copy replaces what the receiver has
  copy_without_markers,    ///< the copy leaves out erased keys
  publish_before_save      ///< a crash loses a change that clients know
};

/// Which copy moves.
enum class replicated_change {
  replace,              ///< a → d, copied from a
  replace_from_quorum,  ///< c → d, copied from a quorum
  replace_lost,         ///< the same when c is lost
  add,                  ///< d is added to a and b
  drop                  ///< d is dropped from a, b and d
};

struct replicated_bounds {
  std::uint8_t last_epoch = 7;
  std::uint8_t crashes = 1;
  std::uint8_t operations = 2;  ///< of each client
};

struct late_write {
  std::uint8_t version = 0, nodes = 0;
};

struct replicated_client {
  std::uint8_t epoch = 1;
  move_stage stage = move_stage::pending;
  std::uint8_t begun = 0;
  // While an operation lasts: its view, its kind, its version or the newest that it has read, the least that it must
  // read, and the nodes that have answered.
  std::uint8_t busy = 0;
  kind what = kind::read;
  std::uint8_t with_epoch = 0;
  move_stage with_stage = move_stage::pending;
  std::uint8_t version = 0, least = 0, answered = 0;
  std::array<late_write, 2> late;  // messages of writes that have ended
};

struct replicated_state {
  std::array<std::uint8_t, 4> version{};  // at each node
  std::uint8_t markers = 0;               // the versions that are erasures
  std::uint8_t newest = 1;                // the newest version of all
  std::uint8_t acknowledged = 1;          // the newest version that was acknowledged
  coordinator_state c;
  std::uint8_t asked = 0, found = 0;  // the nodes that have answered the coordinator, and their newest version
  std::uint8_t copy = 0;              // on its way to the receiver: 0, or 1 + the version
  std::uint8_t copies = 0;            // 1: the copy was sent by this coordinator at this stage; 2: it has arrived
  std::array<replicated_client, 2> clients;
  std::uint8_t bad = 0;
};

class replicated_model : public two_clients<replicated_model> {
  friend two_clients<replicated_model>;

 public:
  using state = replicated_state;

  explicit replicated_model(replicated_change change, replicated_order order = replicated_order::right,
                            replicated_bounds bounds = {})
      : order_(order), bounds_(bounds), views_(transition_of(change), bounds.last_epoch),
        dead_(change == replicated_change::replace_lost ? 4U : 0U), holders_(change == replicated_change::add    ? 3U
                                                                             : change == replicated_change::drop ? 11U
                                                                                                                 : 7U) {
  }

  // The first version has reached a quorum of the old list; every quorum is tried.
  template <class Emit>
  void initial(const Emit& emit) {
    for (unsigned nodes = 1; nodes < 16; ++nodes) {
      if ((nodes & ~holders_) != 0 || !is_quorum(nodes, holders_)) continue;
      state s;
      for (std::size_t n = 0; n < 4; ++n) s.version[n] = (nodes >> n & 1U) != 0 ? 1 : 0;
      s.c.publish();
      emit(s);
    }
  }

  [[nodiscard]] std::string describe(const state& s) const {
    std::string text = std::string(name_of(s.c.stage)) + " " + std::to_string(s.c.epoch) + " ";
    for (std::size_t n = 0; n < 4; ++n) {
      text += std::string(" ") + names[n] + "=" + (s.version[n] == 0 ? "-" : std::to_string(s.version[n]));
    }
    for (std::size_t i = 0; i < 2; ++i)
      text += std::string("  ") + clients[i] + " has epoch " + std::to_string(s.clients[i].epoch);
    return text + "  acknowledged " + std::to_string(s.acknowledged) + (s.bad != 0 ? "  VIOLATION" : "");
  }

 private:
  static constexpr std::uint8_t ended = 0;  // the epoch of a client that needs no view any more

  static transition transition_of(replicated_change change) {
    quoit::transition_options<std::string> options{.how = access::replicated};
    constexpr std::uint32_t none = table::no_node;
    switch (change) {
    case replicated_change::replace:
      return {held_by({0, 1, 2}), held_by({3, 1, 2}), options};
    case replicated_change::replace_from_quorum:
      break;
    case replicated_change::replace_lost:
      options.failed = {"c"};
      break;
    case replicated_change::add:
      return {held_by({0, 1, none}), held_by({0, 1, 3}), options};
    case replicated_change::drop:
      return {held_by({0, 1, 3}), held_by({0, 1, none}), options};
    }
    return {held_by({0, 1, 2}), held_by({0, 1, 3}), options};
  }

  [[nodiscard]] bool is_quorum(unsigned answered, unsigned list) const noexcept {
    const int wanted = std::popcount(list) / 2 + (order_ == replicated_order::half_is_a_quorum ? 0 : 1);
    return std::popcount(answered & list) >= wanted;
  }

  // ---- The steps of a client.

  struct lists {
    unsigned nodes = 0, in_old = 0, in_new = 0;
    bool both = false;
    [[nodiscard]] unsigned first() const noexcept { return both ? in_old : nodes; }
  };
  [[nodiscard]] lists lists_of(std::uint8_t epoch, move_stage stage, kind what) const {
    const view& v = views_.at(epoch, stage);
    const auto k = static_cast<std::size_t>(order_ == replicated_order::one_quorum ? kind::read : what);
    lists l;
    for (const step& one : v.steps[k]) {
      const unsigned bit = 1U << one.node;
      l.nodes |= bit;
      if (one.in_old) l.in_old |= bit;
      if (one.in_new) l.in_new |= bit;
    }
    l.both = v.both[k];
    return l;
  }
  [[nodiscard]] bool enough(const lists& l, unsigned answered) const noexcept {
    return is_quorum(answered, l.first()) && (!l.both || is_quorum(answered, l.in_new));
  }

  [[nodiscard]] bool alive(unsigned node) const noexcept { return (dead_ >> node & 1U) == 0; }
  void store(state& s, unsigned node, std::uint8_t version) const {
    s.version[node] = (std::max)(s.version[node], version);
  }

  // ---- The coordinator.

  template <class Emit>
  void coordinate(const state& s, const Emit& emit) const {
    keep_books(s.c, bounds_.crashes, [&](const coordinator_state& c, const event& e, bool crashed) {
      state to = s;
      to.c = c;
      if (crashed) forget_work(to);
      emit(to, e);
    });
    if (s.copy != 0) {
      state to = s;
      const auto version = static_cast<std::uint8_t>(s.copy - 1);
      if (order_ == replicated_order::older_replaces_newer) to.version[views_.to] = version;
      else store(to, views_.to, version);
      to.copy = 0;
      if (s.copies == 1) to.copies = 2;
      emit(to, {"the copy arrives at", "coordinator", names[views_.to], version});
    }
    if (s.c.at != phase::published) return;
    const bool all_have_it = std::all_of(s.clients.begin(), s.clients.end(), [&](const replicated_client& c) {
      return c.epoch == ended || c.epoch == s.c.epoch;
    });
    if (all_have_it || order_ == replicated_order::change_without_waiting) {
      each_change(views_, s.c, order_ == replicated_order::publish_before_save,
                  [&](const coordinator_state& c, const event& e) {
                    const bool complete =
                        views_.to == views::no_node || s.copies == 2 || order_ == replicated_order::copied_too_early;
                    if (s.c.stage == move_stage::copying && c.stage == move_stage::copied && !complete) return;
                    state to = s;
                    to.c = c;
                    forget_work(to);
                    emit(to, e);
                  });
    }
    if (s.c.stage == move_stage::pending && views_.to != views::no_node && s.version[views_.to] != 0) {
      state to = s;
      to.version[views_.to] = 0;
      emit(to, {"drops the copy at", "coordinator", names[views_.to]});
    }
    const bool may_copy = all_have_it || order_ == replicated_order::copy_without_waiting ||
                          order_ == replicated_order::change_without_waiting;
    if (s.c.stage == move_stage::copying && views_.to != views::no_node && s.copies == 0 && may_copy) copy(s, emit);
  }

  static void forget_work(state& s) { s.asked = s.found = s.copies = 0; }

  template <class Emit>
  void copy(const state& s, const Emit& emit) const {
    const lists l = lists_of(s.c.epoch, s.c.stage, kind::write);
    const bool one_is_enough = views_.source == views_.replaces || order_ == replicated_order::copy_from_one;
    const unsigned to_ask = one_is_enough ? 1U << views_.source : l.first();
    for (unsigned n = 0; n < 4; ++n) {
      if ((to_ask >> n & 1U) == 0 || (s.asked >> n & 1U) != 0 || !alive(n)) continue;
      state to = s;
      to.asked = static_cast<std::uint8_t>(s.asked | 1U << n);
      to.found = (std::max)(s.found, s.version[n]);
      if (one_is_enough ? to.asked == to_ask : is_quorum(to.asked, to_ask)) {
        const bool erased = (s.markers >> to.found & 1U) != 0 && order_ == replicated_order::copy_without_markers;
        to.copy = static_cast<std::uint8_t>(erased ? 1 : 1 + to.found);
        to.copies = 1;
        to.asked = to.found = 0;
      }
      emit(to, {"asks for the copy of", "coordinator", names[n], s.version[n]});
    }
  }

  // ---- The clients.

  template <class Emit>
  void act(const state& s, std::uint8_t i, const Emit& emit) const {
    const replicated_client& c = s.clients[i];
    for (std::size_t k = 0; k < 2; ++k) {
      for (unsigned n = 0; n < 4; ++n) {
        if ((c.late[k].nodes >> n & 1U) == 0) continue;
        state to = s;
        to.clients[i].late[k].nodes = static_cast<std::uint8_t>(c.late[k].nodes & ~(1U << n));
        store(to, n, c.late[k].version);
        emit(to, {"'s late message arrives at", clients[i], names[n], c.late[k].version});
      }
    }
    if (c.busy != 0) answer(s, i, emit);
    if (c.epoch != ended && (c.busy == 0 || order_ == replicated_order::switch_while_busy)) {
      s.c.each_view(static_cast<std::uint8_t>(c.epoch + 1), [&](std::uint8_t epoch, move_stage stage) {
        state to = s;
        to.clients[i].epoch = epoch;
        to.clients[i].stage = stage;
        emit(to, {"hears of epoch", clients[i], "", epoch});
      });
    }
    if (c.busy != 0 || c.begun == bounds_.operations) return;
    for (const kind what : {kind::read, kind::write, kind::erase}) {
      if (what == kind::erase && order_ != replicated_order::copy_without_markers) continue;
      state to = s;
      replicated_client& now = to.clients[i];
      ++now.begun;
      now.busy = 1;
      now.what = what;
      now.with_epoch = c.epoch;
      now.with_stage = c.stage;
      now.least = what == kind::read ? s.acknowledged : std::uint8_t{0};
      if (what == kind::read) {
        answer(to, i, emit);
        continue;
      }
      now.version = ++to.newest;
      if (what == kind::erase) to.markers = static_cast<std::uint8_t>(to.markers | 1U << now.version);
      emit(to, {what == kind::write ? "writes version" : "erases with version", clients[i], "", now.version});
    }
  }

  // A message of the operation arrives, and so does its answer.
  template <class Emit>
  void answer(const state& s, std::uint8_t i, const Emit& emit) const {
    const replicated_client& c = s.clients[i];
    const lists l = lists_of(c.with_epoch, c.with_stage, c.what);
    for (unsigned n = 0; n < 4; ++n) {
      if ((l.nodes >> n & 1U) == 0 || (c.answered >> n & 1U) != 0 || !alive(n)) continue;
      state to = s;
      replicated_client& then = to.clients[i];
      then.answered = static_cast<std::uint8_t>(c.answered | 1U << n);
      if (c.what == kind::read) then.version = (std::max)(c.version, s.version[n]);
      else store(to, n, c.version);
      const int version = c.what == kind::read ? s.version[n] : c.version;
      if (enough(l, then.answered)) end(to, i, l);
      emit(to, {c.what == kind::read ? "reads at" : "has written at", clients[i], names[n], version});
    }
  }

  void end(state& s, std::uint8_t i, const lists& l) const {
    replicated_client& c = s.clients[i];
    if (c.what == kind::read) {
      if (c.version < c.least) s.bad = 1;
    } else {
      s.acknowledged = (std::max)(s.acknowledged, c.version);
      late_write& late = c.late[c.late[0].nodes == 0 ? 0 : 1];
      late.version = c.version;
      late.nodes = static_cast<std::uint8_t>(unsigned{l.nodes} & ~unsigned{c.answered} & ~unsigned{dead_});
    }
    c.busy = c.with_epoch = c.version = c.least = c.answered = 0;
    c.what = kind::read;
    c.with_stage = move_stage::pending;
  }

  // A third client, which reads at once with the newest view: each quorum must have what was acknowledged.
  void probe(state& s) const {
    const std::uint8_t epoch = s.c.newest();
    const lists l = lists_of(epoch, s.c.stage_of(epoch), kind::read);
    for (unsigned quorum = 1; quorum < 16; ++quorum) {
      if ((quorum & ~l.nodes) != 0 || (quorum & dead_) != 0 || !enough(l, quorum)) continue;
      std::uint8_t best = 0;
      for (unsigned n = 0; n < 4; ++n) {
        if ((quorum >> n & 1U) != 0) best = (std::max)(best, s.version[n]);
      }
      if (best < s.acknowledged) s.bad = 2;
    }
  }

  // Makes states equal that differ only in what has no effect any more, and in the names of versions and clients.
  void normalise(state& s) const {
    // No view reads the replaced copy any more, so it is dropped. Before, a message with an old version has an effect
    // again at the receiver, whose copy is dropped when the move goes back.
    const bool at_end = s.c.stage == move_stage::done && s.c.saved_stage == move_stage::done;
    if (at_end && views_.replaces != views::no_node) s.version[views_.replaces] = 0;
    std::uint8_t oldest = s.c.newest();
    for (replicated_client& c : s.clients) {
      if (c.busy == 0 && c.begun == bounds_.operations) {
        c.epoch = ended;
        c.stage = move_stage::pending;
      } else {
        oldest = (std::min)(oldest, c.epoch);
      }
      for (late_write& late : c.late) {
        for (unsigned n = 0; n < 4; ++n) {
          const bool done = late.version <= s.version[n] && (n != views_.to || at_end);
          if (done || (at_end && n == views_.replaces)) late.nodes = static_cast<std::uint8_t>(late.nodes & ~(1U << n));
        }
        if (late.nodes == 0) late.version = 0;
      }
      if (c.late[0].version < c.late[1].version) std::swap(c.late[0], c.late[1]);
    }
    s.c.forget_below(oldest);
    if (s.c.lost_epoch < oldest) {
      s.c.lost_epoch = 0;
      s.c.lost_stage = move_stage::pending;
    }
    number_versions_anew(s);
    if (order_ != replicated_order::right || s.bad != 0) return;
    state exchanged = s;
    std::swap(exchanged.clients[0], exchanged.clients[1]);
    if (std::memcmp(&exchanged, &s, sizeof s) < 0) s = exchanged;
  }

  static void number_versions_anew(state& s) {
    std::array<std::uint8_t, 32> number{};
    const auto each = [&](const auto& use) {
      for (std::uint8_t& v : s.version) use(v);
      for (replicated_client& c : s.clients) {
        use(c.version);
        use(c.least);
        for (late_write& late : c.late) use(late.version);
      }
      use(s.acknowledged);
      use(s.found);
    };
    each([&](const std::uint8_t& v) { number[v] = 1; });
    if (s.copy != 0) number[s.copy - 1U] = 1;
    std::uint8_t next = 0;
    unsigned markers = 0;
    for (unsigned v = 1; v < number.size(); ++v) {
      if (number[v] == 0) continue;
      number[v] = ++next;
      if (v < 8 && (s.markers >> v & 1U) != 0) markers |= 1U << next;
    }
    number[0] = 0;
    if (s.copy != 0) s.copy = static_cast<std::uint8_t>(1 + number[s.copy - 1U]);
    each([&](std::uint8_t& v) { v = number[v]; });
    s.markers = static_cast<std::uint8_t>(markers);
    s.newest = next;
  }

  replicated_order order_;
  replicated_bounds bounds_;
  views views_;
  unsigned dead_, holders_;
};

}  // namespace test::protocol
