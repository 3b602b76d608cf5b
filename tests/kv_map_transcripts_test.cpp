// SPDX-License-Identifier: MIT
// A kv_map answers as a real Consul agent did: every recorded KV request is played on it.
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

// All requests that are not compared, each with the reason. Whatever is not here is played.
const std::map<std::string, std::string> not_played = {
    {"PUT /v1/kv/big (v524289 bytes)",
     "413: a kv_map has no limit for values; an adapter to Consul checks it before it sends"},
    {"PUT /v1/kv//leading", "301: HTTP cleans a path; to a kv_map a key is any bytes"},
    {"PUT /v1/kv/", "400: over HTTP a key needs a name; to a kv_map the empty key is one like any other"},
    {"GET /v1/kv/same?consistent&stale", "400: a kv_map has one mode of reading"},
    {"PUT /v1/kv/same?cas=abc", "500: an index is a number by its type"},
    {"PUT /v1/kv/f?flags=18446744073709551616", "500: flags are 64 bits by their type"},
};

// Where a kv_map answers otherwise on purpose: the request, by its place in the recording.
//   - Consul makes no new index for an equal value. A kv_map does: it needs no operator==, and every write wakes.
const std::set<std::string> written_though_equal = {"PUT /v1/kv/same"};

class replay {
 public:
  explicit replay(string_map& map) : map_(map) {}

  // Plays one exchange; what differs fails in the test that called.
  void play(const test::consul_exchange& exchange) {
    INFO(exchange.line);
    if (not_played.count(exchange.line) != 0) {
      CHECK(exchange.status >= 300);  // a request that Consul served may not be left out
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
  // Boolean answers are "true" and "false" with a line end.
  static bool answer(const test::consul_exchange& exchange) {
    REQUIRE(exchange.status == 200);
    REQUIRE((exchange.body == "true\n" || exchange.body == "false\n"));
    return exchange.body == "true\n";
  }

  // The map's index for one that Consul gave; one that was never seen in an answer fits nothing here either.
  quoit::kv_index token(const test::consul_exchange& exchange) const {
    const std::uint64_t recorded = std::stoull(exchange.query.at("cas"));
    if (recorded == 0) return 0;
    const auto at = indexes_.find(recorded);
    return at == indexes_.end() ? map_.index() + 1'000'000 : at->second;
  }

  // The same index in Consul is the same index here, another one another one, and later ones are greater.
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
      // Consul says true where there is nothing to erase; a kv_map tells the two apart.
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
  std::map<std::uint64_t, quoit::kv_index> indexes_;  // Consul's, as it showed them, and the map's
  std::map<std::string, std::uint64_t> rewritten_;    // keys of which only the map has a newer index
};

// Between two requests, the nodes stay, or come, go and fail.
const std::function<void(string_map&, int)> nothing = [](string_map&, int) {};
const std::function<void(string_map&, int)> nodes_change = [](string_map& map, int n) {
  map.join("joiner-" + std::to_string(n));
  if (n % 3 == 0) map.set_weight("joiner-" + std::to_string(n), 3);
  if (n > 1) map.fail("joiner-" + std::to_string(n - 2));
  if (n < 2) map.leave("node-" + std::to_string(n));
};

}  // namespace

TEST_CASE("kv_map: answers a recorded session as Consul did", "[kv_map][consul]") {
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

TEST_CASE("kv_map: answers the recorded limits as Consul did", "[kv_map][consul]") {
  string_map map(test::ring_of(3));
  replay player(map);
  for (const auto& exchange : test::read_transcript(QUOIT_TEST_DATA_DIR "/data/consul/19-kv-more.txt"))
    player.play(exchange);
  CHECK(player.played == 3);
  CHECK(player.left_out.size() == 1);
  CHECK(map.get("f")->flags == 18446744073709551615U);
}
