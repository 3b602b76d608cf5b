// SPDX-License-Identifier: MIT
// All vnodes of a ring in order, in pages: equal parts of the circle with about 32 vnodes each.
//
//   part of the circle      0         1         2         3     …
//   pages_             [· · · ·] [· · ·]      []     [· · · ·]  …      filled_: which pages are not empty
//
// Positions of a good hash are uniform, so the page of a position is known without a search, and a vnode that comes or goes
// moves some dozen neighbours. Vnodes that are all in one page are still searched in logarithmic time, but inserting then
// costs what it costs in a vector.
//
// Rejected: one sorted vector (a join moves half of the ring), a balanced tree (a cache miss a level, 64 bytes a vnode), gaps
// within one vector (neither worst case is bounded).
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

  // Where a vnode is.
  struct place {
    std::size_t page;
    std::size_t index;
  };

  vnode_store() = default;
  // An empty store for positions up to `last` that will hold about `vnodes`.
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

  // Whether so many vnodes would crowd the pages, or leave them too empty for their memory.
  [[nodiscard]] bool suits(std::size_t vnodes) const noexcept {
    const bool crowded = vnodes > pages_.size() * (mean_page + mean_page / 4);
    const bool sparse = pages_.size() > 1 && vnodes < pages_.size() * (mean_page - mean_page / 4);
    return !pages_.empty() && !crowded && !sparse;
  }

  // ---- Places; the store must not be empty. O(log size of the page), O(log size) at worst.

  [[nodiscard]] vnode_type operator[](place at) const noexcept { return pages_[at.page][at.index]; }
  [[nodiscard]] place first() const noexcept { return {filled_.at_or_after(0), 0}; }

  // The first vnode at or after the position, wrapping.
  [[nodiscard]] place at_or_after(std::uint64_t position) const noexcept {
    if (position > last_) return first();
    const std::size_t page = page_of(position);
    return settle({page, pages_[page].count_below(position)});
  }
  [[nodiscard]] place next(place at) const noexcept { return settle({at.page, at.index + 1}); }
  [[nodiscard]] place previous(place at) const noexcept {
    if (at.index > 0) return {at.page, at.index - 1};
    std::size_t page = filled_.before(at.page);
    if (page == none) page = filled_.before(pages_.size());
    return {page, pages_[page].size() - 1};
  }
  // Behind the last vnode of a page comes the first one of the next page that has any.
  [[nodiscard]] place settle(place at) const noexcept {
    if (at.index < pages_[at.page].size()) return at;
    const std::size_t page = filled_.at_or_after(at.page + 1);
    return page == none ? first() : place{page, 0};
  }

  // Calls use(vnode) for all in order.
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

  // Finds exactly this vnode. It is missing only if a hash or policy broke its promise to be pure.
  [[nodiscard]] place find(const vnode_type& v) const noexcept {
    const std::size_t number = page_of(v.position);
    const page_type& page = pages_[number];
    std::size_t index = page.count_below(v.position);
    while (index < page.size() && (page[index].tie != v.tie || page.number(index) != v.number)) ++index;
    QUOIT_ASSERT(index < page.size(), "ring: a hash or slot policy gave another answer than before");
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
    pages_[number].assign(from, count, 4);  // most joins then find room
    filled_.insert(number);
    size_ += count;
  }

  // What a change at the position will read: the page itself, and its vnodes.
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
