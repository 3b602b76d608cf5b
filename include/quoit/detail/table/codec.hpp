// SPDX-License-Identifier: MIT
// A slot table as bytes, for a file or for another process: one encoding for every table, the same on every machine.
//
//   "quoit-st"  u32 format  u64 length of everything                      numbers are little-endian
//   text spec  u64 probe of the hash                                      a text is a u32 length and its bytes
//   u64 Q  u32 R  u64 seed  u64 version
//   u8 kind of ids  u32 number of nodes
//   for every node, in id order:   id (a text, or 8 bytes)  u64 weight  text domain
//     in format 2:                 u64 leader weight, all bits set if it is unset
//   Q × R ranks of 1, 2 or 4 bytes, as the number of nodes needs; all bits set: a missing copy; none without nodes
//     in format 2:                 all R ranks of a slot may be missing: a hole
//   MurmurHash3_x64_128 of everything before
//
// Format 2 is for tables with a leader weight or, if they have nodes, with a hole. All others have format 1, so that
// older versions read them.
//
// The length comes first, so that a truncated file can be told from a damaged one. Whatever the bytes are, a reader
// allocates no more than a small multiple of their number.
//
// Rejected: saving the state of a hash (the bytes have only its probe, and the caller of restore() must pass the same
// hash).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <quoit/config.hpp>
#include <quoit/detail/core/bytes.hpp>
#include <quoit/detail/placement/key_rule.hpp>
#include <quoit/detail/placement/node_specs.hpp>
#include <quoit/node.hpp>
#include <quoit/slot_table_options.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

inline constexpr std::string_view slot_table_magic = "quoit-st";
inline constexpr std::uint32_t slot_table_format = 1;
inline constexpr std::uint32_t slot_table_newest_format = 2;
inline constexpr std::uint64_t no_leader_weight = ~std::uint64_t{0};

// 0 for text, 1 for signed and 2 for unsigned integers. Each kind has an order of its own.
template <class Node>
inline constexpr std::uint8_t kind_of_ids = !integer_id<Node>        ? 0
                                            : std::is_signed_v<Node> ? 1
                                                                     : 2;

// The bytes of a rank. They have room for one value more than there are ranks: the missing copy.
constexpr std::size_t rank_size(std::uint64_t nodes) noexcept { return nodes <= 0xff ? 1 : nodes <= 0xffff ? 2 : 4; }

template <class Table>
[[nodiscard]] bool needs_newest_format(const Table& table) noexcept {
  return sets_leader_weight(table.nodes()) || (!table.empty() && table.missing_slots() > 0);
}

template <class Table>
[[nodiscard]] std::string encode_slot_table(const Table& table) {
  using node_type = typename Table::node_type;
  byte_writer out("slot_table");
  out.raw(slot_table_magic);
  const bool newest = needs_newest_format(table);
  out.number(newest ? slot_table_newest_format : slot_table_format, 4);
  const std::size_t length_at = out.size();
  out.number(0, 8);
  out.text(table.spec());
  out.number(probe_of(table.hash(), table.seed()), 8);
  out.number(table.slot_count(), 8);
  out.number(table.replica_count(), 4);
  out.number(table.seed(), 8);
  out.number(table.version(), 8);
  out.number(kind_of_ids<node_type>, 1);
  out.number(table.size(), 4);
  for (const auto& entry : table.nodes()) {
    if constexpr (integer_id<node_type>) out.number(static_cast<std::uint64_t>(entry.node), 8);
    else out.text(entry.node);
    out.number(static_cast<std::uint64_t>(entry.weight), 8);
    out.text(entry.domain);
    if (newest)
      out.number(entry.leader_weight ? static_cast<std::uint64_t>(*entry.leader_weight) : no_leader_weight, 8);
  }
  const std::size_t size = rank_size(table.size());
  out.reserve(table.ranks().size() * size + checksum_size);
  for (const std::uint32_t rank : table.ranks()) out.number(rank, size);  // the low bytes of no_node are all ones
  out.number_at(length_at, out.size() + checksum_size, 8);
  return out.sealed();
}

// The way out for bytes with a correct checksum that no table has.
inline constexpr const char* forged = "; these bytes are not what slot_table::save() returned: save the table again";

// Checks length and checksum, and returns the format and a reader for the bytes between them.
struct opened_slot_table {
  std::uint64_t format;
  byte_reader in;
};
[[nodiscard]] inline opened_slot_table open_slot_table(std::string_view bytes) {
  byte_reader in(bytes, "slot_table");
  if (in.left() < slot_table_magic.size() || in.raw(slot_table_magic.size()) != slot_table_magic) {
    in.refuse("these bytes are not a saved slot table; pass what slot_table::save() returned");
  }
  const std::uint64_t format = in.number(4);
  if (format < slot_table_format || format > slot_table_newest_format) {
    in.refuse("unknown format " + std::to_string(format) + "; this version knows " + std::to_string(slot_table_format) +
              " to " + std::to_string(slot_table_newest_format) +
              "; restore them with the version that saved them, or a newer one");
  }
  const std::uint64_t length = in.number(8);
  if (length != bytes.size() || in.left() < checksum_size) {
    in.refuse("the bytes are truncated, or not a single table: " + std::to_string(bytes.size()) + " instead of " +
              std::to_string(length) + read_again);
  }
  require_checksum(bytes, "slot_table");
  return {format, byte_reader(in.raw(in.left() - checksum_size), "slot_table")};
}

