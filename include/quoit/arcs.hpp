// SPDX-License-Identifier: MIT
// arc: a range (from, to] of the circle with its owner. A placement divides the circle into arcs.
//
//            from        to
//   ──────────(──────────]──────────▶  positions, wrapping after the last one; from == to is the whole circle
#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>

#include <quoit/detail/core/hexadecimal.hpp>
#include <quoit/node.hpp>
#include <quoit/share.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {

/// The positions (or slots) after `from`, up to and including `to`. It wraps after the last position. from == to means
/// all positions.
struct position_range {
  std::uint64_t from = 0;  ///< the position before the first one of the range
  std::uint64_t to = 0;    ///< the last position of the range
  /// Whether a position is in the range.
  [[nodiscard]] constexpr bool contains(std::uint64_t position) const noexcept {
    return from < to ? from < position && position <= to : from < position || position <= to;
  }
  friend constexpr bool operator==(const position_range&, const position_range&) noexcept = default;
};

/// A range in which all keys have the same preference list. Refers to a node of the placement that created it.
template <class Node>
struct arc {
  position_range range;         ///< the positions
  const Node* owner = nullptr;  ///< the first node of the preference list; null if no node owns the range
  share size;                   ///< the exact share of all hashes that fall into the range
};

/// "(0x0000000000000010, 0x00000000000000ff]". O(1), allocates.
[[nodiscard]] inline std::string to_string(const position_range& range) {
  return "(0x" + detail::hexadecimal(range.from) + ", 0x" + detail::hexadecimal(range.to) + ']';
}

/// "(0x0000000000000010, 0x00000000000000ff]  a  0.0001%", with "nobody" if there is no owner. O(1), allocates.
template <class Node>
[[nodiscard]] std::string to_string(const arc<Node>& a) {
  return to_string(a.range) + "  " + (a.owner == nullptr ? std::string("nobody") : quoit::id_text(*a.owner)) + "  " +
         to_string(a.size);
}

/// Writes to_string(range).
template <class Char, class Traits>
std::basic_ostream<Char, Traits>& operator<<(std::basic_ostream<Char, Traits>& out, const position_range& range) {
  return out << to_string(range).c_str();
}
/// Writes to_string(a).
template <class Char, class Traits, class Node>
std::basic_ostream<Char, Traits>& operator<<(std::basic_ostream<Char, Traits>& out, const arc<Node>& a) {
  return out << to_string(a).c_str();
}

}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
