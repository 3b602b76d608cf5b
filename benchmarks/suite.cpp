// SPDX-License-Identifier: MIT
// Builds the competitors that the benchmarks share, and lets nobody be timed whose answers are wrong.
#include "suite.hpp"

#include <cstdio>
#include <cstdlib>
#include <map>
#include <utility>

#include <quoit/hash.hpp>
#include <quoit/stats.hpp>

namespace bench {

void check(bool good, const char* what) {
  if (good) return;
  std::fprintf(stderr, "quoit: not timed, as this is not right: %s\n", what);
  std::exit(1);
}

namespace {

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

rings::rings(const size& size)
    : names(node_names(size.nodes)), quoit(size.vnodes), map(size.vnodes), vector(size.vnodes) {
  for (int i = 0; i < 1024; ++i) newcomers.push_back("newcomer-" + std::to_string(i));
  quoit.build(names);
  map.build(names);
  vector.build(names);
  check_answers(*this);
  for_each_peer([&](auto peer) { (this->*peer).add(newcomers[0]); });
  check_answers(*this);
  for_each_peer([&](auto peer) { (this->*peer).remove(newcomers[0]); });
  check_answers(*this);
  const auto balance = quoit::balance_of(quoit.ring());
  max_over_mean = balance.max_over_mean();
  variation = balance.coefficient_of_variation();
}

lookups::lookups(const rings& of)
    : branchless(of.vector.points()), jump(of.names), table(of.names), raw_line(of.quoit.ring().lookup_memory()) {
  const auto known = [&](answer node) { return node >= &of.names.front() && node <= &of.names.back(); };
  const auto count = static_cast<std::int64_t>(of.names.size());
  for (std::uint64_t i = 0; i < 20'000; ++i) {
    const std::uint64_t hash = quoit::splitmix64(i);
    check(*branchless.find(hash) == *of.quoit.find(hash), "a branchless lookup");
    check(known(jump.find(hash)) && known(table.find(hash)), "who is there");
    const std::int64_t before = jump_peer::bucket(hash, count), after = jump_peer::bucket(hash, count + 1);
    check(after == before || after == count, "what moves when jump hash gets a node");
  }
  check(raw_line.memory() == of.quoit.ring().lookup_memory(), "the size of a table");
}

namespace {

// What was made for each size.
template <class Made>
class shelf {
 public:
  template <class From>
  Made& at(const size& size, const From& from) {
    auto& one = made_[{size.nodes, size.vnodes}];
    if (one == nullptr) one = std::make_unique<Made>(from);
    return *one;
  }

 private:
  std::map<std::pair<std::size_t, std::int64_t>, std::unique_ptr<Made>> made_;
};

}  // namespace

rings& rings_of(const size& size) {
  static shelf<rings> all;
  return all.at(size, size);
}

rings& rings_for_changes(const size& size) {
  static shelf<rings> all;
  return all.at(size, size);
}

const lookups& lookups_of(const size& size) {
  static shelf<lookups> all;
  return all.at(size, rings_of(size));
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
