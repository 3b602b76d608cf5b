// SPDX-License-Identifier: MIT
// The entries of a kv_map: the semantics of Consul's KV store one by one, unusual keys, and values of all kinds.
#include <cstdint>
#include <limits>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <quoit/kv_map.hpp>

#include "catch2.hpp"
#include "support/kv/checks.hpp"
#include "support/kv/counted_value.hpp"

namespace {

using namespace std::string_literals;
using quoit::kv_outcome;
using string_map = quoit::kv_map<std::string>;
using key_list = std::vector<std::string>;

// The semantics must not depend on the number of copies. 7 is more than the number of nodes.
std::size_t any_replicas() { return GENERATE(as<std::size_t>{}, 1, 2, 3, 7); }

key_list keys_of(const std::vector<quoit::kv_item<std::string>>& items) {
  key_list keys;
  for (const auto& item : items) keys.push_back(item.key);
  return keys;
}

}  // namespace

TEST_CASE("kv_map: a new map has no entries and index 0", "[kv_map]") {
  const string_map map(test::ring_of(3));
  CHECK(map.find("key") == nullptr);
  CHECK_FALSE(map.get("key").has_value());
  CHECK(map.list().empty());
  CHECK(map.keys().empty());
  CHECK(map.keys("", "/").empty());
  CHECK(map.size() == 0);
  CHECK(map.empty());
  CHECK(map.index() == 0);
}

TEST_CASE("kv_map: one counter gives every write the next index", "[kv_map]") {
  string_map map(test::ring_of(4), {.replicas = any_replicas()});
  // Eight keys on four nodes: one counter per node would repeat indexes.
  for (quoit::kv_index n = 1; n <= 8; ++n) {
    CHECK(map.put("key-" + std::to_string(n), "created") == n);
    CHECK(map.index() == n);
  }
  for (quoit::kv_index n = 1; n <= 8; ++n) {
    CHECK(map.put("key-" + std::to_string(n), "written") == 8 + n);
    const auto entry = map.get("key-" + std::to_string(n));
    REQUIRE(entry.has_value());
    CHECK(entry->value == "written");
    CHECK(entry->create_index == n);
    CHECK(entry->modify_index == 8 + n);
  }
  CHECK(map.index() == 16);
  CHECK(map.size() == 8);
}

TEST_CASE("kv_map: a key that is erased and put again has a new create index", "[kv_map]") {
  string_map map(test::ring_of(4), {.replicas = any_replicas()});
  const auto created = map.put("app/a", "hello");
  CHECK(map.erase("app/a"));
  CHECK(map.find("app/a") == nullptr);
  const auto again = map.put("app/a", "recreated");
  CHECK(again > created + 1);  // the erase took an index, too
  CHECK(map.get("app/a")->create_index == again);
  CHECK(map.get("app/a")->modify_index == again);
  // The token of the erased entry must not be valid for the new one.
  CHECK(map.cas("app/a", "stale", created) == kv_outcome::stale);
  CHECK(map.erase("app/a", created) == kv_outcome::stale);
  CHECK(map.get("app/a")->value == "recreated");
}

TEST_CASE("kv_map: cas with index 0 only creates", "[kv_map]") {
  string_map map(test::ring_of(4), {.replicas = any_replicas()});
  const auto created = map.cas("app/new", "created", 0, 5);
  CHECK(created == kv_outcome::ok);
  CHECK(created);
  CHECK(created.index == 1);
  CHECK(map.get("app/new")->flags == 5);
  CHECK(map.get("app/new")->create_index == 1);

  const auto refused = map.cas("app/new", "must fail", 0, 6);
  CHECK(refused == kv_outcome::exists);
  CHECK_FALSE(refused);
  CHECK(refused.index == 1);
  CHECK(map.get("app/new")->value == "created");
  CHECK(map.get("app/new")->flags == 5);
  CHECK(map.index() == 1);
  CHECK(map.size() == 1);

  CHECK(map.erase("app/new"));
  CHECK(map.cas("app/new", "created again", 0) == kv_outcome::ok);
  CHECK(map.get("app/new")->create_index == 3);
}

