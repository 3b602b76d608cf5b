// SPDX-License-Identifier: MIT
// assignable: holds a hash or a slot policy. It can be assigned even if the type itself cannot.
//
//   the concepts require of a policy    that it can be copied; the copy may throw
//   a placement promises                copy and move assignment, moves that do not throw, and a moved-from placement
//                                       that is empty but keeps its policies
//
// So a policy with a const member, with a reference or with a captured lambda can be used. A copy never throws, and a
// move copies.
//
//   empty                   nothing to assign
//   copies do not throw     in place; an assignment destroys the old object and constructs the new one
//   copies may throw        shared, because a policy is never changed; costs one indirection
//
// Rejected: the assignment of the type, which may be missing, may throw after the nodes were assigned, and in a move
// leaves a hash without its key in the moved-from placement; a requirement of std::copyable in the concepts, which
// refuses lambdas.
#pragma once

#include <memory>
#include <type_traits>
#include <utility>

#include <quoit/version.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

template <class T>
class assignable {
 public:
  explicit assignable(T value) : value_(std::make_shared<const T>(std::move(value))) {}
  // No moves: the source of a move keeps its value, too.
  assignable(const assignable&) noexcept = default;
  assignable& operator=(const assignable&) noexcept = default;
  ~assignable() = default;

  [[nodiscard]] const T& get() const noexcept { return *value_; }

 private:
  std::shared_ptr<const T> value_;
};

template <class T>
  requires(std::is_nothrow_copy_constructible_v<T> && !std::is_empty_v<T>)
class assignable<T> {
 public:
  explicit assignable(T value) noexcept(std::is_nothrow_move_constructible_v<T>) : value_(std::move(value)) {}
  assignable(const assignable&) noexcept = default;
  assignable& operator=(const assignable& other) noexcept {
    if (this == &other) return *this;
    std::destroy_at(std::addressof(value_));
    std::construct_at(std::addressof(value_), other.value_);
    return *this;
  }
  ~assignable() = default;

  [[nodiscard]] const T& get() const noexcept { return value_; }

 private:
  T value_;  // without [[no_unique_address]]: construct_at() would overwrite what is in its padding
};

template <class T>
  requires(std::is_nothrow_copy_constructible_v<T> && std::is_empty_v<T>)
class assignable<T> {
 public:
  explicit assignable(T value) noexcept(std::is_nothrow_move_constructible_v<T>) : value_(std::move(value)) {}
  assignable(const assignable&) noexcept = default;
  assignable& operator=(const assignable&) noexcept { return *this; }
  ~assignable() = default;

  [[nodiscard]] const T& get() const noexcept { return value_; }

 private:
  [[no_unique_address]] T value_;
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
