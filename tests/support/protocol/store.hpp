// SPDX-License-Identifier: MIT
// store_model: one key of a store that moves from a to b. Two clients X and Y do two operations each, of any kind.
// Their requests may arrive at any time, also after the client has given up. Every history must be linearizable: that
// leaves no room for a lost update, a stale read, a false miss, or an erased key that comes back.
//
//   X, Y ── request with an epoch ──▶ a, b ◀── epochs, handing over ── coordinator
//
// One key is enough. Linearizability is local: a history is linearizable if that of each key is. Other keys only delay
// the coordinator, and here it may take any time between two steps.
//
// An answer arrives at once. If it came later, the operation would only last longer, which allows more; the next
// request has a delay of its own. In every state a third client with the newest view reads at once, so every moment is
// tested for a stale value.
//
// Not in the model: lost servers, servers that forget their epoch, two coordinators at a time.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "support/protocol/coordinator.hpp"
#include "support/protocol/register_monitor.hpp"
#include "support/protocol/search.hpp"
#include "support/protocol/two_clients.hpp"
#include "support/protocol/views.hpp"

namespace test::protocol {

/// The documented order, or the one rule that is broken.
enum class store_order {
  right,
  switch_then_copy,         ///< clients use the new node from begin() on; old keys arrive later
  read_new_then_old,        ///< reads ask b, then a
  write_new_only,           ///< reads ask a, then b; writes go to b only
  write_both,               ///< writes go to a and to b
  copy_then_delete,         ///< a key is handed over in two steps: read it at a, later store it at b and delete it at a
  no_epochs,                ///< servers refuse no client: each client switches when it hears of a change
  hand_over_before_epoch,   ///< the first key is handed over before both servers know the epoch
  look_before_epoch,        ///< the coordinator looks for keys before both servers know the epoch
  same_order_back,          ///< at `returning` clients still ask a, then b
  hand_over_without_epoch,  ///< a late request to hand over is done although the servers know a higher epoch
  hand_over_checked_by_sender,  ///< only the sender refuses a late request to hand over
  publish_before_save           ///< a crash loses a change that clients know
};

struct store_bounds {
  std::uint8_t last_epoch = 7;
  std::uint8_t crashes = 1;
  bool give_up = true;
  bool late_hand_over = true;
  std::uint8_t operations = 2;  ///< of each client
};

struct store_client {
  std::uint8_t epoch = 1;  // of its last view
  std::uint8_t begun = 0;  // operations
  // While an operation lasts: whether it does, its kind, its next step, and the stage of its view.
  std::uint8_t busy = 0;
  kind what = kind::read;
  std::uint8_t step = 0;
  move_stage stage = move_stage::pending;
  // A request that the client has given up: 0, or 1 + the number of the operation; its kind, its epoch, and its node,
  // + 2 if the key must be present.
  std::uint8_t late = 0;
  kind late_what = kind::read;
  std::uint8_t late_epoch = 0;
  std::uint8_t late_at = 0;
};

struct store_state {
  std::array<std::uint8_t, 2> value{}, epoch{};  // of a and b
  coordinator_state c;
  std::uint8_t knows = 0;  // the servers that have confirmed the epoch of the coordinator
  // Requests to hand the key over, the second by a coordinator that has crashed or gone on: 0, or the epoch.
  std::array<std::uint8_t, 2> hand_epoch{}, hand_from{}, hand_value{};
  std::array<store_client, 2> clients;
  std::array<std::uint8_t, 2> monitor{};
  std::uint8_t bad = 0;
};

class store_model : public two_clients<store_model> {
  friend two_clients<store_model>;

 public:
  using state = store_state;

  explicit store_model(store_order order = store_order::right, store_bounds bounds = {})
      : order_(order), bounds_(bounds), views_(transition(held_by({0}), held_by({1})), bounds.last_epoch) {}

  template <class Emit>
  void initial(const Emit& emit) {
    for (const std::uint8_t value : {std::uint8_t{0}, register_monitor::initial_value}) {
      state s;
      s.value[0] = value;
      s.epoch = {1, 1};
      s.c.publish();
      set_monitor(s, monitor_.start(value));
      emit(s);
    }
  }

  [[nodiscard]] std::string describe(const state& s) const {
    std::string text = std::string(name_of(s.c.stage)) + " " + std::to_string(s.c.epoch);
    for (std::size_t n = 0; n < 2; ++n) {
      text += std::string("  ") + names[n] + "=" + (s.value[n] == 0 ? "-" : std::to_string(s.value[n])) + " knows " +
              std::to_string(s.epoch[n]);
    }
    for (std::size_t i = 0; i < 2; ++i)
      text += std::string("  ") + clients[i] + " has epoch " + std::to_string(s.clients[i].epoch);
    return text + (s.bad != 0 ? "  VIOLATION" : "");
  }

