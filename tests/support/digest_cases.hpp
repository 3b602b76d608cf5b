// SPDX-License-Identifier: MIT
// Random hashes, slot policies, nodes and keys for digest.cpp, the same on every machine.
//
// Rule: at most one random number in an expression. The order of evaluation of two arguments, or of both operands of +,
// depends on the compiler.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <quoit/hash.hpp>
#include <quoit/key.hpp>
#include <quoit/node.hpp>
#include <quoit/share.hpp>
#include <quoit/slots.hpp>
#include <quoit/xxhash.hpp>

#include "support/random.hpp"

namespace test {

using std::uint64_t;

// ---- One type for all hashes, and one for all slot policies.

struct any_hash {
  static constexpr std::string_view stable_name = "any/1";
  uint64_t (*function)(std::string_view, uint64_t) noexcept = nullptr;
  uint64_t operator()(std::string_view bytes, uint64_t seed) const noexcept { return function(bytes, seed); }
};

template <class Hash>
uint64_t call(std::string_view bytes, uint64_t seed) noexcept {
  return Hash{}(bytes, seed);
}

// Gives many vnodes the same position, so that ids decide.
inline uint64_t poor(std::string_view bytes, uint64_t seed) noexcept {
  return quoit::fnv1a{}(bytes, seed) & 0xfe00000000000000U;
}

struct named_hash {
  const char* name;
  any_hash hash;
};
inline constexpr std::array<named_hash, 7> hashes{{{"xxh3", {call<quoit::xxh3>}},
                                                   {"xxh64", {call<quoit::xxh64>}},
                                                   {"murmur3", {call<quoit::murmur3>}},
                                                   {"crc32", {call<quoit::crc32>}},
                                                   {"fnv1a", {call<quoit::fnv1a>}},
                                                   {"mix64", {call<quoit::mix64>}},
                                                   {"poor", {poor}}}};

// Every number of bits is equally likely.
inline uint64_t random_number(random& r) {
  const uint64_t shift = r.below(64);
  return r.next() >> shift;
}

inline any_hash random_hash(random& r) { return hashes[r.index(hashes.size())].hash; }

class any_slots {
 public:
  any_slots(uint64_t m, uint64_t q, bool modulo) : even_(q), circle_(m, q), modulo_(modulo) {}
  [[nodiscard]] std::string name() const { return modulo_ ? circle_.name() : even_.name(); }
  [[nodiscard]] uint64_t count() const noexcept { return even_.count(); }
  [[nodiscard]] uint64_t slot(uint64_t hash) const noexcept { return modulo_ ? circle_.slot(hash) : even_.slot(hash); }
  [[nodiscard]] quoit::share hashes_below(uint64_t slot) const noexcept {
    return modulo_ ? circle_.hashes_below(slot) : even_.hashes_below(slot);
  }

