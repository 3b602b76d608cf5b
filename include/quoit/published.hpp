// SPDX-License-Identifier: MIT
// published: a value, such as a ring, that writers replace while any number of threads read it. Readers never wait.
//
//   writers, in turn:   copy ─▶ change ─▶ publish          version 1 ──▶ version 2 ──▶ version 3 (current)
//                                                             ▲              ▲            ▲      ▲
//   readers:            one atomic load, "still current?"   snapshot    slow reader    readers  new snapshots
//
// Invariant: a published version never changes. It lives as long as it is current or a reader or snapshot holds it, and
// no longer.
//
//   quoit::published<quoit::ring<>> rings(std::move(ring));
//   rings.update([](auto& next) { next.add("cache-d"); });     // from any thread; atomic
//
//   auto reader = rings.reader();                              // one per thread
//   for (;;) send(next_request(), reader.get().owner(key));    // the newest ring
//
// Use a reader for a loop of many reads (one load each). Use a snapshot to keep one version for a while, or to pass it
// on. reader.snapshot() combines the two.
//
// The last reader or snapshot of a version destroys it. So get() never waits, but it may have to free a ring. A reader
// that does not read keeps the version that it saw last: end such a reader, or call refresh() now and then.
//
// Rejected: a shared mutex, where readers wait for the writer, and for the cache line of the other readers; operator->
// of a reader: in f(reader->owner(a), reader->owner(b)), the second call could free what the first result refers to (so
// call get() once, and use its result). detail/published_cell.hpp has the algorithm, and what was rejected there.
//
// Threads: any number of threads may use a published; a reader or a snapshot is not synchronised, like a built-in type.
// Threads share the value as const, so T's const members must be safe to call from many threads. Any thread may copy,
// move or destroy a T.
#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <type_traits>
#include <utility>

#include <quoit/config.hpp>
#include <quoit/detail/core/compiler.hpp>
#include <quoit/detail/published_cell.hpp>
#include <quoit/fwd.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {

/// Holds one version, which stays valid and unchanged as long as a snapshot or reader holds it, also after the end of
/// the published. A default-constructed or moved-from snapshot holds nothing. Copies count references. All members are
/// noexcept, wait-free and O(1), and allocate nothing; but releasing the last reference destroys the value, which
/// costs what T's destructor costs. Threads: not synchronised, like a built-in type.
template <class T>
class published_snapshot {
 public:
  /// Holds nothing.
  published_snapshot() noexcept = default;
  /// Holds the same version.
  published_snapshot(const published_snapshot& other) noexcept : cell_(other.cell_) {
    if (cell_ != nullptr) cell_->share();
  }
  /// Takes over the version. `other` then holds nothing.
  published_snapshot(published_snapshot&& other) noexcept : cell_(std::exchange(other.cell_, nullptr)) {}
  /// Releases the version that it held.
  published_snapshot& operator=(published_snapshot other) noexcept { return std::swap(cell_, other.cell_), *this; }
  ~published_snapshot() {
    if (cell_ != nullptr) cell_->release();
  }

  /// The value. Precondition, checked by QUOIT_ASSERT: the snapshot holds a version.
  [[nodiscard]] const T& operator*() const& noexcept {
    QUOIT_ASSERT(cell_ != nullptr, "published: a snapshot that holds nothing has no value");
    return cell_->value;
  }
  /// A member of the value. Precondition as for operator*.
  [[nodiscard]] const T* operator->() const& noexcept { return &**this; }
  // ---- A temporary snapshot hands out nothing that refers to its version (P9).

  void operator*() const&& QUOIT_DETAIL_TEMPORARY("keep the snapshot in a variable first");
  const T* operator->() const&& QUOIT_DETAIL_TEMPORARY("keep the snapshot in a variable first");
  /// Whether it holds a version.
  [[nodiscard]] explicit operator bool() const noexcept { return cell_ != nullptr; }

  /// The number of the version: 1 for the initial value, then one more for each published value. 0 if it holds nothing.
  [[nodiscard]] std::uint64_t version() const noexcept { return cell_ == nullptr ? 0 : cell_->version; }

  /// Whether both hold the same version of the same published, or both hold nothing.
  friend bool operator==(const published_snapshot& a, const published_snapshot& b) noexcept {
    return a.cell_ == b.cell_;
  }

 private:
  template <class>
  friend class published;
  template <class>
  friend class published_reader;
  using cell = detail::published_cell<T>;

  explicit published_snapshot(cell* held) noexcept : cell_(held) {}

  cell* cell_ = nullptr;
};

namespace detail {

// What a published and its readers share. The word has a cache line of its own, because every reader loads it often.
template <class T>
struct published_state {
  explicit published_state(std::unique_ptr<published_cell<T>> first) noexcept : newest(std::move(first)) {}

  alignas(cache_line) published_word<T> newest;
  alignas(cache_line) std::mutex writers;
};

}  // namespace detail

/// A thread's own view of a published. It may outlive the published; it then keeps the last version. A copy is an
/// independent reader. A moved-from reader can only be assigned to or destroyed. Wait-free, O(1), no allocation.
/// Threads: not synchronised, like a built-in type.
template <class T>
class published_reader {
 public:
  /// The newest version. It stays valid until this reader's next get() or refresh(), or its end. One atomic load if
  /// there is no newer version. Otherwise it also acquires the new version, and frees the old one if that was the last
  /// reference. Wait-free, never allocates.
  [[nodiscard]] const T& get() & noexcept {
    refresh();
    return seen_.cell_->value;
  }

  /// Takes the newest version, for held(). Returns whether it is newer than the previous one. Costs what get() costs.
  bool refresh() noexcept {
    if (state_->newest.is(seen_.cell_)) [[likely]]
      return false;
    take_newest();
    return true;
  }

