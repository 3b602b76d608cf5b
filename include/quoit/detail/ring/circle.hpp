// SPDX-License-Identifier: MIT
// vnode_circle: all vnodes in order, with an index that finds the owner of a position in one cache line.
//
//   store_            every vnode
//   narrow_, wide_    the index: a line for every small part of the circle; only one of the two is in use
//   table_            finite circles only: the owner of every slot, if there are not too many slots
//
// The index answers nearly all lookups. It reports when it cannot, and then the store answers.
//
// change() has two paths. If few vnodes change, it updates the pages and lines that they are in. If many change, or if
// the pages of the store no longer fit the number of vnodes, it builds a new circle beside the old one. Pages fit until
// about a fifth of all vnodes was added or removed, so the amortised cost of a rebuild is constant for each changed
// vnode. Circles of fewer than 256 vnodes are rebuilt by every change.
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

// Tie is no_tie on the whole circle and std::uint64_t on finite circles. The code depends on no type of the user, so a
// program compiles it at most twice.
template <class Tie>
class vnode_circle {
  static constexpr bool whole = circle_cut<Tie>::whole;

 public:
  using vnode_type = vnode<Tie>;

  // An empty circle with positions up to `last`.
  explicit vnode_circle(std::uint64_t last) noexcept : last_(last) {}

  // Copy assignment copies first: it either succeeds or changes nothing.
  vnode_circle(const vnode_circle&) = default;
  vnode_circle(vnode_circle&&) noexcept = default;
  vnode_circle& operator=(const vnode_circle& other) { return *this = vnode_circle(other); }
  vnode_circle& operator=(vnode_circle&&) noexcept = default;
  ~vnode_circle() = default;

  [[nodiscard]] static vnode_type make(std::uint64_t position, std::uint64_t hash, std::uint32_t number) noexcept {
    if constexpr (whole) return {position, {}, number};
    else return {position, hash, number};
  }

  [[nodiscard]] std::size_t size() const noexcept { return store_.size(); }
  // All vnodes in order.
  [[nodiscard]] const vnode_store<Tie>& store() const noexcept { return store_; }
  // The last position of the circle.
  [[nodiscard]] std::uint64_t last() const noexcept { return last_; }

  // The number of the node that owns the first vnode at or after the position, or `none` if there are no vnodes or no
  // such position.
  [[nodiscard]] std::uint_fast32_t find(std::uint64_t position) const noexcept {
    if constexpr (!whole) {
      const std::uint_fast32_t number = table_.find(position);
      if (number != none) return number;
      if (position > last_) return none;
    }
    const std::uint_fast32_t number = narrow_.find(position);
    if (number == none) [[unlikely]]
      return find_slow(position);
    return number;
  }

  // The address that find() reads, for prefetch().
  [[nodiscard]] const void* address(std::uint64_t position) const noexcept {
    if constexpr (!whole) {
      if (table_memory() != 0) return table_.address(position);
      if (position > last_) return this;
    }
    return wide_.empty() ? narrow_.address(position) : wide_.address(position);
  }

  // Calls use(i, number) with the i-th distinct node from the position on, for the first `want` of them, 1 to 3.
  // Returns false if the cache line does not have all of them.
  template <class Use>
  [[nodiscard]] QUOIT_DETAIL_ALWAYS_INLINE bool first_few(std::uint64_t position, std::size_t want, bool many,
                                                          const Use& use) const noexcept {
    if (!whole && position > last_) return false;
    if (wide_.empty()) [[likely]]
      return narrow_.first_few(position, want, many, use);
    return wide_.first_few(position, want, many, use);
  }

  // Calls visit(number) for the vnodes from the position on, until visit returns false or every vnode was visited once.
  // Visits none if there is no such position.
  template <class Visit>
  void walk(std::uint64_t position, const Visit& visit) const noexcept(noexcept(visit(std::uint32_t{}))) {
    if (size() == 0 || position > last_) return;
    std::size_t left = size();
    auto at = wide_.empty() ? narrow_.walk(store_, position, left, visit) : wide_.walk(store_, position, left, visit);
    if (!at) return;
    for (; left > 0 && visit((store_[*at]).number); --left) at = store_.next(*at);
  }

  // Writes the numbers of the first vnodes from the position on: as many as one cache line has, and as fit. Returns how
  // many: none if only the store can answer. The position must not be after last().
  [[nodiscard]] std::size_t first(std::uint64_t position, std::span<std::uint32_t> out) const noexcept {
    return wide_.empty() ? narrow_.first(position, out) : wide_.first(position, out);
  }

  // Calls use(vnode) for all vnodes in order.
  template <class Use>
  void for_each(const Use& use) const {
    store_.for_each(use);
  }

