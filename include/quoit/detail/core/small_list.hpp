// SPDX-License-Identifier: MIT
// small_list: a contiguous list that allocates for its ninth element at the earliest.
//
//   up to 8 elements    data_.few    inside the object
//   9 and more          data_.many   all elements, so that the list stays contiguous
//
// A list is filled either by push_back() or through room() and resize(), not by both.
#pragma once

#include <cstddef>
#include <span>

#include <quoit/detail/core/few_or_many.hpp>
#include <quoit/version.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

template <class T>
class small_list {
 public:
  small_list() noexcept = default;

  // Makes room for `capacity` elements. Write them through room(), then call resize() with their number. A capacity
  // above eight allocates and may throw std::bad_alloc.
  explicit small_list(std::size_t capacity) {
    if (capacity > data_.few.size()) data_.many.resize(capacity);
  }

  [[nodiscard]] std::span<T> room() noexcept {
    return data_.many.empty() ? std::span<T>(data_.few) : std::span<T>(data_.many);
  }
  // Keeps the first `size` elements of room(). All of them must have been written.
  void resize(std::size_t size) noexcept { data_.size = size; }

  // Amortised O(1). May throw std::bad_alloc from the ninth element on.
  void push_back(const T& value) {
    if (data_.many.empty() && data_.size == data_.few.size()) data_.many.assign(data_.few.begin(), data_.few.end());
    if (data_.many.empty()) data_.few[data_.size] = value;
    else data_.many.push_back(value);
    ++data_.size;
  }

  [[nodiscard]] const T* data() const noexcept { return data_.many.empty() ? data_.few.data() : data_.many.data(); }
  [[nodiscard]] std::size_t size() const noexcept { return data_.size; }

 private:
  few_or_many<T> data_;
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
