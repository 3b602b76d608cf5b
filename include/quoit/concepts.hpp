// SPDX-License-Identifier: MIT
// The roles that quoit's parts play, one small concept each: stable_hash, slot_policy, placement.
//
//   key ──stable_hash──▶ 64-bit hash ──slot_policy──▶ position ──placement──▶ preference list of nodes
//
// A placement is a contract between processes, so a hash has to *say* that its output is the same in every process, on
// every machine and in every version: it gives that promise a name, and the name goes into the spec of the placement.
// Rejected: trusting any callable (std::hash differs between standard libraries, absl::Hash between runs), and a
// bool trait beside the name (a stable hash without a name could not be told apart in a spec).
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

/// The trait: the name under which `Hash` promises stable output, empty where it promises nothing. A hash of yours says
/// so from inside, `static constexpr std::string_view stable_name = "acme/1";`, one that you cannot change from outside:
/// `template <> inline constexpr std::string_view quoit::stable_hash_name<acme::hash> = "acme/1";`. Change the name
/// whenever the output changes.
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

/// A hash that a placement can be built on: (std::string_view bytes, std::uint64_t seed) -> std::uint64_t, const and
/// noexcept, with a stable_hash_name. Semantics: a pure function of bytes and seed, equal in every process and on every
/// machine, uniform over all 64 bits. Safe to call from any number of threads.
template <class Hash>
concept stable_hash = detail::hashes_bytes<Hash> && detail::hashes_bytes_noexcept<Hash> &&
                      std::copy_constructible<Hash> && !stable_hash_name<Hash>.empty();

/// Turns a hash into one of count() slots. Semantics: slot() is pure and less than count(); name() tells two policies
/// apart that place differently. Optional members: hashes_below(slot), the exact number of hashes that fall below a
/// slot, as a share (without it slots count as equally wide); hash_key(bytes), where the policy prescribes the key
/// hash. All of them may be called from any number of threads.
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

/// A rule that maps hashes to preference lists of nodes. Semantics (P1, P6): a pure function of the set of nodes and the
/// parameters; every member below is const and may run in any number of threads while nobody changes the placement.
///   position(key)                   what moves and arcs are counted in
///   preferred(position, out, apart) writes as many distinct nodes as fit and there are, primary first, and returns how
///                                   many; the primary is the same for every `apart`
///   find(key)                       the primary, null where no node owns anything
///   nodes()                         all nodes with their weights (such as node_spec), in id order; the very objects that
///                                   find(), preferred() and arcs() point to, so a list of copies will not do
///   arcs()                          ascending; every position of an arc has the same preference lists, the owner first
///   size_of(range)                  the exact share of hashes in a range
///   key_spec()                      equal for two placements that put keys at the same positions
///   spec(), fingerprint()           what it is: all but the nodes as text, and everything as 128 bits
/// Where a placement has an operator==, equal ones place every key alike. What changes the nodes is no part of this.
template <class Placement>
concept placement =
    requires(const Placement& p, const key_hash& key, std::string_view text, std::uint64_t position,
             const position_range& range, std::span<const typename Placement::node_type*> out, spread apart) {
      typename Placement::node_type;
      { p.position(key) } noexcept -> std::same_as<std::uint64_t>;
      { p.position(text) } noexcept -> std::same_as<std::uint64_t>;
      { p.find(key) } noexcept -> std::same_as<const typename Placement::node_type*>;
      { p.preferred(position, out, apart) } noexcept -> std::same_as<std::size_t>;
      { p.nodes() } -> detail::node_list<typename Placement::node_type>;
      { p.arcs() } -> std::same_as<std::vector<arc<typename Placement::node_type>>>;
      { p.size_of(range) } -> std::same_as<share>;
      { p.key_spec() } -> std::convertible_to<std::string>;
      { p.spec() } -> std::convertible_to<std::string>;
      { p.fingerprint() } -> std::same_as<fingerprint>;
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
    static_assert(always_false<Hash>,
                  "quoit: lookups are noexcept, so this hash must be too. Write noexcept behind its "
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

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
