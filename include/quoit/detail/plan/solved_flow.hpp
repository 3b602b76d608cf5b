// SPDX-License-Identifier: MIT
// A slot table with its rules and the flow that solves it. They refer to each other, so they live and die together.
#pragma once

#include <cstdint>
#include <utility>

#include <quoit/detail/plan/entitlement.hpp>
#include <quoit/detail/plan/flow.hpp>
#include <quoit/detail/plan/state.hpp>
#include <quoit/detail/table/rows.hpp>
#include <quoit/version.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

struct solved_flow {
  // make_state(rules) is the slot_state, whose other parts must outlive this.
  template <class MakeState>
  solved_flow(entitlement what, const MakeState& make_state, std::uint32_t replicas, cell_rows choices = {})
      : rules(std::move(what)), state(make_state(rules)), flow(state, rules, replicas, choices) {}
  solved_flow(const solved_flow&) = delete;
  solved_flow& operator=(const solved_flow&) = delete;

  entitlement rules;
  slot_state state;
  slot_flow flow;
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
