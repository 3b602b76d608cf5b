// SPDX-License-Identifier: MIT
// byte_writer and byte_reader: the format of everything that is saved or fingerprinted.
//
//   number   1 to 8 bytes, little-endian
//   text     u32 length, then the bytes
//   sealed   everything written so far, then the 16 bytes of its MurmurHash3_x64_128
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <quoit/config.hpp>
#include <quoit/detail/core/little_endian.hpp>
#include <quoit/hash.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

inline constexpr std::size_t checksum_size = 16;

class byte_writer {
 public:
  // Errors are in the name of `who`.
  explicit byte_writer(const char* who = "bytes") noexcept : who_(who) {}

  void number(std::uint64_t value, std::size_t size) {
    char bytes[8];
    write_little_endian(value, bytes, size);
    bytes_.append(bytes, size);
  }

  // Overwrites the number at `offset`.
  void number_at(std::size_t offset, std::uint64_t value, std::size_t size) noexcept {
    write_little_endian(value, bytes_.data() + offset, size);
  }

  void raw(std::string_view bytes) { bytes_.append(bytes); }

  void text(std::string_view text) {
    if (text.size() > 0xffffffffU) {
      throw_invalid_argument(std::string(who_) + ": a text longer than 4 GiB cannot be saved");
    }
    number(text.size(), 4);
    raw(text);
  }

  void reserve(std::size_t more) { bytes_.reserve(bytes_.size() + more); }
  [[nodiscard]] std::size_t size() const noexcept { return bytes_.size(); }
  [[nodiscard]] std::string_view bytes() const noexcept { return bytes_; }

  // The bytes, followed by their checksum. The writer must not be used afterwards.
  [[nodiscard]] std::string sealed() {
    const hash128 checksum = murmur3_x64_128(bytes_);
    number(checksum.first, 8);
    number(checksum.second, 8);
    return std::move(bytes_);
  }

 private:
  std::string bytes_;
  const char* who_;
};

// The way out for bytes that are not what was saved.
inline constexpr const char* read_again = "; read them again from where they were saved, or use another copy";

// Never reads past the end: throws std::invalid_argument, with `who` at the front of the message.
class byte_reader {
 public:
  byte_reader(std::string_view bytes, const char* who) noexcept : rest_(bytes), who_(who) {}

  [[nodiscard]] std::size_t left() const noexcept { return rest_.size(); }

  [[nodiscard]] std::string_view raw(std::uint64_t size) {
    if (size > rest_.size()) refuse(std::string("the bytes are truncated, or a length in them is wrong") + read_again);
    const std::string_view result = rest_.substr(0, static_cast<std::size_t>(size));
    rest_.remove_prefix(result.size());
    return result;
  }

  [[nodiscard]] std::uint64_t number(std::size_t size) { return read_little_endian(raw(size).data(), size); }
  [[nodiscard]] std::string_view text() { return raw(number(4)); }

  // The number of elements that follow, of `size` bytes or more each. Refuses a count that the remaining bytes cannot
  // hold, so that the caller never allocates for more.
  [[nodiscard]] std::size_t count(std::size_t size) {
    const std::uint64_t value = number(4);
    if (value > rest_.size() / size)
      refuse(std::string("the bytes are truncated, or a length in them is wrong") + read_again);
    return static_cast<std::size_t>(value);
  }

  [[noreturn]] void refuse(const std::string& why) const { throw_invalid_argument(std::string(who_) + ": " + why); }

 private:
  std::string_view rest_;
  const char* who_;
};

// Checks the checksum of `sealed`, which has at least checksum_size bytes. Throws std::invalid_argument.
inline void require_checksum(std::string_view sealed, const char* who) {
  const std::string_view content = sealed.substr(0, sealed.size() - checksum_size);
  byte_reader tail(sealed.substr(content.size()), who);
  const std::uint64_t first = tail.number(8), second = tail.number(8);
  if (murmur3_x64_128(content) != hash128{first, second}) {
    tail.refuse(std::string("the bytes are damaged: the checksum does not match") + read_again);
  }
}

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
