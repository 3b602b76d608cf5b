// SPDX-License-Identifier: MIT
// indexed_iterator: a random-access iterator that computes each element from its index, for views whose elements are
// stored in another object.
#pragma once

#include <compare>
#include <cstddef>
#include <iterator>
#include <type_traits>
#include <utility>

#include <quoit/version.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

// access(index) returns a reference. Only iterators of the same range may be compared.
template <class Access>
class indexed_iterator {
 public:
  using iterator_category = std::random_access_iterator_tag;
  using reference = decltype(std::declval<const Access&>()(std::size_t{}));
  using value_type = std::remove_cvref_t<reference>;
  using difference_type = std::ptrdiff_t;
  using pointer = std::add_pointer_t<reference>;

  constexpr indexed_iterator() noexcept = default;
  constexpr indexed_iterator(Access access, std::size_t index) noexcept
      : access_(access), index_(static_cast<difference_type>(index)) {}

  [[nodiscard]] constexpr reference operator*() const noexcept { return (*this)[0]; }
  [[nodiscard]] constexpr pointer operator->() const noexcept { return &(*this)[0]; }
  [[nodiscard]] constexpr reference operator[](difference_type n) const noexcept {
    return access_(static_cast<std::size_t>(index_ + n));
  }
  constexpr indexed_iterator& operator+=(difference_type n) noexcept { return index_ += n, *this; }
  constexpr indexed_iterator& operator-=(difference_type n) noexcept { return index_ -= n, *this; }
  constexpr indexed_iterator& operator++() noexcept { return *this += 1; }
  constexpr indexed_iterator& operator--() noexcept { return *this -= 1; }
  constexpr indexed_iterator operator++(int) noexcept { return std::exchange(*this, *this + 1); }
  constexpr indexed_iterator operator--(int) noexcept { return std::exchange(*this, *this - 1); }
  friend constexpr indexed_iterator operator+(indexed_iterator a, difference_type n) noexcept { return a += n; }
  friend constexpr indexed_iterator operator+(difference_type n, indexed_iterator a) noexcept { return a += n; }
  friend constexpr indexed_iterator operator-(indexed_iterator a, difference_type n) noexcept { return a -= n; }
  friend constexpr difference_type operator-(const indexed_iterator& a, const indexed_iterator& b) noexcept {
    return a.index_ - b.index_;
  }
  friend constexpr bool operator==(const indexed_iterator& a, const indexed_iterator& b) noexcept {
    return a.index_ == b.index_;
  }
  friend constexpr auto operator<=>(const indexed_iterator& a, const indexed_iterator& b) noexcept {
    return a.index_ <=> b.index_;
  }

 private:
  Access access_ = {};
  difference_type index_ = 0;
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
