// SPDX-License-Identifier: MIT
// Sorts vnodes into the pages of an empty store, in time linear in their number where positions are uniform.
//
//   add(vnodes) ─▶ piles: some hundred equal parts of the circle, each small enough for the cache near the core
//   finish()   ──▶ pile by pile: count, scatter into parts of half a vnode, sort what is nearly sorted, fill pages
//
// Rejected: std::sort, which knows nothing of uniformity and takes three times as long as all of a build; scattering straight
// into pages, one cache miss a vnode. Pages that came out large (a poor hash) go to std::sort, so that the worst case is
// its O(n log n).
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <quoit/detail/core/compiler.hpp>
#include <quoit/detail/ring/store.hpp>
#include <quoit/detail/ring/vnode.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

// The one place that instantiates std::sort for vnodes.
template <class Tie>
QUOIT_DETAIL_NOINLINE void sort_vnodes(vnode<Tie>* from, vnode<Tie>* to, const id_order& ids) {
  std::sort(from, to, [&ids](const vnode<Tie>& a, const vnode<Tie>& b) noexcept { return precedes(a, b, ids); });
}

template <class Tie>
class vnode_sort {
  using vnode_type = vnode<Tie>;

 public:
  // For `expected` vnodes in all; more or less only costs time.
  vnode_sort(vnode_store<Tie>& store, std::size_t expected) : store_(store), fine_(store.cut().finer(parts_per_page)) {
    const std::size_t pages = store.pages().size();
    shift_ = (std::max)(7, static_cast<int>(std::bit_width(pages)) - 10);
    piles_.resize((pages >> shift_) + 1);
    const std::size_t mean = piles_.size() == 1 ? expected : (expected / pages) << shift_;
    for (auto& pile : piles_) pile.reserve(mean + mean / 16 + 64);
  }

  void add(const vnode_type& v) { piles_[store_.page_of(v.position) >> shift_].push_back(v); }
  void add(std::span<const vnode_type> some) {
    if (piles_.size() == 1) {
      piles_[0].insert(piles_[0].end(), some.begin(), some.end());
      return;
    }
    // Copies, as the compiler has to assume that a vnode which is written changes them.
    const circle_cut<Tie> cut = store_.cut();
    const int shift = shift_;
    std::vector<vnode_type>* const piles = piles_.data();
    for (const vnode_type& v : some) piles[cut(v.position).high >> shift].push_back(v);
  }

  void finish(const id_order& ids) {
    const std::size_t pages = std::size_t{1} << shift_, parts = pages * parts_per_page;
    std::vector<std::uint32_t> ends(parts + 1);
    std::vector<vnode_type> sorted;
    for (std::size_t pile = 0; pile < piles_.size(); ++pile) {
      const std::size_t first_page = pile * pages, first_part = first_page * parts_per_page;
      const auto part_of = [&](const vnode_type& v) {
        return static_cast<std::size_t>(fine_(v.position).high) - first_part;
      };
      std::fill(ends.begin(), ends.end(), 0U);
      for (const vnode_type& v : piles_[pile]) ++ends[part_of(v) + 1];
      for (std::size_t part = 0; part < parts; ++part) ends[part + 1] += ends[part];
      sorted.resize((std::max)(sorted.size(), piles_[pile].size()));
      // Afterwards ends[part] is where the part ends, and ends[part - 1] where it begins.
      for (const vnode_type& v : piles_[pile]) sorted[ends[part_of(v)]++] = v;
      std::vector<vnode_type>().swap(piles_[pile]);
      const auto begin_of = [&](std::size_t part) { return part == 0 ? 0U : ends[part - 1]; };
      for (std::size_t page = 0; page < pages && first_page + page < store_.pages().size(); ++page) {
        vnode_type* const from = sorted.data() + begin_of(page * parts_per_page);
        vnode_type* const to = sorted.data() + ends[(page + 1) * parts_per_page - 1];
        const auto count = static_cast<std::size_t>(to - from);
        // What the parts did not put in order yet.
        if (count > 4 * vnode_store<Tie>::mean_page) sort_vnodes(from, to, ids);
        else insertion_sort(from, to, ids);
        store_.fill(first_page + page, from, count);
      }
    }
  }

 private:
  // With half a vnode a part, what is left to the insertion sort is seldom more than a swap.
  static constexpr std::size_t parts_per_page = 64;

  static void insertion_sort(vnode_type* from, vnode_type* to, const id_order& ids) noexcept {
    for (vnode_type* next = from; next != to; ++next) {
      const vnode_type v = *next;
      vnode_type* hole = next;
      for (; hole != from && precedes(v, hole[-1], ids); --hole) *hole = hole[-1];
      *hole = v;
    }
  }

  vnode_store<Tie>& store_;
  circle_cut<Tie> fine_;
  int shift_ = 0;
  std::vector<std::vector<vnode_type>> piles_;
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
