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
#include <type_traits>

#include <quoit/version.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

// The type in which times of any two representations can be compared: inexact, but it never overflows.
template <class Rep>
using wide_seconds = std::chrono::duration<
    std::conditional_t<std::chrono::treat_as_floating_point_v<Rep>, std::common_type_t<Rep, double>, double>>;

// The duration, limited to 0 … 100 years, so that adding it to now() does not overflow. A negative one, and one that is
// not a number, counts as 0: it is over. May be a nanosecond longer than the duration.
template <class Rep, class Period>
[[nodiscard]] std::chrono::nanoseconds bounded(const std::chrono::duration<Rep, Period>& time) {
  constexpr std::chrono::hours century(24 * 365 * 100);
  const wide_seconds<Rep> seconds(time);
  if (!(seconds.count() > 0)) return std::chrono::nanoseconds(0);
  return seconds < century ? std::chrono::ceil<std::chrono::nanoseconds>(seconds) : century;
}

// The deadline in the unit of its clock, limited to 100 years from now and to the range of the clock. One that is not a
// number is over.
template <class Clock, class Duration>
[[nodiscard]] std::chrono::time_point<Clock> bounded(const std::chrono::time_point<Clock, Duration>& deadline) {
  using unit = typename Clock::duration;
  using seconds_type = wide_seconds<std::common_type_t<typename Duration::rep, typename unit::rep>>;
  const std::chrono::time_point<Clock> now = Clock::now();
  const seconds_type left = seconds_type(deadline.time_since_epoch()) - seconds_type(now.time_since_epoch());
  // Near times are taken as they are: `left` is inexact.
  if constexpr (std::is_convertible_v<Duration, unit>) {
    if (left > std::chrono::hours(-1) && left < std::chrono::hours(1)) return deadline;
  }
  // A little less than the range, because its end is rounded, too.
  const seconds_type room = (seconds_type((unit::max)()) - seconds_type(now.time_since_epoch())) * (1 - 1e-9);
  return now + std::chrono::ceil<unit>(bounded(room < left ? room : left));
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
