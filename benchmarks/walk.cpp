// SPDX-License-Identifier: MIT
// What does it cost to find the first node that is alive, and to count keys? With 512 vnodes a node, the default.
//
//   find_if     the first node that is alive, if every other one is down, and if all are
//   walk_100    the first hundred nodes of a preference list
//   count_keys  100,000 keys counted by owner
//
// Competitors: the owner alone; the preference list of all nodes, in which the caller searches; a list of a hundred;
// the same keys grouped by owner. Whether a node is up is the parity of the last digit of its name, so that the
// measurement is that of the walk and not of a set of nodes.
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include <quoit/hash.hpp>
#include <quoit/ring.hpp>
#include <quoit/stats.hpp>

#include "suite.hpp"

namespace bench {
namespace {

// Without the hand-written rings, which need minutes and gigabytes for five million vnodes.
const quoit::ring<>& default_ring(std::size_t nodes) {
  static std::map<std::size_t, std::unique_ptr<quoit::ring<>>> all;
  auto& one = all[nodes];
  if (one == nullptr) {
    one = std::make_unique<quoit::ring<>>();
    one->assign(node_names(nodes));
  }
  return *one;
}

template <class Find>
void each_key(benchmark::State& state, std::size_t nodes, const Find& find) {
  const quoit::ring<>& ring = default_ring(nodes);
  std::uint64_t key = 0;
  for (auto _ : state) {
    auto found = find(ring, quoit::key_hash{quoit::splitmix64(++key)});
    keep(found);
  }
}

answer search_list(const quoit::ring<>& ring, const quoit::key_hash& key, const auto& is_up) {
  for (const std::string& node : ring.replicas(key, ring.size())) {
    if (is_up(node)) return &node;
  }
  return nullptr;
}

void add_find_if(const suite& suite, std::size_t nodes, const char* what, const auto& up) {
  const std::string row = size{nodes, quoit::default_vnodes}.row() + '/' + what;
  suite.add("find_if", row, "quoit", [=](benchmark::State& state) {
    each_key(state, nodes, [&](const auto& ring, const auto& key) { return ring.find_if(key, up); });
  });
  suite.add("find_if", row, "owner", [=](benchmark::State& state) {
    each_key(state, nodes, [](const auto& ring, const auto& key) { return &ring.owner(key); });
  });
  const auto list = [=](benchmark::State& state) {
    each_key(state, nodes, [&](const auto& ring, const auto& key) { return search_list(ring, key, up); });
  };
  if (nodes < 1000) suite.add("find_if", row, "list of all", list);
  else suite.add_once("find_if", row, "list of all", list);
}

}  // namespace

void add_walk(const suite& suite) {
  for (const std::size_t nodes : {8U, 100U, 1000U, 10'000U}) {
    const auto half = [](const std::string& node) noexcept { return (node.back() & 1) != 0; };
    const auto none_is_up = [](const std::string& node) noexcept { return node.empty(); };
    add_find_if(suite, nodes, "half down", half);
    add_find_if(suite, nodes, "all down", none_is_up);

    const std::string row = size{nodes, quoit::default_vnodes}.row();
    suite.add("count_keys", row, "quoit", [=](benchmark::State& state) {
      const auto keys = hashed_keys(100'000);
      for (auto _ : state) benchmark::DoNotOptimize(quoit::balance_of(default_ring(nodes), keys).size());
    });
    suite.add("count_keys", row, "partition", [=](benchmark::State& state) {
      const auto keys = hashed_keys(100'000);
      for (auto _ : state) benchmark::DoNotOptimize(default_ring(nodes).partition_by_owner(keys).size());
    });
    if (nodes < 1000) continue;
    suite.add("walk_100", row, "quoit", [=](benchmark::State& state) {
      each_key(state, nodes, [](const auto& ring, const auto& key) {
        std::size_t left = 100;
        answer last = nullptr;
        for (const std::string& node : ring.walk(key)) {
          last = &node;
          keep(last);
          if (--left == 0) break;
        }
        return last;
      });
    });
    suite.add("walk_100", row, "replicas(100)", [=](benchmark::State& state) {
      each_key(state, nodes, [](const auto& ring, const auto& key) { return &ring.replicas(key, 100).back(); });
    });
    suite.add("walk_100", row, "owner", [=](benchmark::State& state) {
      each_key(state, nodes, [](const auto& ring, const auto& key) { return &ring.owner(key); });
    });
  }
}

}  // namespace bench
