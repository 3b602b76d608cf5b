// SPDX-License-Identifier: MIT
// The wait-free core of published: a word that names the current cell, and cells that know when nobody needs them.
//
//   word   ┌ address of the current cell ┬ count: acquisitions since it was published ┐      one std::uintptr_t
//   cell   │ references │ version │ value │        at a multiple of 2^count_bits, so that these bits are free
//
// To acquire is one fetch_add on the word: it counts and reads the address in the same step, so that no cell can vanish
// between the two. To release is one fetch_sub on the cell. While a cell is current, its acquisitions are counted in the
// word and its releases in the cell; so the cell starts with a head start, which the replacing writer takes back when
// it adds the word's last count. Whoever brings the references to zero then destroys the cell.
//
//   current:   references = head_start + carried - released       never 0: the rest of the count is below head_start
//   replaced:  references =              acquired - released       0 exactly when the last one lets go
//
// The count must not run into the address. Whoever sees it reach half of its range carries one half over to the
// cell, and does not leave before that is done, by itself or by another. So the count stays below half of the range plus the
// number of threads that are inside acquire() at this moment: with 14 bits, 8,192 of them are safe.
//
// Why the order of the references is right:
//  - A cell is written before the exchange that publishes it (release), and read after a fetch_add that reads from that
//    exchange or a later read-modify-write (acquire; nobody stores plainly to the word, so all continue its release sequence).
//  - carry() adds to the cell before its compare_exchange (release) takes the same from the word. Whoever comes to the
//    word later, a further reader or the replacing writer, sees that (acquire), and so the sum is in the cell before
//    they subtract from it. What was not carried is less than head_start.
//  - Every release is acq_rel on one variable: the one that destroys comes after the last use of every other.
//  - is() needs no order: a reader that compares holds the cell, which it has acquired already, and the address of a held
//    cell cannot be another cell's. So equal means unchanged (no ABA); unequal leads to acquire(), which has the order.
//
// Rejected: std::atomic<std::shared_ptr>, whose readers spin on a bit (libstdc++) and which ThreadSanitizer reports;
// hazard pointers and epochs, which free at some later scan and not with the last reader; pairs of pointer and counter in a
// double-width word, which 32-bit machines and ThreadSanitizer do not have everywhere.
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

// What one core writes must not share a line with what others read. Rejected: the constant of <new>, which depends on
// compiler flags, and g++ warns of it.
inline constexpr std::size_t cache_line = 64;

// More bits are more threads, but wider gaps between cells: from 16 bits on, glibc's malloc gives them back to the
// system and gets them again at every publication, which then takes 14 to 30 µs instead of 0.2.
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

  // For somebody who holds a reference: one more. Relaxed, because the one that is held keeps the cell alive.
  void share() noexcept { references_.fetch_add(1, std::memory_order_relaxed); }
  void release() noexcept {
    if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }

  std::uint64_t version = 1;  // written before the cell is published, as is the value
  T value;

 private:
  friend class published_word<T, CountBits>;
  static constexpr std::uintptr_t range = std::uintptr_t{1} << CountBits;
  static constexpr std::uintptr_t head_start = range;
  static constexpr std::size_t alignment = range > alignof(T) ? range : alignof(T);
  static_assert(CountBits < sizeof(std::uintptr_t) * 8 - 1 && range >= cache_line);

  // Behind the value, on a line of its own: it is written by all readers who come and go.
  alignas(cache_line) std::atomic<std::uintptr_t> references_{head_start};
};

// Which cell is current. Owns it, but not those that were current before.
template <class T, unsigned CountBits = published_count_bits>
class published_word {
 public:
  using cell = published_cell<T, CountBits>;

  explicit published_word(std::unique_ptr<cell> first) noexcept : word_(address_of(first.release())) {}
  published_word(const published_word&) = delete;
  published_word& operator=(const published_word&) = delete;
  // Nobody may be in another member of this object; cells that were acquired from it live on.
  ~published_word() { settle(word_.load(std::memory_order_relaxed))->release(); }

  // Whether a cell that the caller holds is the current one. One load.
  [[nodiscard]] bool is(const cell* held) const noexcept {
    return (word_.load(std::memory_order_relaxed) & ~mask) == address_of(held);
  }

  // The current cell, with a reference that is the caller's to release. Wait-free: one fetch_add, and once in half a
  // range a carry of at most half a range of steps, one for every thread that comes by meanwhile.
  [[nodiscard]] cell* acquire() noexcept {
    const std::uintptr_t before = word_.fetch_add(1, std::memory_order_acquire);
    cell* const current = cell_of(before);
    if ((before & mask) + 1 >= half) {
      QUOIT_ASSERT((before & mask) != mask, "published: too many threads take a version at the very same time");
      carry(current);
    }
    return current;
  }

  // For the writers, one at a time: the current cell, which stays until replace().
  [[nodiscard]] const cell& current() const noexcept { return *cell_of(word_.load(std::memory_order_relaxed)); }

  // For the writers, one at a time: makes another cell current. Returns the one before, with a reference that is the
  // caller's to release. Wait-free.
  [[nodiscard]] cell* replace(std::unique_ptr<cell> next) noexcept {
    return settle(word_.exchange(address_of(next.release()), std::memory_order_acq_rel));
  }

 private:
  static constexpr std::uintptr_t mask = cell::range - 1;
  static constexpr std::uintptr_t half = cell::range / 2;

  static std::uintptr_t address_of(const cell* one) noexcept { return reinterpret_cast<std::uintptr_t>(one); }
  static cell* cell_of(std::uintptr_t word) noexcept { return reinterpret_cast<cell*>(word & ~mask); }

  // Moves half a range of acquisitions from the word to the cell, unless another reader does or the writer takes them all.
  void carry(cell* held) noexcept {
    held->references_.fetch_add(half, std::memory_order_relaxed);  // too high does no harm, too low would free
    std::uintptr_t now = word_.load(std::memory_order_relaxed);
    while (cell_of(now) == held && (now & mask) >= half) {
      if (word_.compare_exchange_weak(now, now - half, std::memory_order_release, std::memory_order_relaxed)) return;
    }
    held->references_.fetch_sub(half, std::memory_order_relaxed);  // not to zero: the caller holds the cell
  }

  // Ends the currency of a cell: its references count exactly who holds it from here on, one of which is the caller.
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
