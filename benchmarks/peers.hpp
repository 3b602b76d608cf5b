// SPDX-License-Identifier: MIT
// The competitors: quoit's ring, and the two rings that people write by hand, all over the very same points.
//
//   quoit_peer     quoit::ring<>, whatever its engine is
//   map_peer       std::map from position to node, the ring of most tutorials and many clients
//   vector_peer    std::lower_bound over a sorted vector of (position, node), the ring of most proxies
//
// The hand-written ones hash the labels themselves, from the documented form (u32 length, id, u32 index, little-endian), so
// that equal answers also check that documentation. Nodes are pointers to names: nothing cheaper could answer.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <quoit/ring.hpp>

namespace bench {

using answer = const std::string*;

template <class Use>
void for_each_point(const std::string& id, std::int64_t vnodes, const Use& use) {
  const auto put = [](char* to, std::uint64_t value) {
    for (int i = 0; i < 4; ++i) to[i] = static_cast<char>(static_cast<unsigned char>(value >> (8 * i)));
  };
  std::string label(id.size() + 8, '\0');
  put(label.data(), id.size());
  std::copy(id.begin(), id.end(), label.begin() + 4);
  for (std::int64_t i = 0; i < vnodes; ++i) {
    put(label.data() + label.size() - 4, static_cast<std::uint64_t>(i));
    use(quoit::xxh3{}(label, 0));
  }
}

class quoit_peer {
 public:
  static constexpr const char* name = "quoit";

  explicit quoit_peer(std::int64_t vnodes) : ring_({.vnodes = vnodes}) {}

  void build(const std::vector<std::string>& names) { ring_.assign(names); }
  void add(const std::string& node) { ring_.add(node); }
  void remove(const std::string& node) { ring_.remove(node); }

  [[nodiscard]] answer find(std::uint64_t hash) const noexcept { return ring_.find(quoit::key_hash{hash}); }
  [[nodiscard]] answer find(std::string_view key) const noexcept { return ring_.find(key); }
  [[nodiscard]] auto replicas(std::uint64_t hash) const { return ring_.replicas(quoit::key_hash{hash}, 3); }
  void owners(std::span<const quoit::key_hash> keys, std::span<answer> out) const { ring_.owners(keys, out); }
  [[nodiscard]] auto partition(std::span<const quoit::key_hash> keys) const { return ring_.partition_by_owner(keys); }

  [[nodiscard]] const quoit::ring<>& ring() const noexcept { return ring_; }

 private:
  quoit::ring<> ring_;
};

// What both hand-written rings do in the same way.
template <class Ring>
class hand_written {
 public:
  [[nodiscard]] answer find(std::string_view key) const noexcept { return self().find(quoit::xxh3{}(key, 0)); }

  void owners(std::span<const quoit::key_hash> keys, std::span<answer> out) const {
    for (std::size_t i = 0; i < keys.size(); ++i) out[i] = self().find(keys[i].value);
  }

  [[nodiscard]] auto partition(std::span<const quoit::key_hash> keys) const {
    std::unordered_map<answer, std::vector<std::size_t>> groups;
    for (std::size_t i = 0; i < keys.size(); ++i) groups[self().find(keys[i].value)].push_back(i);
    return groups;
  }

 protected:
  // Steps along the points from `at`, wrapping, until three distinct nodes are found; there are at least three.
  template <class Points, class At>
  static std::array<answer, 3> three(const Points& points, At at) {
    std::array<answer, 3> result{};
    for (std::size_t found = 0; found < result.size(); ++at) {
      if (at == points.end()) at = points.begin();
      const answer node = at->second;
      if (std::find(result.begin(), result.end(), node) == result.end()) result[found++] = node;
    }
    return result;
  }

 private:
  [[nodiscard]] const Ring& self() const noexcept { return static_cast<const Ring&>(*this); }
};

class map_peer : public hand_written<map_peer> {
 public:
  static constexpr const char* name = "std::map";

  explicit map_peer(std::int64_t vnodes) : vnodes_(vnodes) {}

  void build(const std::vector<std::string>& names) {
    for (const std::string& node : names) add(node);
  }
  void add(const std::string& node) {
    for_each_point(node, vnodes_, [&](std::uint64_t position) { points_.emplace(position, &node); });
  }
  void remove(const std::string& node) {
    for_each_point(node, vnodes_, [&](std::uint64_t position) { points_.erase(position); });
  }

  using hand_written::find;
  [[nodiscard]] answer find(std::uint64_t hash) const noexcept {
    const auto at = points_.lower_bound(hash);
    return at == points_.end() ? points_.begin()->second : at->second;
  }
  [[nodiscard]] auto replicas(std::uint64_t hash) const { return three(points_, points_.lower_bound(hash)); }

 private:
  std::map<std::uint64_t, answer> points_;
  std::int64_t vnodes_;
};

class vector_peer : public hand_written<vector_peer> {
 public:
  static constexpr const char* name = "lower_bound";
  using point = std::pair<std::uint64_t, answer>;

  explicit vector_peer(std::int64_t vnodes) : vnodes_(vnodes) {}

  void build(const std::vector<std::string>& names) {
    points_.reserve(names.size() * static_cast<std::size_t>(vnodes_));
    for (const std::string& node : names) append(node);
    std::sort(points_.begin(), points_.end());
  }
  void add(const std::string& node) {
    // Merged from the back, with few comparisons. Not std::inplace_merge, whose libstdc++ 12 makes newer clangs warn.
    const auto old = static_cast<std::ptrdiff_t>(points_.size());
    append(node);
    auto left = points_.begin() + old, to = points_.end();
    std::vector<point> fresh(left, to);
    std::sort(fresh.begin(), fresh.end());
    for (auto next = fresh.rbegin(); next != fresh.rend(); ++next) {
      const auto from = std::upper_bound(points_.begin(), left, *next);
      to = std::move_backward(from, left, to);
      left = from;
      *--to = *next;
    }
  }
  void remove(const std::string& node) {
    std::erase_if(points_, [&](const point& p) { return p.second == &node; });
  }

  using hand_written::find;
  [[nodiscard]] answer find(std::uint64_t hash) const noexcept {
    const auto at = search(hash);
    return at == points_.end() ? points_.front().second : at->second;
  }
  [[nodiscard]] auto replicas(std::uint64_t hash) const { return three(points_, search(hash)); }
  [[nodiscard]] const std::vector<point>& points() const noexcept { return points_; }

 private:
  void append(const std::string& node) {
    for_each_point(node, vnodes_, [&](std::uint64_t position) { points_.emplace_back(position, &node); });
  }
  [[nodiscard]] std::vector<point>::const_iterator search(std::uint64_t hash) const noexcept {
    return std::lower_bound(points_.begin(), points_.end(), hash,
                            [](const point& p, std::uint64_t value) { return p.first < value; });
  }

  std::vector<point> points_;
  std::int64_t vnodes_;
};

}  // namespace bench
