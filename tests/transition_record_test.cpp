// SPDX-License-Identifier: MIT
// transition::save() and restore(): at every stage, with every byte damaged and at every length.
#include <quoit/transition.hpp>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <quoit/hash.hpp>

#include "catch2.hpp"
#include "support/message_of.hpp"
#include "support/random.hpp"
#include "support/transitions.hpp"

using Catch::Matchers::ContainsSubstring;
using quoit::move_stage;
using transition_type = quoit::transition<test::table>;

namespace {

void check_same(const transition_type& a, const transition_type& b) {
  REQUIRE(a.save() == b.save());
  REQUIRE(a.epoch() == b.epoch());
  REQUIRE(a.limits() == b.limits());
  REQUIRE(a.how() == b.how());
  REQUIRE(a.replicas() == b.replicas());
  REQUIRE(a.startable() == b.startable());
  REQUIRE(a.moves().size() == b.moves().size());
  for (std::size_t i = 0; i < a.moves().size(); ++i) {
    REQUIRE(a.stage(i) == b.stage(i));
    const auto same = [](const std::string* x, const std::string* y) {
      return (x == nullptr) == (y == nullptr) && (x == nullptr || *x == *y);
    };
    REQUIRE(same(a.moves()[i].to, b.moves()[i].to));
    REQUIRE(same(a.moves()[i].source, b.moves()[i].source));
    REQUIRE(same(a.moves()[i].replaces, b.moves()[i].replaces));
    REQUIRE(a.moves()[i].round == b.moves()[i].round);
  }
  for (std::uint64_t slot = 0; slot < a.before().slot_count(); ++slot)
    REQUIRE(test::now(a, slot) == test::now(b, slot));
}

// One step, chosen by a random number. Returns whether it was possible.
bool step(transition_type& t, std::uint64_t number) {
  if (t.moves().empty()) return false;
  const std::size_t move = static_cast<std::size_t>(number % t.moves().size());
  try {
    switch ((number >> 20) % 6) {
    case 0:
      t.back(move);
      break;
    case 1:
      t.finish(move);
      break;
    case 2:
      t.copied(move);
      break;
    case 3:
      if ((number >> 30) % 16 == 0) static_cast<void>(t.failed(t.after().nodes()[0].node));
      break;
    default:
      t.begin(move);
      break;
    }
  } catch (const std::logic_error&) {
    return false;
  }
  return true;
}

transition_type small_one() {
  const std::vector<quoit::node_spec<std::string>> nodes{{"a", 1, {}}, {"b", 1, {}}, {"c", 1, {}}};
  const test::table before(nodes, {0, 1, 1, 2}, {.slots = 2, .replicas = 2});
  const test::table after(nodes, {0, 2, 0, 2}, {.slots = 2, .replicas = 2});
  return transition_type(before, after, {.epoch = 7});
}

// With a correct checksum.
std::string summed(std::string bytes) {
  bytes.resize(bytes.size() - 16);
  const auto sum = quoit::murmur3_x64_128(bytes);
  char tail[16];
  quoit::detail::write_little_endian(sum.first, tail, 8);
  quoit::detail::write_little_endian(sum.second, tail + 8, 8);
  return bytes.append(tail, 16);
}

}  // namespace

TEST_CASE("transition record: a restored transition continues like the saved one, at every stage", "[transition]") {
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  for (int round = 0; round < 120; ++round) {
    const std::size_t replicas = 1 + random.index(3);
    const auto before =
        test::random_table(random, test::random_nodes(random, 2 + random.index(5)), 1 + random.below(6), replicas);
    const auto after = test::changed_table(random, before);
    quoit::transition_options<std::string> options{
        .leaving_nodes_serve = random.chance(2), .limits = {.in = 2, .out = 3}, .epoch = 99};
    if (random.chance(3)) options.how = quoit::access::cache;
    if (random.chance(3)) options.failed = {before.nodes()[0].node};
    transition_type original(before, after, options);
    for (int i = 0; i < 60; ++i) {
      const std::uint64_t number = random.next();
      auto restored = transition_type::restore(before, after, original.save());
      check_same(original, restored);
      if (random.chance(8)) {
        original.set_limits({});
        restored.set_limits({});
      }
      REQUIRE(step(original, number) == step(restored, number));
      check_same(original, restored);
    }
  }
}

