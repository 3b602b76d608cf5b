// SPDX-License-Identifier: MIT
// fingerprint: 128 bits by which two processes see that they place keys alike.
//
// It is MurmurHash3_x64_128 over the spec, a probe of the hash, every node's id, weight and domain in id order, and the
// entries of a table; each field is length-prefixed, so that no two different inputs are the same bytes. Not
// cryptographic: it detects accidents, not attackers.
#pragma once

#include <compare>
#include <cstdint>
#include <iosfwd>
#include <span>
#include <string>
#include <string_view>

#include <quoit/detail/core/bytes.hpp>
#include <quoit/detail/core/hexadecimal.hpp>
#include <quoit/hash.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {

/// 128 bits over all that decides a placement: equal in two processes that place alike, different in others (but for
/// accidents of 1 in 2^128). Not for attackers.
struct fingerprint {
  std::uint64_t high = 0;  ///< the half that is written first
  std::uint64_t low = 0;   ///< the other half
  friend constexpr auto operator<=>(const fingerprint&, const fingerprint&) noexcept = default;
};

/// 32 hexadecimal digits. O(1), allocates.
[[nodiscard]] inline std::string to_string(const fingerprint& value) {
  return detail::hexadecimal(value.high) + detail::hexadecimal(value.low);
}

/// Writes to_string(value).
template <class Char, class Traits>
std::basic_ostream<Char, Traits>& operator<<(std::basic_ostream<Char, Traits>& out, const fingerprint& value) {
  return out << to_string(value).c_str();
}

namespace detail {

// Collects the fields of a fingerprint.
class fingerprint_builder {
 public:
  void number(std::uint64_t value) { bytes_.number(value, 8); }

  void numbers(std::span<const std::uint32_t> values) {
    number(values.size());
    bytes_.reserve(4 * values.size());
    for (const std::uint32_t value : values) bytes_.number(value, 4);
  }

  void text(std::string_view value) {
    number(value.size());
    bytes_.raw(value);
  }

  [[nodiscard]] fingerprint finish() const noexcept {
    const hash128 hash = murmur3_x64_128(bytes_.bytes());
    return {hash.first, hash.second};
  }

 private:
  byte_writer bytes_;
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
