// SPDX-License-Identifier: MIT
// byte_writer and byte_reader: what is written is read, and truncated or damaged bytes are refused.
#include <cstddef>
#include <cstdint>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <quoit/detail/core/bytes.hpp>

#include "catch2.hpp"
#include "support/allocations.hpp"
#include "support/message_of.hpp"
#include "support/random.hpp"

namespace {

std::uint64_t low_bytes(std::uint64_t value, std::size_t size) {
  return size == 8 ? value : value & ((std::uint64_t{1} << (8 * size)) - 1);
}

// Numbers of every size, a text and raw bytes, with their checksum.
std::string sealed_sample() {
  quoit::detail::byte_writer out;
  for (std::size_t size = 1; size <= 8; ++size) out.number(0xf1e2d3c4b5a69788U, size);
  out.text("text");
  out.text("");
  out.raw(std::string_view("\0raw", 4));
  return out.sealed();
}

}  // namespace

TEST_CASE("byte_writer: numbers are little-endian, and texts follow their length", "[detail]") {
  quoit::detail::byte_writer out;
  out.number(0x0102030405060708U, 8);
  out.number(0x0a0b0c0dU, 3);
  out.text("ab");
  CHECK(out.bytes() == std::string_view("\x08\x07\x06\x05\x04\x03\x02\x01\x0d\x0c\x0b\x02\0\0\0ab", 17));
  out.number_at(8, 0x112233U, 3);
  CHECK(out.bytes().substr(8, 3) == "\x33\x22\x11");
  CHECK(out.size() == 17);
}

TEST_CASE("byte_reader: reads what byte_writer wrote", "[detail][random]") {
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  for (int round = 0; round < 100; ++round) {
    struct field {
      std::uint64_t number;
      std::size_t size;  // 0 for the text
      std::string text;
    };
    std::vector<field> fields(random.index(20));
    quoit::detail::byte_writer out;
    for (field& f : fields) {
      f = {random.next(), random.index(9), std::string(random.index(40), static_cast<char>(random.below(256)))};
      if (f.size == 0) out.text(f.text);
      else out.number(f.number, f.size);
    }
    const std::string bytes(out.bytes());
    quoit::detail::byte_reader in(bytes, "test");
    for (const field& f : fields) {
      if (f.size == 0) REQUIRE(in.text() == f.text);
      else REQUIRE(in.number(f.size) == low_bytes(f.number, f.size));
    }
    REQUIRE(in.left() == 0);
  }
}

TEST_CASE("byte_reader: refuses every read past the end, with the name of the caller", "[detail][P7]") {
  const std::string message =
      "quoit: test: the bytes are truncated, or a length in them is wrong; read them again from where they "
      "were saved, or use another copy";
  using quoit::detail::byte_reader;
  for (std::size_t size = 0; size < 8; ++size) {
    const std::string bytes(size, '\0');
    CHECK(test::message_of([&] { (void)byte_reader(bytes, "test").number(size + 1); }) == message);
    CHECK(test::message_of([&] { (void)byte_reader(bytes, "test").raw(size + 1); }) == message);
    CHECK(test::message_of([&] { (void)byte_reader(bytes, "test").raw(~std::uint64_t{0}); }) == message);
  }
  // Lengths that exceed the bytes that follow.
  CHECK(test::message_of([] { (void)byte_reader(std::string_view("\3\0\0\0ab", 6), "test").text(); }) == message);
  CHECK(test::message_of([] { (void)byte_reader("\xff\xff\xff\xff", "test").text(); }) == message);
}

TEST_CASE("byte_reader: refuses a count whose elements the remaining bytes cannot hold", "[detail][P7]") {
  const auto count = [](std::string_view bytes, std::size_t size) {
    return quoit::detail::byte_reader(bytes, "test").count(size);
  };
  const std::string_view two_of_four("\2\0\0\0abcdefgh", 12);
  CHECK(count(two_of_four, 4) == 2);
  CHECK(count(two_of_four, 1) == 2);
  CHECK_THROWS_AS(count(two_of_four, 5), std::invalid_argument);
  CHECK_THROWS_AS(count(std::string_view("\xff\xff\xff\xff"
                                         "abcd",
                                         8),
                        1),
                  std::invalid_argument);
  CHECK(count(std::string_view("\0\0\0\0", 4), 8) == 0);
}

TEST_CASE("require_checksum: detects every flipped bit", "[detail]") {
  const std::string bytes = sealed_sample();
  REQUIRE_NOTHROW(quoit::detail::require_checksum(bytes, "test"));
  for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    std::string damaged = bytes;
    damaged[bit / 8] = static_cast<char>(static_cast<unsigned char>(damaged[bit / 8]) ^ (1U << bit % 8));
    INFO("bit " << bit);
    REQUIRE(test::message_of([&] { quoit::detail::require_checksum(damaged, "test"); }) ==
            "quoit: test: the bytes are damaged: the checksum does not match; read them again from where they were "
            "saved, or "
            "use another copy");
  }
}

TEST_CASE("require_checksum: the checksum of nothing", "[detail]") {
  const std::string bytes = quoit::detail::byte_writer().sealed();
  CHECK(bytes.size() == quoit::detail::checksum_size);
  CHECK_NOTHROW(quoit::detail::require_checksum(bytes, "test"));
}

TEST_CASE("byte_writer: a failed allocation leaves what was written", "[detail]") {
  quoit::detail::byte_writer out;
  out.text("written before the failure");
  const std::string before(out.bytes());
  const std::string long_text(1000, 'x');
  {
    const test::failing_allocations fail(0);
    CHECK_THROWS_AS(out.raw(long_text), std::bad_alloc);
    CHECK_THROWS_AS(out.reserve(1000), std::bad_alloc);
  }
  CHECK(out.bytes() == before);
  out.reserve(1000);
  const test::failing_allocations fail(0);
  out.raw(long_text);
  CHECK(out.size() == before.size() + 1000);
}