TEST_CASE("kv_map: cas with an index replaces only the write with that index", "[kv_map]") {
  string_map map(test::ring_of(4), {.replicas = any_replicas()});
  const auto first = map.put("app/a", "hello", 42);
  map.put("other", "moves the map's index on");

  const auto written = map.cas("app/a", "v2", first);
  CHECK(written == kv_outcome::ok);
  CHECK(written.index == 3);
  CHECK(map.get("app/a")->modify_index == 3);
  CHECK(map.get("app/a")->create_index == first);
  CHECK(map.get("app/a")->flags == 0);  // like put, it sets the flags to the argument

  const auto stale = map.cas("app/a", "stale cas must fail", first);
  CHECK(stale == kv_outcome::stale);
  CHECK(stale.index == 3);
  // Neither the map's own index nor an index that does not exist yet is a token of this entry.
  CHECK(map.cas("app/a", "no", map.index() + 1) == kv_outcome::stale);
  CHECK(map.cas("other", "no", map.index()) == kv_outcome::stale);
  CHECK(map.get("app/a")->value == "v2");

  const auto absent = map.cas("missing", "no", 3);
  CHECK(absent == kv_outcome::absent);
  CHECK(absent.index == 0);
  CHECK(map.find("missing") == nullptr);
  CHECK(map.size() == 2);
  CHECK(map.index() == 3);

  // The index in a refusal is the valid token.
  CHECK(map.cas("app/a", "v3", stale.index) == kv_outcome::ok);
  CHECK(map.get("app/a")->value == "v3");
}

TEST_CASE("kv_map: erase at an index", "[kv_map]") {
  string_map map(test::ring_of(4), {.replicas = any_replicas()});
  const auto first = map.put("app/a", "one");
  const auto second = map.put("app/a", "two");

  CHECK(map.erase("app/a", first) == kv_outcome::stale);
  CHECK(map.erase("app/a", first).index == second);
  CHECK(map.erase("app/a", 0) == kv_outcome::stale);  // 0 never erases
  CHECK(map.get("app/a")->value == "two");
  CHECK(map.index() == second);

  CHECK(map.erase("never", 5) == kv_outcome::absent);  // Consul returns true here
  CHECK(map.erase("never", 0) == kv_outcome::absent);
  CHECK(map.index() == second);

  const auto erased = map.erase("app/a", second);
  CHECK(erased == kv_outcome::ok);
  CHECK(erased.index == second + 1);
  CHECK(map.index() == second + 1);
  CHECK(map.find("app/a") == nullptr);
  CHECK(map.erase("app/a", second) == kv_outcome::absent);
  CHECK(map.empty());
}

TEST_CASE("kv_map: erase returns whether the key existed", "[kv_map]") {
  string_map map(test::ring_of(4), {.replicas = any_replicas()});
  CHECK_FALSE(map.erase("key"));
  CHECK(map.index() == 0);
  map.put("key", "value");
  CHECK(map.erase("key"));
  CHECK(map.index() == 2);  // a waiting reader must see an erase
  CHECK_FALSE(map.erase("key"));
  CHECK(map.index() == 2);
  CHECK(map.size() == 0);
}

TEST_CASE("kv_map: put without flags resets them", "[kv_map]") {
  string_map map(test::ring_of(4), {.replicas = any_replicas()});
  map.put("key", "a", 42);
  CHECK(map.get("key")->flags == 42);
  map.put("key", "b");
  CHECK(map.get("key")->flags == 0);
  map.put("key", "b", std::numeric_limits<std::uint64_t>::max());
  CHECK(map.get("key")->flags == 18446744073709551615U);
  CHECK(map.list("key").at(0).entry.flags == 18446744073709551615U);
  CHECK(map.cas("key", "c", map.get("key")->modify_index, std::uint64_t{1} << 63) == kv_outcome::ok);
  CHECK(map.get("key")->flags == std::uint64_t{1} << 63);
}

TEST_CASE("kv_map: writing the same value again is a write", "[kv_map]") {
  // Differs from Consul on purpose: the map needs no operator==, and every cas that returns ok makes a new index.
  string_map map(test::ring_of(4), {.replicas = any_replicas()});
  const auto first = map.put("same", "x", 3);
  const auto second = map.put("same", "x", 3);
  CHECK(second == first + 1);
  CHECK(map.get("same")->create_index == first);
  CHECK(map.cas("same", "x", first, 3) == kv_outcome::stale);
  const auto third = map.cas("same", "x", second, 3);
  CHECK(third == kv_outcome::ok);
  CHECK(third.index == second + 1);
}