 private:
  [[nodiscard]] static register_monitor::id monitor_of(const state& s) {
    return static_cast<register_monitor::id>(s.monitor[0] | s.monitor[1] << 8U);
  }
  static void set_monitor(state& s, register_monitor::id id) {
    if (id == register_monitor::violation) {
      s.bad = 1;
    } else {
      s.monitor = {static_cast<std::uint8_t>(id & 255U), static_cast<std::uint8_t>(id >> 8U)};
    }
  }

  // ---- The steps of a client, by the transition or by a simpler order.

  [[nodiscard]] std::vector<step> wrong_steps(move_stage stage, kind what) const {
    using steps = std::vector<step>;
    const step old_use{0, action::use}, old_if{0, action::use_if_present}, new_use{1, action::use},
        new_if{1, action::use_if_present};
    const bool in_flight = stage != move_stage::pending && stage != move_stage::done;
    if (!in_flight) return {};
    const bool reads = what == kind::read;
    switch (order_) {
    case store_order::switch_then_copy:
      return steps{new_use};
    case store_order::read_new_then_old:
      return reads ? steps{new_if, old_use} : steps{};
    case store_order::write_new_only:
      return reads ? steps{old_if, new_use} : steps{new_use};
    case store_order::write_both:
      return reads ? steps{old_if, new_use} : steps{old_use, new_use};
    case store_order::same_order_back:
      return stage == move_stage::returning ? steps{old_if, new_use} : steps{};
    default:
      return {};
    }
  }
  [[nodiscard]] std::vector<step> steps_of(std::uint8_t epoch, move_stage stage, kind what) const {
    std::vector<step> steps;
    if (order_ != store_order::right) steps = wrong_steps(stage, what);
    return steps.empty() ? views_.at(epoch, stage).steps[static_cast<std::size_t>(what)] : steps;
  }

  [[nodiscard]] bool refused(const state& s, std::size_t node, std::uint8_t epoch) const {
    return order_ != store_order::no_epochs && epoch < s.epoch[node];
  }

  // ---- The coordinator.

  template <class Emit>
  void coordinate(const state& s, const Emit& emit) {
    keep_books(s.c, bounds_.crashes, [&](const coordinator_state& c, const event& e, bool crashed) {
      state to = s;
      to.c = c;
      if (crashed) forget_work(to);
      emit(to, e);
    });
    for (std::size_t i = 0; i < 2; ++i) {
      if (s.hand_epoch[i] != 0) hand_over(s, i, emit);
    }
    if (s.c.at != phase::published) return;
    each_change(views_, s.c, order_ == store_order::publish_before_save,
                [&](const coordinator_state& c, const event& e) {
                  if (!may_change(s, c.stage)) return;
                  state to = s;
                  to.c = c;
                  forget_work(to);
                  emit(to, e);
                });
    if (s.c.stage != move_stage::copying && s.c.stage != move_stage::returning) return;
    for (std::uint8_t n = 0; n < 2; ++n) {
      if ((s.knows >> n & 1U) != 0) continue;
      state to = s;
      to.knows = static_cast<std::uint8_t>(to.knows | 1U << n);
      to.epoch[n] = (std::max)(to.epoch[n], s.c.epoch);
      emit(to, {"makes it known to", "coordinator", names[n], s.c.epoch});
    }
    const std::uint8_t from = s.c.stage == move_stage::copying ? 0 : 1;
    const bool known =
        s.knows == 3 || order_ == store_order::hand_over_before_epoch || order_ == store_order::no_epochs;
    if (known && s.value[from] != 0 && s.hand_epoch[0] == 0) {
      state to = s;
      to.hand_epoch[0] = s.c.epoch;
      to.hand_from[0] = from;
      if (order_ == store_order::copy_then_delete) to.hand_value[0] = s.value[from];
      emit(to, {"asks to hand over the key from", "coordinator", names[from]});
    }
  }

  // All work of the last stage is forgotten, but its request may still be on its way.
  void forget_work(state& s) const {
    s.knows = 0;
    if (s.hand_epoch[0] == 0) return;
    if (bounds_.late_hand_over) {
      s.hand_epoch[1] = s.hand_epoch[0];
      s.hand_from[1] = s.hand_from[0];
      s.hand_value[1] = s.hand_value[0];
    }
    s.hand_epoch[0] = s.hand_from[0] = s.hand_value[0] = 0;
  }

