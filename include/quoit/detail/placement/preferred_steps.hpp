// SPDX-License-Identifier: MIT
// preferred_steps: the preference list of any placement, one node after the other, by preferred() with more and more
// room. find_if_preferred: the first of them for which a predicate holds.
//
//   room      1     2       4           8 …      a list is a prefix of every longer one, so that a node keeps its index
//   list      a     a b     a b c d     …        the list ends where preferred() does not fill its room
//
// Both serve placements without members of their own for it.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <span>
#include <type_traits>
#include <utility>

#include <quoit/config.hpp>
#include <quoit/detail/core/compiler.hpp>
#include <quoit/detail/core/small_list.hpp>
#include <quoit/detail/placement/address_ranks.hpp>
#include <quoit/spread.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

template <class Placement>
class preferred_steps {
 public:
  using node_type = typename Placement::node_type;

  // Where a walk starts. Refers to the placement.
  struct start {
    const Placement* placement;
    std::uint64_t position;
  };

  preferred_steps() = default;
  explicit preferred_steps(const start& from) noexcept : from_(from) {}

  // The next node, or null after the last one. Allocates from the ninth node on, and changes nothing if it throws.
  [[nodiscard]] const node_type* next() {
    if (at_ == list_.size() && !is_whole_) read();
    return at_ < list_.size() ? list_.data()[at_++] : nullptr;
  }

 private:
  void read() {
    if (from_.placement == nullptr) return;
    const std::size_t nodes = node_count(*from_.placement);
    const std::size_t wanted = (std::min)(nodes, (std::max<std::size_t>)(1, 2 * list_.size()));
    small_list<const node_type*> longer(wanted);
    const std::size_t found = from_.placement->preferred(from_.position, longer.room().first(wanted), spread::nodes);
    longer.resize(found);
    list_ = std::move(longer);
    is_whole_ = found < wanted || wanted == nodes;
  }

  start from_{};
  small_list<const node_type*> list_;
  std::size_t at_ = 0;
  bool is_whole_ = false;  // the list has all nodes that preferred() gives
};

// Calls search(room) with room for 4,096 nodes, then for all of them, until it returns true. Not inlined, so that short
// searches have a small frame.
template <class Address, class Search>
QUOIT_DETAIL_NOINLINE void search_many(std::size_t nodes, const Search& search) {
  {
    std::array<Address, 4096> room;
    if (search(std::span<Address>(room))) return;
  }
  const std::unique_ptr<Address[]> room(new (std::nothrow) Address[nodes]);
  QUOIT_ASSERT(room != nullptr,
               "find_if: no memory for a preference list of more than 4,096 nodes; a placement that has "
               "a member find_if_at(position, predicate) needs none");
  search(std::span<Address>(room.get(), nodes));
}

// The first node of the preference list for which the predicate holds, or null. A list that is tried is on the stack,
// up to 4,096 nodes. Only after so many nodes were refused is it on the heap; a lookup is noexcept, so that the program
// ends if there is no memory.
template <class Placement, class Predicate>
[[nodiscard]] const typename Placement::node_type* find_if_preferred(
    const Placement& placement, std::uint64_t position,
    Predicate& holds) noexcept(std::is_nothrow_invocable_r_v<bool, Predicate&, const typename Placement::node_type&>) {
  using address = const typename Placement::node_type*;
  const std::size_t nodes = node_count(placement);
  std::size_t tested = 0;
  address found = nullptr;
  // Tests the nodes that a shorter list did not have. Returns whether the search is over.
  const auto search = [&](std::span<address> room) {
    const std::size_t count = placement.preferred(position, room, spread::nodes);
    for (; tested < count; ++tested) {
      if (!holds(*room[tested])) continue;
      found = room[tested];
      return true;
    }
    return count < room.size() || count >= nodes;
  };
  std::array<address, 4> few;
  if (search(few)) return found;
  std::array<address, 64> more;
  if (!search(more)) search_many<address>(nodes, search);
  return found;
}

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
