// SPDX-License-Identifier: MIT
// move_progress: all that changes during a transition, and all that has to be saved.
#pragma once

#include <cstdint>
#include <vector>

#include <quoit/transition_options.hpp>
#include <quoit/version.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

struct move_progress {
  std::vector<move_stage> stage;      // of a move
  std::vector<std::uint32_t> source;  // of a move: a rank, or none
  std::vector<bool> lost;             // of a node
  transfer_limits limits;
  std::uint64_t epoch = 1;
};

[[nodiscard]] constexpr bool in_flight(move_stage stage) noexcept {
  return stage != move_stage::pending && stage != move_stage::done;
}
// Whether data travels between both nodes of a move.
[[nodiscard]] constexpr bool transfers(move_stage stage) noexcept {
  return stage == move_stage::copying || stage == move_stage::returning;
}

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
