// SPDX-License-Identifier: MIT
// Integers as little-endian bytes, the same on every machine.
//
// Little-endian machines copy whole words. Other machines and constant expressions use shifts, which give the same
// bytes.
//
// Rejected: shifts everywhere. g++ compiles them to one load or store for each byte. A word that is read right after
// eight one-byte stores waits for all of them, which costs 12 ns for every integer key.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include <quoit/version.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

constexpr bool words_are_copied() noexcept {
  return std::endian::native == std::endian::little && !std::is_constant_evaluated();
}

template <class Word>
[[nodiscard]] std::uint64_t copy_of(const char* bytes) noexcept {
  Word word;
  std::memcpy(&word, bytes, sizeof word);
  return word;
}

// Reads `count` bytes, at most 8.
[[nodiscard]] constexpr std::uint64_t read_little_endian(const char* bytes, std::size_t count) noexcept {
  if (words_are_copied()) {
    // Two overlapping words cover every length from the size of one word to the size of both.
    if (count == 8) return copy_of<std::uint64_t>(bytes);
    if (count >= 4)
      return copy_of<std::uint32_t>(bytes) | copy_of<std::uint32_t>(bytes + count - 4) << (8 * (count - 4));
    if (count == 0) return 0;
    return copy_of<std::uint8_t>(bytes) | copy_of<std::uint8_t>(bytes + count / 2) << (8 * (count / 2)) |
           copy_of<std::uint8_t>(bytes + count - 1) << (8 * (count - 1));
  }
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < count; ++i) {
    value |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
  }
  return value;
}

// Writes the lowest `count` bytes of `value`, at most 8.
constexpr void write_little_endian(std::uint64_t value, char* bytes, std::size_t count) noexcept {
  if (words_are_copied()) {
    std::memcpy(bytes, &value, count);
    return;
  }
  for (std::size_t i = 0; i < count; ++i) bytes[i] = static_cast<char>(static_cast<unsigned char>(value >> (8 * i)));
}

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