template <class Node>
[[nodiscard]] Node read_node(byte_reader& in) {
  if constexpr (integer_id<Node>) {
    const std::uint64_t value = in.number(8);
    const Node node = static_cast<Node>(value);
    if (static_cast<std::uint64_t>(node) != value) {
      throw_invalid_argument(
          "slot_table: a saved node id does not fit into the type of the nodes; restore them with the type that saved "
          "them");
    }
    return node;
  } else {
    return Node(in.text());
  }
}

template <class Node>
[[nodiscard]] std::vector<node_spec<Node>> read_nodes(byte_reader& in, std::uint64_t count, bool newest) {
  const std::size_t least = (integer_id<Node> ? 8 : 4) + 8 + 4 + (newest ? 8 : 0);
  if (count > in.left() / least)
    throw_invalid_argument(std::string("slot_table: there are too few bytes for the number of nodes") + forged);
  std::vector<node_spec<Node>> nodes;
  nodes.reserve(static_cast<std::size_t>(count));
  for (std::uint64_t i = 0; i < count; ++i) {
    node_spec<Node> spec{read_node<Node>(in), 0, {}};
    spec.weight = static_cast<std::int64_t>(in.number(8));
    spec.domain = in.text();
    if (newest) {
      const std::uint64_t weight = in.number(8);
      if (weight != no_leader_weight) spec.leader_weight = static_cast<std::int64_t>(weight);
    }
    if (!nodes.empty() && !spec_less(nodes.back(), spec)) {
      throw_invalid_argument("slot_table: saved nodes are not in id order at '" + quoit::id_text(spec.node) + "'" +
                             forged);
    }
    nodes.push_back(std::move(spec));
  }
  return nodes;
}

// make_slots(options) returns the slot policy. Throws std::invalid_argument.
template <class Table, class SlotsChoice>
[[nodiscard]] Table decode_slot_table(std::string_view bytes, typename Table::hash_type hash,
                                      const SlotsChoice& make_slots) {
  using node_type = typename Table::node_type;
  auto [format, in] = open_slot_table(bytes);
  const std::string_view spec = in.text();
  const std::uint64_t probe = in.number(8);
  slot_table_options options;
  options.slots = in.number(8);
  options.replicas = static_cast<std::size_t>(in.number(4));
  options.seed = in.number(8);
  const std::uint64_t version = in.number(8);

  const Table empty({}, {}, options, version, hash, make_slots);
  if (empty.spec() != spec) {
    throw_invalid_argument("slot_table: the bytes are of '" + std::string(spec) + "', and this table would be '" +
                           empty.spec() + "'; restore them with the type, hash and slot policy that saved them");
  }
  if (options.slots != empty.slot_count()) {
    throw_invalid_argument("slot_table: the bytes are of " + std::to_string(options.slots) + " slots, and '" +
                           empty.spec() + "' has " + std::to_string(empty.slot_count()) +
                           "; restore them with the slot policy that saved them");
  }
  if (probe_of(hash, options.seed) != probe) {
    throw_invalid_argument("slot_table: the bytes are of a hash with the same name that gives other values than this "
                           "one; restore them with the "
                           "hash that saved them");
  }
  if (in.number(1) != kind_of_ids<node_type>) {
    throw_invalid_argument(
        "slot_table: the saved node ids are of another kind (text, signed or unsigned integers); restore them "
        "with the type that saved them");
  }

  std::vector<node_spec<node_type>> nodes = read_nodes<node_type>(in, in.number(4), format == slot_table_newest_format);
  const std::size_t bytes_per_rank = rank_size(nodes.size());
  const std::uint64_t entries = nodes.empty() ? 0 : empty.slot_count() * empty.replica_count();
  if (in.left() != entries * bytes_per_rank) {
    throw_invalid_argument("slot_table: " + std::to_string(in.left()) + " bytes for " + std::to_string(entries) +
                           " entries of " + std::to_string(bytes_per_rank) + " bytes each" + forged);
  }
  const std::uint64_t missing = ~std::uint64_t{0} >> (64 - 8 * bytes_per_rank);
  std::vector<std::uint32_t> replicas;
  replicas.reserve(static_cast<std::size_t>(entries));
  for (std::uint64_t i = 0; i < entries; ++i) {
    const std::uint64_t rank = in.number(bytes_per_rank);
    replicas.push_back(rank == missing ? Table::no_node : static_cast<std::uint32_t>(rank));
  }
  Table table(std::move(nodes), replicas, options, version, std::move(hash), make_slots);
  // Equal tables have equal bytes, so each has only one format.
  const bool newest = format == slot_table_newest_format;
  if (needs_newest_format(table) != newest) {
    throw_invalid_argument("slot_table: format " + std::to_string(format) +
                           (newest ? ", but no node has a leader weight, and no slot is without a copy"
                                   : ", but a slot has no copy, which needs format 2") +
                           forged);
  }
  return table;
}

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
