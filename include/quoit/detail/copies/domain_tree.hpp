// SPDX-License-Identifier: MIT
// The failure domains of a list of nodes as a tree: region ⊃ zone ⊃ rack ⊃ node, to any depth.
//
//   vertex 0 … nodes - 1     the nodes, in the order given: the leaves
//   vertex nodes             the root; every domain follows it, parents before children
//
//   "eu/a" "eu/a" "eu/b" ""          root ── eu ── eu/a ── 0 1
//                                      │      └─ eu/b ── 2
//                                      └─ 3                           a node without a domain is a child of the root
//
// Domains with the same name in two places are two domains: "eu/1" and "us/1". Paths need no normal form, so
// that entries of a placement of the user can be read. The caller has checked the number of levels. The numbers depend
// only on the order of the nodes, so nodes sorted by id give the same tree on every machine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <quoit/detail/core/none.hpp>
#include <quoit/detail/placement/domain_path.hpp>
#include <quoit/version.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

class domain_tree {
 public:
  using vertex = std::uint32_t;

  domain_tree() : domain_tree(std::span<const std::string_view>()) {}

  // One path for each node, whose text must outlive the tree. O(characters × log domains + nodes × depth), allocates.
  explicit domain_tree(std::span<const std::string_view> paths)
      : leaves_(static_cast<vertex>(paths.size())), parent_(paths.size() + 1, none), depth_(paths.size() + 1, 0) {
    names_.emplace_back();
    std::map<std::pair<vertex, std::string_view>, vertex> known;
    for (vertex leaf = 0; leaf < leaves_; ++leaf) {
      vertex at = root();
      for_each_level(paths[leaf], [&](std::string_view name) {
        const auto [found, fresh] = known.try_emplace({at, name}, size());
        if (fresh) append(at, name);
        at = found->second;
      });
      parent_[leaf] = at;
      depth_[leaf] = depth_[at] + 1;
    }
    list_children();
    list_ancestors();
  }

  [[nodiscard]] vertex leaves() const noexcept { return leaves_; }
  [[nodiscard]] vertex root() const noexcept { return leaves_; }
  [[nodiscard]] vertex size() const noexcept { return static_cast<vertex>(parent_.size()); }
  [[nodiscard]] bool is_leaf(vertex v) const noexcept { return v < leaves_; }
  // `none` for the root.
  [[nodiscard]] vertex parent(vertex v) const noexcept { return parent_[v]; }
  // 0 for the root.
  [[nodiscard]] vertex depth(vertex v) const noexcept { return depth_[v]; }
  [[nodiscard]] vertex max_depth() const noexcept { return levels_ - 1; }
  [[nodiscard]] std::span<const vertex> children(vertex v) const noexcept {
    return is_leaf(v) ? std::span<const vertex>()
                      : std::span<const vertex>(children_).subspan(
                            first_child_[v - leaves_], first_child_[v - leaves_ + 1] - first_child_[v - leaves_]);
  }
  // The vertex above a leaf at some depth: the leaf itself at its own depth, `none` at greater depths.
  [[nodiscard]] vertex ancestor(vertex leaf, vertex depth) const noexcept {
    return depth < levels_ ? ancestors_[std::size_t{leaf} * levels_ + depth] : none;
  }
  // Whether the leaf is v or lies below it.
  [[nodiscard]] bool contains(vertex v, vertex leaf) const noexcept { return ancestor(leaf, depth_[v]) == v; }
  // The whole path of a domain; empty for the root. O(characters), allocates.
  [[nodiscard]] std::string name(vertex domain) const {
    if (domain == root()) return {};
    std::string path = name(parent_[domain]);
    if (!path.empty()) path += '/';
    return path += names_[domain - leaves_];
  }

 private:
  void append(vertex parent, std::string_view name) {
    parent_.push_back(parent);
    depth_.push_back(depth_[parent] + 1);
    names_.push_back(name);
  }

  void list_children() {
    first_child_.assign(size() - leaves_ + 1, 0);
    for (const vertex parent : parent_) {
      if (parent != none) ++first_child_[parent - leaves_ + 1];
    }
    for (std::size_t i = 1; i < first_child_.size(); ++i) first_child_[i] += first_child_[i - 1];
    children_.resize(first_child_.back());
    std::vector<std::uint32_t> next(first_child_.begin(), first_child_.end() - 1);
    for (vertex v = 0; v < size(); ++v) {
      if (parent_[v] != none) children_[next[parent_[v] - leaves_]++] = v;
    }
  }

  void list_ancestors() {
    for (const vertex depth : depth_) levels_ = depth + 1 > levels_ ? depth + 1 : levels_;
    ancestors_.assign(std::size_t{leaves_} * levels_, none);
    for (vertex leaf = 0; leaf < leaves_; ++leaf) {
      for (vertex v = leaf; v != none; v = parent_[v]) ancestors_[std::size_t{leaf} * levels_ + depth_[v]] = v;
    }
  }

  vertex leaves_;
  vertex levels_ = 1;
  std::vector<vertex> parent_;
  std::vector<vertex> depth_;
  std::vector<std::string_view> names_;  // of the root and the domains: the last level of each path
  std::vector<std::uint32_t> first_child_;
  std::vector<vertex> children_;
  std::vector<vertex> ancestors_;  // by leaf and depth
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
