// SPDX-License-Identifier: MIT
// kv_map migrations with threads: no stale or missing entry while slots move and nodes are lost.
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <quoit/kv_map.hpp>
#include <quoit/plan.hpp>
#include <quoit/ring.hpp>
#include <quoit/slot_table.hpp>

#include "catch2.hpp"
#include "support/kv/checks.hpp"
#include "support/kv/live_value.hpp"
#include "support/random.hpp"
#include "support/threads.hpp"

namespace {

using table = quoit::slot_table<>;
using table_map = quoit::kv_map<test::live_value, table>;
using spec_list = std::vector<quoit::node_spec<std::string>>;

#if defined(QUOIT_EMULATED)
constexpr std::uint64_t thread_rounds = 4;
#else
constexpr std::uint64_t thread_rounds = test::thread_sanitizer ? 6 : 20;
#endif
constexpr std::size_t keys = 200;

std::string key_of(std::size_t number) { return "key/" + std::to_string(number); }

// Two threads write, erase and read keys of their own, so each knows the expected results. A third thread lists keys.
template <class Map>
class traffic {
 public:
  traffic(Map& map, test::first_finding& finding) : map_(map), finding_(finding) {
    for (std::size_t i = 0; i < 2; ++i) workers_.emplace_back([this, i] { work(i); });
    workers_.emplace_back([this] { list(); });
  }
  ~traffic() {
    stop_ = true;
    for (std::thread& one : workers_) one.join();
  }
  traffic(const traffic&) = delete;
  traffic& operator=(const traffic&) = delete;

  // Waits until the threads have done some operations, so that they meet every stage.
  void await() const {
    const std::uint64_t target = operations_ + 20;
    while (operations_ < target && !finding_.found()) std::this_thread::yield();
  }

 private:
  void work(std::size_t self) {
    test::random random(test::seed() + self);
    std::vector<std::uint64_t> version(keys, 0);  // 0: the key does not exist
    std::uint64_t last = 0;
    while (!stop_ && !finding_.found()) {
      ++operations_;
      const std::size_t i = 2 * random.index(keys / 2) + self;
      const auto entry = map_.find(key_of(i));
      finding_.expect((entry != nullptr) == (version[i] != 0), entry == nullptr ? "missing" : "erased, but found",
                      key_of(i));
      if (entry != nullptr) {
        finding_.expect(entry->value.intact() && entry->value.number == version[i], "stale", key_of(i));
      }
      if (random.chance(4)) {
        finding_.expect(map_.erase(key_of(i)) == (version[i] != 0), "erase() disagrees", key_of(i));
        version[i] = 0;
      } else if (version[i] != 0 && random.chance(3)) {
        finding_.expect(static_cast<bool>(map_.cas(key_of(i), test::live_value(last + 1), entry->modify_index)),
                        "cas() disagrees", key_of(i));
        version[i] = ++last;
      } else {
        map_.put(key_of(i), test::live_value(version[i] = ++last));
      }
    }
  }
  void list() {
    while (!stop_ && !finding_.found()) {
      const auto items = map_.list("key/1");
      std::set<std::string> seen;
      for (const auto& item : items) {
        finding_.expect(seen.insert(item.key).second, "listed twice", item.key);
        finding_.expect(item.entry.value.intact(), "listed after its destruction", item.key);
      }
      const auto progress = map_.migration_progress();
      finding_.expect(progress.done <= progress.moves, "more moves are done than exist");
      finding_.expect(map_.copies_per_node().size() >= 6, "nodes are missing");
      if (const auto now = map_.migration(); now) finding_.expect(now->replicas() == 3, "another transition");
    }
  }

  Map& map_;
  test::first_finding& finding_;
  std::atomic<bool> stop_ = false;
  std::atomic<std::uint64_t> operations_ = 0;
  std::vector<std::thread> workers_;
};

// Two threads step the migration at the same time.
template <class Map>
void step_all(Map& map, const traffic<Map>& running) {
  const auto step = [&] {
    while (map.step_migration()) running.await();
  };
  std::thread other(step);
  step();
  other.join();
}

}  // namespace

TEST_CASE("kv_map: slots move and nodes are lost while threads read, write and erase", "[kv_map][threads]") {
  QUOIT_INFO_SEED();
  const int alive = test::live_value::alive;
  test::first_finding finding;
  {
    spec_list nodes;
    for (int n = 0; n < 6; ++n) nodes.push_back({test::make_node<std::string>(n), 1, "zone-" + std::to_string(n % 3)});
    table_map map(quoit::build(nodes, {.slots = 16, .replicas = 3}), {.replicas = 3});
    test::random random(test::seed());
    {
      traffic running(map, finding);
      for (std::uint64_t round = 0; round < thread_rounds && !finding.found(); ++round) {
        CAPTURE(round);
        // In every round, a node joins and a node is lost during the migration, which may stop early.
        nodes.push_back({"fresh-" + std::to_string(round), 1, nodes.front().domain});
        map.start_migration(quoit::plan(*map.placement_now(), nodes).after());
        for (std::size_t steps = random.index(30); steps > 0 && map.step_migration(); --steps) running.await();
        const std::size_t which = random.chance(3) ? nodes.size() - 1 : 0;
        finding.expect(map.lose(nodes[which].node).empty(), "a single loss lost keys");
        if (which != 0) nodes.push_back({"again-" + std::to_string(round), 1, nodes.front().domain});
        nodes.erase(nodes.begin() + static_cast<std::ptrdiff_t>(which));
        for (std::size_t steps = random.index(30); steps > 0 && map.step_migration(); --steps) running.await();
        map.stop_migration();
        if (which != 0) nodes.erase(nodes.begin());
        map.start_migration(quoit::plan(*map.placement_now(), nodes).after());
        step_all(map, running);
        finding.expect(!map.migration().has_value(), "two threads did not finish the migration");
      }
    }
    CHECK(finding.text() == "");
    std::size_t copies = 0;
    for (const auto& [node, count] : map.copies_per_node()) copies += count;
    CHECK(copies == 3 * map.size());
    CHECK(map.list().size() == map.size());
  }
  CHECK(test::live_value::alive == alive);
}
