// SPDX-License-Identifier: MIT
// What a kv_map does without its locks: it destroys removed values, and computes most of a change of nodes.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <future>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <quoit/kv_map.hpp>

#include "catch2.hpp"
#include "support/allocations.hpp"
#include "support/kv/checks.hpp"
#include "support/threads.hpp"

namespace {

using namespace std::chrono_literals;

// Whether `act` ends while the caller waits. If it needs a lock that the caller holds, it does not end before the
// caller releases the lock. The thread is joined after that, so no test hangs.
bool ends_meanwhile(std::vector<std::jthread>& threads, const std::function<void()>& act) {
  std::promise<void> done;
  auto future = done.get_future();
  threads.emplace_back([act, done = std::move(done)]() mutable {
    act();
    done.set_value();
  });
  return future.wait_for(5s) == std::future_status::ready;
}

// A value that calls a function in its destructor.
class last_words {
 public:
  explicit last_words(std::function<void()> at_end) : at_end_(std::move(at_end)) {}
  last_words(last_words&& other) noexcept : at_end_(std::exchange(other.at_end_, nullptr)) {}
  last_words(const last_words&) = delete;
  last_words& operator=(const last_words&) = delete;
  last_words& operator=(last_words&&) = delete;
  ~last_words() {
    if (at_end_) at_end_();
  }

 private:
  std::function<void()> at_end_;
};

// A ring that calls a function in arcs(). A change of nodes calls arcs() to compute what moves.
struct watched_ring : quoit::ring<> {
  using quoit::ring<>::ring;
  inline static std::function<void()> on_arcs;
  [[nodiscard]] std::vector<quoit::arc<std::string>> arcs() const {
    if (on_arcs) on_arcs();
    return quoit::ring<>::arcs();
  }
};

}  // namespace

TEST_CASE("kv_map: a value is destroyed while no lock is held", "[kv_map][threads]") {
  using map_type = quoit::kv_map<last_words>;
  const auto replicas = GENERATE(as<std::size_t>{}, 1, 2);
  CAPTURE(replicas);
  std::vector<std::jthread> threads;
  std::size_t ended = 0, blocked = 0;
  const auto quiet = [] { return last_words(nullptr); };
  map_type map(test::ring_of(4), {.replicas = replicas});
  map.put("other", quiet());
  // All kinds of calls that such a destructor could make.
  const auto loud = [&] {
    return last_words([&] {
      ++ended;
      const bool free = ends_meanwhile(threads, [&] {
        static_cast<void>(map.find("doomed"));
        map.put("other", quiet());
        map.erase("nothing");
        map.erase_prefix("nothing");
        static_cast<void>(map.keys());
        const auto node = map.placement_now()->nodes().front().node;
        map.set_weight(node, 2);
        map.set_weight(node, 1);
      });
      blocked += free ? 0U : 1U;
    });
  };
  const auto check = [&](const char* what, std::size_t count, const std::function<void()>& act) {
    INFO(what);
    ended = blocked = 0;
    act();
    CHECK(ended == count);
    CHECK(blocked == 0);
  };

  const auto token = map.put("doomed", loud());
  check("refused cas", 1, [&] { map.cas("doomed", loud(), token + 1000); });
  check("put", 1, [&] { map.put("doomed", loud()); });
  check("cas", 1, [&] { map.cas("doomed", loud(), map.find("doomed")->modify_index); });
  check("update", 1, [&] { map.update("doomed", [&](const last_words*) { return loud(); }); });
  check("erase", 1, [&] { map.erase("doomed"); });
  const auto again = map.put("doomed", loud());
  check("erase at an index", 1, [&] { map.erase("doomed", again); });
  map.put("tree/a", loud());
  map.put("tree/b", loud());
  map.put("tree/c", loud());
  check("erase_prefix", 3, [&] { map.erase_prefix("tree/"); });
  map.put("doomed", loud());
  check("a change that moves it", 0, [&] {
    for (const char* node : {"node-4", "node-5", "node-6"}) map.join(node);
    for (const char* node : {"node-0", "node-1", "node-2"}) map.leave(node);
  });
  std::vector<std::string> holders;
  for (const auto& entry : map.placement_now()->nodes()) {
    if (map.find_on(entry.node, "doomed") != nullptr) holders.push_back(entry.node);
  }
  REQUIRE(holders.size() == replicas);
  map.erase("other");
  check("failure of all its holders", 1, [&] { CHECK(map.fail_all(holders).lost.size() == 1); });
  map.erase("other");
  CHECK(map.empty());
}