  // Removes the vnodes of `removed` and adds those of `added`. All node numbers are less than `numbers`. Changes
  // nothing if it throws.
  void change(vnode_source<Tie> removed, vnode_source<Tie> added, std::size_t numbers, const id_order& ids) {
    const std::size_t changes = removed.size() + added.size(), next = size() - removed.size() + added.size();
    const bool few = size() >= 256 && changes <= size() / 8;
    const bool lines_fit = !wide_.empty() || numbers <= narrow_lines::max_nodes;
    if (few && lines_fit && store_.fits(next)) change_few(removed, added, ids);
    else rebuild(removed, added, numbers, ids);
  }

  // The bytes of the structures that a lookup reads, and the bytes of all structures.
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

  // The lookups that narrow lines cannot answer. Not inlined, so that find() stays small.
  [[nodiscard]] QUOIT_DETAIL_NOINLINE std::uint_fast32_t find_slow(std::uint64_t position) const noexcept {
    if (!wide_.empty()) {
      const std::uint_fast32_t number = wide_.find(position);
      if (number != none) return number;
    }
    return size() == 0 ? none : store_[store_.at_or_after(position)].number;
  }

  // The vnodes of a source, in order, so that neighbours are changed together. Vnodes with equal position and tie are
  // ordered by number instead of id, which suffices for a binary search.
  static std::vector<vnode_type> collect(vnode_source<Tie> each) {
    std::vector<vnode_type> list;
    list.reserve(each.size());
    each.for_each_batch([&](std::span<const vnode_type> some) { list.insert(list.end(), some.begin(), some.end()); });
    sort_vnodes(list.data(), list.data() + list.size(), id_order());
    return list;
  }

  void change_few(vnode_source<Tie> removed, vnode_source<Tie> added, const id_order& ids) {
    const auto to_remove = collect(removed), to_add = collect(added);
    make_room(to_add);
    for_each_ahead(to_remove, [&](const vnode_type& v) { erase(v); });
    for_each_ahead(to_add, [&](const vnode_type& v) { insert(v, ids); });
  }

  void make_room(const std::vector<vnode_type>& to_add) {
    for (std::size_t i = 0, same = 0; i < to_add.size(); i += same) {
      if (i + 16 < to_add.size()) prefetch(store_.page_address(to_add[i + 16].position));
      const std::size_t page = store_.page_of(to_add[i].position);
      for (same = 1; i + same < to_add.size() && store_.page_of(to_add[i + same].position) == page;) ++same;
      store_.reserve(page, same);
    }
  }

  // Calls use(vnode) for all vnodes of the list. Prefetches the memory of later vnodes meanwhile.
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
    update_lines(at, v.position);
  }

  void erase(const vnode_type& v) noexcept {
    const place at = store_.find(v);
    if constexpr (!whole) table_.erasing(store_, at);
    store_.erase(at);
    update_lines(at, v.position);
  }

  void update_lines(place at, std::uint64_t position) noexcept {
    wide_.empty() ? narrow_.update(store_, at, position) : wide_.update(store_, at, position);
  }

  // Calls use(vnode), in order, for all vnodes that are not in `to_remove`, a list made by collect().
  template <class Use>
  void for_each_staying(const std::vector<vnode_type>& to_remove, const Use& use) const {
    const id_order numbers;
    const auto less = [&numbers](const vnode_type& a, const vnode_type& b) { return precedes(a, b, numbers); };
    auto next = to_remove.begin(), first = to_remove.end();
    std::ptrdiff_t taken = 0;  // how many vnodes equal to *first were skipped; the store may have more than to_remove
    store_.for_each([&](const vnode_type& v) {
      while (next != to_remove.end() && next->position < v.position) ++next;
      if (next != to_remove.end() && next->position == v.position) {
        const auto at = std::lower_bound(next, to_remove.end(), v, less);
        if (at != to_remove.end() && !less(v, *at)) {
          if (at != first) taken = 0;
          first = at;
          if (taken < to_remove.end() - at && !less(v, at[taken])) {
            ++taken;
            return;
          }
        }
      }
      use(v);
    });
  }

  void rebuild(vnode_source<Tie> removed, vnode_source<Tie> added, std::size_t numbers, const id_order& ids) {
    const std::size_t next_count = size() - removed.size() + added.size();
    vnode_circle next(last_);
    if (next_count != 0) {
      next.store_ = vnode_store<Tie>(last_, next_count);
      vnode_sort<Tie> sort(next.store_, next_count);
      if (removed.size() != size()) for_each_staying(collect(removed), [&](const vnode_type& v) { sort.add(v); });
      added.for_each_batch([&](std::span<const vnode_type> some) { sort.add(some); });
      sort.finish(ids);
      if (numbers > narrow_lines::max_nodes) next.wide_ = wide_lines(next.store_);
      else next.narrow_ = narrow_lines(next.store_);
      if constexpr (!whole) {
        if (slot_owners::is_worth_it(last_ + 1, next_count)) next.table_ = slot_owners(next.store_, last_ + 1);
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
