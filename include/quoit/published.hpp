// SPDX-License-Identifier: MIT
// published: a value, such as a ring, that writers replace while any number of threads read it, and no reader ever waits.
//
//   writers, in turn:   copy ─▶ change ─▶ publish          version 1 ──▶ version 2 ──▶ version 3 (current)
//                                                             ▲              ▲            ▲      ▲
//   readers:            one atomic load, "still current?"   snapshot    slow reader    readers  new snapshots
//
// Invariant: a version never changes once it is published, and lives exactly as long as it is current or somebody holds
// it.
//
//   quoit::published<quoit::ring<>> rings(std::move(ring));
//   rings.update([](auto& next) { next.add("cache-d"); });     // any thread; whole, or not at all
//
//   auto reader = rings.reader();                              // one a thread
//   for (;;) send(next_request(), reader.get().owner(key));    // the newest ring
//
// Three ways to read: a reader for a loop of many reads (one load each), a snapshot to keep one version for a while or
// to hand it on, and the two together: reader.snapshot().
//
// Whoever lets go of a version last destroys it, which may be a reader that moves on: it never waits, but it may have
// to free a ring. A reader that does not read holds what it saw last; let it end, or refresh() it now and then.
//
// Rejected: a shared mutex, where a reader waits for the writer, and readers for each other's cache line; operator-> on
// a reader: in f(reader->owner(a), reader->owner(b)) the second could free what the first refers to (so take get()
// once, and use it). See detail/published_cell.hpp for the algorithm, and for what was rejected there.
//
// Threads: a published may be used from any number of threads; a reader or a snapshot from one at a time, like an int.
// What they refer to is const, so T's const members must be safe from many threads; T is copied, moved and destroyed in
// any.
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

/// One version, held: valid and as it was until the last copy lets go of it, whatever happens to the published it came
/// from. Default-constructed or moved from, it holds nothing. Copies count references. All of it is noexcept,
/// wait-free, O(1), and allocates nothing; who lets go of a version last destroys its value, which costs what T's
/// destructor costs. Threads: one at a time, like an int.
template <class T>
class published_snapshot {
 public:
  /// Holds nothing.
  published_snapshot() noexcept = default;
  /// Holds the same version.
  published_snapshot(const published_snapshot& other) noexcept : cell_(other.cell_) {
    if (cell_ != nullptr) cell_->share();
  }
  /// Takes the version over; the other one holds nothing then.
  published_snapshot(published_snapshot&& other) noexcept : cell_(std::exchange(other.cell_, nullptr)) {}
  /// Lets go of what it held.
  published_snapshot& operator=(published_snapshot other) noexcept { return std::swap(cell_, other.cell_), *this; }
  ~published_snapshot() {
    if (cell_ != nullptr) cell_->release();
  }

  /// The value. A snapshot that holds nothing is a broken precondition: QUOIT_ASSERT.
  [[nodiscard]] const T& operator*() const noexcept {
    QUOIT_ASSERT(cell_ != nullptr, "published: a snapshot that holds nothing has no value");
    return cell_->value;
  }
  /// The same for a member of it.
  [[nodiscard]] const T* operator->() const noexcept { return &**this; }
  /// Whether it holds anything.
  [[nodiscard]] explicit operator bool() const noexcept { return cell_ != nullptr; }

  /// 1 for the initial value, and one more for each that was published after it; 0 where nothing is held.
  [[nodiscard]] std::uint64_t version() const noexcept { return cell_ == nullptr ? 0 : cell_->version; }

  /// Whether both hold the very same publication.
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

// What a published and its readers share. The word on a line of its own: every reader loads it all the time.
template <class T>
struct published_state {
  explicit published_state(std::unique_ptr<published_cell<T>> first) noexcept : newest(std::move(first)) {}

  alignas(cache_line) published_word<T> newest;
  alignas(cache_line) std::mutex writers;
};

}  // namespace detail

/// A thread's own view of a published. It may outlive the published, and then keeps its last version. A copy is a
/// reader of its own; one that was moved from can only be assigned to or destroyed. Wait-free, O(1), no allocation.
/// Threads: one at a time, like an int.
template <class T>
class published_reader {
 public:
  /// The newest version, which stays valid until this reader's next get() or refresh(), or its end. One atomic load
  /// where nothing was published since; otherwise it also acquires the new version, and frees the old one if
  /// nobody else holds it. Wait-free, never allocates.
  [[nodiscard]] const T& get() noexcept {
    refresh();
    return seen_.cell_->value;
  }

