// SPDX-License-Identifier: MIT
// Counts the allocations of the calling thread, and can make them fail. The operators are in allocations.cpp.
#pragma once

#include <cstddef>

namespace test {

/// The number of calls of operator new by this thread.
std::size_t allocations() noexcept;

/// The number of blocks that this thread has allocated and not freed, if no other thread frees its blocks.
std::size_t blocks() noexcept;

/// During its lifetime, the n-th allocation (from 0) of this thread and all later ones throw std::bad_alloc; or only so
/// many of them.
class failing_allocations {
 public:
  explicit failing_allocations(std::size_t n, std::size_t how_many = ~std::size_t{0}) noexcept;
  ~failing_allocations();
  /// Whether an allocation has failed.
  [[nodiscard]] bool failed() const noexcept;
  failing_allocations(const failing_allocations&) = delete;
  failing_allocations& operator=(const failing_allocations&) = delete;
};

}  // namespace test
