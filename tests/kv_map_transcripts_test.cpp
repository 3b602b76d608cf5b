// SPDX-License-Identifier: MIT
// Plays recorded KV requests of a real Consul agent on a kv_map, which must return the same results.
#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <quoit/kv_map.hpp>

#include "catch2.hpp"
#include "support/kv/checks.hpp"
#include "support/kv/consul_transcript.hpp"

namespace {

using string_map = quoit::kv_map<std::string>;

// The requests that are not played, each with the reason. All others are played.
const std::map<std::string, std::string> not_played = {
    {"PUT /v1/kv/big (v524289 bytes)",
     "413: a kv_map does not limit the size of values; an adapter to Consul checks it before it sends"},
    {"PUT /v1/kv//leading", "301: HTTP normalises a path; a key of a kv_map is any bytes"},
    {"PUT /v1/kv/", "400: over HTTP a key must not be empty; a kv_map allows the empty key"},
    {"GET /v1/kv/same?consistent&stale", "400: a kv_map has only one mode of reading"},
    {"PUT /v1/kv/same?cas=abc", "500: the type of an index is a number"},
    {"PUT /v1/kv/f?flags=18446744073709551616", "500: the type of flags has 64 bits"},
};

// The requests whose result differs on purpose.
//   - Consul makes no new index for an equal value. A kv_map does: it needs no operator==, and every write wakes
//     waiters.
const std::set<std::string> written_though_equal = {"PUT /v1/kv/same"};

class replay {
 public:
  explicit replay(string_map& map) : map_(map) {}

  // Plays one exchange. A difference fails the calling test.
  void play(const test::consul_exchange& exchange) {
    INFO(exchange.line);
    if (not_played.count(exchange.line) != 0) {
      CHECK(exchange.status >= 300);  // a request that Consul served must be played
      left_out.insert(exchange.line);
      return;
    }
    for (const auto& [name, value] : exchange.query) {
      INFO(name);
      REQUIRE(std::set<std::string>{"flags", "cas", "recurse", "keys", "separator", "raw", "stale"}.count(name) == 1);
    }
    if (exchange.method == "PUT") put(exchange);
    else if (exchange.method == "DELETE") erase(exchange);
    else if (exchange.has("keys")) keys(exchange);
    else if (exchange.has("raw")) raw(exchange);
    else get(exchange);
    ++played;
  }

  std::size_t played = 0;
  std::set<std::string> left_out;

 private:
  // Boolean responses are "true" and "false" with a line end.
  static bool answer(const test::consul_exchange& exchange) {
    REQUIRE(exchange.status == 200);
    REQUIRE((exchange.body == "true\n" || exchange.body == "false\n"));
    return exchange.body == "true\n";
  }

  // The map's index for an index of Consul. An index that no response contained becomes one that no entry has.
  quoit::kv_index token(const test::consul_exchange& exchange) const {
    const std::uint64_t recorded = std::stoull(exchange.query.at("cas"));
    if (recorded == 0) return 0;
    const auto at = indexes_.find(recorded);
    return at == indexes_.end() ? map_.index() + 1'000'000 : at->second;
  }

  // Checks that the indexes of Consul and of the map correspond one to one, in the same order.
  void same_index(std::uint64_t recorded, quoit::kv_index ours) {
    const auto [at, fresh] = indexes_.emplace(recorded, ours);
    CHECK(at->second == ours);
    if (!fresh) return;
    if (at != indexes_.begin()) CHECK(std::prev(at)->second < ours);
    if (std::next(at) != indexes_.end()) CHECK(ours < std::next(at)->second);
  }

  void same_entry(const test::consul_entry& recorded, const std::string& key,
                  const quoit::kv_entry<std::string>& ours) {
    INFO(recorded.key);
    CHECK(key == recorded.key);
    CHECK(ours.value == recorded.value);
    CHECK(ours.flags == recorded.flags);
    same_index(recorded.create_index, ours.create_index);
    const auto again = rewritten_.find(key);
    if (again == rewritten_.end()) {
      same_index(recorded.modify_index, ours.modify_index);
    } else {
      CHECK(recorded.modify_index == again->second);
      CHECK(ours.modify_index > indexes_.at(again->second));
    }
  }

