// SPDX-License-Identifier: MIT
// slot_table::save and restore: every table has one encoding, and damaged bytes are never read as another table.
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <quoit/slot_table.hpp>

#include "catch2.hpp"
#include "support/allocations.hpp"
#include "support/message_of.hpp"
#include "support/slot_tables.hpp"
#include "support/tables.hpp"

namespace {

using table_type = quoit::slot_table<>;
using integers = quoit::slot_table<std::int64_t, quoit::murmur3, quoit::modulo_circle<>>;
constexpr std::uint32_t none = table_type::no_node;
using Catch::Matchers::ContainsSubstring;

table_type small() {
  return table_type({{"b", 1, "x"}, {"a", 2, "y/z"}, {std::string("c\0d", 3), 0, {}}}, {0, 1, 1, none, none, 2, 2, 0},
                    {.slots = 4, .replicas = 2, .seed = 9}, 7);
}

std::string little_endian(std::uint64_t value, std::size_t size) {
  std::string bytes(size, '\0');
  quoit::detail::write_little_endian(value, bytes.data(), size);
  return bytes;
}
std::string text(std::string_view bytes) { return little_endian(bytes.size(), 4) + std::string(bytes); }

// The bytes with their length and checksum.
std::string sealed(const std::string& body, std::uint32_t format = 1) {
  std::string bytes = "quoit-st" + little_endian(format, 4) + little_endian(8 + 4 + 8 + body.size() + 16, 8) + body;
  const quoit::hash128 checksum = quoit::murmur3_x64_128(bytes);
  return bytes + little_endian(checksum.first, 8) + little_endian(checksum.second, 8);
}

// The parts of a saved table of two slots, two replicas, and nodes a and b.
struct parts {
  std::string spec = "slot_table/1;xxh3;slots=slots/2;replicas=2;seed=0";
  std::uint64_t probe = quoit::xxh3{}("quoit", 0);
  std::uint64_t slots = 2, replicas = 2, seed = 0, version = 1, kind = 0, count = 2;
  std::string nodes = text("a") + little_endian(1, 8) + text("") + text("b") + little_endian(1, 8) + text("x");
  std::string lists = std::string("\0\1\1\xff", 4);
  [[nodiscard]] std::string bytes(std::uint32_t format = 1) const {
    return sealed(text(spec) + little_endian(probe, 8) + little_endian(slots, 8) + little_endian(replicas, 4) +
                      little_endian(seed, 8) + little_endian(version, 8) + little_endian(kind, 1) +
                      little_endian(count, 4) + nodes + lists,
                  format);
  }
};

std::string complaint(std::string_view bytes) {
  return test::message_of([&] { (void)table_type::restore(bytes); });
}
// Bytes are either refused, or the only encoding of a table.
bool none_or_the_same(const std::string& bytes) {
  try {
    return table_type::restore(bytes).save() == bytes;
  } catch (const std::invalid_argument&) {
    return true;
  }
}
std::string complaint(const parts& p) { return complaint(p.bytes()); }

}  // namespace

TEST_CASE("slot_table: restore returns the saved table", "[slot_table]") {
  const auto check = [](const auto& table, auto... arguments) {
    using type = std::remove_cvref_t<decltype(table)>;
    const std::string bytes = table.save();
    const type back = type::restore(bytes, arguments...);
    CHECK(back == table);
    CHECK(back.version() == table.version());
    CHECK(back.fingerprint() == table.fingerprint());
    CHECK(back.save() == bytes);
  };
  check(small());
  check(table_type({{"b", 1, "x", 0}, {"a", 2, "y", 1}, {"c"}}, {0, 1, 1, none}, {.slots = 2, .replicas = 2}));
  check(integers({{-5, 3, "x", std::numeric_limits<std::int64_t>::max()}, {7, 0}}, {0, 1}, {.replicas = 1}, 1, {},
                 quoit::modulo_circle<>(3, 2)),
        quoit::murmur3(), quoit::modulo_circle<>(3, 2));
  check(table_type());
  check(table_type({}, {}, {.slots = 0xffffffffU, .replicas = 1}, ~std::uint64_t{0}));
  check(integers({{-5, 3, "x"}, {7}, {std::numeric_limits<std::int64_t>::min()}}, {0, 1, 2}, {.replicas = 1}, 1, {},
                 quoit::modulo_circle<>(5, 3)),
        quoit::murmur3(), quoit::modulo_circle<>(5, 3));
  using narrow = quoit::slot_table<std::uint16_t, quoit::fnv1a, quoit::redis_slots>;
  check(narrow({{65535}, {0}}, std::vector<std::uint32_t>(16384, 1), {.replicas = 1}));
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  for (int round = 0; round < 40; ++round) {
    const auto one = test::random_parts_up_to<std::string>(random, 300, 40, 6);
    const std::uint64_t version = random.next();
    check(table_type(one.nodes, one.replicas, one.options, version));
  }
}

