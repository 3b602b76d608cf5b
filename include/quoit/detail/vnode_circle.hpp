// SPDX-License-Identifier: MIT
// The ring's engine: all vnodes in order, and the index that finds the owner of a position in one cache line.
//
//   store_     every vnode, exactly          narrow_, wide_   a line for every small part of the circle (one of the two)
//   table_     finite circles only: the owner of every slot, where there are not too many
//
// The index answers nearly all lookups, and says so when it cannot; then the store does. change() either touches the few
// places that the vnodes which come or go lie in, or, when they are many or the store has outgrown its pages, builds
// everything again beside the old; that happens after a change in a fifth of all vnodes at the earliest, which makes
// it constant a vnode, amortised. (Fewer than 256 vnodes are built again every time.)
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>
#include <vector>

#include <quoit/detail/inline.hpp>
#include <quoit/detail/prefetch.hpp>
#include <quoit/detail/slot_owners.hpp>
#include <quoit/detail/vnode.hpp>
#include <quoit/detail/vnode_line.hpp>
#include <quoit/detail/vnode_lines.hpp>
#include <quoit/detail/vnode_sort.hpp>
#include <quoit/detail/vnode_store.hpp>
#include <quoit/slots.hpp>

namespace quoit::inline QUOIT_VERSION_NAMESPACE {
namespace detail {

template <class Slots>
class vnode_circle {
  static constexpr bool whole = is_whole_circle<Slots>;

 public:
  using tie_type = std::conditional_t<whole, no_tie, std::uint64_t>;
  using vnode_type = vnode<tie_type>;

  // An empty circle with positions up to `last`.
  explicit vnode_circle(std::uint64_t last) noexcept : last_(last) {}

  // Whole or not at all, which member by member it would not be.
  vnode_circle(const vnode_circle&) = default;
  vnode_circle(vnode_circle&&) = default;
  vnode_circle& operator=(const vnode_circle& other) { return *this = vnode_circle(other); }
  vnode_circle& operator=(vnode_circle&&) = default;
  ~vnode_circle() = default;

  [[nodiscard]] static vnode_type make(std::uint64_t position, std::uint64_t hash, std::uint32_t number) noexcept {
    if constexpr (whole) return {position, {}, number};
    else return {position, hash, number};
  }

  [[nodiscard]] std::size_t size() const noexcept { return store_.size(); }

  // The number of the node whose vnode is the first at or after the position, `nobody` where there is none.
  [[nodiscard]] std::uint_fast32_t find(std::uint64_t position) const noexcept {
    if constexpr (!whole) {
      const std::uint_fast32_t number = table_.find(position);
      if (number != nobody) return number;
      if (position > last_) return find_otherwise(position);
    }
    const std::uint_fast32_t number = narrow_.find(position);
    if (number == nobody) [[unlikely]] return find_otherwise(position);
    return number;
  }

  // What find() will read, for prefetch().
  [[nodiscard]] const void* address(std::uint64_t position) const noexcept {
    if constexpr (!whole) {
      if (table_memory() != 0) return table_.address(position);
      if (position > last_) return this;
    }
    return wide_.empty() ? narrow_.address(position) : wide_.address(position);
  }

  // Calls use(i, number) with the i-th distinct node from the position on, for the first `want`, 1 to 3. Answers false if the
  // cache line does not show them all.
  template <class Use>
  [[nodiscard]] QUOIT_DETAIL_ALWAYS_INLINE bool first_few(std::uint64_t position, std::size_t want, bool many,
                                                          const Use& use) const noexcept {
    if (!whole && position > last_) return false;
    if (wide_.empty()) [[likely]] return narrow_.first_few(position, want, many, use);
    return wide_.first_few(position, want, many, use);
  }

