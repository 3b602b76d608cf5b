// SPDX-License-Identifier: MIT
// The nodes that a search may still step to, by class, in their domain tree: whole domains are skipped at once.
//
// Nearly every node can take nearly every slot, so the arcs from slots to nodes are never listed: a slot asks the pool
// for any node of a class below some domain, leaves out the few domains that it may not enter, and who has been taken
// is taken out. One search costs what it visits, not slots × nodes (the way in which a search runs on the complement of
// a sparse graph).
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

  // class_of(node) < classes, or none for a node that takes no part. O(vertices × classes).
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

  [[nodiscard]] std::uint32_t left(std::uint32_t one) const noexcept { return one < classes_ ? counts_[one] : 0; }

  void remove(vertex leaf) noexcept {
    const std::uint32_t one = class_of_[leaf];
    if (one == none) return;
    class_of_[leaf] = none;
    for (vertex v = tree_.parent(leaf); v != none; v = tree_.parent(v)) --count(v, one);
  }

  // Some node of the class below `top` to which may_enter(vertex) lets every step down; nobody if there is none. `salt`
  // says where to begin, so that different slots find different nodes first.
  template <class MayEnter>
  [[nodiscard]] vertex find(vertex top, std::uint32_t one, std::uint32_t salt, const MayEnter& may_enter) {
    if (count(top, one) == 0) return none;
    list& members = lists_[index(top, one)];
    const std::uint32_t mixed = mix(salt + top);
    const auto start = static_cast<std::uint32_t>(std::uint64_t{mixed} * members.size >> 32);
    const auto try_at = [&](std::uint32_t at) {
      const vertex child = children_[members.first + at];
      if (!may_enter(child)) return none;
      return tree_.is_leaf(child) ? child : find(child, one, mixed, may_enter);
    };
    for (std::uint32_t at = start; at < members.size;) {
      if (!alive(children_[members.first + at], one)) {
        // The last one has not been tried yet: it may fill the hole.
        children_[members.first + at] = children_[members.first + --members.size];
        continue;
      }
      if (const vertex found = try_at(at++); found != none) return found;
    }
    for (std::uint32_t at = 0; at < start && at < members.size; ++at) {
      if (!alive(children_[members.first + at], one)) continue;  // here the last one has been tried
      if (const vertex found = try_at(at); found != none) return found;
    }
    return none;
  }

 private:
  struct list {
    std::uint32_t first = 0;
    std::uint32_t size = 0;
  };

  [[nodiscard]] std::size_t index(vertex domain, std::uint32_t one) const noexcept {
    return std::size_t{domain - tree_.leaves()} * classes_ + one;
  }
  [[nodiscard]] std::uint32_t& count(vertex domain, std::uint32_t one) noexcept { return counts_[index(domain, one)]; }
  [[nodiscard]] bool alive(vertex v, std::uint32_t one) noexcept {
    return tree_.is_leaf(v) ? class_of_[v] == one : count(v, one) > 0;
  }

  void list_children(vertex domain) {
    const auto for_each = [&](const auto& use) {
      for (const vertex child : tree_.children(domain)) {
        if (tree_.is_leaf(child)) {
          if (class_of_[child] != none) use(child, class_of_[child]);
        } else {
          for (std::uint32_t one = 0; one < classes_; ++one) {
            if (count(child, one) > 0) use(child, one);
          }
        }
      }
    };
    for_each([&](vertex, std::uint32_t one) { ++lists_[index(domain, one)].size; });
    std::uint32_t next = static_cast<std::uint32_t>(children_.size());
    for (std::uint32_t one = 0; one < classes_; ++one) {
      list& members = lists_[index(domain, one)];
      members.first = next;
      next += members.size;
      members.size = 0;
    }
    children_.resize(next);
    for_each([&](vertex child, std::uint32_t one) {
      list& members = lists_[index(domain, one)];
      children_[members.first + members.size++] = child;
    });
  }

  // Any spread will do; this one is MurmurHash3's finalizer for 32 bits (Appleby).
  static constexpr std::uint32_t mix(std::uint32_t x) noexcept {
    x = (x ^ (x >> 16)) * 0x85ebca6bU;
    x = (x ^ (x >> 13)) * 0xc2b2ae35U;
    return x ^ (x >> 16);
  }

  const domain_tree& tree_;
  std::uint32_t classes_ = 0;
  std::vector<std::uint32_t> class_of_;  // by node
  std::vector<std::uint32_t> counts_;    // by domain and class: nodes below it
  std::vector<list> lists_;              // by domain and class: children that have any
  std::vector<vertex> children_;
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
