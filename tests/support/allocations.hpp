// SPDX-License-Identifier: MIT
// Counts the allocations of the calling thread, and can make them fail. The operators are in allocations.cpp.
#pragma once

#include <cstddef>

namespace test {

/// The number of calls of operator new by this thread.
std::size_t allocations() noexcept;

/// During its lifetime, the n-th allocation (from 0) of this thread and all later ones throw std::bad_alloc.
class failing_allocations {
 public:
  explicit failing_allocations(std::size_t n) noexcept;
  ~failing_allocations();
  failing_allocations(const failing_allocations&) = delete;
  failing_allocations& operator=(const failing_allocations&) = delete;
};

}  // namespace test
