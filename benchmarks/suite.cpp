// SPDX-License-Identifier: MIT
// Builds the rings that the benchmarks share, and lets nobody be timed whose answers are wrong.
#include "suite.hpp"

#include <cstdio>
#include <cstdlib>
#include <map>
#include <utility>

#include <quoit/hash.hpp>
#include <quoit/stats.hpp>

namespace bench {
namespace {

void check(bool good, const char* what) {
  if (good) return;
  std::fprintf(stderr, "quoit: the competitors disagree about %s\n", what);
  std::exit(1);
}

void check_answers(const rings& r) {
  for (std::uint64_t i = 0; i < 20'000; ++i) {
    const std::uint64_t hash = quoit::splitmix64(i);
    const answer owner = r.quoit.find(hash);
    check(owner != nullptr && owner->data() != nullptr, "a lookup");
    check(*owner == *r.map.find(hash) && *owner == *r.vector.find(hash), "a lookup by hash");
    const std::string_view key = text_key(i);
    check(*r.quoit.find(key) == *r.map.find(key) && *r.quoit.find(key) == *r.vector.find(key), "a lookup by string");
    if (i % 16 == 0) {
      const auto list = r.quoit.replicas(hash);
      const auto from_map = r.map.replicas(hash), from_vector = r.vector.replicas(hash);
      check(list.size() == 3, "replicas");
      for (std::size_t n = 0; n < 3; ++n) check(list[n] == *from_map[n] && list[n] == *from_vector[n], "replicas");
    }
  }
}

}  // namespace

std::vector<std::string> node_names(std::size_t count) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < count; ++i) names.push_back("node-" + std::to_string(i));
  return names;
}

rings::rings(const size& size) : names(node_names(size.nodes)), quoit(size.vnodes), map(size.vnodes), vector(size.vnodes) {
  quoit.build(names);
  map.build(names);
  vector.build(names);
  check_answers(*this);
  for_each_peer([&](auto peer) { (this->*peer).add(newcomer); });
  check_answers(*this);
  for_each_peer([&](auto peer) { (this->*peer).remove(newcomer); });
  check_answers(*this);
  const auto balance = quoit::balance_of(quoit.ring());
  max_over_mean = balance.max_over_mean();
  variation = balance.coefficient_of_variation();
}

rings& rings_of(const size& size) {
  static std::map<std::pair<std::size_t, std::int64_t>, std::unique_ptr<rings>> built;
  auto& one = built[{size.nodes, size.vnodes}];
  if (one == nullptr) one = std::make_unique<rings>(size);
  return *one;
}

const std::string& text_of_keys() {
  static const std::string text = [] {
    std::string result;
    for (std::size_t i = 0; i < text_keys; ++i) {
      char key[17];
      std::snprintf(key, sizeof key, "%016llx", static_cast<unsigned long long>(quoit::splitmix64(~i)));
      result.append(key, 16);
    }
    return result;
  }();
  return text;
}

std::vector<quoit::key_hash> hashed_keys(std::size_t count) {
  std::vector<quoit::key_hash> keys;
  for (std::size_t i = 0; i < count; ++i) keys.push_back({quoit::splitmix64(i)});
  return keys;
}

}  // namespace bench