TEST_CASE("P2 slot_table: saved bytes follow the format", "[slot_table]") {
  const parts p;
  const table_type table({{"b", 1, "x"}, {"a"}}, {1, 0, 0, none}, {.slots = 2, .replicas = 2});
  CHECK(table.save() == p.bytes());
  CHECK(table_type::restore(p.bytes()) == table);
  const auto hex = [](const std::string& bytes) {
    std::string digits;
    for (const char c : bytes) digits += quoit::detail::hexadecimal(static_cast<unsigned char>(c)).substr(14);
    return digits;
  };
  CHECK(hex(p.bytes()) ==
        "71756f69742d7374"
        "01000000"
        "a900000000000000"
        "31000000"
        "736c6f745f7461626c652f313b787868333b736c6f74733d736c6f74732f323b7265706c696361733d323b736565643d30"
        "7a86efa0cd3dab8a"
        "0200000000000000"
        "02000000"
        "0000000000000000"
        "0100000000000000"
        "00"
        "02000000"
        "01000000"
        "61"
        "0100000000000000"
        "00000000"
        "01000000"
        "62"
        "0100000000000000"
        "01000000"
        "78"
        "000101ff"
        "8deaeaf2396f87f2aea3e8266998ee69");
}

TEST_CASE("P2 slot_table: format 2 is for leader weights and holes only", "[slot_table]") {
  // The bytes of this table without leader weights, with another format and 8 bytes more for each node.
  parts p;
  const auto bytes_of = [&](const std::string& a, const std::string& b, std::uint32_t format) {
    p.nodes = text("a") + little_endian(1, 8) + text("") + a + text("b") + little_endian(1, 8) + text("x") + b;
    return p.bytes(format);
  };
  const std::string unset(8, '\xff');
  const auto table = [](std::optional<std::int64_t> a, std::optional<std::int64_t> b) {
    return table_type({{"a", 1, "", a}, {"b", 1, "x", b}}, {0, 1, 1, none}, {.slots = 2, .replicas = 2});
  };
  CHECK(table({}, {}).save() == bytes_of("", "", 1));
  CHECK(table(0, {}).save() == bytes_of(little_endian(0, 8), unset, 2));
  CHECK(table(7, 258).save() == bytes_of(little_endian(7, 8), little_endian(258, 8), 2));
  CHECK(table_type::restore(bytes_of(unset, little_endian(5, 8), 2)) == table({}, 5));
  CHECK(table_type::restore(bytes_of("", "", 1)) == table({}, {}));
  // No table has two encodings.
  CHECK(complaint(bytes_of(unset, unset, 2)) ==
        "quoit: slot_table: format 2, but no node has a leader weight, and no slot is without a copy; these bytes are "
        "not what slot_table::save() returned: save the table again");
  p = parts();
  p.lists = std::string("\0\1\xff\xff", 4);
  CHECK(complaint(p) ==
        "quoit: slot_table: format 1, but a slot has no copy, which needs format 2; these bytes are not "
        "what slot_table::save() returned: save the table again");
  CHECK_THAT(complaint(bytes_of(little_endian(1, 8), "", 2)),
             ContainsSubstring("too few bytes for the number of nodes"));
  CHECK_THAT(complaint(bytes_of(little_endian(~std::uint64_t{0} - 1, 8), unset, 2)),
             ContainsSubstring("node 'a' has leader weight -2"));
}

TEST_CASE("P3 slot_table: a leader weight is part of what is compared, where it is set", "[slot_table]") {
  const auto table = [](std::optional<std::int64_t> weight) {
    return table_type({{"a", 1, "x", weight}, {"b"}}, {0, 1}, {.slots = 2, .replicas = 1});
  };
  CHECK(table({}).fingerprint() != table(1).fingerprint());
  CHECK(table(0).fingerprint() != table(1).fingerprint());
  CHECK(table(1).fingerprint() == table(1).fingerprint());
  CHECK_FALSE(table({}) == table(1));
  CHECK_FALSE(table(0) == table(1));
  CHECK(table(1) == table(1));
  // A domain does not look like one with a leader weight.
  CHECK(table(1).fingerprint() !=
        table_type({{"a", 1, "x//1"}, {"b"}}, {0, 1}, {.slots = 2, .replicas = 1}).fingerprint());
}

