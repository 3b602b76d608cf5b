// SPDX-License-Identifier: MIT
// The key rule: how hash, slot policy and seed turn a key into a position. All placements share it.
//
//   key ──hash, seed──▶ 64 bits ──slots──▶ position        a policy such as redis_slots replaces the hash of keys
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <type_traits>

#include <quoit/arcs.hpp>
#include <quoit/concepts.hpp>
#include <quoit/detail/core/hexadecimal.hpp>
#include <quoit/key.hpp>
#include <quoit/share.hpp>
#include <quoit/slots.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

template <class Hash, class Slots, class Key>
[[nodiscard]] std::uint64_t position_of_key(const Hash& hash, const Slots& slots, const Key& key,
                                            std::uint64_t seed) noexcept {
  static_assert(require_key<Key>());
  if constexpr (prescribes_key_hash<Slots> && !std::same_as<Key, key_hash>) {
    static_assert(!integer_id<Key>, "quoit: this slot policy hashes the text of a key. Write the integer as text");
    if constexpr (string_id<Key>) return slots.slot(slots.hash_key(string_of(key)));
    else if constexpr (byte_range<Key>) return slots.slot(slots.hash_key(bytes_of(key)));
    else return position_of_key(hash, slots, quoit_id(key), seed);
  } else {
    return slots.slot(quoit::hash_key(hash, key, seed));
  }
}

// A hash value that differs if two hashes differ (except for a collision).
template <class Hash>
[[nodiscard]] std::uint64_t probe_of(const Hash& hash, std::uint64_t seed) noexcept {
  return hash("quoit", seed);
}

// The part of a spec that determines the position of a key.
template <class Hash, class Slots>
[[nodiscard]] std::string key_spec_of(const Hash& hash, const Slots& slots, std::uint64_t seed) {
  std::string text = std::string(stable_hash_name<Hash>) + ";slots=" + slots.name() + ";seed=" + std::to_string(seed);
  // The name of a hash does not identify its state, such as a secret key.
  if constexpr (!std::is_empty_v<Hash>) text += ";probe=" + hexadecimal(probe_of(hash, seed));
  return text;
}

// The last position of a placement, or all ones if it does not say how many it has: a placement of the user that has no
// slots().
template <class Placement>
[[nodiscard]] std::uint64_t last_position_of(const Placement& placement) noexcept {
  if constexpr (requires {
                  { placement.slots().count() } -> std::same_as<std::uint64_t>;
                }) {
    return placement.slots().count() - 1;  // whole_circle has 0, which stands for 2^64
  } else {
    return ~std::uint64_t{0};
  }
}

// The exact share of all hashes that fall into a range of positions. No hash falls on a position after the last one.
template <class Slots>
[[nodiscard]] share size_of_range(const Slots& slots, const position_range& range) noexcept {
  if constexpr (is_whole_circle<Slots>) {
    return range.from == range.to ? share::whole() : share(range.to - range.from);
  } else {
    const std::uint64_t last = slots.count() - 1;
    const auto up_to = [&](std::uint64_t position) {
      return position < last ? hashes_below(slots, position + 1) : share::whole();
    };
    const share from = up_to(range.from), to = up_to(range.to);
    return range.from < range.to ? to - from : share::whole() - from + to;
  }
}

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
