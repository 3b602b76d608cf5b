// SPDX-License-Identifier: MIT
// slots.hpp: each policy against its formula, exact widths of slots, the wrong formula of textbooks, and answers of a
// Redis server.
#include <cstdint>
#include <string>
#include <vector>

#include <quoit/slots.hpp>

#include "catch2.hpp"
#include "support/message_of.hpp"
#include "support/random.hpp"
#include "support/tables.hpp"

using Catch::Matchers::ContainsSubstring;
using quoit::share;

using test::message_of;

namespace {

constexpr std::uint64_t last_hash = ~std::uint64_t{0};

static_assert(quoit::slots<10>().slot(last_hash) == 9);
static_assert(quoit::modulo_circle<10>().position(9) == 10);
static_assert(quoit::redis_slots::hash_key("123456789") == 12739);
static_assert(sizeof(quoit::slots<10>) == 1 && sizeof(quoit::slots<>) == 8);

}  // namespace

TEST_CASE("slots: whole_circle is the identity", "[slots]") {
  CHECK(quoit::whole_circle::slot(0) == 0);
  CHECK(quoit::whole_circle::slot(last_hash) == last_hash);
  CHECK(quoit::whole_circle::count() == 0);
  CHECK(quoit::whole_circle::name() == "whole_circle");
  CHECK(quoit::whole_circle::hashes_below(17) == share(17));
}

TEST_CASE("slots: the slot is the floor of hash times Q over 2^64", "[slots]") {
  CHECK(quoit::slots<1>().slot(last_hash) == 0);
  CHECK(quoit::slots<2>().slot(last_hash / 2) == 0);
  CHECK(quoit::slots<2>().slot(last_hash / 2 + 1) == 1);
  CHECK(quoit::slots<3>().slot(0x5555555555555555U) == 0);  // floor(2^64 / 3)
  CHECK(quoit::slots<3>().slot(0x5555555555555556U) == 1);
  CHECK(quoit::slots<3>().slot(0xaaaaaaaaaaaaaaaaU) == 1);
  CHECK(quoit::slots<3>().slot(0xaaaaaaaaaaaaaaabU) == 2);
  CHECK(quoit::slots<>{last_hash}.slot(last_hash) == last_hash - 1);
  CHECK(quoit::slots<3>().name() == "slots/3");
  CHECK(quoit::slots<>{3}.name() == "slots/3");
}

TEST_CASE("slots: doubling Q splits slot p into 2p and 2p + 1", "[slots]") {
  test::random random(5);
  for (const std::uint64_t q : {1U, 3U, 16U, 1000U, 4294967295U}) {
    const quoit::slots<> coarse{q}, fine{2 * q};
    for (int i = 0; i < 1000; ++i) {
      const std::uint64_t hash = random.next();
      REQUIRE(fine.slot(hash) / 2 == coarse.slot(hash));
    }
  }
}

TEST_CASE("slots: hashes_below() is the first hash of a slot", "[slots]") {
  // That hash is in the slot and the one before is not, which determines the width of every slot exactly.
  for (const std::uint64_t q : {1U, 2U, 3U, 7U, 97U, 256U, 1000U}) {
    const quoit::slots<> policy{q};
    CHECK(policy.hashes_below(0) == share());
    CHECK(policy.hashes_below(q) == share::whole());
    CHECK(policy.hashes_below(q + 1) == share::whole());
    for (std::uint64_t slot = 1; slot < q; ++slot) {
      const share below = policy.hashes_below(slot);
      REQUIRE(below.high() == 0);
      REQUIRE(policy.slot(below.low()) == slot);
      REQUIRE(policy.slot(below.low() - 1) == slot - 1);
    }
  }
  const quoit::slots<> most{last_hash};
  CHECK(most.hashes_below(last_hash) == share::whole());
  CHECK(most.slot(most.hashes_below(last_hash - 1).low()) == last_hash - 1);
  CHECK(most.slot(most.hashes_below(last_hash - 1).low() - 1) == last_hash - 2);
}

TEST_CASE("slots: modulo_circle computes H and S of the textbook", "[slots]") {
  const quoit::modulo_circle<> policy{1000, 30};
  for (const std::uint64_t x : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{999}, std::uint64_t{1000},
                                std::uint64_t{123456789}, last_hash}) {
    const std::uint64_t h = x % 1000 + 1;
    CHECK(policy.position(x) == h);
    CHECK(policy.slot(x) == (h - 1) * 30 / 1000);
  }
  CHECK(policy.count() == 30);
  CHECK(policy.name() == "modulo_circle/1000/30");
  CHECK(quoit::modulo_circle<1000, 30>().name() == "modulo_circle/1000/30");
  CHECK(quoit::modulo_circle<1000>().count() == 1000);
  CHECK(quoit::modulo_circle<1000>().slot(1999) == 999);
  CHECK(quoit::modulo_circle<>{8}.count() == 8);
  // (H - 1) * Q needs more than 64 bits here.
  CHECK(quoit::modulo_circle<>{last_hash - 1, last_hash - 2}.slot(last_hash - 2) == last_hash - 3);
}