TEST_CASE("kv_map: list compares a prefix bytewise and is sorted", "[kv_map]") {
  string_map map(test::ring_of(5), {.replicas = any_replicas()});
  const key_list all = {"app/", "app/a",      "app/dir/x", "app/dir/y", "apple",
                        "same", "same-again", "same/x",    "\xc3\xa9",  "\xff"};
  // The keys are put in no order, and on all nodes, so the map has to sort.
  for (std::size_t i = 0; i < all.size(); ++i) map.put(all[(i * 7 + 3) % all.size()], "v" + std::to_string(i), i);

  CHECK(keys_of(map.list()) == all);
  CHECK(keys_of(map.list("app/")) == key_list{"app/", "app/a", "app/dir/x", "app/dir/y"});
  CHECK(keys_of(map.list("app")) == key_list{"app/", "app/a", "app/dir/x", "app/dir/y", "apple"});
  CHECK(keys_of(map.list("same")) == key_list{"same", "same-again", "same/x"});
  CHECK(keys_of(map.list("app/dir")) == key_list{"app/dir/x", "app/dir/y"});
  CHECK(keys_of(map.list("\xc3")) == key_list{"\xc3\xa9"});  // half of a UTF-8 character is a prefix
  CHECK(keys_of(map.list("\xff")) == key_list{"\xff"});      // the greatest byte has no successor
  CHECK(map.list("\xff\xff").empty());
  CHECK(map.list("nothing").empty());
  CHECK(map.list("same/x/").empty());
  for (const auto& item : map.list("app")) {
    INFO(item.key);
    CHECK(test::row_of(item.entry) == test::row_of(*map.get(item.key)));
  }
  CHECK(map.index() == all.size());
}

TEST_CASE("kv_map: keys with a separator cuts each key after it", "[kv_map]") {
  string_map map(test::ring_of(5), {.replicas = any_replicas()});
  for (const char* key :
       {"app/", "app/a", "app/dir/x", "app/dir/y", "app/new", "a b", "web::one::x", "web::one::y", "web::two"}) {
    map.put(key, "");
  }
  CHECK(map.keys("app/") == key_list{"app/", "app/a", "app/dir/x", "app/dir/y", "app/new"});
  CHECK(map.keys("app/", "/") == key_list{"app/", "app/a", "app/dir/", "app/new"});
  CHECK(map.keys("", "/") == key_list{"a b", "app/", "web::one::x", "web::one::y", "web::two"});
  CHECK(map.keys("nothing", "/").empty());
  // Only separators after the prefix count. The prefix may have separators, end inside a name, or be a whole key.
  CHECK(map.keys("app/d", "/") == key_list{"app/dir/"});
  CHECK(map.keys("app/dir", "/") == key_list{"app/dir/"});
  CHECK(map.keys("app/dir/", "/") == key_list{"app/dir/x", "app/dir/y"});
  CHECK(map.keys("app/dir/x", "/") == key_list{"app/dir/x"});
  CHECK(map.keys("ap", "/") == key_list{"app/"});
  // A separator of several characters is not a set of characters. It does not count if it begins inside the prefix.
  CHECK(map.keys("", "::") == key_list{"a b", "app/", "app/a", "app/dir/x", "app/dir/y", "app/new", "web::"});
  CHECK(map.keys("web::", "::") == key_list{"web::one::", "web::two"});
  CHECK(map.keys("web:", "::") == key_list{"web::one::", "web::two"});
  CHECK(map.keys("web", "::o") == key_list{"web::o", "web::two"});
  CHECK(map.keys("web", "zzz") == key_list{"web::one::x", "web::one::y", "web::two"});
  CHECK(map.index() == 9);
}

TEST_CASE("kv_map: keys has a cut key that equals another key only once", "[kv_map]") {
  string_map map(test::ring_of(5));
  for (const char* key : {"dir/", "dir/x", "dir", "dir-", "dir0"}) map.put(key, "");
  CHECK(map.keys("", "/") == key_list{"dir", "dir-", "dir/", "dir0"});
  CHECK(map.keys("dir", "/") == key_list{"dir", "dir-", "dir/", "dir0"});
}

TEST_CASE("kv_map: erase_prefix erases a tree with one index", "[kv_map]") {
  const auto replicas = any_replicas();
  string_map map(test::ring_of(5), {.replicas = replicas});
  for (const char* key : {"app/a", "app/dir", "app/dir/x", "app/dir/y", "app/direct", "app/e", "zzz"})
    map.put(key, key);
  CHECK(map.erase_prefix("app/dir") == 4);
  CHECK(map.index() == 8);
  CHECK(map.keys() == key_list{"app/a", "app/e", "zzz"});
  CHECK(map.size() == 3);
  CHECK(test::broken_kv_invariant(map, {.replicas = replicas}) == "");

  CHECK(map.erase_prefix("app/dir") == 0);
  CHECK(map.erase_prefix("nothing") == 0);
  CHECK(map.index() == 8);  // nothing was erased, so nothing changed

  CHECK(map.put("app/dir/x", "again") == 9);
  CHECK(map.get("app/dir/x")->create_index == 9);
  CHECK(map.erase_prefix("zzz") == 1);  // a whole key is a prefix of itself
  CHECK(map.erase_prefix("") == 3);
  CHECK(map.index() == 11);
  CHECK(map.empty());
  CHECK(map.list().empty());
  for (const auto& [node, copies] : map.copies_per_node()) CHECK(copies == 0);
}