TEST_CASE("P7 slot_table: every damaged byte and every truncation is detected", "[slot_table]") {
  const std::string bytes = small().save();
  REQUIRE(complaint(bytes) == "nothing was thrown");
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string damaged = bytes;
      damaged[at] = static_cast<char>(damaged[at] ^ (1 << bit));
      INFO("byte " << at << ", bit " << bit);
      const char* const expected = at < 8    ? "not a saved slot table"
                                   : at < 12 ? "unknown format"
                                   : at < 20 ? "truncated"
                                             : "checksum";
      REQUIRE_THAT(complaint(damaged), ContainsSubstring(expected));
    }
  }
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    INFO("truncated to " << length);
    REQUIRE_THAT(complaint(bytes.substr(0, length)),
                 ContainsSubstring(length < 8 ? "not a saved slot table" : "truncated"));
  }
  CHECK_THAT(complaint(bytes + '\0'), ContainsSubstring("not a single table"));
  CHECK_THAT(complaint(bytes + bytes), ContainsSubstring("not a single table"));
}

TEST_CASE("P7 slot_table: invalid tables with a correct checksum are refused", "[slot_table]") {
  parts p;
  CHECK(complaint(p) == "nothing was thrown");
  const auto with = [](auto change) {
    parts changed;
    change(changed);
    return complaint(changed);
  };
  CHECK(complaint(sealed("", 3)) ==
        "quoit: slot_table: unknown format 3; this version knows 1 to 2; restore them with the version "
        "that saved them, or a newer one");
  CHECK_THAT(complaint(sealed("")), ContainsSubstring("truncated"));
  // Tables of another type.
  CHECK_THAT(with([](parts& q) { q.spec = "slot_table/1;murmur3_x64_128;slots=slots/2;replicas=2;seed=0"; }),
             ContainsSubstring("are of 'slot_table/1;murmur3_x64_128;slots=slots/2;replicas=2;seed=0', and this table "
                               "would be 'slot_table/1;xxh3;"));
  CHECK_THAT(with([](parts& q) { q.seed = 1; }), ContainsSubstring("and this table would be"));
  CHECK_THAT(with([](parts& q) { q.replicas = 3; }), ContainsSubstring("and this table would be"));
  CHECK_THAT(with([](parts& q) { q.slots = 3; }), ContainsSubstring("and this table would be"));
  CHECK_THAT(with([](parts& q) { q.slots = 0; }), ContainsSubstring("Q = 0"));
  CHECK_THAT(with([](parts& q) { q.slots = ~std::uint64_t{0}; }), ContainsSubstring("2^32 - 1 entries"));
  CHECK_THAT(with([](parts& q) { q.replicas = 0; }), ContainsSubstring("replicas = 0"));
  CHECK_THAT(with([](parts& q) { q.replicas = 256; }), ContainsSubstring("replicas = 256"));
  CHECK_THAT(with([](parts& q) { ++q.probe; }), ContainsSubstring("gives other values than this one"));
  CHECK_THAT(with([](parts& q) { q.kind = 1; }), ContainsSubstring("another kind"));
  CHECK_THAT(with([](parts& q) { q.kind = 200; }), ContainsSubstring("another kind"));
  // Invalid nodes.
  CHECK_THAT(with([](parts& q) { q.count = 1; }), ContainsSubstring("entries"));
  CHECK_THAT(with([](parts& q) { q.count = 3; }), ContainsSubstring("too few"));
  CHECK_THAT(with([](parts& q) { q.count = 0xffffffffU; }), ContainsSubstring("too few"));
  CHECK_THAT(with([](parts& q) { q.count = 0; }), ContainsSubstring("0 entries"));
  CHECK_THAT(with([](parts& q) { q.nodes[0] = '\x7f'; }), ContainsSubstring("truncated, or a length in them is wrong"));
  CHECK_THAT(with([](parts& q) { q.nodes.replace(0, 4, "\xff\xff\xff\xff"); }),
             ContainsSubstring("truncated, or a length in them is wrong"));
  CHECK_THAT(with([](parts& q) { q.nodes[4] = 'b'; }), ContainsSubstring("not in id order at 'b'"));
  CHECK_THAT(with([](parts& q) { q.nodes[4] = 'c'; }), ContainsSubstring("not in id order at 'b'"));
  CHECK_THAT(with([](parts& q) { q.nodes[12] = '\x80'; }),
             ContainsSubstring("node 'a' has weight -9223372036854775807"));
  CHECK_THAT(with([](parts& q) { q.nodes.replace(5, 8, little_endian(std::numeric_limits<std::int64_t>::max(), 8)); }),
             ContainsSubstring("2^63"));
  // Invalid lists.
  CHECK_THAT(with([](parts& q) { q.lists[3] = 2; }), ContainsSubstring("slot 1 names node number 2 of 2"));
  CHECK_THAT(with([](parts& q) { q.lists[3] = '\xfe'; }), ContainsSubstring("slot 1 names node number 254 of 2"));
  CHECK_THAT(with([](parts& q) { q.lists[1] = 0; }), ContainsSubstring("slot 0 names node 'a' twice"));
  CHECK_THAT(with([](parts& q) { q.lists += '\0'; }), ContainsSubstring("5 bytes for 4 entries of 1"));
  CHECK_THAT(with([](parts& q) { q.lists.pop_back(); }), ContainsSubstring("3 bytes for 4 entries of 1"));
  CHECK_THAT(with([](parts& q) { q.lists.clear(); }), ContainsSubstring("0 bytes for 4 entries of 1"));

  // Restored as another type.
  using murmur = quoit::slot_table<std::string, quoit::murmur3>;
  CHECK_THAT(test::message_of([&] { (void)murmur::restore(p.bytes()); }),
             ContainsSubstring("this table would be 'slot_table/1;murmur3"));
  using two = quoit::slot_table<std::string, quoit::xxh3, quoit::slots<2>>;
  CHECK(two::restore(p.bytes()).slot_count() == 2);
  p.slots = 3;
  CHECK_THAT(test::message_of([&] { (void)two::restore(p.bytes()); }), ContainsSubstring("are of 3 slots"));
  p.slots = 2;
  using narrow = quoit::slot_table<std::int32_t>;
  CHECK_THAT(test::message_of([&] { (void)narrow::restore(p.bytes()); }), ContainsSubstring("another kind"));
  using wide = quoit::slot_table<std::int64_t>;
  using unsigned_wide = quoit::slot_table<std::uint64_t>;
  const std::string saved = wide({{std::int64_t{1} << 31}}, {0}, {.slots = 1, .replicas = 1}).save();
  CHECK_THAT(test::message_of([&] { (void)narrow::restore(saved); }), ContainsSubstring("does not fit"));
  CHECK_THAT(test::message_of([&] { (void)unsigned_wide::restore(saved); }), ContainsSubstring("another kind"));
  const std::string fits = wide({{-5}, {(std::int64_t{1} << 31) - 1}}, {0}, {.slots = 1, .replicas = 1}).save();
  const auto restored = narrow::restore(fits);
  CHECK(restored.nodes()[0].node == -5);
  CHECK_THAT(test::message_of([&] { (void)table_type::restore(p.bytes(), {}, quoit::slots<>(5)); }),
             ContainsSubstring("slots/5"));
  CHECK(table_type::restore(p.bytes(), {}, quoit::slots<>(2)).slot_count() == 2);
}

TEST_CASE("P7 slot_table: no bytes cause undefined behaviour, with or without a correct checksum", "[slot_table]") {
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  const std::string body = small().save().substr(20, small().save().size() - 36);
  for (std::size_t at = 0; at < body.size(); ++at) {
    for (const int value : {0, 1, 2, 3, 0x7f, 0x80, 0xfe, 0xff}) {
      std::string damaged = body;
      damaged[at] = static_cast<char>(value);
      REQUIRE(none_or_the_same(sealed(damaged)));
    }
  }
  for (std::size_t length = 0; length < body.size(); ++length) {
    CHECK_THROWS_AS(table_type::restore(sealed(body.substr(0, length))), std::invalid_argument);
  }
  for (int round = 0; round < 3000; ++round) {
    std::string damaged = body;
    for (std::uint64_t n = 1 + random.below(6); n > 0; --n)
      damaged[random.index(damaged.size())] = static_cast<char>(random.below(256));
    if (random.chance(4)) damaged.erase(random.index(damaged.size()), random.index(9));
    REQUIRE(none_or_the_same(sealed(damaged)));
  }
}
