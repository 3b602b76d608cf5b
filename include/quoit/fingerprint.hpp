// SPDX-License-Identifier: MIT
// fingerprint: a 128-bit hash by which processes can check that they place keys alike.
//
// It is the MurmurHash3_x64_128 of the spec, a probe of the hash, the id, weight and domain of every node in id order,
// and the entries of a table. A length precedes each field, so that different inputs never give the same bytes. It is
// not cryptographic: it detects accidental differences, not attacks.
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

/// A 128-bit hash of everything that determines a placement. It is equal in processes that place keys alike, and
/// differs in others except with a probability of 2^-128. Not resistant to attacks.
struct fingerprint {
  std::uint64_t high = 0;  ///< the half that is printed first
  std::uint64_t low = 0;   ///< the half that is printed second
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

// Builds a fingerprint from fields.
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
