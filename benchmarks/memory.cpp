// SPDX-License-Identifier: MIT
// How much memory does a ring take, counted at the allocator and not from sizeof?
//
//   bytes/vnode   what the whole ring holds: vnodes, nodes, names
//   peak/vnode    the peak during the build
//   vnodes only   the result of ring::vnode_memory()
//   lookup only   the result of ring::lookup_memory(): the part that lookups read
//   allocations   to build it
//
// Bytes are those that the heap allocated (malloc_usable_size), without its own bookkeeping of about 8 bytes an
// allocation.
#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <type_traits>

#if defined(__linux__)
#include <malloc.h>
#elif defined(__APPLE__)
#include <malloc/malloc.h>
#endif

#include "suite.hpp"

namespace {

// Off during timed runs: then an allocation costs only one predictable branch more than usual, for all competitors
// alike.
std::atomic<bool> counting = false;
std::int64_t live = 0, peak = 0, allocations = 0;

std::int64_t heap_bytes([[maybe_unused]] void* block) noexcept {
#if defined(__linux__)
  return static_cast<std::int64_t>(malloc_usable_size(block));
#elif defined(__APPLE__)
  return static_cast<std::int64_t>(malloc_size(block));
#else
  return 0;  // unknown: the table says 0
#endif
}

}  // namespace

namespace {

void* counted(void* block) {
  if (block == nullptr) throw std::bad_alloc();
  if (counting.load(std::memory_order_relaxed)) {
    live += heap_bytes(block);
    peak = std::max(peak, live);
    ++allocations;
  }
  return block;
}

}  // namespace

// Not inlined: g++ would see that free() gets a pointer from operator new, and warn.
[[gnu::noinline]] void* operator new(std::size_t bytes) { return counted(std::malloc(bytes == 0 ? 1 : bytes)); }
[[gnu::noinline]] void* operator new(std::size_t bytes, std::align_val_t alignment) {
  const auto unit = static_cast<std::size_t>(alignment);
  return counted(std::aligned_alloc(unit, (std::max<std::size_t>(bytes, 1) + unit - 1) / unit * unit));
}

[[gnu::noinline]] void operator delete(void* block) noexcept {
  if (counting.load(std::memory_order_relaxed) && block != nullptr) live -= heap_bytes(block);
  std::free(block);
}
void operator delete(void* block, std::size_t) noexcept { operator delete(block); }
void operator delete(void* block, std::align_val_t) noexcept { operator delete(block); }
void operator delete(void* block, std::size_t, std::align_val_t) noexcept { operator delete(block); }

namespace bench {

std::int64_t peak_bytes_of(const std::function<void()>& work) {
  live = peak = allocations = 0;
  counting = true;
  work();
  counting = false;
  return peak;
}

namespace {

template <class Peer>
void add_one(const size& size, Peer rings::*) {
  const auto run = [=](benchmark::State& state) {
    const auto names = node_names(size.nodes);
    const double vnodes = static_cast<double>(size.nodes) * static_cast<double>(size.vnodes);
    for (auto _ : state) {
      live = peak = allocations = 0;
      counting = true;
      Peer built(size.vnodes);
      built.build(names);
      counting = false;
      benchmark::DoNotOptimize(built);
      if constexpr (requires { built.ring(); }) {
        state.counters["vnodes only"] = static_cast<double>(built.ring().vnode_memory()) / vnodes;
        state.counters["lookup only"] = static_cast<double>(built.ring().lookup_memory()) / vnodes;
      }
    }
    state.counters["bytes/vnode"] = static_cast<double>(live) / vnodes;
    state.counters["peak/vnode"] = static_cast<double>(peak) / vnodes;
    state.counters["allocations"] = static_cast<double>(allocations);
  };
  suite{}.add_once("memory", size.row(), Peer::name, run);  // the same every time
}

}  // namespace

void add_memory(const suite& suite) {
  auto sizes = suite.change_sizes();
  for (const size& size : suite.lookup_sizes()) {
    if (size.vnodes != 160) sizes.push_back(size);
  }
  for (const size& size : sizes) {
    for_each_peer([&](auto peer) {
      // A map of a million vnodes takes seconds, and as many bytes a vnode as a smaller one.
      const bool quick = suite.full || size.nodes <= 1000 || std::is_same_v<decltype(peer), quoit_peer rings::*>;
      if (quick) add_one(size, peer);
    });
  }
}

}  // namespace bench
