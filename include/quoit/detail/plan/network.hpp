// SPDX-License-Identifier: MIT
// The edges along which a slot table may change, found one by one while they are walked.
//
//   from a node that gives up its copy of slot p, or from a gap of p,
//     up through the domains that may hold one copy less         climb()
//     down through those that may hold one more                  any(), for_each_listed(), for_each_end()
//   to a node that takes the copy, or to a gap
//
// An edge to a node costs 0 where it is free for that slot (the node had the copy), else 1; the edge back costs the
// negative.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <quoit/detail/copies/domain_tree.hpp>
#include <quoit/detail/core/none.hpp>
#include <quoit/detail/plan/entitlement.hpp>
#include <quoit/detail/plan/leaf_pool.hpp>
#include <quoit/detail/plan/state.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

class slot_network {
 public:
  using vertex = domain_tree::vertex;
  using slot = slot_state::slot;
  using cell = slot_state::cell;

  // `choices`: where a slot may have copies at all; any node, if there is no list.
  slot_network(slot_state& state, const entitlement& rules, cell_rows choices)
      : state_(state), tree_(state.tree()), rules_(rules), choices_(choices), pool_(tree_) {}

  [[nodiscard]] vertex sink() const noexcept { return tree_.leaves(); }

  // In slot `where`, a node gives its cell up for another; a gap may stand for either of them. Or, without a slot, from
  // a node to the sink or back. The beginning of a path has neither from nor gap_from.
  struct step {
    vertex from = none;  // a node or the sink
    vertex to = none;    // a node or the sink
    slot where = 0;
    cell at = 0;  // the cell that `from` gives up
    vertex gap_from = none, gap_to = none;

    [[nodiscard]] bool is_in_slot(vertex sink) const noexcept {
      return gap_from != none || (from != none && from != sink && to != sink);
    }
  };

  // 0 makes every edge free, to find out what can be reached at all.
  void set_price(std::int32_t price) noexcept { price_ = price; }
  [[nodiscard]] std::int32_t price() const noexcept { return price_; }

  void take_out(vertex node) noexcept { pool_.remove(node); }

  [[nodiscard]] std::int32_t cost(slot p, vertex node) const noexcept { return state_.is_free(p, node) ? 0 : price_; }

  // use(vertex, copies) for every gap of a slot; `copies` changes as paths are taken.
  template <class Use>
  void for_each_gap(slot p, const Use& use) {
    for (const slot_state::gap& one : state_.inner_gaps(p)) use(one.where, one.copies);
    use(tree_.root(), std::as_const(state_.root_gap(p)));
  }

  // use(v) for v and what lies above it, as far as slot p can pass a unit up, while it returns true.
  template <class Use>
  void climb(slot p, vertex v, const Use& use) {
    for (;;) {
      // At the node itself there is nothing to find but on the way up.
      if (!tree_.is_leaf(v) && !use(v)) return;
      if (!state_.may_shrink(p, v)) return;
      v = tree_.parent(v);
    }
  }

  // use(node, cost) for the nodes below `top` that are listed for slot p and may take it: those that do so for nothing,
  // and choices.
  template <class Use>
  void for_each_listed(slot p, vertex top, const Use& use) {
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

  // Some node of the pool, of that class and below `top`, that may take slot p.
  [[nodiscard]] vertex any(slot p, vertex top, std::int32_t one) {
    if (one < 0 || pool_.left(static_cast<std::uint32_t>(one)) == 0) return none;
    return pool_.find(top, static_cast<std::uint32_t>(one), p, [&](vertex v) { return state_.may_grow(p, v); });
  }

  // class_of(node) says who takes part: below 0 does not.
  template <class ClassOf>
  void fill_pool(const ClassOf& class_of, std::int32_t classes) {
    pool_.fill(static_cast<std::uint32_t>(classes), [&](vertex node) {
      return rules_.most[node] == 0 || !choices_.cells.empty() ? none : static_cast<std::uint32_t>(class_of(node));
    });
  }

  // Gaps at or below `top` where there is a copy too many.
  template <class Use>
  void for_each_end(slot p, vertex top, const Use& use) {
    for (const slot_state::gap& one : state_.inner_gaps(p)) {
      if (one.copies < 0 && state_.may_descend(p, top, one.where)) use(one.where);
    }
    if (top == tree_.root() && state_.root_gap(p) < 0) use(top);
  }

  // Does what a step inside a slot says.
  void apply(const step& one) {
    cell at = one.at;
    if (one.from != none) {
      state_.remove(at);
    } else {
      --gap_at(one.where, one.gap_from);
      at = one.to == none ? 0 : state_.free_cell(one.where);
    }
    if (one.to != none) state_.put(at, one.to);
    else ++gap_at(one.where, one.gap_to);
  }

 private:
  [[nodiscard]] std::int32_t& gap_at(slot p, vertex v) noexcept {
    for (slot_state::gap& one : state_.inner_gaps(p)) {
      if (one.where == v) return one.copies;
    }
    return state_.root_gap(p);
  }

  slot_state& state_;
  const domain_tree& tree_;
  const entitlement& rules_;
  cell_rows choices_;
  leaf_pool pool_;
  std::int32_t price_ = 1;
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
