// SPDX-License-Identifier: MIT
// vnode_sort: sorts vnodes into the pages of an empty store. The time is linear in their number if positions are
// uniform.
//
//   add(vnodes) ──▶ buckets: several hundred equal parts of the circle, each small enough for the L1 or L2 cache
//   finish()    ──▶ for each bucket: count, scatter into parts of half a vnode, insertion sort, fill the pages
//
// Pages that are too large (a poor hash) are sorted by std::sort, so the worst case is O(n log n).
//
// Rejected: std::sort for everything, which does not use uniformity and takes three times as long as the whole build;
// scattering directly into pages, which costs one cache miss for each vnode.
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

// The only function that instantiates std::sort for vnodes.
template <class Tie>
QUOIT_DETAIL_NOINLINE void sort_vnodes(vnode<Tie>* from, vnode<Tie>* to, const id_order& ids) {
  std::sort(from, to, [&ids](const vnode<Tie>& a, const vnode<Tie>& b) noexcept { return precedes(a, b, ids); });
}

template <class Tie>
class vnode_sort {
  using vnode_type = vnode<Tie>;

 public:
  // Prepares for `expected` vnodes. Another number costs only time.
  vnode_sort(vnode_store<Tie>& store, std::size_t expected) : store_(store), fine_(store.cut().finer(parts_per_page)) {
    const std::size_t pages = store.pages().size();
    shift_ = (std::max)(7, static_cast<int>(std::bit_width(pages)) - 10);
    buckets_.resize((pages >> shift_) + 1);
    const std::size_t mean = buckets_.size() == 1 ? expected : (expected / pages) << shift_;
    for (auto& bucket : buckets_) bucket.reserve(mean + mean / 16 + 64);
  }

  void add(const vnode_type& v) { buckets_[store_.page_of(v.position) >> shift_].push_back(v); }
  void add(std::span<const vnode_type> some) {
    if (buckets_.size() == 1) {
      buckets_[0].insert(buckets_[0].end(), some.begin(), some.end());
      return;
    }
    // Local copies: the compiler has to assume that writing a vnode changes members.
    const circle_cut<Tie> cut = store_.cut();
    const int shift = shift_;
    std::vector<vnode_type>* const buckets = buckets_.data();
    for (const vnode_type& v : some) buckets[cut(v.position).high >> shift].push_back(v);
  }

  void finish(const id_order& ids) {
    const std::size_t pages = std::size_t{1} << shift_, parts = pages * parts_per_page;
    std::vector<std::uint32_t> ends(parts + 1);
    std::vector<vnode_type> sorted;
    for (std::size_t bucket = 0; bucket < buckets_.size(); ++bucket) {
      const std::size_t first_page = bucket * pages, first_part = first_page * parts_per_page;
      const auto part_of = [&](const vnode_type& v) {
        return static_cast<std::size_t>(fine_(v.position).high) - first_part;
      };
      std::fill(ends.begin(), ends.end(), 0U);
      for (const vnode_type& v : buckets_[bucket]) ++ends[part_of(v) + 1];
      for (std::size_t part = 0; part < parts; ++part) ends[part + 1] += ends[part];
      sorted.resize((std::max)(sorted.size(), buckets_[bucket].size()));
      // Afterwards part begins at ends[part - 1] and ends at ends[part].
      for (const vnode_type& v : buckets_[bucket]) sorted[ends[part_of(v)]++] = v;
      std::vector<vnode_type>().swap(buckets_[bucket]);
      const auto begin_of = [&](std::size_t part) { return part == 0 ? 0U : ends[part - 1]; };
      for (std::size_t page = 0; page < pages && first_page + page < store_.pages().size(); ++page) {
        vnode_type* const from = sorted.data() + begin_of(page * parts_per_page);
        vnode_type* const to = sorted.data() + ends[(page + 1) * parts_per_page - 1];
        const auto count = static_cast<std::size_t>(to - from);
        // Puts the vnodes within each part in order.
        if (count > 4 * vnode_store<Tie>::mean_page) sort_vnodes(from, to, ids);
        else insertion_sort(from, to, ids);
        store_.fill(first_page + page, from, count);
      }
    }
  }

 private:
  // With half a vnode in each part, the insertion sort seldom has to do more than a swap.
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
  std::vector<std::vector<vnode_type>> buckets_;
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