TEST_CASE("kv_map: update reads and writes atomically", "[kv_map]") {
  quoit::kv_map<int> map(test::ring_of(4), {.replicas = any_replicas()});
  const auto increment = [](const int* now) { return now == nullptr ? 1 : *now + 1; };
  CHECK(map.update("counter", increment) == 1);
  CHECK(map.get("counter")->value == 1);
  CHECK(map.get("counter")->create_index == 1);
  map.put("counter", 10, 7);
  CHECK(map.update("counter", increment) == 3);
  CHECK(map.get("counter")->value == 11);
  CHECK(map.get("counter")->flags == 7);  // update keeps the flags; put would reset them
  CHECK(map.get("counter")->create_index == 1);
  CHECK(map.get("counter")->modify_index == 3);
}

TEST_CASE("kv_map: update starts again after another write in between", "[kv_map]") {
  quoit::kv_map<int> map(test::ring_of(4));
  map.put("counter", 1);
  std::vector<int> seen;
  // The change writes the same key, which also shows that no lock is held while it runs.
  map.update("counter", [&](const int* now) {
    seen.push_back(now == nullptr ? -1 : *now);
    if (seen.size() == 1) map.put("counter", 50, 9);
    if (seen.size() == 2) map.erase("counter");
    if (seen.size() == 3) map.put("counter", 70, 4);
    return (now == nullptr ? 0 : *now) + 1;
  });
  CHECK(seen == std::vector<int>{1, 50, -1, 70});
  CHECK(map.get("counter")->value == 71);
  CHECK(map.get("counter")->flags == 4);
}

TEST_CASE("kv_map: an update that throws changes nothing", "[kv_map]") {
  string_map map(test::ring_of(4));
  map.put("key", "value", 3);
  CHECK_THROWS_AS(map.update("key", [](const std::string*) -> std::string { throw std::runtime_error("no"); }),
                  std::runtime_error);
  CHECK_THROWS_AS(map.update("new", [](const std::string*) -> std::string { throw std::runtime_error("no"); }),
                  std::runtime_error);
  CHECK(test::kv_difference(map, {{"key", {"value", 3, 1, 1}}}) == "");
  CHECK(map.index() == 1);
}

TEST_CASE("kv_map: an entry that find returned never changes", "[kv_map]") {
  const auto replicas = any_replicas();
  auto map = std::make_unique<string_map>(test::ring_of(4), quoit::kv_options{.replicas = replicas});
  map->put("key", "first", 1);
  const auto first = map->find("key");
  map->put("key", "second", 2);
  const auto second = map->find("key");
  map->join("node-9");
  map->leave("node-0");
  map->set_weight("node-1", 3);
  map->rehome(test::ring_of(6, 40));
  CHECK(map->find("key")->value == "second");
  map->erase("key");
  map->put("key", "third", 3);
  map->erase_prefix("");
  map.reset();
  CHECK(test::row_of(*first) == test::kv_row<std::string>{"first", 1, 1, 1});
  CHECK(test::row_of(*second) == test::kv_row<std::string>{"second", 2, 1, 2});
}

TEST_CASE("kv_map: every string of bytes is a key", "[kv_map]") {
  const auto replicas = any_replicas();
  string_map map(test::ring_of(5), {.replicas = replicas});
  const std::string big_key(1 << 20, 'k'), big_value(1 << 20, 'v');
  // In order: prefixes come first, NUL is the least byte, and bytes compare as unsigned.
  const std::vector<std::pair<std::string, std::string>> entries = {
      {"", "empty key"},    {"\0"s, "one NUL"}, {"\0\0"s, "two"},     {"a", "a"},
      {"a\0"s, "a NUL"},    {"a\0b"s, "inner"}, {big_key, big_value}, {big_key + "k", "one longer"},
      {"\x80", "high bit"}, {"\xff\0\xff"s, ""}};
  test::kv_rows<std::string> expected;
  for (const auto& [key, value] : entries) {
    const auto index = map.put(key, value, key.size());
    expected[key] = {value, key.size(), index, index};
  }
  CHECK(map.size() == entries.size());
  CHECK(test::kv_difference(map, expected) == "");
  CHECK(test::broken_kv_invariant(map, {.replicas = replicas}) == "");
  CHECK(keys_of(map.list("\0"s)) == key_list{"\0"s, "\0\0"s});
  CHECK(map.keys("a", "\0"s) == key_list{"a", "a\0"s});
  CHECK(map.list(big_key).size() == 2);

  map.join("node-9");
  map.leave("node-0");
  CHECK(test::kv_difference(map, expected) == "");
  CHECK(map.erase(""));
  CHECK_FALSE(map.erase(""));
  CHECK(map.erase_prefix("\0"s) == 2);
  CHECK(map.erase("a\0b"s));
  CHECK(map.find("a\0b"s) == nullptr);
  CHECK(map.find("a") != nullptr);
  CHECK(map.cas(big_key, "small", 7) == kv_outcome::ok);
  CHECK(map.erase_prefix(big_key) == 2);
  CHECK(map.keys() == key_list{"a", "a\0"s, "\x80", "\xff\0\xff"s});
  CHECK(test::broken_kv_invariant(map, {.replicas = replicas}) == "");
}

