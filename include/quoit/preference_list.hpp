// SPDX-License-Identifier: MIT
// preference_list: distinct nodes in order, primary first; up to eight without an allocation.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include <quoit/config.hpp>
#include <quoit/detail/indexed_iterator.hpp>

namespace quoit::inline QUOIT_VERSION_NAMESPACE {

/// Which nodes may follow each other in a preference list. With fewer domains than copies, `domains` takes one node of
/// every domain and then fills up with the next distinct nodes; `domains_only` stops, and the list is shorter.
enum class spread { nodes, domains, domains_only };

/// Refers to nodes of the placement that made it; valid until that placement changes.
template <class Node>
class preference_list {
  struct access {
    const Node* const* nodes = nullptr;
    const Node& operator()(std::size_t index) const noexcept { return *nodes[index]; }
  };

 public:
  using iterator = detail::indexed_iterator<access>;
  using value_type = Node;
  using const_iterator = iterator;

  preference_list() noexcept = default;
  preference_list(const preference_list&) = default;
  preference_list& operator=(const preference_list&) = default;
  /// A list that was moved from is empty.
  preference_list(preference_list&& other) noexcept
      : few_(other.few_), many_(std::move(other.many_)), size_(std::exchange(other.size_, 0)) {}
  preference_list& operator=(preference_list&& other) noexcept {
    preference_list taken(std::move(other));  // also where it is this very list
    few_ = taken.few_;
    many_.swap(taken.many_);
    size_ = taken.size_;
    return *this;
  }
  ~preference_list() = default;

  /// Room for `capacity` nodes, to be written through room() and then kept by resize(). Allocates above eight.
  explicit preference_list(std::size_t capacity) {
    if (capacity > few_.size()) many_.resize(capacity);
  }

  [[nodiscard]] std::span<const Node*> room() noexcept {
    return many_.empty() ? std::span<const Node*>(few_) : std::span<const Node*>(many_);
  }
  void resize(std::size_t size) noexcept { size_ = size; }

  [[nodiscard]] std::span<const Node* const> pointers() const noexcept {
    return {many_.empty() ? few_.data() : many_.data(), size_};
  }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] iterator begin() const noexcept { return {access{pointers().data()}, 0}; }
  [[nodiscard]] iterator end() const noexcept { return {access{pointers().data()}, size_}; }
  [[nodiscard]] const Node& operator[](std::size_t n) const noexcept {
    QUOIT_ASSERT(n < size_, "preference_list: index out of range");
    return *pointers()[n];
  }
  [[nodiscard]] const Node& front() const noexcept { return (*this)[0]; }

 private:
  std::array<const Node*, 8> few_{};
  std::vector<const Node*> many_;
  std::size_t size_ = 0;
};

}  // namespace quoit::inline QUOIT_VERSION_NAMESPACE
