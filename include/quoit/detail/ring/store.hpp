// SPDX-License-Identifier: MIT
// vnode_store: all vnodes of a ring in order, in pages. A page has the vnodes of one of many equal parts of the circle,
// about 32.
//
//   part of the circle      0         1         2         3     …
//   pages_             [· · · ·] [· · ·]      []     [· · · ·]  …      filled_: which pages are not empty
//
// The page of a position is computed, not searched. A good hash spreads positions uniformly; then adding or removing a
// vnode moves a few dozen neighbours. If all vnodes are in one page, searches still take logarithmic time, but an
// insertion costs as much as in a sorted vector.
//
// Rejected: one sorted vector (a join moves half of the ring); a balanced tree (a cache miss for each level, 64 bytes
// for each vnode); gaps within one vector (neither worst case is bounded).
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <quoit/config.hpp>
#include <quoit/detail/core/compiler.hpp>
#include <quoit/detail/core/none.hpp>
#include <quoit/detail/ring/bit_tree.hpp>
#include <quoit/detail/ring/page.hpp>
#include <quoit/detail/ring/vnode.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

template <class Tie>
class vnode_store {
 public:
  using vnode_type = vnode<Tie>;
  using page_type = vnode_page<Tie>;
  static constexpr std::size_t mean_page = 32;

  // The location of a vnode.
  struct place {
    std::size_t page;
    std::size_t index;
  };

  vnode_store() = default;
  // An empty store for positions 0 to `last`, with pages for about `vnodes` vnodes.
  vnode_store(std::uint64_t last, std::size_t vnodes)
      : pages_((std::max<std::size_t>)(1, (vnodes + mean_page / 2) / mean_page)), filled_(pages_.size()),
        cut_(last, pages_.size()), last_(last) {}

  vnode_store(const vnode_store&) = default;
  vnode_store(vnode_store&& other) noexcept : vnode_store() { swap(other); }
  vnode_store& operator=(vnode_store other) noexcept {
    swap(other);
    return *this;
  }
  ~vnode_store() = default;

  void swap(vnode_store& other) noexcept {
    std::swap(pages_, other.pages_);
    std::swap(filled_, other.filled_);
    std::swap(cut_, other.cut_);
    std::swap(last_, other.last_);
    std::swap(size_, other.size_);
  }

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] std::uint64_t last() const noexcept { return last_; }
  [[nodiscard]] const circle_cut<Tie>& cut() const noexcept { return cut_; }
  [[nodiscard]] const std::vector<page_type>& pages() const noexcept { return pages_; }
  [[nodiscard]] std::size_t page_of(std::uint64_t position) const noexcept {
    return static_cast<std::size_t>(cut_(position).high);
  }

  // Whether the number of pages fits that many vnodes: pages are neither crowded nor so empty that they waste memory.
  [[nodiscard]] bool fits(std::size_t vnodes) const noexcept {
    const bool crowded = vnodes > pages_.size() * (mean_page + mean_page / 4);
    const bool sparse = pages_.size() > 1 && vnodes < pages_.size() * (mean_page - mean_page / 4);
    return !pages_.empty() && !crowded && !sparse;
  }

  // ---- Places. The store must not be empty. O(log size of the page); O(log size) in the worst case.

  [[nodiscard]] vnode_type operator[](place at) const noexcept { return pages_[at.page][at.index]; }
  [[nodiscard]] place first() const noexcept { return {filled_.at_or_after(0), 0}; }

  // The first vnode at or after the position, wrapping.
  [[nodiscard]] place at_or_after(std::uint64_t position) const noexcept {
    if (position > last_) return first();
    const std::size_t page = page_of(position);
    return normalised({page, pages_[page].count_below(position)});
  }
  [[nodiscard]] place next(place at) const noexcept { return normalised({at.page, at.index + 1}); }
  [[nodiscard]] place previous(place at) const noexcept {
    if (at.index > 0) return {at.page, at.index - 1};
    std::size_t page = filled_.before(at.page);
    if (page == none) page = filled_.before(pages_.size());
    return {page, pages_[page].size() - 1};
  }
  // Turns the place one past the last vnode of a page into the first vnode of the next page that is not empty.
  [[nodiscard]] place normalised(place at) const noexcept {
    if (at.index < pages_[at.page].size()) return at;
    const std::size_t page = filled_.at_or_after(at.page + 1);
    return page == none ? first() : place{page, 0};
  }

  // Calls use(vnode) for all vnodes in order.
  template <class Use>
  void for_each(const Use& use) const {
    for (const page_type& page : pages_) {
      for (std::size_t i = 0; i < page.size(); ++i) use(page[i]);
    }
  }

  // ---- Changes. Only making room can fail, and it changes nothing that shows.

  void reserve(std::size_t page, std::size_t count) { pages_[page].reserve(count); }

  place insert(const vnode_type& v, const id_order& ids) noexcept {
    const std::size_t number = page_of(v.position);
    page_type& page = pages_[number];
    std::size_t index = page.count_below(v.position);
    while (index < page.size() && page.position(index) == v.position && precedes(page[index], v, ids)) ++index;
    page.insert(index, v);
    if (page.size() == 1) filled_.insert(number);
    ++size_;
    return {number, index};
  }

  // The place of exactly this vnode. It can be missing only if the hash or the slot policy is not a pure function.
  [[nodiscard]] place find(const vnode_type& v) const noexcept {
    const std::size_t number = page_of(v.position);
    const page_type& page = pages_[number];
    std::size_t index = page.count_below(v.position);
    while (index < page.size() && (page[index].tie != v.tie || page.number(index) != v.number)) ++index;
    QUOIT_ASSERT(index < page.size(), "ring: the hash or the slot policy is not a pure function");
    return {number, index};
  }
  void erase(place at) noexcept {
    pages_[at.page].erase(at.index);
    if (pages_[at.page].size() == 0) filled_.erase(at.page);
    --size_;
  }

  // Fills an empty page with sorted vnodes.
  void fill(std::size_t number, const vnode_type* from, std::size_t count) {
    if (count == 0) return;
    pages_[number].assign(from, count, 4);  // spare room for the next joins
    filled_.insert(number);
    size_ += count;
  }

  // The memory that a change at the position reads: the page object, then its vnodes.
  [[nodiscard]] const void* page_address(std::uint64_t position) const noexcept { return &pages_[page_of(position)]; }
  QUOIT_DETAIL_ALWAYS_INLINE void prefetch_vnodes(std::uint64_t position) const noexcept {
    pages_[page_of(position)].prefetch();
  }

  [[nodiscard]] std::size_t memory() const noexcept {
    std::size_t bytes = pages_.capacity() * sizeof(page_type) + filled_.memory();
    for (const page_type& page : pages_) bytes += page.memory();
    return bytes;
  }

 private:
  std::vector<page_type> pages_;
  bit_tree filled_;
  circle_cut<Tie> cut_;
  std::uint64_t last_ = 0;
  std::size_t size_ = 0;
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
