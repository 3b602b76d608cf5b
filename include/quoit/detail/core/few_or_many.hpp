// SPDX-License-Identifier: MIT
// few_or_many: the memory of a container that allocates for its ninth element at the earliest.
//
//   few     eight elements inside the object, in use while `many` is empty
//   many    on the heap, as the container arranges it
//
// An assignment that throws changes nothing, and a moved-from object is empty. So the containers need no copy and move
// members of their own.
#pragma once

#include <array>
#include <cstddef>
#include <utility>
#include <vector>

#include <quoit/version.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

template <class T>
struct few_or_many {
  few_or_many() noexcept = default;
  few_or_many(const few_or_many&) = default;
  // Copies first, so that it changes nothing if it throws.
  few_or_many& operator=(const few_or_many& other) { return *this = few_or_many(other); }
  few_or_many(few_or_many&& other) noexcept
      : few(other.few), many(std::move(other.many)), size(std::exchange(other.size, 0)) {
    other.many.clear();
  }
  few_or_many& operator=(few_or_many&& other) noexcept {
    few_or_many taken(std::move(other));  // makes self-assignment safe
    few = taken.few;
    many.swap(taken.many);
    size = taken.size;
    return *this;
  }
  ~few_or_many() = default;

  std::array<T, 8> few{};
  std::vector<T> many;
  std::size_t size = 0;  // elements
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
