// SPDX-License-Identifier: MIT
// Keys: which types can be keys, and how each becomes bytes.
//
//   std::string, string_view, const char*     their bytes (a C string ends at its NUL; use a string_view to keep NULs)
//   span/vector/array of std::byte, char …    their bytes
//   integers (not bool, not characters)       8 little-endian bytes; signed ones are sign-extended
//   key_hash{h}                               the hash h itself, which is not hashed again
//   any type with  quoit_id(value)            found by argument-dependent lookup; returns one of the above
//
// No temporary string is created.
//
// Rejected: hashing the native bytes of an integer. 1 (int) and 1 (long) would have different positions, and big-endian
// machines would give other positions than little-endian ones.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <ranges>
#include <string_view>
#include <type_traits>

#include <quoit/concepts.hpp>
#include <quoit/detail/core/little_endian.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {

/// The hash of a key, for callers that have already computed it. It is not hashed again.
struct key_hash {
  std::uint64_t value = 0;  ///< the hash
  friend constexpr bool operator==(const key_hash&, const key_hash&) noexcept = default;
};

namespace detail {

template <class T>
concept character = std::same_as<T, char> || std::same_as<T, wchar_t> || std::same_as<T, char8_t> ||
                    std::same_as<T, char16_t> || std::same_as<T, char32_t>;

template <class T>
concept integer_id = std::integral<T> && !std::same_as<T, bool> && !character<T>;

template <class T>
concept string_id = std::convertible_to<const T&, std::string_view> && !std::same_as<T, std::nullptr_t>;

template <class T>
concept byte_type = std::same_as<T, std::byte> || std::same_as<T, char> || std::same_as<T, signed char> ||
                    std::same_as<T, unsigned char> || std::same_as<T, char8_t>;

template <class T>
concept byte_range = !string_id<T> && std::ranges::contiguous_range<const T> && std::ranges::sized_range<const T> &&
                     byte_type<std::remove_cvref_t<std::ranges::range_reference_t<const T>>>;

template <class T>
concept identified = requires(const T& value) { quoit_id(value); };

template <class T>
constexpr std::string_view string_of(const T& text) noexcept {
  if constexpr (std::is_pointer_v<T>) return text == nullptr ? std::string_view() : std::string_view(text);
  else return std::string_view(text);
}

template <class T>
std::string_view bytes_of(const T& bytes) noexcept {
  // Any object may be read through char (C++20 [basic.lval]/11).
  return {reinterpret_cast<const char*>(std::ranges::data(bytes)), std::ranges::size(bytes)};
}

}  // namespace detail

/// A type whose values can be used as keys.
template <class Key>
concept hashable_key = std::same_as<Key, key_hash> || detail::string_id<Key> || detail::integer_id<Key> ||
                       detail::byte_range<Key> || detail::identified<Key>;

namespace detail {

template <class Key>
constexpr bool require_key() {
  static_assert(
      hashable_key<Key>,
      "quoit: this type is not a key. Pass a string, a range of bytes, an integer or quoit::key_hash{h}. For your "
      "own type, declare in its namespace: std::string_view quoit_id(const T& value) noexcept;");
  return true;
}

}  // namespace detail

/// The 64-bit hash of a key. O(bytes), does not allocate. If quoit_id throws, std::terminate() is called.
template <class Hash, class Key>
[[nodiscard]] constexpr std::uint64_t hash_key(const Hash& hash, const Key& key, std::uint64_t seed) noexcept {
  static_assert(detail::require_key<Key>());
  if constexpr (std::same_as<Key, key_hash>) {
    return key.value;
  } else if constexpr (detail::string_id<Key>) {
    return hash(detail::string_of(key), seed);
  } else if constexpr (detail::integer_id<Key>) {
    char bytes[8];
    detail::write_little_endian(static_cast<std::uint64_t>(key), bytes, 8);
    return hash(std::string_view(bytes, 8), seed);
  } else if constexpr (detail::byte_range<Key>) {
    return hash(detail::bytes_of(key), seed);
  } else if constexpr (detail::identified<Key>) {
    return quoit::hash_key(hash, quoit_id(key), seed);
  }
}

}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
