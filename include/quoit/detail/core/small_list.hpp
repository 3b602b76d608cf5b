// SPDX-License-Identifier: MIT
// small_list: a contiguous list that allocates for its ninth element at the earliest.
//
//   up to 8 elements    few_    inside the object
//   9 and more          many_   all elements, so that the list stays contiguous
//
// A list is filled either by push_back() or through room() and resize(), not by both.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include <quoit/version.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

template <class T>
class small_list {
 public:
  static constexpr std::size_t capacity_without_allocation = 8;

  small_list() noexcept = default;

  // Makes room for `capacity` elements. Write them through room(), then call resize() with their number. A capacity
  // above eight allocates and may throw std::bad_alloc.
  explicit small_list(std::size_t capacity) {
    if (capacity > few_.size()) many_.resize(capacity);
  }

  small_list(const small_list&) = default;
  // Copies first, so that it changes nothing if it throws.
  small_list& operator=(const small_list& other) { return *this = small_list(other); }
  // A moved-from list is empty.
  small_list(small_list&& other) noexcept
      : few_(other.few_), many_(std::move(other.many_)), size_(std::exchange(other.size_, 0)) {}
  small_list& operator=(small_list&& other) noexcept {
    small_list taken(std::move(other));  // makes self-assignment safe
    few_ = taken.few_;
    many_.swap(taken.many_);
    size_ = taken.size_;
    return *this;
  }
  ~small_list() = default;

  [[nodiscard]] std::span<T> room() noexcept { return many_.empty() ? std::span<T>(few_) : std::span<T>(many_); }
  // Keeps the first `size` elements of room(). All of them must have been written.
  void resize(std::size_t size) noexcept { size_ = size; }

  // Amortised O(1). May throw std::bad_alloc from the ninth element on.
  void push_back(const T& value) {
    if (many_.empty() && size_ == few_.size()) many_.assign(few_.begin(), few_.end());
    if (many_.empty()) few_[size_] = value;
    else many_.push_back(value);
    ++size_;
  }

  [[nodiscard]] const T* data() const noexcept { return many_.empty() ? few_.data() : many_.data(); }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

 private:
  std::array<T, capacity_without_allocation> few_{};
  std::vector<T> many_;
  std::size_t size_ = 0;
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
