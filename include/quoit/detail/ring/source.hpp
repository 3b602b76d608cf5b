// SPDX-License-Identifier: MIT
// Where vnodes come from, for who need not know: a known number of them, handed out some at a time.
//
//   hash, policy and node types ──fill(room)──▶ [· · · · · ·] ──use(vnodes)─▶ the engine
//
// So the engine is compiled once, and not for every combination of types; one indirect call for a whole batch costs
// nothing. Rejected: a function object as a template argument, which gives a program with a dozen kinds of rings a dozen
// engines.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

#include <quoit/detail/ring/vnode.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

// Refers to what fills; a source can be read once.
template <class Tie>
class vnode_source {
 public:
  using vnode_type = vnode<Tie>;
  static constexpr std::size_t batch = 64;

  // from.fill(std::span<vnode_type>) is called until there were `size` vnodes, and fills all of it. It may throw.
  template <class From>
  vnode_source(std::size_t size, From& from) noexcept
      : size_(size), from_(&from),
        fill_([](void* context, std::span<vnode_type> room) { static_cast<From*>(context)->fill(room); }) {}

  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  // Calls use(vnodes) for some after the other.
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
