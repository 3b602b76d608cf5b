// SPDX-License-Identifier: MIT
// What one node holds: its records by key, for lookups and prefixes, and by position, for moves.
//
//   by_key_        key ──▶ {position, entry, where}   by_position_   position, key ──▶ address of the element in by_key_
//                              where ──────────────────────────▶
//
// A move extracts a record from both maps of one shard and links it into those of another: nothing is allocated, no key or
// value is copied, and it cannot fail. Records of a range of positions are found without looking at any other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <quoit/arcs.hpp>
#include <quoit/detail/kv/locks.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

template <class Entry>
class kv_shard {
 public:
  struct record;
  using element = std::pair<const std::string, record>;
  using key_map = std::map<std::string, record, std::less<>>;
  using place = std::pair<std::uint64_t, std::string_view>;  // the key is that of the element
  using position_map = std::map<place, element*>;
  struct record {
    std::uint64_t position;
    std::shared_ptr<const Entry> entry;
    typename position_map::iterator where;
  };

  // A record that no shard holds: what is allocated before, or moved during, a change that may not fail half-way.
  struct loose_record {
    typename key_map::node_type by_key;
    typename position_map::node_type by_position;
  };

  // The mutex may be that of other shards too, and outlives the shard.
  explicit kv_shard(writer_first_mutex& mutex) noexcept : mutex_(&mutex) {}
  // For what no node holds any more, and nobody else sees.
  kv_shard() noexcept = default;

  [[nodiscard]] static loose_record make(std::string key, std::uint64_t position, std::shared_ptr<const Entry> entry) {
    key_map keys;
    position_map positions;
    const auto at = keys.emplace(std::move(key), record{position, std::move(entry), {}}).first;
    positions.emplace(place(position, at->first), &*at);
    return {keys.extract(keys.begin()), positions.extract(positions.begin())};
  }

  void attach(loose_record loose) noexcept {
    const auto at = by_key_.insert(std::move(loose.by_key)).position;
    at->second.where = by_position_.insert(std::move(loose.by_position)).position;
  }

  [[nodiscard]] loose_record detach(const element& held) noexcept {
    auto by_position = by_position_.extract(held.second.where);
    return {by_key_.extract(by_key_.find(held.first)), std::move(by_position)};
  }

  // What lies in a range of positions, or everything, goes to a shard that has none of these keys. Allocates nothing.
  void hand_over(const position_range& range, kv_shard& to) noexcept {
    const auto until = [&](auto at, std::uint64_t last) {
      while (at != by_position_.end() && at->first.first <= last) to.attach(detach(*(at++)->second));
    };
    if (range.from >= range.to) until(by_position_.begin(), range.to);
    until(behind(by_position_, range.from), range.from < range.to ? range.to : ~std::uint64_t{0});
  }
  void hand_over(kv_shard& to) noexcept {
    while (!by_position_.empty()) to.attach(detach(*by_position_.begin()->second));
  }

  [[nodiscard]] element* find(std::string_view key) noexcept {
    const auto at = by_key_.find(key);
    return at == by_key_.end() ? nullptr : &*at;
  }
  [[nodiscard]] const element* find(std::string_view key) const noexcept {
    const auto at = by_key_.find(key);
    return at == by_key_.end() ? nullptr : &*at;
  }

  [[nodiscard]] std::size_t size() const noexcept { return by_key_.size(); }

  // Every element whose key begins with the prefix, in key order.
  template <class Use>
  void for_each_with_prefix(std::string_view prefix, const Use& use) const {
    for (auto at = by_key_.lower_bound(prefix); at != by_key_.end() && at->first.starts_with(prefix); ++at) use(*at);
  }

  // Every element in a range of positions.
  template <class Use>
  void for_each_in(const position_range& range, const Use& use) const {
    const auto until = [&](auto at, std::uint64_t to) {
      for (; at != by_position_.end() && at->first.first <= to; ++at) use(*at->second);
    };
    const auto behind_from = behind(by_position_, range.from);
    if (range.from < range.to) return until(behind_from, range.to);
    until(behind_from, ~std::uint64_t{0});
    until(by_position_.begin(), range.to);
  }

  // Where a walk through a range stopped.
  struct cursor {
    std::uint64_t position = 0;
    std::string key;
    bool at_start = true;
  };

  // The next elements of a range, as many as `most` in the order of the circle; whether there are more. What comes and goes
  // between two calls does not matter.
  template <class Use>
  bool for_some_in(const position_range& range, cursor& from, std::size_t most, const Use& use) const {
    const bool wraps = range.from >= range.to;
    bool wrapped = wraps && !from.at_start && from.position <= range.to;
    auto at =
        from.at_start ? behind(by_position_, range.from) : by_position_.upper_bound(place(from.position, from.key));
    const place* last = nullptr;
    for (std::size_t used = 0;; ++used, ++at) {
      if (wraps && !wrapped && at == by_position_.end()) {
        wrapped = true;
        at = by_position_.begin();
      }
      if (at == by_position_.end() || ((!wraps || wrapped) && at->first.first > range.to)) return false;
      if (used == most) {
        if (last != nullptr) from = {last->first, std::string(last->second), false};
        return true;
      }
      use(*at->second);
      last = &at->first;
    }
  }

  [[nodiscard]] writer_first_mutex& mutex() const noexcept { return *mutex_; }

 private:
  template <class Map>
  static auto behind(Map& map, std::uint64_t position) noexcept {
    return position == ~std::uint64_t{0} ? map.end() : map.lower_bound(place(position + 1, std::string_view()));
  }

  key_map by_key_;
  position_map by_position_;
  writer_first_mutex* mutex_ = nullptr;  // guards all of it, beside the topology lock of the map
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
