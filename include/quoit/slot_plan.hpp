// SPDX-License-Identifier: MIT
// slot_plan: what plan() returns. The next table, the copies that have to move to get there, and a report.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <quoit/plan_report.hpp>
#include <quoit/version.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {

/// A copy of a slot that a node has to receive.
template <class Node>
struct slot_move {
  std::uint64_t slot = 0;          ///< less than Q
  std::size_t position = 0;        ///< in the list of the slot, less than R
  const Node* to = nullptr;        ///< who receives it; never null
  const Node* replaces = nullptr;  ///< who may drop its own afterwards; null where a copy was missing or is lost
};

/// What plan() gives; a value, whose moves refer to the nodes of its tables. O(1) and noexcept, where nothing else is
/// said. Threads: as with an int.
template <class Table>
class slot_plan {
 public:
  using table_type = Table;                     ///< of before() and after()
  using node_type = typename Table::node_type;  ///< whom moves() name

  /// For plan().
  slot_plan(Table before, Table after, std::vector<slot_move<node_type>> moves, plan_report report)
      : before_(std::move(before)), after_(std::move(after)), moves_(std::move(moves)), report_(std::move(report)) {}

  /// What plan() was given.
  [[nodiscard]] const Table& before() const noexcept { return before_; }
  /// The next table: the result.
  [[nodiscard]] const Table& after() const noexcept { return after_; }
  /// Ascending by slot and position. quoit::transition puts them into an order, with sources and rounds.
  [[nodiscard]] const std::vector<slot_move<node_type>>& moves() const noexcept { return moves_; }
  /// What it costs, and what it comes to.
  [[nodiscard]] const plan_report& report() const noexcept { return report_; }

 private:
  Table before_;
  Table after_;
  std::vector<slot_move<node_type>> moves_;
  plan_report report_;
};

}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
