// SPDX-License-Identifier: MIT
// The wait-free core of published: a word that names the current cell, and cells that detect their last release.
//
//   word   ┌ address of the current cell ┬ count: acquisitions since it was published ┐      one std::uintptr_t
//   cell   │ references │ version │ value │        at a multiple of 2^count_bits, so that these bits are free
//
// An acquisition is one fetch_add on the word. It counts and reads the address in the same step, so no cell can be
// freed between the two. A release is one fetch_sub on the cell. While a cell is current, its acquisitions are counted
// in the word, and its releases in the cell. So the cell starts with a head start, and the writer that replaces it
// exchanges the head start for the word's last count. The release that makes the references zero destroys the cell.
//
//   current:   references = head_start + carried - released       never 0: the rest of the count is below head_start
//   replaced:  references =              acquired - released       0 exactly after the last release
//
// The count must not overflow into the address. A reader that sees the count reach half of its range carries one half
// over to the cell, and does not return before that is done, by itself or by another thread. So the count stays below
// half of the range plus the number of threads inside acquire() at the same moment. With 14 bits, 8,192 threads are
// safe.
//
// Why the memory orders are correct:
//  - A cell is written before the exchange that publishes it (release). It is read after a fetch_add that reads from
//    that exchange or from a later read-modify-write (acquire). No thread stores plainly to the word, so all of them
//    continue its release sequence.
//  - carry() adds to the cell before its compare_exchange (release) subtracts the same from the word. A thread that
//    accesses the word later (another reader, or the replacing writer) sees that (acquire). So the sum is in the cell
//    before that thread subtracts from the cell. The part that was not carried is less than head_start.
//  - Every release is acq_rel on one variable, so the release that destroys comes after the last use of all others.
//  - is() needs no order. A reader that compares holds the cell, which it has acquired already, and no other cell can
//    have the address of a held cell. So equal means unchanged (no ABA), and unequal leads to acquire(), which has the
//    order.
//
// Rejected: std::atomic<std::shared_ptr>, whose readers spin on a bit (libstdc++) and which ThreadSanitizer reports;
// hazard pointers and epochs, which free at a later scan and not with the last reader; pairs of pointer and counter in
// a double-width word, which 32-bit machines and ThreadSanitizer do not support everywhere.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <utility>

#include <quoit/config.hpp>
#include <quoit/version.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

// Data that one core writes must not share a cache line with data that others read. Rejected: the constant of <new>,
// which depends on compiler flags; g++ warns about it.
inline constexpr std::size_t cache_line = 64;

// More bits allow more threads, but need wider gaps between cells. From 16 bits on, glibc's malloc returns the gaps to
// the system and requests them again at every publication, which then takes 14 to 30 µs instead of 0.2 µs.
inline constexpr unsigned published_count_bits = 14;

template <class T, unsigned CountBits>
class published_word;

// One version of the value. Freed by the last release().
template <class T, unsigned CountBits = published_count_bits>
class published_cell {
 public:
  template <class... Arguments>
  explicit published_cell(Arguments&&... arguments) : value(std::forward<Arguments>(arguments)...) {}
  published_cell(const published_cell&) = delete;
  published_cell& operator=(const published_cell&) = delete;
  ~published_cell() = default;

  static void* operator new(std::size_t size) { return ::operator new(size, std::align_val_t{alignment}); }
  static void operator delete(void* memory) noexcept { ::operator delete(memory, std::align_val_t{alignment}); }

  // Adds a reference; the caller must hold one. Relaxed, because the caller's reference keeps the cell alive.
  void share() noexcept { references_.fetch_add(1, std::memory_order_relaxed); }
  void release() noexcept {
    if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }

  std::uint64_t version = 1;  // like the value, written before the cell is published
  T value;

 private:
  friend class published_word<T, CountBits>;
  static constexpr std::uintptr_t range = std::uintptr_t{1} << CountBits;
  static constexpr std::uintptr_t head_start = range;
  static constexpr std::size_t alignment = range > alignof(T) ? range : alignof(T);
  static_assert(CountBits < sizeof(std::uintptr_t) * 8 - 1 && range >= cache_line);

  // After the value, on a cache line of its own, because all readers write it when they acquire and release.
  alignas(cache_line) std::atomic<std::uintptr_t> references_{head_start};
};

// Names the current cell. Owns it, but not the previous cells.
template <class T, unsigned CountBits = published_count_bits>
class published_word {
 public:
  using cell = published_cell<T, CountBits>;

  explicit published_word(std::unique_ptr<cell> first) noexcept : word_(address_of(first.release())) {}
  published_word(const published_word&) = delete;
  published_word& operator=(const published_word&) = delete;
  // No thread may be in another member of this object. Cells acquired from it stay alive.
  ~published_word() { settle(word_.load(std::memory_order_relaxed))->release(); }

  // Whether a cell that the caller holds is the current one. One load.
  [[nodiscard]] bool is(const cell* held) const noexcept {
    return (word_.load(std::memory_order_relaxed) & ~mask) == address_of(held);
  }

  // The current cell, with a reference that the caller must release. Wait-free: one fetch_add, and once per half of the
  // range a carry of at most half of the range of steps, one for every thread that acquires meanwhile.
  [[nodiscard]] cell* acquire() noexcept {
    const std::uintptr_t before = word_.fetch_add(1, std::memory_order_acquire);
    cell* const current = cell_of(before);
    if ((before & mask) + 1 >= half) {
      QUOIT_ASSERT((before & mask) != mask, "published: too many threads acquire a version at the same time");
      carry(current);
    }
    return current;
  }

  // Only for writers, one at a time: the current cell, which stays current until replace().
  [[nodiscard]] const cell& current() const noexcept { return *cell_of(word_.load(std::memory_order_relaxed)); }

  // Only for writers, one at a time: makes another cell current. Returns the previous cell, with a reference that the
  // caller must release. Wait-free.
  [[nodiscard]] cell* replace(std::unique_ptr<cell> next) noexcept {
    return settle(word_.exchange(address_of(next.release()), std::memory_order_acq_rel));
  }

 private:
  static constexpr std::uintptr_t mask = cell::range - 1;
  static constexpr std::uintptr_t half = cell::range / 2;

  static std::uintptr_t address_of(const cell* one) noexcept { return reinterpret_cast<std::uintptr_t>(one); }
  static cell* cell_of(std::uintptr_t word) noexcept { return reinterpret_cast<cell*>(word & ~mask); }

  // Moves half a range of acquisitions from the word to the cell, unless another reader or the replacing writer does.
  void carry(cell* held) noexcept {
    held->references_.fetch_add(half, std::memory_order_relaxed);  // first: too low a count would free the cell
    std::uintptr_t now = word_.load(std::memory_order_relaxed);
    while (cell_of(now) == held && (now & mask) >= half) {
      if (word_.compare_exchange_weak(now, now - half, std::memory_order_release, std::memory_order_relaxed)) return;
    }
    held->references_.fetch_sub(half, std::memory_order_relaxed);  // does not reach zero: the caller holds the cell
  }

  // Makes a cell a previous one. From here on, its references are exactly those that are held; one is the caller's.
  static cell* settle(std::uintptr_t word) noexcept {
    cell* const old = cell_of(word);
    old->references_.fetch_add((word & mask) + 1 - cell::head_start, std::memory_order_relaxed);
    return old;
  }

  std::atomic<std::uintptr_t> word_;
  static_assert(std::atomic<std::uintptr_t>::is_always_lock_free);
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