  // Calls visit(number) for the vnodes from the position on, until it answers false or all were visited; some are
  // visited twice.
  template <class Visit>
  void walk(std::uint64_t position, const Visit& visit) const noexcept {
    if (size() == 0) return;
    if (position > last_) position = 0;  // as at_or_after() does
    auto at = wide_.empty() ? narrow_.walk(store_, position, visit) : wide_.walk(store_, position, visit);
    if (!at) return;
    for (std::size_t left = size(); left > 0 && visit((store_[*at]).number); --left) at = store_.next(*at);
  }

  // Calls use(vnode) for all in order.
  template <class Use>
  void for_each(const Use& use) const {
    store_.for_each(use);
  }

  // Takes away the vnodes that gone(use) passes to `use`, and adds those of fresh(use); each is called once and knows how many
  // it passes. Numbers are below `numbers`. Either happens whole, or throws and changes nothing.
  template <class Gone, class Fresh, class Before>
  void change(std::size_t gone_count, const Gone& gone, std::size_t fresh_count, const Fresh& fresh, std::size_t numbers,
              const Before& before) {
    const std::size_t next = size() - gone_count + fresh_count;
    const bool few = size() >= 256 && gone_count + fresh_count <= size() / 8;
    const bool lines_suit = !wide_.empty() || numbers <= narrow_lines::max_nodes;
    if (few && lines_suit && store_.suits(next)) change_few(gone_count, gone, fresh_count, fresh, before);
    else rebuild(gone_count, gone, next, fresh, numbers, before);
  }

  // Bytes: of what a lookup reads, and of everything.
  [[nodiscard]] std::size_t lookup_memory() const noexcept {
    return table_memory() != 0 ? table_memory() : narrow_.memory() + wide_.memory();
  }
  [[nodiscard]] std::size_t memory() const noexcept {
    return store_.memory() + narrow_.memory() + wide_.memory() + table_memory();
  }

 private:
  using narrow_lines = vnode_lines<tie_type, narrow_line>;
  using wide_lines = vnode_lines<tie_type, wide_line>;
  using place = typename vnode_store<tie_type>::place;

  [[nodiscard]] std::size_t table_memory() const noexcept {
    if constexpr (whole) return 0;
    else return table_.memory();
  }

  // What narrow lines leave open. Out of line, so that find() stays small.
  [[nodiscard]] QUOIT_DETAIL_NOINLINE std::uint_fast32_t find_otherwise(std::uint64_t position) const noexcept {
    if (!wide_.empty() && position <= last_) {
      const std::uint_fast32_t number = wide_.find(position);
      if (number != nobody) return number;
    }
    return size() == 0 ? nobody : store_[store_.at_or_after(position)].number;
  }

  template <class Use>
  static std::vector<vnode_type> collect(std::size_t count, const Use& each) {
    std::vector<vnode_type> list;
    list.reserve(count);
    each([&](const vnode_type& v) { list.push_back(v); });
    // So that neighbours are touched together; ties do not matter here.
    std::sort(list.begin(), list.end(), [](const auto& a, const auto& b) { return a.position < b.position; });
    return list;
  }

  template <class Gone, class Fresh, class Before>
  void change_few(std::size_t gone_count, const Gone& gone, std::size_t fresh_count, const Fresh& fresh,
                  const Before& before) {
    const auto leaving = collect(gone_count, gone), coming = collect(fresh_count, fresh);
    make_room(coming);
    for_each_ahead(leaving, [&](const vnode_type& v) { erase(v); });
    for_each_ahead(coming, [&](const vnode_type& v) { insert(v, before); });
  }

  void make_room(const std::vector<vnode_type>& coming) {
    for (std::size_t i = 0, same = 0; i < coming.size(); i += same) {
      if (i + 16 < coming.size()) prefetch(store_.page_address(coming[i + 16].position));
      const std::size_t page = store_.page_of(coming[i].position);
      for (same = 1; i + same < coming.size() && store_.page_of(coming[i + same].position) == page;) ++same;
      store_.reserve(page, same);
    }
  }