  [[nodiscard]] bool may_change(const state& s, move_stage next) const {
    const bool known = s.knows == 3 || order_ == store_order::look_before_epoch || order_ == store_order::no_epochs;
    if (next == move_stage::copied) return known && s.value[0] == 0;
    if (next == move_stage::pending) return known && s.value[1] == 0;  // from `returning`
    return true;
  }

  template <class Emit>
  void hand_over(const state& s, std::size_t i, const Emit& emit) const {
    state to = s;
    to.hand_epoch[i] = to.hand_from[i] = to.hand_value[i] = 0;
    const std::size_t from = s.hand_from[i], receiver = 1 - from;
    const bool late = refused(s, from, s.hand_epoch[i]) ||
                      (order_ != store_order::hand_over_checked_by_sender && refused(s, receiver, s.hand_epoch[i]));
    if (late && order_ != store_order::hand_over_without_epoch) {
      emit(to, {"refuses to hand over", names[from], "with epoch", s.hand_epoch[i]});
      return;
    }
    const std::uint8_t value = s.hand_value[i] != 0 ? s.hand_value[i] : s.value[from];
    if (value == 0) return emit(to, {"has no key to hand over", names[from]});
    to.value[receiver] = value;
    to.value[from] = 0;
    emit(to, {"hands the key over to", names[from], names[receiver]});
  }

  // ---- The clients.

  template <class Emit>
  void act(const state& s, std::uint8_t i, const Emit& emit) {
    const store_client& c = s.clients[i];
    if (c.late != 0) arrive_late(s, i, emit);
    if (c.busy != 0) {
      request(s, i, emit);
      if (c.what != kind::read) give_up(s, i, emit);
      return;
    }
    if (c.begun == bounds_.operations) return;
    s.c.each_view(c.epoch, [&](std::uint8_t epoch, move_stage stage) {
      for (const kind what : {kind::read, kind::write, kind::erase}) {
        state begun = s;
        store_client& now = begun.clients[i];
        now.busy = 1;
        now.what = what;
        now.epoch = epoch;
        now.stage = stage;
        set_monitor(begun, monitor_.invoke(monitor_of(s), operation_of(i, now.begun), what));
        ++now.begun;
        if (refused(s, steps_of(epoch, stage, what)[0].node, epoch)) continue;
        request(begun, i, emit);
        if (what != kind::read) give_up(begun, i, emit);
      }
    });
  }

  // The number of an operation, counted over both clients.
  [[nodiscard]] static unsigned operation_of(std::uint8_t client, unsigned index) { return client * 2U + index; }

  static void be_idle(store_client& c) {
    c.busy = c.step = 0;
    c.what = kind::read;
    c.stage = move_stage::pending;
  }

  // The request of a client arrives.
  template <class Emit>
  void request(const state& s, std::uint8_t i, const Emit& emit) {
    const store_client& c = s.clients[i];
    const std::vector<step> steps = steps_of(c.epoch, c.stage, c.what);
    const step& now = steps[c.step];
    const char* const at = names[now.node];
    state to = s;
    store_client& then = to.clients[i];
    if (refused(s, now.node, c.epoch)) {
      const std::uint8_t newest = s.c.newest();
      then.epoch = newest;
      then.stage = s.c.stage_of(newest);
      then.step = 0;
      return emit(to, {"is refused at", clients[i], at, c.epoch});
    }
    to.epoch[now.node] = (std::max)(s.epoch[now.node], c.epoch);
    const int epoch = c.epoch;
    if (now.what == action::use_if_present && s.value[now.node] == 0) {
      ++then.step;
      constexpr const char* text[] = {"reads, finds no key at", "writes, finds no key at", "erases, finds no key at"};
      return emit(to, {text[static_cast<std::size_t>(c.what)], clients[i], at, epoch});
    }
    const unsigned operation = operation_of(i, c.begun - 1U);
    if (c.what == kind::write) to.value[now.node] = static_cast<std::uint8_t>(operation + 1);
    if (c.what == kind::erase) to.value[now.node] = 0;
    if (order_ == store_order::write_both && c.what != kind::read && c.step + 1U < steps.size()) {
      ++then.step;
      return emit(to, {"has done the first half at", clients[i], at, epoch});
    }
    set_monitor(to, monitor_.respond(monitor_of(s), operation, c.what, s.value[now.node]));
    be_idle(then);
    constexpr const char* text[] = {"has read at", "has written at", "has erased at"};
    emit(to, {text[static_cast<std::size_t>(c.what)], clients[i], at, epoch});
  }

