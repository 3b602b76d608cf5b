// SPDX-License-Identifier: MIT
// number_set: a set of numbers that only grows. It allocates for its ninth number at the earliest.
//
//   up to 8 numbers    few_     compared one by one
//   9 and more         many_    all numbers, in an open-addressing hash table that is at most half full
//
// Rejected: one bit for each number that is possible, which costs O(all nodes) before the first step of a walk;
// std::unordered_set, which allocates for every number.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <quoit/config.hpp>
#include <quoit/detail/core/none.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

class number_set {
 public:
  number_set() noexcept = default;
  number_set(const number_set&) = default;
  // Copies first, so that it changes nothing if it throws.
  number_set& operator=(const number_set& other) { return *this = number_set(other); }
  // A moved-from set is empty.
  number_set(number_set&& other) noexcept
      : few_(other.few_), many_(std::move(other.many_)), size_(std::exchange(other.size_, 0)) {
    other.many_.clear();
  }
  number_set& operator=(number_set&& other) noexcept {
    number_set taken(std::move(other));  // makes self-assignment safe
    few_ = taken.few_;
    many_.swap(taken.many_);
    size_ = taken.size_;
    return *this;
  }
  ~number_set() = default;

  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  // Makes room for one more number. Amortised O(1). From the ninth number on it may throw std::bad_alloc, and then
  // changes nothing.
  void make_room() {
    if (size_ < few_.size() || 2 * (size_ + 1) <= many_.size()) return;
    std::vector<std::uint32_t> larger((std::max<std::size_t>)(4 * few_.size(), 2 * many_.size()), none);
    const auto enter = [&larger](std::uint32_t number) { larger[bucket_of(larger, number)] = number; };
    if (many_.empty()) std::for_each(few_.begin(), few_.end(), enter);
    for (const std::uint32_t number : many_) {
      if (number != none) enter(number);
    }
    many_.swap(larger);
  }

  // Adds a number, which must not be `none`. Returns false if the set has it already. Call make_room() before. O(1).
  bool insert(std::uint32_t number) noexcept {
    if (many_.empty()) {
      const auto end = few_.begin() + static_cast<std::ptrdiff_t>(size_);
      if (std::find(few_.begin(), end, number) != end) return false;
      QUOIT_ASSERT(size_ < few_.size(), "number_set: no room");
      few_[size_++] = number;
      return true;
    }
    std::uint32_t& bucket = many_[bucket_of(many_, number)];
    if (bucket == number) return false;
    bucket = number;
    ++size_;
    return true;
  }

 private:
  // The bucket of the number, or the empty bucket that it would get.
  [[nodiscard]] static std::size_t bucket_of(const std::vector<std::uint32_t>& table, std::uint32_t number) noexcept {
    const std::size_t mask = table.size() - 1;  // the size is a power of two, and less than 2^34
    std::size_t at = static_cast<std::size_t>((number * std::uint64_t{0x9e3779b97f4a7c15U}) >> 30) & mask;
    while (table[at] != number && table[at] != none) at = (at + 1) & mask;
    return at;
  }

  std::array<std::uint32_t, 8> few_{};
  std::vector<std::uint32_t> many_;
  std::size_t size_ = 0;
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
