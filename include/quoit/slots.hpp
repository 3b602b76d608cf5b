// SPDX-License-Identifier: MIT
// Slot policies: they map a 64-bit hash to a position of the whole circle, or to one of Q slots.
//
//   whole_circle         position = hash                                    all 2^64 positions; the default
//   slots<Q>             slot = floor(hash * Q / 2^64)                      any Q; doubling Q splits p into 2p and 2p+1
//   modulo_circle<M, Q>  H = (hash mod M) + 1 in 1..M, slot = floor((H - 1) * Q / M)           the textbook's circle
//   redis_slots          slot = CRC16(key or its {tag}) mod 16384           Redis Cluster's slots
//
// Q and M are template arguments or run-time values: slots<dynamic_slots>{q}.
//
// The slot of the modulo circle is sometimes written as floor(H / M). Since H is in 1..M, that is 0 except for H = M,
// so nearly all keys would be in one slot. quoit implements the form above, and a test shows the difference.
//
// A policy needs name(), count() and slot(hash): see slot_policy in concepts.hpp and examples/custom_slots.cpp.
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

#include <quoit/config.hpp>
#include <quoit/detail/core/wide.hpp>
#include <quoit/share.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {

/// All 2^64 positions: the position of a key is its hash. O(1). Threads: any number, it has no state.
struct whole_circle {
  /// "whole_circle".
  [[nodiscard]] static std::string name() { return "whole_circle"; }
  /// Returns 0, which stands for 2^64. No other policy may return 0.
  [[nodiscard]] static constexpr std::uint64_t count() noexcept { return 0; }
  /// Returns the hash.
  [[nodiscard]] static constexpr std::uint64_t slot(std::uint64_t hash) noexcept { return hash; }
  /// How many hashes are less than the position.
  [[nodiscard]] static constexpr share hashes_below(std::uint64_t position) noexcept { return share(position); }
};

/// As a template argument: the number is given to the constructor.
inline constexpr std::uint64_t dynamic_slots = ~std::uint64_t{0};

namespace detail {

// A number that is a template argument or, if that is dynamic_slots, a member.
template <std::uint64_t N>
struct slot_number {
  constexpr slot_number() noexcept = default;
  constexpr explicit slot_number(std::uint64_t) noexcept {}
  static constexpr std::uint64_t value = N;
};

template <>
struct slot_number<dynamic_slots> {
  constexpr explicit slot_number(std::uint64_t number) noexcept : value(number) {}
  std::uint64_t value;
};

// The number of hashes h, out of 2^64, for which floor(h * count / 2^64) < slot.
constexpr share even_hashes_below(std::uint64_t slot, std::uint64_t count) noexcept {
  if (slot >= count) return share::whole();
  return share(divide(add({slot, 0}, {0, count - 1}), count).low);
}

}  // namespace detail

/// Q slots of equal width: slot = floor(hash * Q / 2^64), one multiplication. O(1). Threads: not synchronised, like a
/// built-in type.
template <std::uint64_t Q = dynamic_slots>
class slots {
  static_assert(Q != 0, "quoit: slots<0>: a circle needs at least one slot");

 public:
  /// Q is the template argument.
  constexpr slots() noexcept
    requires(Q != dynamic_slots)
  = default;

  /// Sets Q = q at run time. Throws std::invalid_argument for q = 0.
  constexpr explicit slots(std::uint64_t q)
    requires(Q == dynamic_slots)
      : q_(q) {
    if (q == 0) detail::throw_invalid_argument("slots: Q = 0; a circle needs at least one slot");
  }

  /// "slots/" and Q, such as "slots/16384". Allocates.
  [[nodiscard]] std::string name() const { return "slots/" + std::to_string(q_.value); }
  /// The number of slots, Q.
  [[nodiscard]] constexpr std::uint64_t count() const noexcept { return q_.value; }
  /// The slot of a hash, less than Q.
  [[nodiscard]] constexpr std::uint64_t slot(std::uint64_t hash) const noexcept {
    return detail::multiply(hash, q_.value).high;
  }
  /// How many hashes are in lower slots. That is all hashes if the argument is Q or more.
  [[nodiscard]] constexpr share hashes_below(std::uint64_t slot) const noexcept {
    return detail::even_hashes_below(slot, q_.value);
  }

 private:
  [[no_unique_address]] detail::slot_number<Q> q_;
};

/// The textbook circle of length M: H(x) = (x mod M) + 1, with Q slots S = floor((H(x) - 1) * Q / M). With Q = M every
/// position is a slot. Requires 1 <= Q <= M. slot() takes one division, and a second one if Q differs from M. O(1).
/// Threads: not synchronised, like a built-in type.
template <std::uint64_t M = dynamic_slots, std::uint64_t Q = M>
class modulo_circle {
  static_assert(M != 0, "quoit: modulo_circle<0>: a circle needs at least one position");
  static_assert(Q != 0, "quoit: modulo_circle: Q = 0; a circle needs at least one slot");
  static_assert((M == dynamic_slots) == (Q == dynamic_slots),
                "quoit: modulo_circle: M and Q must both be template arguments or both be run-time values");
  static_assert(Q <= M, "quoit: modulo_circle: more slots than positions");

 public:
  /// M and Q are the template arguments.
  constexpr modulo_circle() noexcept
    requires(M != dynamic_slots)
  = default;

