// SPDX-License-Identifier: MIT
// A live migration: slots move between nodes while threads read and write. In the middle of a second migration a node
// crashes with all that it holds. Nothing is lost, and every read returns the newest value.
#include <quoit/kv_map.hpp>
#include <quoit/plan.hpp>
#include <quoit/slot_table.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using table = quoit::slot_table<>;
using node_list = std::vector<quoit::node_spec<std::string>>;
using map = quoit::kv_map<std::uint64_t, table>;  // a value is the number of its write

constexpr std::size_t keys = 20'000;
constexpr std::size_t threads = 2;  // each thread writes its own keys, so it knows what it must read

std::string key(std::size_t number) { return "order:" + std::to_string(number); }

// Reads and writes all the time, and counts every read that does not return the last written value.
class traffic {
 public:
  explicit traffic(map& orders) : orders_(orders), written_(keys, 0) {
    for (std::size_t i = 0; i < keys; ++i) orders_.put(key(i), 0);
    for (std::size_t t = 0; t < threads; ++t) workers_.emplace_back([this, t] { work(t); });
  }
  ~traffic() {
    stop_ = true;
    for (std::thread& worker : workers_) worker.join();
  }
  traffic(const traffic&) = delete;
  traffic& operator=(const traffic&) = delete;

  [[nodiscard]] std::size_t wrong() const { return wrong_; }

 private:
  void work(std::size_t thread) {
    for (std::size_t i = thread; !stop_; i = (i + 7 * threads) % keys) {
      const auto entry = orders_.find(key(i));
      if (entry == nullptr || entry->value != written_[i]) ++wrong_;
      orders_.put(key(i), ++written_[i]);
    }
  }

  map& orders_;
  std::vector<std::uint64_t> written_;
  std::atomic<bool> stop_ = false;
  std::atomic<std::size_t> wrong_ = 0;
  std::vector<std::thread> workers_;
};

// Steps until `until` per cent of the moves are done, with a line of progress for each quarter.
void migrate(map& orders, std::size_t until = 100) {
  const std::size_t moves = orders.migration_progress().moves;
  std::size_t done = 0, drawn = 0;
  while (100 * done < until * moves && orders.step_migration()) {
    done = orders.migration_progress().done;
    const std::size_t percent = 100 * done / moves;
    if (percent / 25 == drawn / 25 && percent < until) continue;
    if (std::exchange(drawn, percent) == percent) continue;
    std::cout << "  [" << std::string(percent / 5, '#') << std::string(20 - percent / 5, '.') << "] " << done << " of "
              << moves << " moves\n";
  }
  if (until == 100) {
    while (orders.step_migration()) {
    }
  }
}

void say(const char* what, const quoit::slot_plan<table>& plan) {
  const auto& report = plan.report();
  std::cout << what << ": " << report.moves << " moves, the least possible is " << report.lower_bound << "; "
            << report.repairs << " of them replace lost copies\n";
}

// Counts the keys that have three copies, each in another zone.
void check(const map& orders) {
  std::size_t whole = 0;
  const auto placement = orders.placement_now();
  for (std::size_t i = 0; i < keys; ++i) {
    std::set<std::string> zones;
    for (const std::string& node : placement->replicas(key(i), 3)) {
      if (orders.find_on(node, key(i)) != nullptr) zones.insert(placement->find_node(node)->domain);
    }
    whole += zones.size() == 3 ? 1 : 0;
  }
  std::cout << "  " << whole << " of " << keys << " orders have three copies, each in another zone\n";
}

int main() {
  node_list cluster;
  for (const char* const zone : {"zone-a", "zone-b", "zone-c"}) {
    for (const char* const number : {"1", "2", "3"}) cluster.push_back({zone + std::string("/") + number, 1, zone});
  }
  map orders(quoit::build(cluster, {.slots = 256, .replicas = 3}), {.replicas = 3});
  std::size_t wrong = 0;
  {
    traffic running(orders);

    cluster.push_back({"zone-a/4", 1, "zone-a"});
    cluster.push_back({"zone-b/4", 1, "zone-b"});
    const auto growth = quoit::plan(*orders.placement_now(), cluster);
    say("two nodes join", growth);
    orders.start_migration(growth.after());
    migrate(orders);
    check(orders);

    cluster[0].weight = 0;  // a drained node gives all its slots away
    const auto drain = quoit::plan(*orders.placement_now(), cluster);
    say("\nzone-a/1 is to leave", drain);
    orders.start_migration(drain.after());
    migrate(orders, 40);

    const auto lost = orders.lose("zone-b/2");
    std::cout << "zone-b/2 crashes: " << lost.size() << " orders lost, " << orders.size() << " left\n";

    orders.stop_migration();  // moves that are done stay done
    node_list survivors;
    for (const auto& node : cluster) {
      if (node.node != "zone-b/2") survivors.push_back(node);  // a node that is not in the list counts as lost
    }
    const auto repair = quoit::plan(*orders.placement_now(), survivors);
    say("\na new plan", repair);
    orders.start_migration(repair.after());
    migrate(orders);
    check(orders);
    wrong = running.wrong();
  }
  std::cout << "\n" << wrong << " wrong reads during all this\n";
  std::cout << "copies on zone-a/1: " << orders.copies_per_node().front().second << "\n";
  return wrong == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
