// SPDX-License-Identifier: MIT
// ring_model: a naive ring, written from the documentation alone. quoit::ring is compared with it.
//
// It shares only the hash and the slot policy with the library. It builds labels byte by byte, and reads all vnodes for
// each lookup and each preference list.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <type_traits>
#include <vector>

#include <quoit/preference_list.hpp>

namespace test {

/// Id is std::string or an integer.
template <class Id, class Hash, class Slots>
class ring_model {
 public:
  struct description {
    std::int64_t weight = 1;
    std::string domain = {};
  };

  ring_model(std::int64_t vnodes, std::uint64_t seed, Slots slots = Slots())
      : vnodes_(vnodes), seed_(seed), slots_(slots) {}

  std::map<Id, description> nodes;

  /// u32 length of the id, the id, u32 index; all numbers little-endian, an integer id as 8 bytes.
  static std::string label(const Id& id, std::uint32_t index) {
    std::string text;
    if constexpr (std::is_integral_v<Id>) text = little_endian(static_cast<std::uint64_t>(id), 8);
    else text = id;
    return little_endian(text.size(), 4) + text + little_endian(index, 4);
  }

  /// Call this after changing `nodes`.
  void rebuild() {
    vnodes_of_.clear();
    for (const auto& [id, what] : nodes) {
      for (std::int64_t i = 0; i < what.weight * vnodes_; ++i) {
        const std::uint64_t hash = Hash{}(label(id, static_cast<std::uint32_t>(i)), seed_);
        vnodes_of_.push_back({slots_.slot(hash), hash, id});
      }
    }
    // On the whole circle, slot and hash are equal. In a shared slot the smaller hash comes first, then the smaller id.
    std::sort(vnodes_of_.begin(), vnodes_of_.end());
  }

  std::optional<Id> owner(std::uint64_t position) const {
    for (const auto& [slot, hash, id] : vnodes_of_) {
      if (slot >= position) return id;
    }
    return vnodes_of_.empty() ? std::nullopt : std::optional<Id>(std::get<2>(vnodes_of_.front()));
  }

  std::vector<Id> preferred(std::uint64_t position, std::size_t k, quoit::spread apart) const {
    // Every node once, in the order of their first vnodes from the position on.
    std::vector<Id> met;
    const auto meet = [&](const Id& id) {
      if (std::find(met.begin(), met.end(), id) == met.end()) met.push_back(id);
    };
    for (const auto& [slot, hash, id] : vnodes_of_) {
      if (slot >= position) meet(id);
    }
    for (const auto& [slot, hash, id] : vnodes_of_) meet(id);
    if (apart == quoit::spread::nodes) return first(met, k);

    std::vector<Id> chosen, left;
    std::set<std::string> used;
    for (const Id& id : met) {
      const std::string& domain = nodes.at(id).domain;
      if (domain.empty() || used.insert(domain).second) chosen.push_back(id);
      else left.push_back(id);
    }
    if (apart == quoit::spread::domains) chosen.insert(chosen.end(), left.begin(), left.end());
    return first(chosen, k);
  }

  /// (slot, hash, id) of every vnode, ascending.
  const std::vector<std::tuple<std::uint64_t, std::uint64_t, Id>>& vnodes() const { return vnodes_of_; }

 private:
  static std::string little_endian(std::uint64_t value, int bytes) {
    std::string text;
    for (int i = 0; i < bytes; ++i, value /= 256) text += static_cast<char>(static_cast<unsigned char>(value % 256));
    return text;
  }
  static std::vector<Id> first(std::vector<Id> list, std::size_t k) {
    if (list.size() > k) list.resize(k);
    return list;
  }

  std::int64_t vnodes_;
  std::uint64_t seed_;
  Slots slots_;
  std::vector<std::tuple<std::uint64_t, std::uint64_t, Id>> vnodes_of_;
};

}  // namespace test
