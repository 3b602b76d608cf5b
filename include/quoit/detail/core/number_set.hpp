// SPDX-License-Identifier: MIT
// number_set: a set of numbers that only grows. It allocates for its ninth number at the earliest.
//
//   up to 8 numbers    data_.few     compared one by one
//   9 and more         data_.many    all numbers, in an open-addressing hash table that is at most half full
//
// Rejected: one bit for each number that is possible, which costs O(all nodes) before the first step of a walk;
// std::unordered_set, which allocates for every number.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <quoit/config.hpp>
#include <quoit/detail/core/few_or_many.hpp>
#include <quoit/detail/core/none.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

class number_set {
 public:
  [[nodiscard]] std::size_t size() const noexcept { return data_.size; }

  // Makes room for one more number. Amortised O(1). From the ninth number on it may throw std::bad_alloc, and then
  // changes nothing.
  void make_room() {
    if (data_.size < data_.few.size() || 2 * (data_.size + 1) <= data_.many.size()) return;
    std::vector<std::uint32_t> larger((std::max<std::size_t>)(4 * data_.few.size(), 2 * data_.many.size()), none);
    const auto enter = [&larger](std::uint32_t number) { larger[bucket_of(larger, number)] = number; };
    if (data_.many.empty()) std::for_each(data_.few.begin(), data_.few.end(), enter);
    for (const std::uint32_t number : data_.many) {
      if (number != none) enter(number);
    }
    data_.many.swap(larger);
  }

  // Adds a number, which must not be `none`. Returns false if the set has it already. Call make_room() before. O(1).
  bool insert(std::uint32_t number) noexcept {
    if (data_.many.empty()) {
      const auto end = data_.few.begin() + static_cast<std::ptrdiff_t>(data_.size);
      if (std::find(data_.few.begin(), end, number) != end) return false;
      QUOIT_ASSERT(data_.size < data_.few.size(), "number_set: no room");
      data_.few[data_.size++] = number;
      return true;
    }
    std::uint32_t& bucket = data_.many[bucket_of(data_.many, number)];
    if (bucket == number) return false;
    bucket = number;
    ++data_.size;
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

  few_or_many<std::uint32_t> data_;
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
