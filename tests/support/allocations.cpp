// SPDX-License-Identifier: MIT
// The operators new and delete of the test programs: they count, and fail if a test requests it.
#include "support/allocations.hpp"

#include <cstdlib>
#include <new>

#if defined(_WIN32)
#include <malloc.h>
#endif

namespace {

constexpr std::size_t never = ~std::size_t{0};
thread_local std::size_t count = 0;
thread_local std::size_t fails_from = never;
thread_local std::size_t fails_until = never;
thread_local std::size_t live = 0;  // modulo 2^64: a block may be freed by another thread

bool fails() noexcept {
  const std::size_t number = count++;
  return number >= fails_from && number < fails_until;
}

void* counted(void* memory) noexcept {
  if (memory != nullptr) ++live;
  return memory;
}

void* allocate(std::size_t size) {
  if (fails()) throw std::bad_alloc();
  void* const memory = counted(std::malloc(size == 0 ? 1 : size));
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

void* allocate_or_null(std::size_t size) noexcept {
  return fails() ? nullptr : counted(std::malloc(size == 0 ? 1 : size));
}

void* allocate(std::size_t size, std::align_val_t alignment) {
  if (fails()) throw std::bad_alloc();
  const std::size_t unit = static_cast<std::size_t>(alignment);
#if defined(_WIN32)  // has no std::aligned_alloc, because std::free could not free its memory
  void* const memory = _aligned_malloc(size, unit);
#else
  void* const memory = std::aligned_alloc(unit, (size + unit - 1) / unit * unit);
#endif
  if (memory == nullptr) throw std::bad_alloc();
  return counted(memory);
}

void free_block(void* memory) noexcept {
  if (memory == nullptr) return;
  --live;
  std::free(memory);
}

void free_aligned(void* memory) noexcept {
  if (memory == nullptr) return;
  --live;
#if defined(_WIN32)
  _aligned_free(memory);
#else
  std::free(memory);
#endif
}

}  // namespace

namespace test {

std::size_t allocations() noexcept { return count; }
std::size_t blocks() noexcept { return live; }
failing_allocations::failing_allocations(std::size_t n, std::size_t how_many) noexcept {
  fails_from = count + n;
  fails_until = how_many > never - fails_from ? never : fails_from + how_many;
}
failing_allocations::~failing_allocations() { fails_from = fails_until = never; }
bool failing_allocations::failed() const noexcept { return count > fails_from; }

}  // namespace test

// All forms are replaced, although the array and nothrow forms of the standard library call the first two. A sanitizer
// replaces every other form itself, and reports an error if our delete frees a block from its nothrow form.
void* operator new(std::size_t size) { return allocate(size); }
void* operator new[](std::size_t size) { return allocate(size); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return allocate_or_null(size); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return allocate_or_null(size); }
void* operator new(std::size_t size, std::align_val_t alignment) { return allocate(size, alignment); }
void* operator new[](std::size_t size, std::align_val_t alignment) { return allocate(size, alignment); }
void operator delete(void* memory) noexcept { free_block(memory); }
void operator delete[](void* memory) noexcept { free_block(memory); }
void operator delete(void* memory, std::size_t) noexcept { free_block(memory); }
void operator delete[](void* memory, std::size_t) noexcept { free_block(memory); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { free_block(memory); }
void operator delete[](void* memory, const std::nothrow_t&) noexcept { free_block(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { free_aligned(memory); }
void operator delete[](void* memory, std::align_val_t) noexcept { free_aligned(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { free_aligned(memory); }
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept { free_aligned(memory); }
