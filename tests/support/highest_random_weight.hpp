// SPDX-License-Identifier: MIT
// Plain highest-random-weight hashing (Thaler and Ravishankar 1996): a placement without ranges of positions.
//
// It has what `placement` asks for and nothing else, so that a test over it proves the base concept.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <quoit/concepts.hpp>
#include <quoit/fingerprint.hpp>
#include <quoit/hash.hpp>
#include <quoit/key.hpp>
#include <quoit/node.hpp>
#include <quoit/slots.hpp>
#include <quoit/spread.hpp>
#include <quoit/xxhash.hpp>

namespace test {

/// A node of weight w has the highest of w scores, so that its share is proportional to w. O(sum of weights × nodes) a
/// lookup.
class highest_random_weight {
 public:
  using node_type = std::string;

  explicit highest_random_weight(std::vector<quoit::node_spec<std::string>> nodes, std::uint64_t seed = 3)
      : nodes_(std::move(nodes)), seed_(seed) {
    std::sort(nodes_.begin(), nodes_.end(), [](const auto& a, const auto& b) { return a.node < b.node; });
  }

  [[nodiscard]] std::uint64_t position(std::string_view key) const noexcept { return quoit::xxh3{}(key, seed_); }
  [[nodiscard]] std::uint64_t position(const quoit::key_hash& key) const noexcept { return key.value; }

  template <class Key>
  [[nodiscard]] const std::string* find(const Key& key) const noexcept {
    const std::string* node = nullptr;
    preferred(position(key), std::span<const std::string*>(&node, 1), quoit::spread::nodes);
    return node;
  }

  std::size_t preferred(std::uint64_t position, std::span<const std::string*> out, quoit::spread apart) const noexcept {
    std::size_t found = 0;
    if (apart != quoit::spread::nodes) found = choose(position, out, found, true);
    return apart == quoit::spread::domains_only ? found : choose(position, out, found, false);
  }

  [[nodiscard]] const std::vector<quoit::node_spec<std::string>>& nodes() const noexcept { return nodes_; }
  [[nodiscard]] std::string key_spec() const { return "xxh3;slots=whole_circle;seed=" + std::to_string(seed_); }
  [[nodiscard]] std::string spec() const { return "highest_random_weight/1;xxh3;seed=" + std::to_string(seed_); }
  [[nodiscard]] quoit::fingerprint fingerprint() const {
    quoit::detail::fingerprint_builder builder;
    builder.text(spec());
    for (const auto& entry : nodes_) {
      builder.text(entry.node);
      builder.number(static_cast<std::uint64_t>(entry.weight));
      builder.text(entry.domain);
    }
    return builder.finish();
  }

 private:
  // The best score first; equal scores in id order. Score 0 is for drained nodes alone.
  [[nodiscard]] std::uint64_t score(std::uint64_t position, const quoit::node_spec<std::string>& entry) const noexcept {
    const std::uint64_t id = quoit::xxh3{}(entry.node, seed_);
    std::uint64_t best = 0;
    for (std::int64_t i = 0; i < entry.weight; ++i) {
      best = (std::max)(best, quoit::splitmix64(position ^ quoit::splitmix64(id + static_cast<std::uint64_t>(i))) | 1U);
    }
    return best;
  }

  std::size_t choose(std::uint64_t position, std::span<const std::string*> out, std::size_t found,
                     bool new_domains) const noexcept {
    while (found < out.size()) {
      const quoit::node_spec<std::string>* best = nullptr;
      for (const auto& entry : nodes_) {
        const auto excluded = [&](const std::string* taken) {
          return taken == &entry.node || (new_domains && !entry.domain.empty() && domain_of(taken) == entry.domain);
        };
        if (entry.weight == 0 || std::any_of(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(found), excluded))
          continue;
        if (best == nullptr || score(position, entry) > score(position, *best)) best = &entry;
      }
      if (best == nullptr) return found;
      out[found++] = &best->node;
    }
    return found;
  }

  [[nodiscard]] std::string_view domain_of(const std::string* node) const noexcept {
    return std::find_if(nodes_.begin(), nodes_.end(), [&](const auto& entry) { return &entry.node == node; })->domain;
  }

  std::vector<quoit::node_spec<std::string>> nodes_;
  std::uint64_t seed_;
};

static_assert(quoit::placement<highest_random_weight>);
static_assert(!quoit::ranged_placement<highest_random_weight>);

}  // namespace test
