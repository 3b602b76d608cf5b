// SPDX-License-Identifier: MIT
// slot_plan: the result of plan() and replace_node(). It has the next table, the copies that must move, and a report.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <quoit/detail/core/compiler.hpp>
#include <quoit/plan_report.hpp>
#include <quoit/print.hpp>  // IWYU pragma: export
#include <quoit/version.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {

/// A copy of a slot that a node must receive.
template <class Node>
struct slot_move {
  std::uint64_t slot = 0;          ///< less than Q
  std::size_t position = 0;        ///< the index of the copy in the list of the slot, less than R
  const Node* to = nullptr;        ///< the node that receives the copy; never null
  const Node* replaces = nullptr;  ///< the node that may drop its copy afterwards; null for a repair
};

/// A node of leader weight 0 that leads slots all the same.
template <class Node>
struct substitute_leader {
  const Node* node = nullptr;  ///< never null
  std::uint64_t slots = 0;     ///< how many slots it leads; above 0
};

/// The result of plan() and replace_node(): a value whose moves refer to the nodes of its tables. O(1) and noexcept
/// unless stated otherwise. Threads: not synchronised, like a built-in type.
template <class Table>
class slot_plan {
 public:
  using table_type = Table;                     ///< the type of before() and after()
  using node_type = typename Table::node_type;  ///< the type of the nodes in moves()
  using value_type = slot_move<node_type>;      ///< the element type of the range

  /// For plan() and replace_node() only.
  slot_plan(Table before, Table after, std::vector<slot_move<node_type>> moves, plan_report report,
            std::vector<substitute_leader<node_type>> substitutes = {})
      : before_(std::move(before)), after_(std::move(after)), moves_(std::move(moves)),
        substitutes_(std::move(substitutes)), report_(std::move(report)) {}

  /// O(moves), allocates. Both plans refer to the same nodes.
  slot_plan(const slot_plan&) = default;
  /// O(moves), allocates. Changes nothing if it throws std::bad_alloc.
  slot_plan& operator=(const slot_plan& other) {
    slot_plan copy(other);
    return *this = std::move(copy);
  }
  /// A moved-from plan has tables without nodes, and no moves.
  slot_plan(slot_plan&&) noexcept = default;
  /// The same for an assignment.
  slot_plan& operator=(slot_plan&& other) noexcept {
    slot_plan taken(std::move(other));  // makes self-assignment safe
    before_ = std::move(taken.before_);
    after_ = std::move(taken.after_);
    moves_.swap(taken.moves_);
    substitutes_.swap(taken.substitutes_);
    report_ = taken.report_;
    return *this;
  }
  ~slot_plan() = default;

  /// The table that was passed to plan() or replace_node().
  [[nodiscard]] const Table& before() const& noexcept { return before_; }
  /// The next table.
  [[nodiscard]] const Table& after() const& noexcept { return after_; }
  /// The moves, ascending by slot and position. With plan_options::max_moves, the most valuable first, so that they can
  /// be made one by one in this order. Rarely, full nodes exchange copies in a ring, which is safe only as a whole.
  /// quoit::transition orders the moves by sources and rounds.
  [[nodiscard]] const std::vector<slot_move<node_type>>& moves() const& noexcept { return moves_; }
  /// The nodes of leader weight 0 that lead slots in the next table, in id order; their slots sum to
  /// report().slots_without_leader. Empty if no leader weight is set.
  [[nodiscard]] const std::vector<substitute_leader<node_type>>& substitute_leaders() const& noexcept {
    return substitutes_;
  }
  /// The first move: a plan is the range of its moves, as a diff is. `for (auto&& move : plan(table, nodes))` is safe,
  /// because the loop keeps the plan.
  [[nodiscard]] auto begin() const& noexcept { return moves_.begin(); }
  /// One past the last move.
  [[nodiscard]] auto end() const& noexcept { return moves_.end(); }
  /// The number of moves.
  [[nodiscard]] std::size_t size() const noexcept { return moves_.size(); }
  /// Whether there is nothing to move.
  [[nodiscard]] bool empty() const noexcept { return moves_.empty(); }
  /// The costs of the plan and the figures of its result.
  [[nodiscard]] const plan_report& report() const& noexcept { return report_; }

  // ---- A temporary plan hands out nothing that refers to it (P9): a table is a copy, which shares its content.

  /// The table that was passed to plan() or replace_node().
  [[nodiscard]] Table before() const&& noexcept { return before_; }
  /// The next table.
  [[nodiscard]] Table after() const&& noexcept { return after_; }
  /// The costs of the plan and the figures of its result.
  [[nodiscard]] plan_report report() const&& noexcept { return report_; }
  void begin() const&& QUOIT_DETAIL_TEMPORARY("keep the plan in a variable first");
  void end() const&& QUOIT_DETAIL_TEMPORARY("keep the plan in a variable first");
  void substitute_leaders() const&& QUOIT_DETAIL_TEMPORARY("keep the plan in a variable first");
  void moves() const&& QUOIT_DETAIL_TEMPORARY("keep the plan in a variable first");

 private:
  Table before_;
  Table after_;
  std::vector<slot_move<node_type>> moves_;
  std::vector<substitute_leader<node_type>> substitutes_;
  plan_report report_;
};

}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