  /// Sets M and Q at run time. Throws std::invalid_argument for m = 0, q = 0 and q > m.
  constexpr explicit modulo_circle(std::uint64_t m, std::uint64_t q)
    requires(M == dynamic_slots)
      : m_(m), q_(q) {
    if (m == 0) detail::throw_invalid_argument("modulo_circle: M = 0; a circle needs at least one position");
    if (q == 0) detail::throw_invalid_argument("modulo_circle: Q = 0; a circle needs at least one slot");
    if (q > m) {
      detail::throw_invalid_argument("modulo_circle: more slots than positions: Q = " + std::to_string(q) +
                                     ", M = " + std::to_string(m) + "; Q must be at most M");
    }
  }
  /// Sets M = Q = m, so that every position is a slot. Throws std::invalid_argument for m = 0.
  constexpr explicit modulo_circle(std::uint64_t m)
    requires(M == dynamic_slots)
      : modulo_circle(m, m) {}

  /// "modulo_circle/", M, "/" and Q. Allocates.
  [[nodiscard]] std::string name() const {
    return "modulo_circle/" + std::to_string(m_.value) + '/' + std::to_string(q_.value);
  }
  /// The number of slots, Q.
  [[nodiscard]] constexpr std::uint64_t count() const noexcept { return q_.value; }

  /// H(x), in 1..M.
  [[nodiscard]] constexpr std::uint64_t position(std::uint64_t hash) const noexcept { return hash % m_.value + 1; }

  /// The slot of a hash, less than Q.
  [[nodiscard]] constexpr std::uint64_t slot(std::uint64_t hash) const noexcept {
    const std::uint64_t h = hash % m_.value;
    return m_.value == q_.value ? h : detail::multiply_divide(h, q_.value, m_.value);
  }

  /// How many hashes are in lower slots. Exact even if M does not divide 2^64.
  [[nodiscard]] constexpr share hashes_below(std::uint64_t slot) const noexcept {
    if (slot >= q_.value || m_.value == 1) return slot == 0 ? share() : share::whole();
    // Lower slots have the positions 0 … p - 1. The 2^64 hashes go around the circle `rounds` times, plus `rest`
    // hashes.
    const std::uint64_t p = detail::multiply_divide_up(slot, m_.value, q_.value);
    const std::uint64_t rounds = detail::divide({1, 0}, m_.value).low;
    const std::uint64_t rest = std::uint64_t{0} - rounds * m_.value;
    return share(p * rounds + (p < rest ? p : rest));
  }

 private:
  [[no_unique_address]] detail::slot_number<M> m_;
  [[no_unique_address]] detail::slot_number<Q> q_;
};

namespace detail {

inline constexpr std::array<std::uint16_t, 256> crc16_table = [] {
  std::array<std::uint16_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t value = i << 8;
    for (int bit = 0; bit < 8; ++bit) value = (value << 1) ^ ((value & 0x8000U) != 0 ? 0x1021U : 0U);
    table[i] = static_cast<std::uint16_t>(value);
  }
  return table;
}();

}  // namespace detail

/// CRC-16/XMODEM: polynomial 0x1021, initial value 0, not reflected. O(bytes).
[[nodiscard]] constexpr std::uint16_t crc16_xmodem(std::string_view bytes) noexcept {
  std::uint32_t crc = 0;
  for (const char c : bytes) {
    crc = ((crc << 8) & 0xffffU) ^ detail::crc16_table[((crc >> 8) ^ static_cast<unsigned char>(c)) & 0xffU];
  }
  return static_cast<std::uint16_t>(crc);
}

/// The 16,384 slots of Redis Cluster (Redis Cluster specification, "Key distribution model" and "Hash tags"). Keys are
/// hashed as Redis prescribes; the Hash of the placement is used only for vnodes. A key_hash{h} is in slot h mod 16384.
/// O(1) unless stated otherwise. Threads: any number, it has no state.
struct redis_slots {
  /// "redis_slots".
  [[nodiscard]] static std::string name() { return "redis_slots"; }
  /// Always 16384.
  [[nodiscard]] static constexpr std::uint64_t count() noexcept { return 16384; }
  /// The slot of a value that hash_key() returned.
  [[nodiscard]] static constexpr std::uint64_t slot(std::uint64_t hash) noexcept { return hash % 16384; }
  /// How many hashes are in lower slots, if 2^64 hashes are evenly distributed.
  [[nodiscard]] static constexpr share hashes_below(std::uint64_t slot) noexcept {
    return detail::even_hashes_below(slot, 16384);
  }

  /// The CRC16 of the key, or of the text between its first '{' and the next '}' if that text is not empty. O(bytes).
  [[nodiscard]] static constexpr std::uint64_t hash_key(std::string_view key) noexcept {
    const auto open = key.find('{');
    if (open != std::string_view::npos) {
      const auto close = key.find('}', open + 1);
      if (close != std::string_view::npos && close != open + 1) key = key.substr(open + 1, close - open - 1);
    }
    return crc16_xmodem(key);
  }
};

namespace detail {

template <class Slots>
inline constexpr bool is_whole_circle = std::same_as<Slots, whole_circle>;

template <class Slots>
concept prescribes_key_hash = requires(const Slots& slots, std::string_view key) {
  { slots.hash_key(key) } noexcept -> std::same_as<std::uint64_t>;
};

template <class Slots>
constexpr share hashes_below(const Slots& slots, std::uint64_t slot) noexcept {
  if constexpr (requires {
                  { slots.hashes_below(slot) } -> std::same_as<share>;
                })
    return slots.hashes_below(slot);
  else return even_hashes_below(slot, slots.count());
}

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