  // use(vnode) for all of them; what it will touch is fetched while it is busy with earlier ones.
  template <class Use>
  void for_each_ahead(const std::vector<vnode_type>& list, const Use& use) noexcept {
    for (std::size_t i = 0; i < list.size(); ++i) {
      if (i + 16 < list.size()) prefetch(store_.page_address(list[i + 16].position));
      if (i + 8 < list.size()) {
        store_.prefetch_vnodes(list[i + 8].position);
        prefetch(address(list[i + 8].position));
      }
      use(list[i]);
    }
  }

  template <class Before>
  void insert(const vnode_type& v, const Before& before) noexcept {
    const place at = store_.insert(v, before);
    if constexpr (!whole) table_.inserted(store_, at);
    show(at, v.position);
  }

  void erase(const vnode_type& v) noexcept {
    const place at = store_.find(v);
    if constexpr (!whole) table_.erasing(store_, at);
    store_.erase(at);
    show(at, v.position);
  }

  void show(place at, std::uint64_t position) noexcept {
    wide_.empty() ? narrow_.changed(store_, at, position) : wide_.changed(store_, at, position);
  }

  // Equal vnodes that leave, of one node and at one position.
  struct leaver {
    vnode_type vnode;
    std::size_t count;
  };

  // By position, tie and number; ids would not do, as the node of a number may be another one by now.
  static bool sooner(const vnode_type& a, const vnode_type& b) noexcept {
    if (a.position != b.position) return a.position < b.position;
    return a.tie != b.tie ? a.tie < b.tie : a.number < b.number;
  }

  template <class Gone>
  static std::vector<leaver> leavers(std::size_t count, const Gone& gone) {
    std::vector<leaver> all;
    all.reserve(count);
    gone([&](const vnode_type& v) { all.push_back({v, 1}); });
    std::sort(all.begin(), all.end(), [](const leaver& a, const leaver& b) { return sooner(a.vnode, b.vnode); });
    std::size_t kept = 0;
    for (std::size_t i = 1; i < all.size(); ++i) {
      if (sooner(all[kept].vnode, all[i].vnode)) all[++kept] = all[i];
      else ++all[kept].count;
    }
    all.resize(all.empty() ? 0 : kept + 1);
    return all;
  }

  template <class Use>
  void for_each_staying(std::vector<leaver> leaving, const Use& use) const {
    auto next = leaving.begin();
    store_.for_each([&](const vnode_type& v) {
      while (next != leaving.end() && next->vnode.position < v.position) ++next;
      if (next != leaving.end() && next->vnode.position == v.position) {
        const auto at = std::lower_bound(next, leaving.end(), v,
                                         [](const leaver& a, const vnode_type& b) { return sooner(a.vnode, b); });
        if (at != leaving.end() && !sooner(v, at->vnode) && at->count > 0) {
          --at->count;
          return;
        }
      }
      use(v);
    });
  }

  template <class Gone, class Fresh, class Before>
  void rebuild(std::size_t gone_count, const Gone& gone, std::size_t next_count, const Fresh& fresh, std::size_t numbers,
               const Before& before) {
    vnode_circle next(last_);
    if (next_count != 0) {
      next.store_ = vnode_store<tie_type>(last_, next_count);
      vnode_sort<tie_type> sort(next.store_, next_count);
      const auto add = [&](const vnode_type& v) { sort.add(v); };
      if (gone_count != size()) for_each_staying(leavers(gone_count, gone), add);
      fresh(add);
      sort.finish(before);
      if (numbers > narrow_lines::max_nodes) next.wide_ = wide_lines(next.store_);
      else next.narrow_ = narrow_lines(next.store_);
      if constexpr (!whole) {
        if (slot_owners::suits(last_ + 1, next_count)) next.table_ = slot_owners(next.store_, last_ + 1);
      }
    }
    *this = std::move(next);
  }

  vnode_store<tie_type> store_;
  narrow_lines narrow_;
  wide_lines wide_;
  [[no_unique_address]] std::conditional_t<whole, no_tie, slot_owners> table_;
  std::uint64_t last_;
};

}  // namespace detail
}  // namespace quoit::inline QUOIT_VERSION_NAMESPACE