TEST_CASE("kv_map: entries can be read and written while a change of nodes computes what moves", "[kv_map][threads]") {
  const quoit::kv_options options{.replicas = GENERATE(as<std::size_t>{}, 1, 2, 3)};
  quoit::kv_map<std::string, watched_ring> map(test::ring_of<watched_ring>(4), options);
  for (int n = 0; n < 100; ++n) map.put("old-" + std::to_string(n), "value");
  std::vector<std::jthread> threads;
  std::size_t asked = 0, blocked = 0, lost = 0;
  watched_ring::on_arcs = [&] {
    const std::string number = std::to_string(asked++);
    // These writes go to positions that the change has compared already, and to positions that it has not.
    const bool free = ends_meanwhile(threads, [&] {
      for (int n = 0; n < 100; ++n) map.put("new-" + number + "-" + std::to_string(n), "value");
      for (int n = 0; n < 10; ++n) lost += map.erase("old-" + number + std::to_string(n)) ? 1U : 0U;
      lost += map.find("old-99") == nullptr ? 1U : 0U;
      static_cast<void>(map.list("new"));
      static_cast<void>(map.placement_now());
    });
    blocked += free ? 0U : 1U;
  };
  const auto check = [&](const char* what, const std::function<void()>& act) {
    INFO(what);
    asked = lost = 0;
    map.erase_prefix("");
    for (int n = 0; n < 100; ++n) map.put("old-" + std::to_string(n), "value");
    act();
    CHECK(asked == 2);
    CHECK(blocked == 0);
    CHECK(lost == 10);  // old-10 to old-19; there is no old-00
    CHECK(map.size() == 290);
    CHECK(test::broken_kv_invariant(map, options) == "");
  };
  check("join", [&] { CHECK(map.join("node-4").keys == 290); });
  check("leave", [&] { map.leave("node-1"); });
  check("set_weight", [&] { map.set_weight("node-2", 3); });
  check("rehome", [&] { map.rehome(test::ring_of<watched_ring>(7, 30)); });
  watched_ring::on_arcs = nullptr;
}

TEST_CASE("kv_map: equal placements are not compared piece by piece", "[kv_map]") {
  const quoit::kv_options options{.replicas = GENERATE(as<std::size_t>{}, 1, 3)};
  quoit::kv_map<std::string, watched_ring> map(test::ring_of<watched_ring>(4), options);
  for (int n = 0; n < 100; ++n) map.put("key-" + std::to_string(n), "value");
  std::size_t asked = 0;
  watched_ring::on_arcs = [&] { ++asked; };
  const auto nothing = [](const auto& report) {
    return report.keys == 100 && report.moved_keys == 0 && report.moved_copies == 0 && report.examined == 0 &&
           report.transfers.empty() && report.lost.empty() && report.moved_share == quoit::share() &&
           report.ideal_share == quoit::share();
  };
  CHECK(nothing(map.set_weight("node-1", 1)));
  CHECK(nothing(map.rehome(test::ring_of<watched_ring>(4))));
  CHECK(nothing(map.fail_all({})));
  CHECK(asked == 0);
  CHECK(nothing(map.join("drained", {.weight = 0})));
  CHECK(asked == 2);
  watched_ring::on_arcs = nullptr;
  CHECK(test::broken_kv_invariant(map, options) == "");

  // An equal placement with another payload: the map takes over the payload.
  quoit::kv_map<int, quoit::ring<test::server>> servers(test::ring_of<quoit::ring<test::server>>(2), options);
  servers.put("key", 1);
  auto next = *servers.placement_now();
  next.assign({{{"server-0", "new address"}}, {{"server-1", "new address"}}});
  CHECK(servers.rehome(std::move(next)).moved_copies == 0);
  CHECK(servers.placement_now()->find_node("server-0")->node.address == "new address");
  CHECK(servers.get("key")->value == 1);
}

TEST_CASE("kv_map: the allocations of a change do not grow with the vnodes", "[kv_map]") {
  const quoit::kv_options options{.replicas = GENERATE(as<std::size_t>{}, 1, 3)};
  const auto allocations = [&](std::int64_t vnodes) {
    quoit::kv_map<std::string> map(test::ring_of(8, vnodes), options);
    map.put("key", "value");
    auto next = test::ring_of(9, vnodes);
    const auto before = test::allocations();
    map.rehome(std::move(next));
    return test::allocations() - before;
  };
  // Vectors grow by doubling, so sixteen times as many vnodes need only a few more allocations.
  CHECK(allocations(1600) < allocations(100) + 60);
}

TEST_CASE("kv_map: changes of nodes run one after the other", "[kv_map][threads]") {
  const quoit::kv_options options{.replicas = 2};
  quoit::kv_map<std::uint64_t> map(test::ring_of(3), options);
  test::first_finding finding;
  const int steps = test::thread_sanitizer ? 20 : 100;
  {
    std::vector<std::jthread> threads;
    for (int changer = 0; changer < 3; ++changer) {
      threads.emplace_back([&, changer] {
        for (int n = 0; n < steps; ++n) {
          const std::string node = "fresh-" + std::to_string(changer) + "-" + std::to_string(n);
          finding.expect(map.join(node).lost.empty(), "a join lost keys");
          if (n % 4 == 0) continue;
          finding.expect((n % 2 == 0 ? map.fail(node) : map.leave(node)).lost.empty(), "one node lost keys");
        }
      });
    }
    threads.emplace_back([&] {
      for (std::uint64_t n = 0; n < 2000; ++n) {
        const std::string key = "key-" + std::to_string(n % 50);
        map.put(key, n);
        const auto entry = map.find(key);
        finding.expect(entry != nullptr && entry->value == n, "a write was lost", key);
      }
    });
  }
  CHECK(finding.text() == "");
  CHECK(map.placement_now()->size() == 3 + 3 * static_cast<std::size_t>(steps) / 4);
  CHECK(map.size() == 50);
  CHECK(test::broken_kv_invariant(map, options) == "");
}
