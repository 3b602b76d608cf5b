// SPDX-License-Identifier: MIT
// Counts the allocations of the calling thread, and lets the n-th one fail; the operators are in allocations.cpp.
#pragma once

#include <cstddef>

namespace test {

/// How often this thread called operator new.
std::size_t allocations() noexcept;

/// While alive, the n-th allocation (from 0) of this thread throws std::bad_alloc, and every one after it too.
class failing_allocations {
 public:
  explicit failing_allocations(std::size_t n) noexcept;
  ~failing_allocations();
  failing_allocations(const failing_allocations&) = delete;
  failing_allocations& operator=(const failing_allocations&) = delete;
};

}  // namespace test
