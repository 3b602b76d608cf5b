// SPDX-License-Identifier: MIT
// cache_model: one key of a cache that moves from a to b. Two clients X and Y do two operations each, of any kind, one
// request after the other. A miss is always allowed. A value is stale if an operation replaced it that began after the
// value was written and ended before the read began.
//
// What must hold, cache_promise::same_version: a read that lasts while all clients use one version of the transition
// returns no value that was replaced while they did so, too. cache_promise::any_write also counts what was replaced
// while clients used different versions; no order of the steps can keep that.
//
// A hold is longer than an erasure and a fill together. So it refuses each fill that began before the erasure ended.
// One key is enough: no rule mentions two. In every state in which all clients have the newest view, a third one reads.
//
// Not in the model: nodes that are lost or evict values, fills from the origin.
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
#include "support/protocol/search.hpp"
#include "support/protocol/two_clients.hpp"
#include "support/protocol/views.hpp"

namespace test::protocol {

enum class cache_order {
  right,
  fill_by_set,             ///< a fill replaces what is there
  no_hold,                 ///< an erasure does not refuse fills
  hold_of_one_fill,        ///< the hold ends when the fills have ended that began before it
  receiver_not_emptied,    ///< begin() although the receiver has old values
  change_without_waiting,  ///< the receiver is emptied, or the next change made, before all clients have the last one
  old_value_stays,         ///< writes and erasures do not remove the key at the old node
  publish_before_save      ///< a crash loses a change that clients know
};

enum class cache_promise { same_version, any_write };

struct cache_bounds {
  std::uint8_t last_epoch = 7;
  std::uint8_t crashes = 1;
  std::uint8_t operations = 2;  ///< of each client
};

struct cache_client {
  std::uint8_t epoch = 1;
  move_stage stage = move_stage::pending;
  std::uint8_t begun = 0;
  // While an operation lasts:
  std::uint8_t busy = 0;
  kind what = kind::read;
  std::uint8_t step = 0;
  std::uint8_t older = 0;         // the values that it replaces, or that a read must not return
  std::uint8_t same_version = 0;  // whether all clients have used one version since it began
  std::uint8_t found = 0;         // the value of a fill
};

struct cache_state {
  std::array<std::uint8_t, 2> value{};  // 0 for none, 1 … 4 of an operation, 5 at the beginning
  coordinator_state c;
  std::uint8_t emptied = 1;   // whether the receiver was emptied at this stage
  std::uint8_t ended = 0;     // the values whose operation has ended, a bit for each
  std::uint8_t replaced = 0;  // the values that no read may return any more
  std::uint8_t held = 0;      // the clients whose fills are refused
  std::array<cache_client, 2> clients;
  std::uint8_t bad = 0;
};

class cache_model : public two_clients<cache_model> {
  friend two_clients<cache_model>;

 public:
  using state = cache_state;

  explicit cache_model(cache_order order = cache_order::right, cache_bounds bounds = {},
                       cache_promise promise = cache_promise::same_version)
      : order_(order), bounds_(bounds), promise_(promise),
        views_(transition(held_by({0}), held_by({1}), {.how = access::cache}), bounds.last_epoch) {}

  template <class Emit>
  void initial(const Emit& emit) const {
    for (const std::uint8_t value : {std::uint8_t{0}, initial_value}) {
      state s;
      s.value[0] = value;
      s.ended = 1U << initial_value;
      s.c.publish();
      emit(s);
    }
  }

  [[nodiscard]] std::string describe(const state& s) const {
    std::string text = std::string(name_of(s.c.stage)) + " " + std::to_string(s.c.epoch) + " ";
    for (std::size_t n = 0; n < 2; ++n)
      text += std::string(" ") + names[n] + "=" + (s.value[n] == 0 ? "-" : std::to_string(s.value[n]));
    for (std::size_t i = 0; i < 2; ++i)
      text += std::string("  ") + clients[i] + " has epoch " + std::to_string(s.clients[i].epoch);
    return text + (s.bad != 0 ? "  VIOLATION" : "");
  }

 private:
  static constexpr std::uint8_t initial_value = 5, ended = 0;

  [[nodiscard]] static bool has_or_ended(const cache_client& c, std::uint8_t epoch) {
    return c.epoch == ended || c.epoch == epoch;
  }
  [[nodiscard]] static bool all_have(const state& s, std::uint8_t epoch) {
    return has_or_ended(s.clients[0], epoch) && has_or_ended(s.clients[1], epoch);
  }

  template <class Emit>
  void coordinate(const state& s, const Emit& emit) const {
    keep_books(s.c, bounds_.crashes, [&](const coordinator_state& c, const event& e, bool crashed) {
      state to = s;
      to.c = c;
      if (crashed) to.emptied = 0;
      if (c.newest() != s.c.newest()) {  // a third client may have it
        for (cache_client& each : to.clients) each.same_version = 0;
      }
      emit(to, e);
    });
    if (s.c.at != phase::published) return;
    if (!all_have(s, s.c.epoch) && order_ != cache_order::change_without_waiting) return;
    if (s.c.stage == move_stage::pending && s.emptied == 0 && order_ != cache_order::receiver_not_emptied) {
      state to = s;
      to.value[views_.to] = 0;
      to.emptied = 1;
      emit(to, {"empties", "coordinator", names[views_.to]});
      return;
    }
    each_change(views_, s.c, order_ == cache_order::publish_before_save,
                [&](const coordinator_state& c, const event& e) {
                  state to = s;
                  to.c = c;
                  to.emptied = 0;
                  emit(to, e);
                });
  }