TEST_CASE("transition record: damaged bytes and other lengths throw", "[transition]") {
  auto t = small_one();
  t.begin(0);
  const std::string bytes = t.save();
  check_same(t, transition_type::restore(t.before(), t.after(), bytes));
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    for (const int change : {1, 0x80, 0xff}) {
      std::string damaged = bytes;
      damaged[i] = static_cast<char>(static_cast<unsigned char>(damaged[i]) ^ static_cast<unsigned>(change));
      CHECK_THROWS_AS(transition_type::restore(t.before(), t.after(), damaged), std::invalid_argument);
    }
    CHECK_THROWS_AS(transition_type::restore(t.before(), t.after(), bytes.substr(0, i)), std::invalid_argument);
  }
  CHECK_THROWS_AS(transition_type::restore(t.before(), t.after(), bytes + '\0'), std::invalid_argument);
}

TEST_CASE("transition record: the message names the reason", "[transition]") {
  const auto t = small_one();
  const std::string bytes = t.save();
  const auto why = [&](const test::table& before, const test::table& after, const std::string& record) {
    return test::message_of([&] { static_cast<void>(transition_type::restore(before, after, record)); });
  };
  CHECK_THAT(why(t.after(), t.after(), bytes), ContainsSubstring("another placement before"));
  CHECK_THAT(why(t.before(), t.before(), bytes), ContainsSubstring("another placement after"));
  CHECK_THAT(why(t.before(), t.after(), ""), ContainsSubstring("not a transition"));
  CHECK_THAT(why(t.before(), t.after(), "something else entirely"), ContainsSubstring("not a transition"));
  std::string other = bytes;
  other[8] = 3;
  CHECK_THAT(why(t.before(), t.after(), other), ContainsSubstring("unknown format 3"));
  CHECK_THAT(why(t.before(), t.after(), bytes.substr(0, 60)), ContainsSubstring("truncated"));
  other = bytes;
  other[12] = static_cast<char>(other[12] ^ 1);
  CHECK_THAT(why(t.before(), t.after(), other), ContainsSubstring("damaged"));
  CHECK_THAT(why(t.before(), t.after(), summed(other)), ContainsSubstring("another placement before"));
  other = bytes;
  other[10 + 32] = static_cast<char>(other[10 + 32] ^ 1);
  CHECK_THAT(why(t.before(), t.after(), summed(other)), ContainsSubstring("plans other moves"));
}

TEST_CASE("transition record: random contents with a correct checksum throw or are restored", "[transition]") {
  QUOIT_INFO_SEED();
  test::random random(test::seed());
  auto t = small_one();
  t.begin(0);
  const std::string bytes = t.save();
  int restored = 0;
  for (int round = 0; round < 4000; ++round) {
    std::string other = bytes;
    for (std::uint64_t changes = 1 + random.below(3); changes > 0; --changes) {
      other[58 + random.index(other.size() - 58 - 16)] =
          static_cast<char>(static_cast<unsigned char>(random.chance(2) ? random.below(6) : random.below(256)));
    }
    try {
      auto again = transition_type::restore(t.before(), t.after(), summed(other));
      ++restored;
      // A source without a copy is replaced, so the bytes may differ; what is restored is saved as it is.
      REQUIRE(transition_type::restore(t.before(), t.after(), again.save()).save() == again.save());
      for (int i = 0; i < 30; ++i) step(again, random.next());
      static_cast<void>(again.startable());
      static_cast<void>(again.write_set("k"));
    } catch (const std::invalid_argument&) {
    }
  }
  CHECK(restored > 50);
}

TEST_CASE("transition record: the bytes are pinned", "[transition]") {
  auto t = small_one();
  t.begin(0);
  const auto sum = quoit::murmur3_x64_128(t.save());
  CHECK(t.save().size() == 8 + 2 + 48 + 16 + 3 + 24 + 4 + 3 + 4 + 5 * t.moves().size() + 16);
  CHECK(quoit::to_string(quoit::fingerprint{sum.first, sum.second}) == "cada66de5e35a5665dacdec76850e1e6");
}
