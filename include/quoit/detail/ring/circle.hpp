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
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include <quoit/detail/core/compiler.hpp>
#include <quoit/detail/core/none.hpp>
#include <quoit/detail/ring/line.hpp>
#include <quoit/detail/ring/lines.hpp>
#include <quoit/detail/ring/slot_owners.hpp>
#include <quoit/detail/ring/sort.hpp>
#include <quoit/detail/ring/source.hpp>
#include <quoit/detail/ring/store.hpp>
#include <quoit/detail/ring/vnode.hpp>
#include <quoit/version.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

// Depends on nothing of the user's but on whether the circle is whole: then Tie is no_tie, otherwise std::uint64_t.
template <class Tie>
class vnode_circle {
  static constexpr bool whole = circle_cut<Tie>::whole;

 public:
  using vnode_type = vnode<Tie>;

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
      if (number != none) return number;
      if (position > last_) return find_otherwise(position);
    }
    const std::uint_fast32_t number = narrow_.find(position);
    if (number == none) [[unlikely]]
      return find_otherwise(position);
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
    if (wide_.empty()) [[likely]]
      return narrow_.first_few(position, want, many, use);
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

  // Takes away the vnodes of `gone` and adds those of `fresh`. Numbers are below `numbers`. Either happens whole, or
  // throws and changes nothing.
  void change(vnode_source<Tie> gone, vnode_source<Tie> fresh, std::size_t numbers, const id_order& ids) {
    const std::size_t changes = gone.size() + fresh.size(), next = size() - gone.size() + fresh.size();
    const bool few = size() >= 256 && changes <= size() / 8;
    const bool lines_suit = !wide_.empty() || numbers <= narrow_lines::max_nodes;
    if (few && lines_suit && store_.suits(next)) change_few(gone, fresh, ids);
    else rebuild(gone, fresh, numbers, ids);
  }

  // Bytes: of what a lookup reads, and of everything.
  [[nodiscard]] std::size_t lookup_memory() const noexcept {
    return table_memory() != 0 ? table_memory() : narrow_.memory() + wide_.memory();
  }
  [[nodiscard]] std::size_t memory() const noexcept {
    return store_.memory() + narrow_.memory() + wide_.memory() + table_memory();
  }

 private:
  using narrow_lines = vnode_lines<Tie, narrow_line>;
  using wide_lines = vnode_lines<Tie, wide_line>;
  using place = typename vnode_store<Tie>::place;

  [[nodiscard]] std::size_t table_memory() const noexcept {
    if constexpr (whole) return 0;
    else return table_.memory();
  }

  // What narrow lines leave open. Out of line, so that find() stays small.
  [[nodiscard]] QUOIT_DETAIL_NOINLINE std::uint_fast32_t find_otherwise(std::uint64_t position) const noexcept {
    if (!wide_.empty() && position <= last_) {
      const std::uint_fast32_t number = wide_.find(position);
      if (number != none) return number;
    }
    return size() == 0 ? none : store_[store_.at_or_after(position)].number;
  }

  // In order, though by number where ids would decide: so neighbours are touched together, and a vnode can be found.
  static std::vector<vnode_type> collect(vnode_source<Tie> each) {
    std::vector<vnode_type> list;
    list.reserve(each.size());
    each.for_each_batch([&](std::span<const vnode_type> some) { list.insert(list.end(), some.begin(), some.end()); });
    sort_vnodes(list.data(), list.data() + list.size(), id_order());
    return list;
  }

  void change_few(vnode_source<Tie> gone, vnode_source<Tie> fresh, const id_order& ids) {
    const auto leaving = collect(gone), coming = collect(fresh);
    make_room(coming);
    for_each_ahead(leaving, [&](const vnode_type& v) { erase(v); });
    for_each_ahead(coming, [&](const vnode_type& v) { insert(v, ids); });
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

  void insert(const vnode_type& v, const id_order& ids) noexcept {
    const place at = store_.insert(v, ids);
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

  // Calls use(vnode) for all in order but those in `leaving`, which is as collect() makes it.
  template <class Use>
  void for_each_staying(const std::vector<vnode_type>& leaving, const Use& use) const {
    const id_order numbers;
    const auto sooner = [&numbers](const vnode_type& a, const vnode_type& b) { return precedes(a, b, numbers); };
    auto next = leaving.begin(), first = leaving.end();
    std::ptrdiff_t taken = 0;  // vnodes that equal *first, of which a store may have more than leave
    store_.for_each([&](const vnode_type& v) {
      while (next != leaving.end() && next->position < v.position) ++next;
      if (next != leaving.end() && next->position == v.position) {
        const auto at = std::lower_bound(next, leaving.end(), v, sooner);
        if (at != leaving.end() && !sooner(v, *at)) {
          if (at != first) taken = 0;
          first = at;
          if (taken < leaving.end() - at && !sooner(v, at[taken])) {
            ++taken;
            return;
          }
        }
      }
      use(v);
    });
  }

  void rebuild(vnode_source<Tie> gone, vnode_source<Tie> fresh, std::size_t numbers, const id_order& ids) {
    const std::size_t next_count = size() - gone.size() + fresh.size();
    vnode_circle next(last_);
    if (next_count != 0) {
      next.store_ = vnode_store<Tie>(last_, next_count);
      vnode_sort<Tie> sort(next.store_, next_count);
      if (gone.size() != size()) for_each_staying(collect(gone), [&](const vnode_type& v) { sort.add(v); });
      fresh.for_each_batch([&](std::span<const vnode_type> some) { sort.add(some); });
      sort.finish(ids);
      if (numbers > narrow_lines::max_nodes) next.wide_ = wide_lines(next.store_);
      else next.narrow_ = narrow_lines(next.store_);
      if constexpr (!whole) {
        if (slot_owners::suits(last_ + 1, next_count)) next.table_ = slot_owners(next.store_, last_ + 1);
      }
    }
    *this = std::move(next);
  }

  vnode_store<Tie> store_;
  narrow_lines narrow_;
  wide_lines wide_;
  [[no_unique_address]] std::conditional_t<whole, no_tie, slot_owners> table_;
  std::uint64_t last_;
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
