// SPDX-License-Identifier: MIT
// The four concepts of quoit: stable_hash, slot_policy, placement and ranged_placement.
//
//   key ──stable_hash──▶ 64-bit hash ──slot_policy──▶ position ──placement──▶ preference list of nodes
//
//   placement          maps any key to a preference list
//   ranged_placement   is a placement made of ranges of positions: exact shares, diffs and transitions
//
// A placement is a contract between processes. Its hash must produce the same output in every process, on every machine
// and in every version, and says so with a name. The name is part of the placement's spec.
// Rejected: any callable as a hash (std::hash differs between standard libraries, absl::Hash between runs); a bool
// trait instead of the name (a spec could not tell two stable hashes apart).
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <ranges>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <quoit/version.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {

struct key_hash;
struct position_range;
class share;
struct fingerprint;
enum class spread;
template <class Node>
struct arc;

/// The name under which `Hash` promises stable output. Empty if it makes no such promise.
///
/// Your own hash has a member: `static constexpr std::string_view stable_name = "acme/1";`. For a hash that you cannot
/// change, specialise the variable: `template <> inline constexpr std::string_view quoit::stable_hash_name<acme::hash>
/// = "acme/1";`. Change the name whenever the output changes.
template <class Hash>
inline constexpr std::string_view stable_hash_name = [] {
  if constexpr (requires {
                  { Hash::stable_name } -> std::convertible_to<std::string_view>;
                }) {
    return std::string_view(Hash::stable_name);
  } else {
    return std::string_view();
  }
}();

namespace detail {

template <class Hash>
concept hashes_bytes = requires(const Hash& hash, std::string_view bytes, std::uint64_t seed) {
  { hash(bytes, seed) } -> std::same_as<std::uint64_t>;
};

template <class Hash>
concept hashes_bytes_noexcept = requires(const Hash& hash, std::string_view bytes, std::uint64_t seed) {
  { hash(bytes, seed) } noexcept;
};

}  // namespace detail

/// A hash for placements: (std::string_view bytes, std::uint64_t seed) -> std::uint64_t, const and noexcept, with a
/// stable_hash_name.
///
/// Semantics: a pure function of bytes and seed, equal in every process and on every machine, uniform over all 64 bits.
/// It may be called from any number of threads. It need not be assignable: placements are, whatever their hash is.
template <class Hash>
concept stable_hash = detail::hashes_bytes<Hash> && detail::hashes_bytes_noexcept<Hash> &&
                      std::copy_constructible<Hash> && !stable_hash_name<Hash>.empty();

/// A slot-mapping policy: maps a hash to one of count() slots.
///
/// Semantics: slot() is pure, and less than count(). Two policies that place differently have different names.
/// Optional members: hashes_below(slot), the exact number of hashes in all lower slots, as a share (without it, all
/// slots are equally wide); hash_key(bytes), for a policy that prescribes the hash of keys. Members may be called from
/// any number of threads. A policy need not be assignable.
template <class Slots>
concept slot_policy = std::copy_constructible<Slots> && requires(const Slots& slots, std::uint64_t hash) {
  { slots.name() } -> std::convertible_to<std::string>;
  { slots.count() } -> std::same_as<std::uint64_t>;
  { slots.slot(hash) } noexcept -> std::same_as<std::uint64_t>;
};

namespace detail {

template <class Nodes, class Node>
concept node_list = std::ranges::random_access_range<Nodes> && std::ranges::common_range<Nodes> &&
                    std::is_lvalue_reference_v<std::ranges::range_reference_t<Nodes>> &&
                    requires(std::ranges::range_reference_t<Nodes> entry) {
                      { (entry.node) } -> std::convertible_to<const Node&>;
                      { entry.weight } -> std::convertible_to<std::int64_t>;
                    };

}  // namespace detail

/// A rule that maps keys to preference lists of nodes. Semantics (P1, P6): a pure function of the set of nodes and the
/// parameters. All members are const and may be called from any number of threads while no thread changes the
/// placement.
///   position(key)                   the position of a key: a hash, a slot, or any other number that decides its nodes
///   find(key)                       the primary, null if no node owns the key
///   preferred(position, out, apart) writes the preference list, primary first: as many distinct nodes as fit and
///                                   exist. Returns how many: 0 if no node owns the position or there is no such
///                                   position. The primary is the same for every `apart`
///   nodes()                         all nodes with their weights (such as node_spec), in id order. find(), preferred()
///                                   and arcs() point to these very objects, so nodes() must not return copies
///   key_spec()                      equal for two placements that put keys at the same positions
///   spec(), fingerprint()           the rule without its nodes as text, and rule and nodes as 128 bits
/// Optional members, which the library uses where a placement has them:
///   find_if_at(position, predicate)  the first node of the preference list for which the predicate holds, or null
///   walk_at(position)                the nodes of the preference list one by one, as a range of const node_type&
///   for_each_owner(keys, use)        calls use(owner) for each of many keys, in order
/// find_if() and walk() in walk.hpp work without them, by preferred() with more and more room; so a preference list
/// has to be a prefix of every longer one.
/// If a placement has an operator==, equal placements place every key alike. Changing the nodes is not part of this
/// concept.
template <class Placement>
concept placement = requires(const Placement& p, const key_hash& key, std::string_view text, std::uint64_t position,
                             std::span<const typename Placement::node_type*> out, spread apart) {
  typename Placement::node_type;
  { p.position(key) } noexcept -> std::same_as<std::uint64_t>;
  { p.position(text) } noexcept -> std::same_as<std::uint64_t>;
  { p.find(key) } noexcept -> std::same_as<const typename Placement::node_type*>;
  { p.preferred(position, out, apart) } noexcept -> std::same_as<std::size_t>;
  { p.nodes() } -> detail::node_list<typename Placement::node_type>;
  { p.key_spec() } -> std::convertible_to<std::string>;
  { p.spec() } -> std::convertible_to<std::string>;
  { p.fingerprint() } -> std::same_as<fingerprint>;
};

/// A placement whose keys share a preference list by ranges of positions. diff(before, after), balance_of(placement),
/// transition and kv_map require one; their results are exact.
///   arcs()          ascending ranges that cover every position once; all positions of an arc have the same preference
///                   lists, with the arc's owner first. An arc whose preference lists are empty, such as a hole of a
///                   slot table, has no owner (null). Empty if no node owns anything
///   size_of(range)  the exact share of hashes in a range of positions
template <class Placement>
concept ranged_placement = placement<Placement> && requires(const Placement& p, const position_range& range) {
  { p.arcs() } -> std::same_as<std::vector<arc<typename Placement::node_type>>>;
  { p.size_of(range) } -> std::same_as<share>;
};

namespace detail {

template <class>
inline constexpr bool always_false = false;

// Near misses, each with the sentence that says what to write.
template <class Hash>
constexpr bool require_stable_hash() {
  if constexpr (!hashes_bytes<Hash>) {
    static_assert(
        !requires(const Hash& hash, std::string_view bytes) { hash(bytes); },
        "quoit: this hash takes no seed (std::hash and its like do not, and are not stable). Write: "
        "std::uint64_t operator()(std::string_view bytes, std::uint64_t seed) const noexcept;");
    static_assert(
        requires(const Hash& hash, std::string_view bytes) { hash(bytes); },
        "quoit: this type cannot hash. Write: "
        "std::uint64_t operator()(std::string_view bytes, std::uint64_t seed) const noexcept;");
  } else if constexpr (!hashes_bytes_noexcept<Hash>) {
    static_assert(always_false<Hash>, "quoit: lookups are noexcept, so this hash must be too. Write noexcept after its "
                                      "operator()(std::string_view bytes, std::uint64_t seed) const");
  } else if constexpr (stable_hash_name<Hash>.empty()) {
    static_assert(
        always_false<Hash>,
        "quoit: this hash does not say that its output is stable. If it is the same in every process, on every "
        "machine and in every version, write inside it: "
        "static constexpr std::string_view stable_name = \"name/1\"; or outside: template <> inline constexpr "
        "std::string_view quoit::stable_hash_name<H> = \"name/1\";");
  }
  return true;
}

template <class Slots>
constexpr bool require_slot_policy() {
  static_assert(slot_policy<Slots>,
                "quoit: this is not a slot policy. Write: std::string name() const; std::uint64_t count() const; "
                "std::uint64_t slot(std::uint64_t hash) const noexcept;");
  return true;
}

template <class Placement>
constexpr bool require_ranged_placement() {
  static_assert(
      ranged_placement<Placement>,
      "quoit: this placement is not made of ranges of positions, so it has no arcs to be compared exactly. Write "
      "quoit::diff(before, after, keys), which compares the keys you have, or freeze the placement with "
      "quoit::slot_table<>::adopt(placement, report), which reports how many keys change owner");
  return ranged_placement<Placement>;
}

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