 private:
  quoit::slots<> even_;
  quoit::modulo_circle<> circle_;
  bool modulo_;
};

// At most `most` slots. The modulo circle has as many positions, or up to 2^64 - 1.
inline any_slots random_slots(random& r, uint64_t most) {
  const uint64_t q = 1 + r.below(most);
  const uint64_t spare = r.chance(3) ? 0 : random_number(r);
  const uint64_t m = spare > ~q ? ~uint64_t{0} : q + spare;
  return any_slots(m, q, r.chance(2));
}

// ---- Nodes and keys.

struct server {
  long id;  // has 32 or 64 bits, depending on the platform
  int port;
  friend long quoit_id(const server& s) noexcept { return s.id; }
};

struct account {
  std::string name;
  friend std::string_view quoit_id(const account& a) noexcept { return a.name; }
};

inline std::string random_bytes(random& r, std::size_t size) {
  std::string bytes(size, '\0');
  uint64_t word = 0;
  for (std::size_t i = 0; i < size; ++i, word >>= 8) {
    if (i % 8 == 0) word = r.next();
    bytes[i] = static_cast<char>(static_cast<unsigned char>(word & 0xffU));
  }
  return bytes;
}

// Mostly short, sometimes longer than the blocks of all hashes.
inline std::string random_text(random& r) {
  const std::size_t size = r.chance(64) ? r.index(1100) : r.index(24);
  std::string text = random_bytes(r, size);
  if (!r.chance(4)) return text;
  for (char& c : text) c = "{}ab0\x7f\x80\xff"[static_cast<unsigned char>(c) % 8U];
  return text;
}

// Different for every i.
template <class Node>
Node random_node(random& r, uint64_t i) {
  const auto number = static_cast<std::int64_t>(i);
  const uint64_t kind = r.below(4);
  if constexpr (std::is_same_v<Node, std::string>) {
    if (kind == 0) return "node-" + std::to_string(number);
    if (kind == 1 && r.chance(8)) return random_bytes(r, 300) + ':' + std::to_string(number);
    return random_bytes(r, r.index(20)) + ':' + std::to_string(number);
  } else if constexpr (std::is_same_v<Node, server>) {
    const auto id = static_cast<long>(number);
    return {kind == 0 ? -1 - id : kind == 1 ? id * 65536 + 32768 : id, static_cast<int>(kind)};
  } else {
    if (kind == 0) return -1 - number;
    if (kind == 1) return number * (std::int64_t{1} << 40) + (std::int64_t{1} << 39);
    return kind == 2 ? std::numeric_limits<std::int64_t>::min() + number : number;
  }
}

inline std::string random_domain(random& r) {
  std::string path;
  for (uint64_t level = r.below(4); level > 0; --level) {
    if (!path.empty()) path += '/';
    path += "ab\xfc"[r.index(3)];
  }
  return path;
}

inline std::int64_t random_weight(random& r, std::int64_t unit) {
  return r.chance(8) ? 0 : r.chance(2) ? unit : static_cast<std::int64_t>(r.below(5)) * unit;
}

template <class Node>
using specs_of = std::vector<quoit::node_spec<Node>>;

template <class Node>
void add_random(random& r, specs_of<Node>& specs, uint64_t& next, std::int64_t unit) {
  Node node = random_node<Node>(r, next++);
  const std::int64_t weight = random_weight(r, unit);
  specs.push_back({std::move(node), weight, random_domain(r)});
}

template <class Spec>
void erase_at(std::vector<Spec>& specs, std::size_t index) {
  specs.erase(specs.begin() + static_cast<std::ptrdiff_t>(index));
}

inline constexpr std::array key_kinds{"string", "string_view", "c string", "bytes",  "key_hash", "own type",
                                      "int8",   "uint8",       "int16",    "uint16", "int32",    "uint32",
                                      "int64",  "uint64",      "long",     "size_t"};
inline constexpr std::size_t kinds_without_integers = 6;

// The position of a random key of a kind.
template <bool Integers, class PositionOf>
uint64_t random_position(random& r, std::size_t kind, const PositionOf& position_of) {
  switch (kind) {
  case 0:
    return position_of(random_text(r));
  case 1: {
    const std::string text = random_text(r);  // at every alignment
    return position_of(std::string_view(text).substr((std::min)(text.size(), r.index(8))));
  }
  case 2:
    return position_of(random_text(r).c_str());
  case 3: {
    const std::string text = random_text(r);
    return position_of(std::as_bytes(std::span(text.data(), text.size())));
  }
  case 4:
    return position_of(quoit::key_hash{r.next()});
  case 5:
    return position_of(account{random_text(r)});
  default:
    break;
  }
  if constexpr (Integers) {
    // Of every size; a narrow type takes the low bits.
    const uint64_t bits = random_number(r);
    const uint64_t value = r.chance(2) ? bits : ~bits;
    switch (kind) {
    case 6:
      return position_of(static_cast<std::int8_t>(value));
    case 7:
      return position_of(static_cast<std::uint8_t>(value));
    case 8:
      return position_of(static_cast<std::int16_t>(value));
    case 9:
      return position_of(static_cast<std::uint16_t>(value));
    case 10:
      return position_of(static_cast<std::int32_t>(value));
    case 11:
      return position_of(static_cast<std::uint32_t>(value));
    case 12:
      return position_of(static_cast<std::int64_t>(value));
    case 13:
      return position_of(value);
    case 14:
      return position_of(static_cast<long>(static_cast<std::int32_t>(value)));
    case 15:
      return position_of(static_cast<std::size_t>(static_cast<std::uint32_t>(value)));
    default:
      break;
    }
  }
  std::abort();  // unreachable
}

template <class Placement>
uint64_t random_position_in(random& r, const Placement& placement) {
  constexpr bool integers = !quoit::detail::prescribes_key_hash<typename Placement::slots_type>;
  const std::size_t kind = r.index(integers ? key_kinds.size() : kinds_without_integers);
  return random_position<integers>(r, kind, [&](const auto& key) { return placement.position(key); });
}

}  // namespace test
