// SPDX-License-Identifier: MIT
// Moves data between servers when a node joins. The diff lists what to copy, and nothing else is copied.
#include <quoit/ring.hpp>

#include <cstddef>
#include <cstdint>
#include <iostream>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

using server = std::unordered_map<std::string, std::string>;  // represents a remote store
using cluster = std::map<std::string, server>;

// The keys of one server in the order of the circle. A store that keeps its keys by position has this index already.
// Another store builds it with one scan, for any number of ranges.
using key_index = std::multimap<std::uint64_t, std::string>;

key_index index_of(const server& one, const quoit::ring<>& ring) {
  key_index index;
  for (const auto& [key, value] : one) index.emplace(ring.position(key), key);
  return index;
}

// A range is (from, to]. It may wrap at the end of the circle; from == to means the whole circle.
std::vector<std::string> keys_in(const quoit::position_range& range, const key_index& index) {
  std::vector<std::string> keys;
  const auto take = [&](auto first, auto last) {
    for (; first != last; ++first) keys.push_back(first->second);
  };
  if (range.from < range.to) {
    take(index.upper_bound(range.from), index.upper_bound(range.to));
  } else {
    take(index.upper_bound(range.from), index.end());
    take(index.begin(), index.upper_bound(range.to));
  }
  return keys;
}

std::size_t count_misplaced(const cluster& servers, const quoit::ring<>& ring) {
  std::size_t misplaced = 0;
  for (const auto& [name, one] : servers) {
    for (const auto& [key, value] : one) misplaced += ring.owner(key) == name ? 0 : 1;
  }
  return misplaced;
}

int main() {
  quoit::ring<> before;
  before.assign({{"alpha"}, {"beta"}, {"gamma"}});
  cluster servers;
  for (int i = 0; i < 10'000; ++i) {
    const std::string key = "user:" + std::to_string(i);
    servers[before.owner(key)][key] = "profile of " + std::to_string(i);
  }
  for (const auto& [name, one] : servers) std::cout << name << " holds " << one.size() << " keys\n";

  quoit::ring<> after = before;
  after.add("delta");
  const auto moves = quoit::diff(before, after);

  // The fan-out plan: one line per pair of servers, to open connections and to estimate the time.
  std::cout << "\ndelta joins; the plan:\n";
  for (const auto& pair : moves.transfers()) {
    std::cout << "  " << *pair.from << " -> " << *pair.to << ": " << pair.ranges << " ranges, " << pair.size
              << " of all keys\n";
  }

  // First copy everything, then switch the readers to the new ring, then erase. So every key always has a valid copy.
  std::cout << "now " << count_misplaced(servers, after) << " keys are on the wrong server\n";
  std::map<std::string, key_index> index;
  for (const auto& [name, one] : servers) index[name] = index_of(one, before);
  std::vector<std::pair<std::string, std::string>> to_erase;  // server, key
  for (const auto& move : moves) {
    for (const std::string& key : keys_in(move.range, index[*move.from])) {
      servers[*move.to][key] = servers[*move.from].at(key);
      to_erase.emplace_back(*move.from, key);
    }
  }
  std::cout << "copied " << to_erase.size() << " keys\n";
  for (const auto& [name, key] : to_erase) servers[name].erase(key);

  std::size_t total = 0;
  std::cout << "\nafterwards\n";
  for (const auto& [name, one] : servers) {
    total += one.size();
    std::cout << "  " << name << " holds " << one.size() << " keys\n";
  }
  std::cout << "  " << total << " keys in all, " << count_misplaced(servers, after) << " on the wrong server\n";

  // Many keys at once: one request per server instead of one per key.
  const std::vector<std::string> wanted = {"user:7", "user:42", "user:99", "user:1234", "user:2024", "user:4096"};
  std::cout << "\nreading " << wanted.size() << " keys takes these requests\n";
  for (const auto& group : after.partition_by_owner(wanted)) {
    std::cout << "  " << *group.node << ":";
    for (const std::size_t i : group.keys) std::cout << ' ' << wanted[i];
    std::cout << '\n';
  }
}
