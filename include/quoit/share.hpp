// SPDX-License-Identifier: MIT
// share: an exact part of the hash space, counted in hashes out of 2^64.
//
// A single node owns all 2^64 hashes, which is one more than a 64-bit integer can hold, so a share is a 128-bit count.
// The shares of a ring's arcs add up to exactly share::whole().
//
// Rejected: double, which cannot distinguish the share that moved from the least possible share if they differ by a
// single arc.
#pragma once

#include <compare>
#include <cstdint>
#include <iosfwd>
#include <string>

#include <quoit/detail/core/wide.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {

/// An exact part of the hash space, counted in hashes out of 2^64. A value type; all operations are constexpr and
/// noexcept. a - b requires a >= b, because a share is never negative. O(1). Threads: not synchronised, like a built-in
/// type.
class share {
 public:
  /// No hashes.
  constexpr share() noexcept = default;

  /// `count` of the 2^64 hashes.
  constexpr explicit share(std::uint64_t count) noexcept : count_{0, count} {}

  /// All 2^64 hashes.
  [[nodiscard]] static constexpr share whole() noexcept { return share(detail::wide{1, 0}); }

  /// floor(2^64 * part / total) hashes, for part <= total. The whole if total is 0.
  [[nodiscard]] static constexpr share ratio(std::uint64_t part, std::uint64_t total) noexcept {
    return part >= total ? whole() : share(detail::divide({part, 0}, total));
  }

  /// The number of hashes is high() * 2^64 + low(). So high() is 1 for the whole, and 0 for less.
  [[nodiscard]] constexpr std::uint64_t high() const noexcept { return count_.high; }
  /// The low 64 bits of the number of hashes.
  [[nodiscard]] constexpr std::uint64_t low() const noexcept { return count_.low; }

  /// The number of hashes divided by 2^64, as the nearest double. For output; compare the exact values instead.
  [[nodiscard]] constexpr double fraction() const noexcept {
    return static_cast<double>(count_.high) + static_cast<double>(count_.low) * 0x1p-64;
  }

  friend constexpr share operator+(share a, share b) noexcept { return share(detail::add(a.count_, b.count_)); }
  friend constexpr share operator-(share a, share b) noexcept { return share(detail::subtract(a.count_, b.count_)); }
  /// Adds a share. The two must not overlap.
  constexpr share& operator+=(share other) noexcept { return *this = *this + other; }
  /// Subtracts a share that is part of this one.
  constexpr share& operator-=(share other) noexcept { return *this = *this - other; }
  friend constexpr auto operator<=>(const share&, const share&) noexcept = default;

 private:
  constexpr explicit share(detail::wide count) noexcept : count_(count) {}
  detail::wide count_;
};

/// "12.3457%": the percentage with four decimals, rounded to nearest. It uses integer arithmetic, so the text is the
/// same on every machine. O(1), allocates.
[[nodiscard]] inline std::string to_string(share value) {
  const detail::wide scaled = detail::multiply(value.low(), 1'000'000);
  const std::uint64_t parts = value.high() * 1'000'000 + scaled.high + (scaled.low >> 63);
  std::string decimals = std::to_string(parts % 10'000);
  decimals.insert(0, 4 - decimals.size(), '0');
  return std::to_string(parts / 10'000) + '.' + decimals + '%';
}

/// Writes to_string(value).
template <class Char, class Traits>
std::basic_ostream<Char, Traits>& operator<<(std::basic_ostream<Char, Traits>& out, share value) {
  return out << to_string(value).c_str();
}

}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