TEST_CASE("slots: the floor of H over M is slot 0 for all keys except those with H = M", "[slots]") {
  constexpr std::uint64_t m = 1000;
  const quoit::modulo_circle<m, 10> policy;
  std::vector<int> literal(11), corrected(11);
  for (std::uint64_t x = 0; x < 10 * m; ++x) {
    const std::uint64_t h = policy.position(x);
    REQUIRE((h >= 1 && h <= m));
    ++literal[static_cast<std::size_t>(h / m)];
    ++corrected[static_cast<std::size_t>(policy.slot(x))];
    if (h / m != 0) REQUIRE(h == m);
  }
  CHECK(literal == std::vector<int>{9990, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0});
  CHECK(corrected == std::vector<int>{1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 0});
}

TEST_CASE("slots: modulo_circle counts the hashes of a slot exactly", "[slots]") {
  // Counts position by position: 2^64 = rounds * m + rest, and each round has every position once.
  for (const std::uint64_t m : {1U, 2U, 3U, 5U, 16U, 97U, 256U, 1009U}) {
    const std::uint64_t rounds = last_hash / m, rest = last_hash % m + 1;  // of 2^64 = (2^64 - 1) + 1; rest may be m
    for (std::uint64_t q = 1; q <= m; q += q < 4 ? 1 : 31) {
      const quoit::modulo_circle<> policy{m, q};
      share below;
      std::uint64_t slot = 0;
      for (std::uint64_t position = 0; position < m; ++position) {
        while (slot < policy.slot(position)) {
          ++slot;
          REQUIRE(policy.hashes_below(slot) == below);
        }
        below += share(rounds) + share(position < rest ? 1 : 0);
      }
      REQUIRE(slot == q - 1);
      REQUIRE(policy.hashes_below(0) == share());
      REQUIRE(below == share::whole());
      REQUIRE(policy.hashes_below(q) == share::whole());
      REQUIRE(policy.hashes_below(q + 5) == share::whole());
    }
  }
}

TEST_CASE("P7 slots: Q = 0, M = 0 and more slots than positions are refused, and the message says which", "[slots]") {
  CHECK_THAT(message_of([] { [[maybe_unused]] const quoit::slots<> policy{0}; }),
             ContainsSubstring("quoit: slots: Q = 0"));
  CHECK_THAT(message_of([] { [[maybe_unused]] const quoit::modulo_circle<> policy(0, 1); }),
             ContainsSubstring("quoit: modulo_circle: M = 0"));
  CHECK_THAT(message_of([] { [[maybe_unused]] const quoit::modulo_circle<> policy{0}; }),
             ContainsSubstring("quoit: modulo_circle: M = 0"));
  CHECK_THAT(message_of([] { [[maybe_unused]] const quoit::modulo_circle<> policy(5, 0); }),
             ContainsSubstring("quoit: modulo_circle: Q = 0"));
  CHECK_THAT(message_of([] { [[maybe_unused]] const quoit::modulo_circle<> policy(5, 6); }),
             ContainsSubstring("more slots than positions"));
  CHECK(message_of([] { [[maybe_unused]] const quoit::modulo_circle<> policy(5, 5); }) == "nothing was thrown");
}

TEST_CASE("P2 CRC-16/XMODEM: check value of the CRC RevEng catalogue", "[slots]") {
  CHECK(quoit::crc16_xmodem("123456789") == 0x31c3);
  CHECK(quoit::crc16_xmodem("") == 0);
}

TEST_CASE("P2 Redis slots: equal to the answers of a Redis server", "[slots]") {
  const auto rows = test::read_table("redis_keyslot.tsv");
  CHECK(rows.size() == 1184);
  for (const auto& row : rows) {
    std::string key = row[0] == "-" ? "" : test::from_hexadecimal(row[0].substr(0, row[0].find('*')));
    if (const auto star = row[0].find('*'); star != std::string::npos)
      key = std::string(std::stoul(row[0].substr(star + 1)), key[0]);
    INFO("key " << row[0]);
    CHECK(quoit::redis_slots::slot(quoit::redis_slots::hash_key(key)) == std::stoull(row[1]));
  }
}

TEST_CASE("slots: the hash tags in the examples of the Redis Cluster specification", "[slots]") {
  const auto slot = [](std::string_view key) { return quoit::redis_slots::slot(quoit::redis_slots::hash_key(key)); };
  const auto plain = [](std::string_view key) { return quoit::crc16_xmodem(key) % 16384U; };
  CHECK(slot("{user1000}.following") == plain("user1000"));
  CHECK(slot("foo{}{bar}") == plain("foo{}{bar}"));  // the first tag is empty: the whole key
  CHECK(slot("foo{{bar}}zap") == plain("{bar"));     // from the first { to the first } after it
  CHECK(slot("foo{bar}{zap}") == plain("bar"));      // only the first tag
  CHECK(slot("foo{bar") == plain("foo{bar"));
  CHECK(slot("}foo{bar}") == plain("bar"));
  CHECK(quoit::redis_slots::count() == 16384);
  CHECK(quoit::redis_slots::hashes_below(1) == share(std::uint64_t{1} << 50));
  CHECK(quoit::redis_slots::hashes_below(16384) == share::whole());
}