  void put(const test::consul_exchange& exchange) {
    const bool expected = answer(exchange);
    const std::uint64_t flags = exchange.has("flags") ? std::stoull(exchange.query.at("flags")) : 0;
    if (exchange.has("cas")) {
      CHECK(static_cast<bool>(map_.cas(exchange.key, exchange.sent, token(exchange), flags)) == expected);
      return;
    }
    const auto before = map_.get(exchange.key);
    const auto index = map_.put(exchange.key, exchange.sent, flags);
    CHECK(expected);
    CHECK(index == map_.index());
    if (before && before->value == exchange.sent && before->flags == flags) {
      REQUIRE(written_though_equal.count(exchange.line) == 1);
      const auto known = std::find_if(indexes_.begin(), indexes_.end(),
                                      [&](const auto& pair) { return pair.second == before->modify_index; });
      REQUIRE(known != indexes_.end());
      rewritten_[exchange.key] = known->first;
    }
  }

  void erase(const test::consul_exchange& exchange) {
    const bool expected = answer(exchange);
    if (exchange.has("recurse")) {
      CHECK(map_.erase_prefix(exchange.key) > 0);
      CHECK(expected);
    } else if (exchange.has("cas")) {
      // Consul returns true if there is nothing to erase. A kv_map distinguishes the two cases.
      const auto there = map_.find(exchange.key) != nullptr;
      const auto result = map_.erase(exchange.key, token(exchange));
      CHECK(!(result == quoit::kv_outcome::stale) == expected);
      CHECK((result == quoit::kv_outcome::absent) == !there);
    } else {
      const bool there = map_.find(exchange.key) != nullptr;
      CHECK(map_.erase(exchange.key) == there);
      CHECK(expected);
    }
  }

  void keys(const test::consul_exchange& exchange) {
    const auto ours = map_.keys(exchange.key, exchange.has("separator") ? exchange.query.at("separator") : "");
    if (exchange.status == 404) {
      CHECK(ours.empty());
      return;
    }
    REQUIRE(exchange.status == 200);
    CHECK(ours == test::keys_of(exchange));
  }

  void raw(const test::consul_exchange& exchange) {
    REQUIRE(exchange.status == 200);
    const auto ours = map_.get(exchange.key);
    REQUIRE(ours.has_value());
    CHECK(ours->value == exchange.body);
  }

  void get(const test::consul_exchange& exchange) {
    std::vector<quoit::kv_item<std::string>> ours;
    if (exchange.has("recurse")) ours = map_.list(exchange.key);
    else if (auto entry = map_.get(exchange.key)) ours.push_back({exchange.key, *entry});
    if (exchange.status == 404) {
      CHECK(ours.empty());
      return;
    }
    REQUIRE(exchange.status == 200);
    const auto recorded = test::entries_of(exchange);
    REQUIRE(!recorded.empty());
    REQUIRE(ours.size() == recorded.size());
    for (std::size_t i = 0; i < ours.size(); ++i) same_entry(recorded[i], ours[i].key, ours[i].entry);
  }

  string_map& map_;
  std::map<std::uint64_t, quoit::kv_index> indexes_;  // Consul's index -> the map's
  std::map<std::string, std::uint64_t> rewritten_;    // keys that have a newer index only in the map
};

// What happens to the nodes between two requests: nothing, or nodes join, leave and fail.
const std::function<void(string_map&, int)> nothing = [](string_map&, int) {};
const std::function<void(string_map&, int)> nodes_change = [](string_map& map, int n) {
  map.join("joiner-" + std::to_string(n));
  if (n % 3 == 0) map.set_weight("joiner-" + std::to_string(n), 3);
  if (n > 1) map.fail("joiner-" + std::to_string(n - 2));
  if (n < 2) map.leave("node-" + std::to_string(n));
};

}  // namespace

TEST_CASE("kv_map: gives the same results as Consul for a recorded session", "[kv_map][consul]") {
  const bool changing = GENERATE(false, true);
  CAPTURE(changing);
  string_map map(test::ring_of(3), {.replicas = 2});
  replay player(map);
  int n = 0;
  for (const char* name : {"01-kv.txt", "02-kv-edge.txt"}) {
    for (const auto& exchange : test::read_transcript(std::string(QUOIT_TEST_DATA_DIR "/data/consul/") + name)) {
      player.play(exchange);
      (changing ? nodes_change : nothing)(map, n++);
    }
  }
  CHECK(player.played == 36);
  CHECK(player.left_out.size() == 5);
  CHECK(test::broken_kv_invariant(map, {.replicas = 2}) == "");
}

TEST_CASE("kv_map: gives the same results as Consul for recorded limits", "[kv_map][consul]") {
  string_map map(test::ring_of(3));
  replay player(map);
  for (const auto& exchange : test::read_transcript(QUOIT_TEST_DATA_DIR "/data/consul/19-kv-more.txt"))
    player.play(exchange);
  CHECK(player.played == 3);
  CHECK(player.left_out.size() == 1);
  CHECK(map.get("f")->flags == 18446744073709551615U);
}
