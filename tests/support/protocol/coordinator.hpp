// SPDX-License-Identifier: MIT
// coordinator: what the models of the three protocols share. The coordinator changes the transition, saves it,
// publishes it, and may crash between any two of these; clients hear of what was published late, out of order or never.
//
//   change ──▶ save ──▶ publish ──▶ the work of the stage ──▶ change …
//                 ▲
//     crash ──────┘  the restarted coordinator has what was saved, and publishes it again
//
// A view that was published can still arrive as long as a client has an older one. So the state keeps those views.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "support/protocol/search.hpp"
#include "support/protocol/views.hpp"

namespace test::protocol {

/// How far the coordinator is with its last change. Only publish_before_save has `changed` and `unsaved`: a crash
/// between a change and its save() is the same as one before the change.
enum class phase : std::uint8_t { changed, saved, published, unsaved };

struct coordinator_state {
  std::uint8_t epoch = 1, saved_epoch = 1;
  move_stage stage = move_stage::pending, saved_stage = move_stage::pending;
  phase at = phase::published;
  std::uint8_t crashes = 0;
  std::array<std::uint8_t, 10> published{};  // of an epoch: 0, or 1 + its stage
  // A view that was published before it was saved, and lost: its epoch (0 for none) and its stage. Clients may have it.
  std::uint8_t lost_epoch = 0;
  move_stage lost_stage = move_stage::pending;

  [[nodiscard]] std::uint8_t newest() const noexcept {
    std::uint8_t e = 9;
    while (published[e] == 0) --e;
    return e;
  }
  [[nodiscard]] move_stage stage_of(std::uint8_t e) const noexcept { return static_cast<move_stage>(published[e] - 1); }
  void publish() noexcept {
    if (published[epoch] != 0 && stage_of(epoch) != stage) {
      lost_epoch = epoch;
      lost_stage = stage_of(epoch);
    }
    published[epoch] = static_cast<std::uint8_t>(1 + static_cast<unsigned>(stage));
    at = phase::published;
  }
  /// Forgets all views below an epoch, but for the newest.
  void forget_below(std::uint8_t oldest) noexcept {
    for (std::uint8_t e = newest(); e-- > 0;) {
      if (e < oldest) published[e] = 0;
    }
  }
  /// Calls use(epoch, stage) for each view that a client can have whose last view had epoch `oldest`.
  template <class Use>
  void each_view(std::uint8_t oldest, const Use& use) const {
    for (std::uint8_t e = oldest; e < published.size(); ++e) {
      if (published[e] != 0) use(e, stage_of(e));
      if (lost_epoch == e) use(e, lost_stage);
    }
  }
};

inline const char* name_of(move_stage s) { return quoit::to_string(s); }

/// Calls emit(coordinator, event, lost memory) for saving late, publishing and crashing.
template <class Emit>
void keep_books(const coordinator_state& now, std::uint8_t most_crashes, const Emit& emit) {
  const int epoch = now.epoch;
  coordinator_state c = now;
  if (now.at == phase::changed || now.at == phase::saved) {
    c.publish();
    if (now.at == phase::changed) c.at = phase::unsaved;
    emit(c, event{"publishes epoch", "coordinator", "", epoch}, false);
  } else if (now.at == phase::unsaved) {
    c.saved_epoch = c.epoch;
    c.saved_stage = c.stage;
    c.at = phase::published;
    emit(c, event{"saves epoch", "coordinator", "", epoch}, false);
  }
  if (now.crashes < most_crashes) {
    c = now;
    ++c.crashes;
    c.epoch = c.saved_epoch;
    c.stage = c.saved_stage;
    c.at = phase::saved;
    emit(c, event{"crashes, and restarts with epoch", "coordinator", "", c.epoch}, true);
  }
}

/// Calls emit(coordinator, event) for each stage that one change leads to. The change is saved at once.
template <class Emit>
void each_change(const views& all, const coordinator_state& now, bool publish_before_save, const Emit& emit) {
  if (now.epoch == all.last_epoch()) return;
  for (const move_stage next : all.at(now.epoch, now.stage).next) {
    coordinator_state c = now;
    ++c.epoch;
    c.stage = next;
    c.at = phase::changed;
    if (!publish_before_save) {
      c.saved_epoch = c.epoch;
      c.saved_stage = c.stage;
      c.at = phase::saved;
    }
    emit(c, event{name_of(next), "coordinator", "changes the stage to epoch", c.epoch});
  }
}

}  // namespace test::protocol