TEST_CASE("kv_map: a value need not be copyable", "[kv_map]") {
  quoit::kv_map<std::unique_ptr<int>> map(test::ring_of(3), {.replicas = any_replicas()});
  CHECK(map.put("a", std::make_unique<int>(1)) == 1);
  CHECK(map.cas("b", std::make_unique<int>(2), 0) == kv_outcome::ok);
  CHECK(map.cas("b", std::make_unique<int>(3), 2, 9) == kv_outcome::ok);
  CHECK(map.update("a", [](const std::unique_ptr<int>* now) { return std::make_unique<int>(**now + 10); }) == 4);
  map.join("node-3");
  map.join("node-4");
  map.leave("node-0");
  map.set_weight("node-1", 2);
  map.rehome(test::ring_of(4, 100));
  CHECK(*map.find("a")->value == 11);
  CHECK(*map.find("b")->value == 3);
  CHECK(map.find("b")->flags == 9);
  CHECK(map.find_on("unknown", "a") == nullptr);
  CHECK(map.keys() == key_list{"a", "b"});
  CHECK(map.erase("a"));
  CHECK(map.erase("b", 3) == kv_outcome::ok);
  CHECK(map.erase_prefix("") == 0);
}

TEST_CASE("kv_map: writes move values and never copy them", "[kv_map]") {
  const auto replicas = any_replicas();
  quoit::kv_map<test::counted_value> map(test::ring_of(5), {.replicas = replicas});
  test::counted_value::copies = 0;
  for (int n = 0; n < 200; ++n) map.put("key-" + std::to_string(n), test::counted_value(n));
  for (int n = 0; n < 200; ++n) map.put("key-" + std::to_string(n), test::counted_value(n + 1));
  CHECK(map.cas("key-0", test::counted_value(7), map.find("key-0")->modify_index) == kv_outcome::ok);
  CHECK(map.cas("key-0", test::counted_value(8), 1) == kv_outcome::stale);
  map.update("key-1", [](const test::counted_value* now) { return test::counted_value(now->number + 1); });
  CHECK(map.find("key-1")->value.number == 3);
  CHECK(map.find_on("node-0", "key-2") == map.find_on("node-0", "key-2"));
  CHECK(map.keys("key").size() == 200);
  CHECK(map.erase("key-3"));
  CHECK(map.erase_prefix("key-19") == 11);
  CHECK(test::counted_value::copies == 0);

  // get and list copy each value that they return, once.
  CHECK(map.get("key-1")->value.number == 3);
  CHECK(test::counted_value::copies == 1);
  CHECK(map.list("key-10").size() == 11);
  CHECK(test::counted_value::copies == 12);
}

TEST_CASE("kv_map: a change of nodes copies no value", "[kv_map]") {
  const auto replicas = any_replicas();
  const quoit::kv_options options{.replicas = replicas};
  quoit::kv_map<test::counted_value> map(test::ring_of(5), options);
  for (int n = 0; n < 200; ++n) map.put("key-" + std::to_string(n), test::counted_value(n));
  test::counted_value::copies = 0;
  test::counted_value::moves = 0;
  std::size_t moved = map.join("node-5").moved_copies;
  moved += map.leave("node-0").moved_copies;
  moved += map.set_weight("node-1", 3).moved_copies;
  moved += map.rehome(test::ring_of(7, 50)).moved_copies;
  if (replicas > 1) moved += map.fail("node-2").moved_copies;
  CHECK(moved > 100);
  CHECK(test::counted_value::copies == 0);
  CHECK(test::counted_value::moves == 0);
  CHECK(map.size() == 200);
  for (int n = 0; n < 200; ++n) CHECK(map.find("key-" + std::to_string(n))->value.number == n);
  CHECK(test::broken_kv_invariant(map, options) == "");
}