  // The client waits no longer, but its request is on its way.
  template <class Emit>
  void give_up(const state& s, std::uint8_t i, const Emit& emit) const {
    const store_client& c = s.clients[i];
    if (!bounds_.give_up || c.late != 0 || order_ == store_order::write_both) return;
    const step now = steps_of(c.epoch, c.stage, c.what)[c.step];
    state to = s;
    store_client& gone = to.clients[i];
    gone.late = c.begun;
    gone.late_what = c.what;
    gone.late_epoch = c.epoch;
    gone.late_at = static_cast<std::uint8_t>(now.node + (now.what == action::use_if_present ? 2 : 0));
    be_idle(gone);
    emit(to, {c.what == kind::write ? "gives up a write at" : "gives up an erasure at", clients[i], names[now.node],
              c.epoch});
  }

  static void drop_late(store_client& c) {
    c.late = c.late_epoch = c.late_at = 0;
    c.late_what = kind::read;
  }

  // The request of an operation that the client has given up arrives.
  template <class Emit>
  void arrive_late(const state& s, std::uint8_t i, const Emit& emit) const {
    const store_client& c = s.clients[i];
    const std::size_t node = c.late_at & 1U;
    state to = s;
    drop_late(to.clients[i]);
    if (!refused(s, node, c.late_epoch)) {
      to.epoch[node] = (std::max)(s.epoch[node], c.late_epoch);
      if (c.late_at < 2 || s.value[node] != 0) {
        const auto written = static_cast<std::uint8_t>(operation_of(i, c.late - 1U) + 1);
        to.value[node] = c.late_what == kind::write ? written : std::uint8_t{0};
      }
    }
    emit(to, {"'s given up request arrives at", clients[i], names[node], c.late_epoch});
  }

  // Makes states equal that differ only in what has no effect any more: views and requests that both servers refuse,
  // and the view of a client that has ended. With the right order also states that differ only in the names of clients
  // and values; a trace would be hard to read then.
  void normalise(state& s) {
    std::uint8_t oldest = s.c.newest();
    for (store_client& c : s.clients) {
      if (order_ != store_order::no_epochs && c.busy == 0) {
        c.epoch = (std::max)(c.epoch, (std::min)({s.epoch[0], s.epoch[1], s.c.newest()}));
      }
      if (c.busy == 0 && c.begun == bounds_.operations) c.epoch = bounds_.last_epoch;
      else oldest = (std::min)(oldest, c.epoch);
      if (c.late != 0 && refused(s, c.late_at & 1U, c.late_epoch)) drop_late(c);
    }
    s.c.forget_below(oldest);
    if (s.c.lost_epoch < oldest) {
      s.c.lost_epoch = 0;
      s.c.lost_stage = move_stage::pending;
    }
    for (std::size_t i = 0; i < 2; ++i) {
      if (s.hand_epoch[i] == 0 || order_ == store_order::hand_over_without_epoch) continue;
      if (refused(s, s.hand_from[i], s.hand_epoch[i])) s.hand_epoch[i] = s.hand_from[i] = s.hand_value[i] = 0;
    }
    if (order_ != store_order::right || s.bad != 0) return;
    for (std::uint8_t& value : s.value) {
      if (value == 0 || value == register_monitor::initial_value) continue;
      const register_monitor::id before = monitor_of(s), after = monitor_.with_initial_value(before, value);
      if (after == before) continue;
      set_monitor(s, after);
      value = register_monitor::initial_value;
    }
    state exchanged = s;
    std::swap(exchanged.clients[0], exchanged.clients[1]);
    for (std::uint8_t& value : exchanged.value) value = register_monitor::exchanged_value(value);
    set_monitor(exchanged, monitor_.exchanged(monitor_of(s)));
    if (std::memcmp(&exchanged, &s, sizeof s) < 0) s = exchanged;
  }

  // A third client with the newest view, which reads at once.
  void probe(state& s) const {
    const std::uint8_t epoch = s.c.newest();
    for (const step& one : steps_of(epoch, s.c.stage_of(epoch), kind::read)) {
      if (refused(s, one.node, epoch)) return;
      const std::uint8_t value = s.value[one.node];
      if (one.what == action::use_if_present && value == 0) continue;
      if (!monitor_.allows(monitor_of(s), value)) s.bad = 2;
      return;
    }
  }

  store_order order_;
  store_bounds bounds_;
  views views_;
  register_monitor monitor_;
};

}  // namespace test::protocol
