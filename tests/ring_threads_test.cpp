// SPDX-License-Identifier: MIT
// Concurrent readers of a const ring (P6). ThreadSanitizer checks for data races.
#include <array>
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include <quoit/diff.hpp>
#include <quoit/ring.hpp>
#include <quoit/stats.hpp>

#include "catch2.hpp"

TEST_CASE("P6 many threads can use a const ring at the same time", "[threads]") {
  quoit::ring<> ring({.vnodes = 64});
  for (int i = 0; i < 20; ++i) ring.add("node-" + std::to_string(i), {.domain = "d" + std::to_string(i % 3)});
  const quoit::ring<>& shared = ring;
  std::vector<std::string> keys, expected;
  for (int i = 0; i < 500; ++i) {
    keys.push_back("key-" + std::to_string(i));
    expected.push_back(shared.owner(keys.back()));
  }
  std::atomic<int> wrong{0}, done{0};
  std::vector<std::thread> readers;
  for (int reader = 0; reader < 8; ++reader) {
    readers.emplace_back([&] {
      std::array<const std::string*, 12> room{};
      for (int round = 0; round < 5; ++round) {
        for (std::size_t i = 0; i < keys.size(); ++i) {
          if (*shared.find(keys[i]) != expected[i]) ++wrong;
          if (shared.replicas(keys[i], room, quoit::spread::domains) != 12) ++wrong;
          if (shared.replicas(keys[i], 3).front() != expected[i]) ++wrong;
        }
        if (shared.partition_by_owner(keys).size() > 20 || shared.owners(keys).size() != 500) ++wrong;
        if (shared.arcs().size() != 20 * 64 || shared.fingerprint() == quoit::fingerprint() ||
            shared.nodes().size() != 20)
          ++wrong;
        if (!quoit::diff(shared, shared).empty() || quoit::balance_of(shared).size() != 20) ++wrong;
      }
      ++done;
    });
  }
  for (auto& reader : readers) reader.join();
  CHECK(done == 8);
  CHECK(wrong == 0);
}
