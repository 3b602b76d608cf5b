// SPDX-License-Identifier: MIT
// The edges along which a slot table may change. They are not stored, but found while they are walked.
//
//   from a node that gives up its copy of slot p, or from a gap of p,
//     up through the domains that may hold one copy less         climb()
//     down through those that may hold one more                  any(), for_each_listed(), for_each_end()
//   to a node that takes the copy, or to a gap
//
// An edge to a node costs 0 if the node is free for that slot (it had the copy before), else 1. The edge back costs the
// negative.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <quoit/detail/copies/domain_tree.hpp>
#include <quoit/detail/core/none.hpp>
#include <quoit/detail/plan/entitlement.hpp>
#include <quoit/detail/plan/leaf_pool.hpp>
#include <quoit/detail/plan/state.hpp>
#include <quoit/detail/table/rows.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

class slot_network {
 public:
  using vertex = domain_tree::vertex;
  using slot = slot_state::slot;

  // `choices`: the only nodes on which a slot may have copies; without a list, any node.
  slot_network(const slot_state& state, const entitlement& rules, cell_rows choices)
      : state_(state), tree_(state.tree()), rules_(rules), choices_(choices), pool_(tree_) {}

  [[nodiscard]] vertex sink() const noexcept { return tree_.leaves(); }

  // A price of 0 makes every edge free. It serves to find out what can be reached at any cost.
  void set_price(std::int32_t price) noexcept { price_ = price; }
  [[nodiscard]] std::int32_t price() const noexcept { return price_; }

  void take_out(vertex node) noexcept { pool_.remove(node); }

  [[nodiscard]] std::int32_t cost(slot p, vertex node) const noexcept { return state_.is_free(p, node) ? 0 : price_; }

  // Calls use(vertex, copies) for every gap of a slot. `copies` refers to the gap and changes when use() takes paths.
  template <class Use>
  void for_each_gap(slot p, const Use& use) const {
    for (const slot_state::gap& one : state_.inner_gaps(p)) use(one.where, one.copies);
    use(tree_.root(), state_.root_gap(p));
  }

  // Calls use(v) for v and the domains above it, as far as slot p can pass a unit up, and while use() returns true.
  template <class Use>
  void climb(slot p, vertex v, const Use& use) const {
    for (;;) {
      // Nothing lies below a node, so it is only passed on the way up.
      if (!tree_.is_leaf(v) && !use(v)) return;
      if (!state_.may_shrink(p, v)) return;
      v = tree_.parent(v);
    }
  }

  // Calls use(node, cost) for the nodes below `top` that are listed for slot p and may take it: the free ones and the
  // choices.
  template <class Use>
  void for_each_listed(slot p, vertex top, const Use& use) const {
    const auto offer = [&](vertex node, std::int32_t cost) {
      if (node == none || rules_.most[node] == 0 || state_.holds(p, node)) return;
      if (state_.may_descend(p, top, node)) use(node, cost);
    };
    for (const vertex node : state_.free_copies(p)) offer(node, 0);
    if (choices_.cells.empty()) return;
    for (const vertex node : choices_[p]) {
      if (node != none && !state_.is_free(p, node)) offer(node, price_);
    }
  }

  // Some node of the pool, of that class and below `top`, that may take slot p; none if there is no such node.
  [[nodiscard]] vertex any(slot p, vertex top, std::int32_t pool_class) {
    if (pool_class < 0 || pool_.left(static_cast<std::uint32_t>(pool_class)) == 0) return none;
    return pool_.find(top, static_cast<std::uint32_t>(pool_class), p, [&](vertex v) { return state_.may_grow(p, v); });
  }

  // class_of(node) is less than `classes`, and -1 for a node that takes no part.
  template <class ClassOf>
  void fill_pool(const ClassOf& class_of, std::int32_t classes) {
    pool_.fill(static_cast<std::uint32_t>(classes), [&](vertex node) {
      // -1 becomes `none`. If there are choices, every node that may take a slot is listed, and the pool stays empty.
      return rules_.most[node] == 0 || !choices_.cells.empty() ? none : static_cast<std::uint32_t>(class_of(node));
    });
  }

  // Calls use(v) for the gaps at or below `top` where there is a copy too many.
  template <class Use>
  void for_each_end(slot p, vertex top, const Use& use) const {
    for (const slot_state::gap& one : state_.inner_gaps(p)) {
      if (one.copies < 0 && state_.may_descend(p, top, one.where)) use(one.where);
    }
    if (top == tree_.root() && state_.root_gap(p) < 0) use(top);
  }

 private:
  const slot_state& state_;
  const domain_tree& tree_;
  const entitlement& rules_;
  cell_rows choices_;
  leaf_pool pool_;
  std::int32_t price_ = 1;
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
