// SPDX-License-Identifier: MIT
// Vnodes without a ring: a naive circle, an id order that differs from the order of numbers, and adverse positions.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <stdexcept>
#include <vector>

#include <quoit/detail/core/none.hpp>
#include <quoit/detail/ring/vnode.hpp>

#include "support/random.hpp"

namespace test {

/// An id order that differs from the order of numbers.
struct scrambled {
  static std::uint32_t key(std::uint32_t number) { return number * 0x9e3779b1U; }  // the factor is odd: a bijection
  bool operator()(std::uint32_t a, std::uint32_t b) const noexcept { return key(a) < key(b); }
};

template <class Tie>
bool same_vnode(const quoit::detail::vnode<Tie>& a, const quoit::detail::vnode<Tie>& b) {
  return a.position == b.position && a.tie == b.tie && a.number == b.number;
}

template <class Tie>
using vnode_list = std::vector<quoit::detail::vnode<Tie>>;

/// A generator for vnode_source: the vnodes of a list.
template <class Tie>
struct vnodes_of_list {
  std::span<const quoit::detail::vnode<Tie>> left;
  void fill(std::span<quoit::detail::vnode<Tie>> room) {
    if (room.size() > left.size()) throw std::logic_error("more vnodes than there are");
    std::copy_n(left.begin(), room.size(), room.begin());
    left = left.subspan(room.size());
  }
};

/// A vector of vnodes that is sorted after every change.
template <class Tie>
class naive_circle {
 public:
  using vnode_type = quoit::detail::vnode<Tie>;

  void change(vnode_list<Tie> removed, const vnode_list<Tie>& added) {
    std::sort(removed.begin(), removed.end(), less);
    vnode_list<Tie> next;
    std::set_difference(all.begin(), all.end(), removed.begin(), removed.end(), std::back_inserter(next), less);
    next.insert(next.end(), added.begin(), added.end());
    std::sort(next.begin(), next.end(), less);
    all.swap(next);
  }

  std::size_t search(std::uint64_t position) const {
    const auto at = std::lower_bound(all.begin(), all.end(), position,
                                     [](const vnode_type& v, std::uint64_t value) { return v.position < value; });
    return at == all.end() ? 0 : static_cast<std::size_t>(at - all.begin());
  }
  std::uint32_t owner(std::uint64_t position) const {
    return all.empty() ? quoit::detail::none : all[search(position)].number;
  }

  /// The first `most` distinct nodes from the position on.
  std::vector<std::uint32_t> distinct(std::uint64_t position, std::size_t most) const {
    std::vector<std::uint32_t> list;
    for (std::size_t i = 0, at = search(position); i < all.size() && list.size() < most; ++i, ++at) {
      const std::uint32_t number = all[at % all.size()].number;
      if (std::find(list.begin(), list.end(), number) == list.end()) list.push_back(number);
    }
    return list;
  }

  /// The node numbers of the first `most` vnodes from the position on, each vnode once.
  std::vector<std::uint32_t> numbers(std::uint64_t position, std::size_t most) const {
    std::vector<std::uint32_t> list;
    for (std::size_t at = search(position); list.size() < (std::min)(most, all.size()); ++at)
      list.push_back(all[at % all.size()].number);
    return list;
  }

  vnode_list<Tie> all;

 private:
  static bool less(const vnode_type& a, const vnode_type& b) { return precedes(a, b, scrambled{}); }
};

/// Generates uniform positions, and several kinds of adverse ones.
class positions {
 public:
  enum kind { uniform, one_bucket, one_position, few, both_ends, full_remainder, equal_remainder, last_kind };

  positions(std::uint64_t last, test::random& random) : last_(last), random_(random), base_(anywhere()) {}

  /// `parts` is the number of lines; `near` is the position of some vnode.
  std::uint64_t next(kind which, std::uint64_t parts, std::uint64_t near) {
    const auto end = last_ == ~std::uint64_t{0} ? quoit::detail::wide{1, 0} : quoit::detail::wide{0, last_ + 1};
    switch (which) {
    case one_bucket:
      return clamp((base_ & ~std::uint64_t{0xffffff}) + random_.below(1U << 24));
    case one_position:
      return base_;
    case few:
      return clamp(base_ + random_.below(5) * 1000);
    case both_ends: {
      const std::uint64_t from_end = random_.below(4);
      return clamp(random_.chance(2) ? from_end : last_ - from_end);
    }
    case full_remainder: {
      // In the last 2^-16 of a line, or at the begin of the next one.
      const std::uint64_t line = random_.below(parts);
      const auto begin_of = [&](std::uint64_t number) { return wide_ratio(end, number, parts); };
      const std::uint64_t begin = begin_of(line), next = line + 1 == parts ? last_ : begin_of(line + 1);
      return clamp(next - random_.below((next - begin) / 65536 + 2));
    }
    case equal_remainder:
      return clamp(near + random_.below(last_ / parts / 65536 + 2));
    default:
      return anywhere();
    }
  }

  std::uint64_t anywhere() { return last_ == ~std::uint64_t{0} ? random_.next() : random_.below(last_ + 1); }

 private:
  [[nodiscard]] std::uint64_t clamp(std::uint64_t position) const { return std::min(position, last_); }
  // length * number / parts.
  static std::uint64_t wide_ratio(quoit::detail::wide length, std::uint64_t number, std::uint64_t parts) {
    if (length.high == 0) return quoit::detail::multiply_divide(length.low, number, parts);
    return quoit::detail::divide({number, 0}, parts).low;
  }

  std::uint64_t last_;
  test::random& random_;
  std::uint64_t base_;
};

}  // namespace test
