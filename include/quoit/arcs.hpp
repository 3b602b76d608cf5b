// SPDX-License-Identifier: MIT
// Arcs: the pieces (from, to] into which a placement cuts the circle, and who owns each.
//
//            from        to
//   ──────────)──────────]──────────▶  positions, wrapping behind the last one; from == to is the whole circle
#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>

#include <quoit/detail/core/hexadecimal.hpp>
#include <quoit/node.hpp>
#include <quoit/share.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {

/// The positions (or slots) behind `from` up to and with `to`, wrapping; from == to means all of them.
struct position_range {
  std::uint64_t from = 0;  ///< not in it
  std::uint64_t to = 0;    ///< in it
  /// Whether a position lies in the range.
  [[nodiscard]] constexpr bool contains(std::uint64_t position) const noexcept {
    return from < to ? from < position && position <= to : from < position || position <= to;
  }
  friend constexpr bool operator==(const position_range&, const position_range&) noexcept = default;
};

/// A range in which all keys have the same preference list; `owner` is its first node, `size` the exact part of all
/// hashes that falls into the range. Refers to a node of the placement that made it.
template <class Node>
struct arc {
  position_range range;         ///< from where to where
  const Node* owner = nullptr;  ///< never null in the arcs of a placement
  share size;                   ///< in hashes
};

/// "(0x0000000000000010, 0x00000000000000ff]". O(1), allocates.
[[nodiscard]] inline std::string to_string(const position_range& range) {
  return "(0x" + detail::hexadecimal(range.from) + ", 0x" + detail::hexadecimal(range.to) + ']';
}

/// "(0x0000000000000010, 0x00000000000000ff]  a  0.0001%", for an arc that has an owner. O(1), allocates.
template <class Node>
[[nodiscard]] std::string to_string(const arc<Node>& a) {
  return to_string(a.range) + "  " + id_text(*a.owner) + "  " + to_string(a.size);
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
