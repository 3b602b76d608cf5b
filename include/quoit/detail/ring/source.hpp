// SPDX-License-Identifier: MIT
// vnode_source: a known number of vnodes, computed in batches by a generator whose type is erased.
//
//   hash, policy and node types ──fill(room)──▶ [· · · · · ·] ──use(vnodes)─▶ vnode_circle
//
// Type erasure lets a program compile vnode_circle once instead of once for each combination of types. One indirect
// call for each batch costs nothing.
//
// Rejected: a function object as a template argument. A program with a dozen types of rings would contain a dozen
// instances of vnode_circle.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

#include <quoit/detail/ring/vnode.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

// Refers to its generator. A source can be read once.
template <class Tie>
class vnode_source {
 public:
  using vnode_type = vnode<Tie>;
  static constexpr std::size_t batch = 64;

  // Calls from.fill(std::span<vnode_type>), which writes the whole span, until there are `size` vnodes. It may throw.
  template <class From>
  vnode_source(std::size_t size, From& from) noexcept
      : size_(size), from_(&from),
        fill_([](void* context, std::span<vnode_type> room) { static_cast<From*>(context)->fill(room); }) {}

  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  // Calls use(vnodes) for one batch after the other.
  template <class Use>
  void for_each_batch(const Use& use) const {
    std::array<vnode_type, batch> room;
    for (std::size_t left = size_; left > 0;) {
      const std::span<vnode_type> next = std::span(room).first((std::min)(left, batch));
      fill_(from_, next);
      use(std::span<const vnode_type>(next));
      left -= next.size();
    }
  }

 private:
  std::size_t size_;
  void* from_;
  void (*fill_)(void* from, std::span<vnode_type> room);
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
