// SPDX-License-Identifier: MIT
// The in-process KV map: write, compare-and-set, list, watch, and lose a node without losing a key.
#include <quoit/kv_map.hpp>

#include <iostream>
#include <stop_token>
#include <string>
#include <thread>

using kv = quoit::kv_map<std::string>;

void show(const char* title, const kv::report_type& report) {
  std::cout << '\n'
            << title << '\n'
            << "  keys with another primary: " << report.moved_keys << " of " << report.keys << '\n'
            << "  copies handed over: " << report.moved_copies << ", the least possible " << report.minimum_copies
            << '\n';
  for (const auto& transfer : report.transfers) {
    std::cout << "    " << transfer.source << " -> " << transfer.to << ": " << transfer.copies << '\n';
  }
  std::cout << "  keys lost: " << report.lost.size() << '\n';
}

const char* answer(const quoit::kv_result& result) { return result ? "written" : "refused"; }

int main() {
  quoit::ring<std::string> ring;
  ring.assign({{"alpha"}, {"beta"}, {"gamma"}});
  kv map(ring, {.replicas = 2});  // every key on two nodes

  map.put("config/db/host", "10.0.0.5");
  map.put("config/db/port", "5432");
  map.put("config/log/level", "info", 7);  // 7: flags, 64 bits for the user
  for (int i = 0; i < 300; ++i) map.put("user/" + std::to_string(i), "name");

  const auto level = map.get("config/log/level");
  std::cout << "config/log/level = " << level->value << ", flags " << level->flags << ", created at index "
            << level->create_index << '\n';

  // Compare-and-set: the modify index that you read is the token. The second write with the same token is refused.
  const quoit::kv_index token = level->modify_index;
  std::cout << "first cas with the token:  " << answer(map.cas("config/log/level", "debug", token)) << '\n'
            << "second cas with the token: " << answer(map.cas("config/log/level", "trace", token)) << '\n'
            << "cas with index 0 creates:  " << answer(map.cas("config/lock", "me", 0)) << '\n'
            << "and only creates:          " << answer(map.cas("config/lock", "you", 0)) << '\n';

  std::cout << "\nlist config/db/:\n";
  for (const auto& [key, entry] : map.list("config/db/")) std::cout << "  " << key << " = " << entry.value << '\n';
  std::cout << "keys below config/, cut at the next '/':\n";
  for (const std::string& key : map.keys("config/", "/")) std::cout << "  " << key << '\n';

  // Watch: wait for a write after the last seen index, then read again. A wake-up means that something in the map
  // changed, so a watcher compares the value.
  std::string seen;
  std::jthread watcher([&, index = map.index()](std::stop_token stop) mutable {
    while (seen != "10.0.0.6" && !stop.stop_requested()) {
      index = map.wait_past(index, stop);
      seen = map.find("config/db/host")->value;
    }
  });
  map.put("config/db/host", "10.0.0.6");
  watcher.join();
  std::cout << "\nthe watcher saw config/db/host become " << seen << '\n';

  // Entries keep their indexes when they move, so a token stays valid after any number of moves.
  const quoit::kv_index kept = map.find("config/lock")->modify_index;
  show("delta joins", map.join("delta"));
  show("alpha fails, with all it holds", map.fail("alpha"));

  std::cout << "\ncopies of config/lock are now on:";
  for (const std::string& node : map.placement_now()->replicas("config/lock", 2)) std::cout << ' ' << node;
  std::cout << "\ncas with the token from before: " << answer(map.cas("config/lock", "you", kept)) << '\n';
}
