// SPDX-License-Identifier: MIT
// The entries of one node: its records by key, for lookups and prefixes, and by position, for moves.
//
//   by_key_        key ──▶ {position, entry, where}  by_position_   position, key ──▶ address of the element in by_key_
//                              where ──────────────────────────▶
//
// A move extracts a record from both maps of one shard and inserts it into both maps of another. It allocates nothing,
// copies no key and no value, and cannot fail. A search for the records of a range of positions looks at no others.
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
  using place = std::pair<std::uint64_t, std::string_view>;  // refers to the element's key
  using position_map = std::map<place, element*>;
  struct record {
    std::uint64_t position;
    std::shared_ptr<const Entry> entry;
    typename position_map::iterator where;
  };

  // A record outside of any shard. It is allocated before a change that must not fail half-way, or moved during it.
  struct loose_record {
    typename key_map::node_type by_key;
    typename position_map::node_type by_position;
  };

  // Other shards may use the same mutex. It must outlive the shard.
  explicit kv_shard(writer_first_mutex& mutex) noexcept : mutex_(&mutex) {}
  // For dropped records that one thread alone can see. Has no mutex.
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

  // The shard must not be empty.
  [[nodiscard]] loose_record take_first() noexcept { return detach(*by_position_.begin()->second); }

  // Moves the records of a range of positions, or all records, to a shard that has none of these keys. Allocates
  // nothing.
  void hand_over(const position_range& range, kv_shard& to) noexcept {
    const auto until = [&](auto at, std::uint64_t last) {
      while (at != by_position_.end() && at->first.first <= last) to.attach(detach(*(at++)->second));
    };
    if (range.from >= range.to) until(by_position_.begin(), range.to);
    until(past(by_position_, range.from), range.from < range.to ? range.to : ~std::uint64_t{0});
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

  // Calls use() for every element whose key begins with the prefix, in key order.
  template <class Use>
  void for_each_with_prefix(std::string_view prefix, const Use& use) const {
    for (auto at = by_key_.lower_bound(prefix); at != by_key_.end() && at->first.starts_with(prefix); ++at) use(*at);
  }

  // Calls use() for every element in a range of positions.
  template <class Use>
  void for_each_in(const position_range& range, const Use& use) const {
    const auto until = [&](auto at, std::uint64_t to) {
      for (; at != by_position_.end() && at->first.first <= to; ++at) use(*at->second);
    };
    const auto first = past(by_position_, range.from);
    if (range.from < range.to) return until(first, range.to);
    until(first, ~std::uint64_t{0});
    until(by_position_.begin(), range.to);
  }

  // The point at which an iteration over a range stopped.
  struct cursor {
    std::uint64_t position = 0;
    std::string key;
    bool at_start = true;
  };

  // Calls use() for the next elements of a range, at most `most`, in the order of the circle. Returns whether there are
  // more. Elements may be added and removed between two calls.
  template <class Use>
  bool for_some_in(const position_range& range, cursor& from, std::size_t most, const Use& use) const {
    const bool wraps = range.from >= range.to;
    bool wrapped = wraps && !from.at_start && from.position <= range.to;
    auto at = from.at_start ? past(by_position_, range.from) : by_position_.upper_bound(place(from.position, from.key));
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
  static auto past(Map& map, std::uint64_t position) noexcept {
    return position == ~std::uint64_t{0} ? map.end() : map.lower_bound(place(position + 1, std::string_view()));
  }

  key_map by_key_;
  position_map by_position_;
  writer_first_mutex* mutex_ = nullptr;  // guards both maps, together with the map's topology lock
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