  template <class Emit>
  void act(const state& s, std::uint8_t i, const Emit& emit) const {
    const cache_client& c = s.clients[i];
    if (c.busy != 0) return request(s, i, emit);
    if (c.epoch != ended) {
      s.c.each_view(static_cast<std::uint8_t>(c.epoch + 1), [&](std::uint8_t epoch, move_stage stage) {
        state to = s;
        to.clients[i].epoch = epoch;
        to.clients[i].stage = stage;
        for (cache_client& each : to.clients) each.same_version = 0;
        emit(to, {"hears of epoch", clients[i], "", epoch});
      });
    }
    if (c.begun == bounds_.operations) return;
    for (const kind what : {kind::read, kind::write, kind::erase}) {
      state begun = s;
      cache_client& now = begun.clients[i];
      ++now.begun;
      now.busy = 1;
      now.what = what;
      now.older = what == kind::read ? s.replaced : static_cast<std::uint8_t>(s.replaced | s.ended);
      now.same_version = c.epoch == s.c.newest() && all_have(s, c.epoch) ? 1 : 0;
      const cache_client& other = s.clients[1U - i];
      const bool erasing = other.busy != 0 && other.what == kind::erase && other.step > 0;
      if (what == kind::read && erasing && order_ != cache_order::hold_of_one_fill) hold(begun, i);
      request(begun, i, emit);
    }
  }

  void hold(state& s, std::uint8_t client) const {
    if (order_ != cache_order::no_hold) s.held = static_cast<std::uint8_t>(s.held | 1U << client);
  }

  template <class Emit>
  void request(const state& s, std::uint8_t i, const Emit& emit) const {
    const cache_client& c = s.clients[i];
    const auto& steps = views_.at(c.epoch, c.stage).steps[static_cast<std::size_t>(c.what)];
    const step& now = steps[c.step];
    state to = s;
    cache_client& then = to.clients[i];
    ++then.step;
    const std::uint8_t written = static_cast<std::uint8_t>(i * 2 + c.begun);
    const char* what = "";
    switch (now.what) {
    case action::use:
    case action::use_if_present:
      if (c.what == kind::read) {
        what = "reads at";
        then.found = s.value[now.node];
        const bool counts = c.same_version != 0;
        if (then.found != 0 && counts && (c.older >> then.found & 1U) != 0) to.bad = 1;
        const bool fills = c.step > 0 && then.step < steps.size();  // found at the old node
        if (then.found != 0 && !fills) then.step = static_cast<std::uint8_t>(steps.size());
      } else {
        what = c.what == kind::write ? "writes at" : "erases at";
        to.value[now.node] = c.what == kind::write ? written : std::uint8_t{0};
      }
      break;
    case action::fill_add:
      what = "fills";
      if (c.found != 0 && ((s.value[now.node] == 0 && (s.held >> i & 1U) == 0) || order_ == cache_order::fill_by_set))
        to.value[now.node] = c.found;
      break;
    case action::invalidate_and_hold:
      for (std::uint8_t other = 0; other < 2; ++other) {
        if (s.clients[other].busy != 0 && s.clients[other].what == kind::read) hold(to, other);
      }
      [[fallthrough]];
    case action::invalidate:
      what = "removes the key at";
      if (now.node != 0 || order_ != cache_order::old_value_stays) to.value[now.node] = 0;
      break;
    }
    if (then.step == steps.size()) end(to, i, written);
    emit(to, {what, clients[i], names[now.node], c.epoch});
  }

  void end(state& s, std::uint8_t i, std::uint8_t written) const {
    cache_client& c = s.clients[i];
    if (c.what == kind::write) s.ended = static_cast<std::uint8_t>(s.ended | 1U << written);
    if (c.what != kind::read && (c.same_version != 0 || promise_ == cache_promise::any_write))
      s.replaced = static_cast<std::uint8_t>(s.replaced | c.older);
    s.held = static_cast<std::uint8_t>(s.held & ~(1U << i));
    c.busy = c.step = c.older = c.same_version = c.found = 0;
    c.what = kind::read;
  }

  // A third client, which reads at once, when all have the newest view.
  void probe(state& s) const {
    const std::uint8_t epoch = s.c.newest();
    if (!all_have(s, epoch)) return;
    for (const step& one : views_.at(epoch, s.c.stage_of(epoch)).steps[0]) {
      const std::uint8_t value = s.value[one.node];
      if (one.what != action::use || value == 0) continue;
      if ((s.replaced >> value & 1U) != 0) s.bad = 2;
      return;
    }
  }

  void normalise(state& s) const {
    std::uint8_t oldest = s.c.newest();
    unsigned used = 0;  // values that are somewhere, or may still be written
    for (const std::uint8_t value : s.value) used |= 1U << value;
    for (std::uint8_t i = 0; i < 2; ++i) {
      cache_client& c = s.clients[i];
      if (c.busy == 0 && c.begun == bounds_.operations) {
        c.epoch = ended;
        c.stage = move_stage::pending;
      } else {
        oldest = (std::min)(oldest, c.epoch);
      }
      used |= 1U << c.found;
      if (c.busy != 0 && c.what == kind::write) used |= 1U << (i * 2U + c.begun);
    }
    for (cache_client& c : s.clients) c.older = static_cast<std::uint8_t>(c.older & used);
    s.replaced = static_cast<std::uint8_t>(s.replaced & used);
    s.ended = static_cast<std::uint8_t>(s.ended & used);
    s.c.forget_below(oldest);
    if (s.c.lost_epoch < oldest) {
      s.c.lost_epoch = 0;
      s.c.lost_stage = move_stage::pending;
    }
  }

  cache_order order_;
  cache_bounds bounds_;
  cache_promise promise_;
  views views_;
};

}  // namespace test::protocol
