// SPDX-License-Identifier: MIT
// Saved bytes with a correct checksum, so that a fuzzer gets past it: by the harness, and by a mutator that repairs
// most of what it has damaged.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include <quoit/hash.hpp>

#include "fuzz/target.hpp"

namespace test::fuzz {

inline constexpr std::size_t checksum_bytes = 16;

inline void put(std::string& bytes, std::size_t at, std::uint64_t value, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i, value >>= 8) bytes[at + i] = static_cast<char>(value & 0xff);
}
inline void append(std::string& bytes, std::uint64_t value, std::size_t count) {
  bytes.resize(bytes.size() + count);
  put(bytes, bytes.size() - count, value, count);
}

/// The bytes, followed by their checksum.
inline std::string sealed(std::string content) {
  const quoit::hash128 checksum = quoit::murmur3_x64_128(content);
  append(content, checksum.first, 8);
  append(content, checksum.second, 8);
  return content;
}

/// A saved slot table has its length after the magic bytes and the format.
inline void set_length(std::string& content) {
  if (content.size() >= 20) put(content, 12, content.size() + checksum_bytes, 8);
}

inline std::string text_of(input_bytes input) { return {input.begin(), input.end()}; }

}  // namespace test::fuzz

#if defined(QUOIT_LIBFUZZER)
extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

namespace test::fuzz {

/// Mutates like libFuzzer. Of three inputs, two get a correct checksum after the first `head` bytes, which are not part
/// of the saved bytes; `repair` mends the content before.
template <class Repair>
std::size_t mutate_sealed(std::uint8_t* data, std::size_t size, std::size_t max_size, unsigned seed, std::size_t head,
                          const Repair& repair) {
  const bool sealed_before = size >= head + checksum_bytes;
  // Mutating the checksum itself would be in vain.
  const std::size_t content = sealed_before && seed % 3 != 0 ? size - checksum_bytes : size;
  const std::size_t room = sealed_before && seed % 3 != 0 ? max_size - checksum_bytes : max_size;
  const std::size_t mutated = LLVMFuzzerMutate(data, content, room);
  if (!sealed_before || seed % 3 == 0 || mutated < head) return mutated;
  std::string bytes(data + head, data + mutated);
  repair(bytes);
  bytes = sealed(std::move(bytes));
  std::copy(bytes.begin(), bytes.end(), data + head);
  return head + bytes.size();
}

}  // namespace test::fuzz
#endif
