// SPDX-License-Identifier: MIT
// The nodes that a search has not visited yet, by class, in their domain tree. Whole domains are skipped at once.
//
//   find(eu, class 2)      eu: 3 nodes of class 2  ─▶  eu/a: 0, skipped
//                                                  ─▶  eu/b: 3, entered if may_enter(eu/b)
//
// Nearly every node can take nearly every slot, so the edges from slots to nodes are never listed. A slot asks the pool
// for any node of a class below a domain, and leaves out the few domains that it may not enter. A node that is visited
// is removed. So one search costs what it visits, not slots × nodes (like a search on the complement of a sparse
// graph).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <quoit/detail/copies/domain_tree.hpp>
#include <quoit/detail/core/none.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

class leaf_pool {
 public:
  using vertex = domain_tree::vertex;

  explicit leaf_pool(const domain_tree& tree) : tree_(tree), class_of_(tree.leaves(), none) {}

  // class_of(node) is less than `classes`, or `none` for a node that takes no part. O(vertices × classes).
  template <class ClassOf>
  void fill(std::uint32_t classes, const ClassOf& class_of) {
    classes_ = classes;
    counts_.assign(std::size_t{tree_.size() - tree_.leaves()} * classes, 0);
    for (vertex leaf = 0; leaf < tree_.leaves(); ++leaf) {
      class_of_[leaf] = class_of(leaf);
      if (class_of_[leaf] == none) continue;
      for (vertex v = tree_.parent(leaf); v != none; v = tree_.parent(v)) ++count(v, class_of_[leaf]);
    }
    lists_.assign(counts_.size(), {});
    children_.clear();
    for (vertex v = tree_.root(); v < tree_.size(); ++v) list_children(v);
  }

  // How many nodes of a class are left.
  [[nodiscard]] std::uint32_t left(std::uint32_t node_class) const noexcept {
    return node_class < classes_ ? counts_[node_class] : 0;
  }

  void remove(vertex leaf) noexcept {
    const std::uint32_t node_class = class_of_[leaf];
    if (node_class == none) return;
    class_of_[leaf] = none;
    for (vertex v = tree_.parent(leaf); v != none; v = tree_.parent(v)) --count(v, node_class);
  }

  // Some node of the class below `top` for which may_enter(vertex) allows every step down; `none` if there is no such
  // node. `salt` varies where the search starts, so that different slots find different nodes first.
  template <class MayEnter>
  [[nodiscard]] vertex find(vertex top, std::uint32_t node_class, std::uint32_t salt, const MayEnter& may_enter) {
    if (count(top, node_class) == 0) return none;
    list& members = lists_[index(top, node_class)];
    const std::uint32_t mixed = mix(salt + top);
    const auto start = static_cast<std::uint32_t>(std::uint64_t{mixed} * members.size >> 32);
    const auto try_at = [&](std::uint32_t at) {
      const vertex child = children_[members.first + at];
      if (!may_enter(child)) return none;
      return tree_.is_leaf(child) ? child : find(child, node_class, mixed, may_enter);
    };
    for (std::uint32_t at = start; at < members.size;) {
      if (!is_left(children_[members.first + at], node_class)) {
        // The last child has not been tried yet, so it may take this place.
        children_[members.first + at] = children_[members.first + --members.size];
        continue;
      }
      if (const vertex found = try_at(at++); found != none) return found;
    }
    for (std::uint32_t at = 0; at < start && at < members.size; ++at) {
      if (!is_left(children_[members.first + at], node_class)) continue;  // the last child has been tried already
      if (const vertex found = try_at(at); found != none) return found;
    }
    return none;
  }

 private:
  struct list {
    std::uint32_t first = 0;
    std::uint32_t size = 0;
  };

  [[nodiscard]] std::size_t index(vertex domain, std::uint32_t node_class) const noexcept {
    return std::size_t{domain - tree_.leaves()} * classes_ + node_class;
  }
  [[nodiscard]] std::uint32_t& count(vertex domain, std::uint32_t node_class) noexcept {
    return counts_[index(domain, node_class)];
  }
  [[nodiscard]] bool is_left(vertex v, std::uint32_t node_class) noexcept {
    return tree_.is_leaf(v) ? class_of_[v] == node_class : count(v, node_class) > 0;
  }

  void list_children(vertex domain) {
    const auto for_each = [&](const auto& use) {
      for (const vertex child : tree_.children(domain)) {
        if (tree_.is_leaf(child)) {
          if (class_of_[child] != none) use(child, class_of_[child]);
        } else {
          for (std::uint32_t node_class = 0; node_class < classes_; ++node_class) {
            if (count(child, node_class) > 0) use(child, node_class);
          }
        }
      }
    };
    for_each([&](vertex, std::uint32_t node_class) { ++lists_[index(domain, node_class)].size; });
    std::uint32_t next = static_cast<std::uint32_t>(children_.size());
    for (std::uint32_t node_class = 0; node_class < classes_; ++node_class) {
      list& members = lists_[index(domain, node_class)];
      members.first = next;
      next += members.size;
      members.size = 0;
    }
    children_.resize(next);
    for_each([&](vertex child, std::uint32_t node_class) {
      list& members = lists_[index(domain, node_class)];
      children_[members.first + members.size++] = child;
    });
  }

  // Any mixing function works here. This one is MurmurHash3's finalizer for 32 bits (Appleby).
  static constexpr std::uint32_t mix(std::uint32_t x) noexcept {
    x = (x ^ (x >> 16)) * 0x85ebca6bU;
    x = (x ^ (x >> 13)) * 0xc2b2ae35U;
    return x ^ (x >> 16);
  }

  const domain_tree& tree_;
  std::uint32_t classes_ = 0;
  std::vector<std::uint32_t> class_of_;  // by node
  std::vector<std::uint32_t> counts_;    // by domain and class: how many nodes are below the domain
  std::vector<list> lists_;              // by domain and class: the children that have such nodes
  std::vector<vertex> children_;
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
