// SPDX-License-Identifier: MIT
// A kv_map's index: counts changes, and wakes threads that wait for the next change.
//
// A writer pays one load if no thread waits. A waiter increments the count of waiters before it reads the index, and a
// writer increments the index before it reads that count. So at least one of the two sees the other.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>

#include <quoit/version.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

// The duration, limited to 0 … 100 years, so that adding it to now() does not overflow.
template <class Rep, class Period>
std::chrono::nanoseconds bounded(const std::chrono::duration<Rep, Period>& time) {
  constexpr std::chrono::hours century(24 * 365 * 100);
  const std::chrono::duration<double> seconds(time);  // inexact, but never overflows
  if (!(seconds < century)) return century;
  return seconds.count() > 0 ? std::chrono::ceil<std::chrono::nanoseconds>(time) : std::chrono::nanoseconds(0);
}

class kv_counter {
 public:
  [[nodiscard]] std::uint64_t now() const noexcept { return index_.load(); }
  std::uint64_t next() noexcept { return ++index_; }

  // To be called after next(), without a lock that a waiter could need.
  void wake() const {
    if (waiters_.load() == 0) return;
    {
      const std::lock_guard lock(mutex_);
    }
    changed_.notify_all();
  }

  // wait_for(condition variable, lock, condition) returns when the condition holds, or at its own deadline or stop.
  template <class WaitFor>
  std::uint64_t wait_past(std::uint64_t seen, const WaitFor& wait_for) const {
    std::unique_lock lock(mutex_);
    ++waiters_;
    wait_for(changed_, lock, [&] { return index_.load() > seen; });
    --waiters_;
    return index_.load();
  }

 private:
  std::atomic<std::uint64_t> index_{0};
  mutable std::mutex mutex_;
  mutable std::condition_variable_any changed_;
  mutable std::atomic<std::size_t> waiters_{0};
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
