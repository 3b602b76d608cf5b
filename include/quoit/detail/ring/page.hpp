// SPDX-License-Identifier: MIT
// vnode_page: the vnodes of one part of the circle, as sorted arrays that can grow.
//
//   block_   positions [capacity] │ ties [capacity], on finite circles │ numbers [capacity]
//
// Positions have an array of their own, because searches read nothing else. An insertion moves only later vnodes of the
// same page.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include <quoit/detail/core/compiler.hpp>
#include <quoit/detail/ring/vnode.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

template <class Tie>
class vnode_page {
 public:
  vnode_page() = default;
  vnode_page(const vnode_page& other) : vnode_page() {
    if (other.size_ != 0) grow(other.capacity_, other);
  }
  vnode_page(vnode_page&& other) noexcept
      : block_(std::move(other.block_)), size_(std::exchange(other.size_, 0)),
        capacity_(std::exchange(other.capacity_, 0)) {}
  vnode_page& operator=(vnode_page other) noexcept {
    block_.swap(other.block_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
    return *this;
  }
  ~vnode_page() = default;

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] std::size_t memory() const noexcept { return capacity_ * entry_size; }
  [[nodiscard]] std::uint64_t position(std::size_t index) const noexcept { return positions()[index]; }
  [[nodiscard]] std::uint32_t number(std::size_t index) const noexcept { return numbers()[index]; }
  [[nodiscard]] vnode<Tie> operator[](std::size_t index) const noexcept {
    if constexpr (circle_cut<Tie>::whole) return {positions()[index], {}, numbers()[index]};
    else return {positions()[index], ties()[index], numbers()[index]};
  }

  // The number of vnodes for which `test(position)` holds. It must hold for a prefix of them. O(log size).
  template <class Test>
  [[nodiscard]] std::size_t count_while(const Test& test) const noexcept {
    const std::uint64_t* const all = positions();
    std::size_t first = 0;
    for (std::size_t left = size_; left > 0;) {
      const std::size_t half = left / 2;
      const bool passed = test(all[first + half]);
      first = passed ? first + half + 1 : first;
      left = passed ? left - half - 1 : half;
    }
    return first;
  }
  [[nodiscard]] std::size_t count_below(std::uint64_t position) const noexcept {
    return count_while([position](std::uint64_t p) { return p < position; });
  }

  // Makes room for `count` more vnodes. A page that has to grow gets spare room, too.
  void reserve(std::size_t count) {
    if (size_ + count > capacity_) grow(size_ + count + (size_ + count) / 8 + 2, *this);
  }
  // Fills an empty page with sorted vnodes, and makes room for `spare` more.
  void assign(const vnode<Tie>* from, std::size_t count, std::size_t spare) {
    grow(count + spare, *this);
    std::uint64_t* const to_positions = positions();
    std::uint32_t* const to_numbers = numbers();
    for (std::size_t i = 0; i < count; ++i) {
      to_positions[i] = from[i].position;
      if constexpr (has_ties) ties()[i] = from[i].tie;
      to_numbers[i] = from[i].number;
    }
    size_ = static_cast<std::uint32_t>(count);
  }

  // The page must have room: see reserve().
  void insert(std::size_t index, const vnode<Tie>& v) noexcept {
    shift(index, index + 1, size_ - index);
    ++size_;
    put(index, v);
  }
  void erase(std::size_t index) noexcept {
    shift(index + 1, index, size_ - index - 1);
    --size_;
  }

  QUOIT_DETAIL_ALWAYS_INLINE void prefetch() const noexcept {
    // An ordinary page has fewer vnodes than this. The limit bounds the work for an overcrowded one.
    constexpr std::size_t most = 64;
    const std::size_t bytes = (std::min<std::size_t>)(size_, most) * entry_size;
    for (std::size_t at = 0; at < bytes; at += 64) detail::prefetch(block_.get() + at);
  }

 private:
  static constexpr bool has_ties = !circle_cut<Tie>::whole;
  static constexpr std::size_t entry_size = sizeof(std::uint64_t) * (has_ties ? 2 : 1) + sizeof(std::uint32_t);

  // The arrays are in one block of bytes. Creating the block implicitly creates them (C++20 [intro.object]/10).
  template <class T>
  [[nodiscard]] T* array(std::size_t words) const noexcept {
    return reinterpret_cast<T*>(block_.get() + words * sizeof(std::uint64_t));
  }
  [[nodiscard]] std::uint64_t* positions() const noexcept { return array<std::uint64_t>(0); }
  [[nodiscard]] std::uint64_t* ties() const noexcept { return array<std::uint64_t>(capacity_); }
  [[nodiscard]] std::uint32_t* numbers() const noexcept {
    return array<std::uint32_t>(std::size_t{capacity_} * (has_ties ? 2 : 1));
  }

  void put(std::size_t index, const vnode<Tie>& v) noexcept {
    positions()[index] = v.position;
    if constexpr (has_ties) ties()[index] = v.tie;
    numbers()[index] = v.number;
  }

  void shift(std::size_t from, std::size_t to, std::size_t count) noexcept {
    const auto move = [&](auto* all) {
      if (from < to) std::copy_backward(all + from, all + from + count, all + to + count);
      else std::copy(all + from, all + from + count, all + to);
    };
    move(positions());
    if constexpr (has_ties) move(ties());
    move(numbers());
  }

  // Makes this page a copy of `source` with the given capacity.
  void grow(std::size_t capacity, const vnode_page& source) {
    vnode_page larger;
    larger.block_ = std::make_unique_for_overwrite<std::byte[]>(capacity * entry_size);
    larger.capacity_ = static_cast<std::uint32_t>(capacity);
    larger.size_ = source.size_;
    std::copy_n(source.positions(), source.size_, larger.positions());
    if constexpr (has_ties) std::copy_n(source.ties(), source.size_, larger.ties());
    std::copy_n(source.numbers(), source.size_, larger.numbers());
    *this = std::move(larger);
  }

  std::unique_ptr<std::byte[]> block_;
  std::uint32_t size_ = 0;
  std::uint32_t capacity_ = 0;
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
