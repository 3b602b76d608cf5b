// SPDX-License-Identifier: MIT
// A second file that imports quoit: kv_map, and a published ring that changes while a thread reads it.
#include <string>
#include <thread>
#include <utility>

#include "check.hpp"

import quoit;

void use_maps() {
  quoit::ring<> ring;
  ring.assign({{"alpha"}, {"beta"}, {"gamma"}});

  quoit::kv_map<std::string> map(ring, {.replicas = 2});
  CHECK(map.put("config/log/level", "info", 7));
  const quoit::kv_index token = map.get("config/log/level")->modify_index;
  CHECK(map.cas("config/log/level", "debug", token));
  CHECK(map.cas("config/log/level", "trace", token).outcome == quoit::kv_outcome::stale);
  for (int i = 0; i < 100; ++i) map.put("user/" + std::to_string(i), "name");
  CHECK(map.list("user/").size() == 100 && map.keys("", "/").size() == 2);
  CHECK(map.join("delta").lost.empty());
  const quoit::kv_report<std::string> report = map.fail("alpha");
  CHECK(report.lost.empty() && map.size() == 101);

  quoit::published rings(std::move(ring));
  const auto before = rings.snapshot();
  std::thread reader([mine = rings.reader()]() mutable {
    while (!mine.get().contains_node("delta")) {
    }
  });
  rings.update([](quoit::ring<>& next) { next.add("delta"); });
  reader.join();
  CHECK(rings.version() == 2 && before->size() == 3);
}
