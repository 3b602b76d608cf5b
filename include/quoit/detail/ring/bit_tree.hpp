// SPDX-License-Identifier: MIT
// bit_tree: a set of small numbers that finds the next and the previous member of any number in O(log64 size).
//
//   levels_[0]   one bit for each number
//   levels_[1]   one bit for each word of levels_[0]: whether any bit of the word is set          and so on
//
// vnode_store keeps its non-empty pages in it, so that searches take logarithmic time even if all vnodes are in one
// page.
//
// Rejected: stepping over empty pages, which takes linear time in exactly that case.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <quoit/detail/core/none.hpp>
#include <quoit/version.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

class bit_tree {
 public:
  bit_tree() = default;
  // For numbers less than `size`. There is a bit for `size` itself, too, so that before(size) finds a word on every
  // level.
  explicit bit_tree(std::size_t size) {
    do {
      size = size / 64 + 1;
      levels_.emplace_back(size);
    } while (size > 1);
  }

  void insert(std::size_t number) noexcept {
    for (auto& level : levels_) {
      std::uint64_t& word = level[number / 64];
      const bool had_members = word != 0;
      word |= std::uint64_t{1} << number % 64;
      if (had_members) return;
      number /= 64;
    }
  }

  void erase(std::size_t number) noexcept {
    for (auto& level : levels_) {
      std::uint64_t& word = level[number / 64];
      word &= ~(std::uint64_t{1} << number % 64);
      if (word != 0) return;
      number /= 64;
    }
  }

  // The smallest member that is not less than `number`, or `none`.
  [[nodiscard]] std::size_t at_or_after(std::size_t number) const noexcept {
    for (std::size_t level = 0; level < levels_.size(); ++level) {
      const std::size_t at = number / 64;
      if (at >= levels_[level].size()) return none;
      const std::uint64_t word = levels_[level][at] >> number % 64;
      if (word != 0) return lowest(level, number + static_cast<std::size_t>(std::countr_zero(word)));
      number = at + 1;
    }
    return none;
  }

  // The largest member that is less than `number`, or `none`.
  [[nodiscard]] std::size_t before(std::size_t number) const noexcept {
    for (std::size_t level = 0; level < levels_.size(); ++level) {
      const std::size_t at = number / 64;
      if (number % 64 != 0) {
        const std::uint64_t word = levels_[level][at] << (64 - number % 64);
        if (word != 0) return highest(level, number - 1 - static_cast<std::size_t>(std::countl_zero(word)));
      }
      number = at;
    }
    return none;
  }

  [[nodiscard]] std::size_t memory() const noexcept {
    std::size_t words = 0;
    for (const auto& level : levels_) words += level.capacity();
    return words * sizeof(std::uint64_t);
  }

 private:
  [[nodiscard]] std::size_t lowest(std::size_t level, std::size_t number) const noexcept {
    while (level-- > 0) number = number * 64 + static_cast<std::size_t>(std::countr_zero(levels_[level][number]));
    return number;
  }
  [[nodiscard]] std::size_t highest(std::size_t level, std::size_t number) const noexcept {
    while (level-- > 0) number = number * 64 + 63 - static_cast<std::size_t>(std::countl_zero(levels_[level][number]));
    return number;
  }

  std::vector<std::vector<std::uint64_t>> levels_;
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