  /// The version that the last get() or refresh() took. Does not look for a newer one.
  [[nodiscard]] const T& held() const& noexcept { return *seen_; }
  void get() && QUOIT_DETAIL_TEMPORARY("keep the reader in a variable first");
  void held() const&& QUOIT_DETAIL_TEMPORARY("keep the reader in a variable first");
  /// The number of the held version.
  [[nodiscard]] std::uint64_t version() const noexcept { return seen_.version(); }
  /// The held version, to keep while this reader takes newer ones.
  [[nodiscard]] published_snapshot<T> snapshot() const noexcept { return seen_; }

 private:
  friend class published<T>;
  using state = detail::published_state<T>;

  explicit published_reader(std::shared_ptr<state> shared) noexcept
      : state_(std::move(shared)), seen_(state_->newest.acquire()) {}

  // A function of its own, so that only the check is inlined.
  QUOIT_DETAIL_NOINLINE void take_newest() noexcept { seen_ = published_snapshot<T>(state_->newest.acquire()); }

  std::shared_ptr<state> state_;
  published_snapshot<T> seen_;
};

/// A value that writers replace while readers read it without waiting; see the head of this file. Threads: any number
/// of readers and writers. T's const members must be safe to call from many threads.
template <class T>
class published {
  static_assert(std::is_object_v<T> && !std::is_const_v<T> && std::is_nothrow_destructible_v<T>,
                "quoit: published needs a value type, such as quoit::ring<>, whose destructor does not throw");
  using state = detail::published_state<T>;
  using cell = detail::published_cell<T>;

 public:
  using value_type = T;                         ///< the type of the published value
  using reader_type = published_reader<T>;      ///< reads the newest version, many times
  using snapshot_type = published_snapshot<T>;  ///< holds one version

  /// Publishes version 1. O(1), and moves T; allocates. Throws std::bad_alloc, and what T's move constructor throws.
  explicit published(T initial = T()) : state_(std::make_shared<state>(std::make_unique<cell>(std::move(initial)))) {}

  /// Not copyable and not movable, because threads refer to it.
  published(const published&) = delete;
  published& operator=(const published&) = delete;
  /// Readers and snapshots may outlive it.
  ~published() = default;

  // ---- Reading. Wait-free, O(1), no allocation.

  /// A new reader, for one thread to keep.
  [[nodiscard]] reader_type reader() const noexcept { return reader_type(state_); }
  /// The newest version. Costs two atomic writes to shared memory, so a reader is cheaper for many reads.
  [[nodiscard]] snapshot_type snapshot() const noexcept { return snapshot_type(state_->newest.acquire()); }
  /// The number of the newest version: 1 + the number of published changes. Costs what a snapshot costs.
  [[nodiscard]] std::uint64_t version() const noexcept { return snapshot().version(); }

  // ---- Writing. One writer at a time; other writers wait. A member that throws publishes nothing.

  /// Copies the newest version, calls change(T&) with the copy, publishes the copy, and returns what `change` returned
  /// (by value). Other writers wait, so no update is lost. `change` must not write to the same published. O(a copy +
  /// the change); allocates. Throws std::bad_alloc, and what copying and `change` throw.
  template <class Change>
    requires std::invocable<Change, T&>
  auto update(Change&& change) -> std::decay_t<std::invoke_result_t<Change, T&>> {
    snapshot_type old;  // declared before the lock, so that it ends after the lock is released
    const std::lock_guard lock(state_->writers);
    std::unique_ptr<cell> next = copy();
    if constexpr (std::is_void_v<std::invoke_result_t<Change, T&>>) {
      std::invoke(std::forward<Change>(change), next->value);
      old = replace(std::move(next));
    } else {
      std::decay_t<std::invoke_result_t<Change, T&>> result = std::invoke(std::forward<Change>(change), next->value);
      old = replace(std::move(next));
      return result;
    }
  }

  /// Like update(), but publishes only if `change` returns true. Returns whether it did. Costs what update() costs:
  /// rings.update_if([&](auto& next) { return next.assign(nodes) != quoit::assign_result{}; })
  /// Rejected: a comparison of T before and after, because == may skip part of the value (a ring's skips payloads).
  template <class Change>
    requires std::predicate<Change, T&>
  bool update_if(Change&& change) {
    snapshot_type old;
    const std::lock_guard lock(state_->writers);
    std::unique_ptr<cell> next = copy();
    if (!std::invoke(std::forward<Change>(change), next->value)) return false;
    old = replace(std::move(next));
    return true;
  }

  /// Publishes a new value; returns its version. It overwrites all versions published since `next` was made: use
  /// update() for changes. O(1), and moves T; allocates. Throws std::bad_alloc, and what T's move constructor throws.
  std::uint64_t publish(T next) {
    auto fresh = std::make_unique<cell>(std::move(next));
    snapshot_type old;
    const std::lock_guard lock(state_->writers);
    old = replace(std::move(fresh));
    return old.version() + 1;
  }

 private:
  // The caller of copy() and replace() must hold the mutex.
  [[nodiscard]] std::unique_ptr<cell> copy() const {
    static_assert(std::copy_constructible<T>, "quoit: update() needs a copyable value; publish() does not");
    return std::make_unique<cell>(state_->newest.current().value);
  }
  // Returns the previous version.
  [[nodiscard]] snapshot_type replace(std::unique_ptr<cell> next) noexcept {
    next->version = state_->newest.current().version + 1;
    return snapshot_type(state_->newest.replace(std::move(next)));
  }

  std::shared_ptr<state> state_;
};

}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
