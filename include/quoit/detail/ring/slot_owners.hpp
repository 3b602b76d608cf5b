// SPDX-License-Identifier: MIT
// slot_owners: a table with the owner of every slot of a finite circle. A lookup is one load.
//
//   slot      0 1 2 3 4 5 6 7      owners_[slot] = the node of the first vnode at or after the slot
//   vnodes        a     b   c
//   owner     a a a b b b c c …    slots after the last vnode belong to the first one
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <quoit/detail/core/none.hpp>
#include <quoit/detail/ring/store.hpp>
#include <quoit/detail/ring/vnode.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

class slot_owners {
 public:
  // Whether a table pays off: always up to 256 Ki slots (1 MiB), above that if the table is not much larger than the
  // ring.
  [[nodiscard]] static bool is_worth_it(std::uint64_t count, std::size_t vnodes) noexcept {
    return count <= (std::uint64_t{1} << 18) || count / 4 <= vnodes;
  }

  slot_owners() = default;
  template <class Tie>
  slot_owners(const vnode_store<Tie>& store, std::uint64_t count) {
    if (store.size() == 0) return;
    owners_.reserve(static_cast<std::size_t>(count));
    store.for_each([&](const vnode<Tie>& v) {
      if (v.position >= owners_.size()) owners_.resize(static_cast<std::size_t>(v.position) + 1, v.number);
    });
    owners_.resize(static_cast<std::size_t>(count), store[store.first()].number);
  }

  // The number of the owner, or `none` if there is no such slot or no table.
  [[nodiscard]] std::uint_fast32_t find(std::uint64_t slot) const noexcept {
    return slot < owners_.size() ? owners_[static_cast<std::size_t>(slot)] : none;
  }
  // The address that find() reads.
  [[nodiscard]] const void* address(std::uint64_t slot) const noexcept {
    return owners_.data() + static_cast<std::size_t>(slot < owners_.size() ? slot : 0);
  }

  // Call inserted() after inserting a vnode into the store, and erasing() before erasing one, with the place of the
  // vnode.
  template <class Tie>
  void inserted(const vnode_store<Tie>& store, typename vnode_store<Tie>::place at) noexcept {
    if (!owners_.empty() && is_first_of_slot(store, at)) assign(store, at, store[at].number);
  }
  template <class Tie>
  void erasing(const vnode_store<Tie>& store, typename vnode_store<Tie>::place at) noexcept {
    if (!owners_.empty() && is_first_of_slot(store, at)) assign(store, at, store[store.next(at)].number);
  }

  [[nodiscard]] std::size_t memory() const noexcept { return owners_.capacity() * sizeof(std::uint32_t); }

 private:
  // Whether this vnode is the first one of its slot, which owns the slot.
  template <class Tie>
  static bool is_first_of_slot(const vnode_store<Tie>& store, typename vnode_store<Tie>::place at) noexcept {
    return at.index == 0 || store.pages()[at.page].position(at.index - 1) != store[at].position;
  }

  // Assigns the slots after the previous vnode, up to and including the slot of this one, to a node.
  template <class Tie>
  void assign(const vnode_store<Tie>& store, typename vnode_store<Tie>::place at, std::uint32_t number) noexcept {
    const std::uint64_t from = store[store.previous(at)].position;
    std::uint64_t slot = store[at].position;
    do {
      owners_[static_cast<std::size_t>(slot)] = number;
      slot = (slot == 0 ? owners_.size() : slot) - 1;
    } while (slot != from);
  }

  std::vector<std::uint32_t> owners_;
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