  /// Whether there was a newer version, which held() is then. Costs what get() costs.
  bool refresh() noexcept {
    if (state_->newest.is(seen_.cell_)) [[likely]]
      return false;
    take_newest();
    return true;
  }

  /// The version that the last get() or refresh() saw, without looking for a newer one.
  [[nodiscard]] const T& held() const noexcept { return *seen_; }
  /// Its number.
  [[nodiscard]] std::uint64_t version() const noexcept { return seen_.version(); }
  /// The same, to keep while this reader moves on.
  [[nodiscard]] published_snapshot<T> snapshot() const noexcept { return seen_; }

 private:
  friend class published<T>;
  using state = detail::published_state<T>;

  explicit published_reader(std::shared_ptr<state> shared) noexcept
      : state_(std::move(shared)), seen_(state_->newest.acquire()) {}

  // Apart, so that the check alone is inlined.
  QUOIT_DETAIL_NOINLINE void take_newest() noexcept { seen_ = published_snapshot<T>(state_->newest.acquire()); }

  std::shared_ptr<state> state_;
  published_snapshot<T> seen_;
};

/// A value that writers replace while readers read it, without waiting; see the head of this file. Threads: any number,
/// readers and writers alike; T's const members must be safe from many threads.
template <class T>
class published {
  static_assert(std::is_object_v<T> && !std::is_const_v<T> && std::is_nothrow_destructible_v<T>,
                "quoit: what is published is a value, such as quoit::ring<>, whose destructor does not throw");
  using state = detail::published_state<T>;
  using cell = detail::published_cell<T>;

 public:
  using value_type = T;                         ///< what is published
  using reader_type = published_reader<T>;      ///< see there
  using snapshot_type = published_snapshot<T>;  ///< see there

  /// Publishes version 1. O(1) and moving T; allocates. Throws std::bad_alloc, and what T's move constructor throws.
  explicit published(T initial = T()) : state_(std::make_shared<state>(std::make_unique<cell>(std::move(initial)))) {}

  /// Threads refer to it, so it stays where it is.
  published(const published&) = delete;
  published& operator=(const published&) = delete;
  /// Readers and snapshots may outlive it.
  ~published() = default;

  // ---- Reading. Wait-free, O(1), no allocation.

  /// A reader, for one thread to keep.
  [[nodiscard]] reader_type reader() const noexcept { return reader_type(state_); }
  /// The newest version. Two atomic writes to memory that all threads share, so for many reads a reader is cheaper.
  [[nodiscard]] snapshot_type snapshot() const noexcept { return snapshot_type(state_->newest.acquire()); }
  /// The newest version's number: 1 + how often something was published. Costs what a snapshot costs.
  [[nodiscard]] std::uint64_t version() const noexcept { return snapshot().version(); }

  // ---- Writing. One writer at a time, others wait. An exception publishes nothing and changes nothing.

  /// Copies the newest version, calls change(T&) on the copy, publishes it, and returns what `change` returned (by
  /// value). No other writer comes between, so no update is lost. `change` must not write to this published itself.
  /// O(a copy + the change); allocates. Throws std::bad_alloc, and what copying and `change` throw.
  template <class Change>
    requires std::invocable<Change, T&>
  auto update(Change&& change) -> std::decay_t<std::invoke_result_t<Change, T&>> {
    snapshot_type old;  // freed after the mutex is
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

  /// As update(), but publishes only if `change` returns true, and returns whether it did:
  /// rings.update_if([&](auto& next) { return next.assign(nodes) != quoit::assign_result{}; })
  /// Rejected: to compare T before and after, because == of a ring, for one, does not look at the nodes' payloads.
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

  /// Publishes a whole new value; returns its version. Whatever was published since `next` was made is gone: update()
  /// is for changes. O(1), and moving T; allocates. Throws std::bad_alloc, and what T's move constructor throws.
  std::uint64_t publish(T next) {
    auto fresh = std::make_unique<cell>(std::move(next));
    snapshot_type old;
    const std::lock_guard lock(state_->writers);
    old = replace(std::move(fresh));
    return old.version() + 1;
  }

 private:
  // The following two are for whoever holds the mutex.
  [[nodiscard]] std::unique_ptr<cell> copy() const {
    static_assert(std::copy_constructible<T>, "quoit: update() copies the value; publish() does without");
    return std::make_unique<cell>(state_->newest.current().value);
  }
  // What was current before.
  [[nodiscard]] snapshot_type replace(std::unique_ptr<cell> next) noexcept {
    next->version = state_->newest.current().version + 1;
    return snapshot_type(state_->newest.replace(std::move(next)));
  }

  std::shared_ptr<state> state_;
};

}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
