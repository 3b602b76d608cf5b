// SPDX-License-Identifier: MIT
// transition_record: a transition as bytes. What it was made of, as fingerprints, and how far it is. Numbers are
// little-endian, and each state has exactly one encoding.
//
//   "quoittr\n"  u16 format
//   before, after, moves    3 × 16 bytes of fingerprints: restore() goes on with the very same moves or throws
//   u64 epoch, replicas     u8 apart, access, leaving_nodes_serve     6 × u32 limits: 3 at the beginning, 3 now
//   format 2: u32 total, u8 unit of the limits at the beginning; the same now; u8 whether rounds follow
//   u32 nodes, then a byte each: 0 alive, 1 lost at the beginning, 2 lost since
//   u32 moves, then five bytes each: u8 stage, u32 source
//   format 2, with rounds: u32 round of each move
//   16 bytes: MurmurHash3_x64_128 of all bytes before
//
// Format 2 is written only for what format 1 cannot say: limits of the cluster or of streams, and rounds that were
// computed again after a loss. So version 0.1 reads whatever does not use them.
//
// Rejected: saving the placements, which the caller keeps anyway; saving only the difference from a fresh transition,
// which is shorter but can be read only after that transition was made.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <quoit/access_set.hpp>
#include <quoit/config.hpp>
#include <quoit/detail/core/bytes.hpp>
#include <quoit/fingerprint.hpp>
#include <quoit/spread.hpp>
#include <quoit/transition_options.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

struct transition_record {
  fingerprint before, after, moves;
  std::uint64_t epoch = 1;
  std::uint64_t replicas = 1;
  spread apart = spread::nodes;
  access how = access::store;
  bool leaving_nodes_serve = false;
  transfer_limits first_limits, limits;
  std::vector<std::uint8_t> lost;  // of a node: 0, 1 or 2, see above
  std::vector<move_stage> stage;
  std::vector<std::uint32_t> source;
  std::vector<std::uint32_t> round;  // of a move; empty if the rounds are those of the plan

  [[nodiscard]] bool fits_format_1() const noexcept {
    for (const transfer_limits* const one : {&first_limits, &limits}) {
      if (one->total != transfer_limits{}.total || one->unit != transfer_limits{}.unit) return false;
    }
    return round.empty();
  }
};

inline constexpr std::string_view transition_magic{"quoittr\n", 8};
inline constexpr std::uint16_t newest_transition_format = 2;

[[nodiscard]] inline std::string write_record(const transition_record& r) {
  byte_writer out;
  out.raw(transition_magic);
  const bool first_format = r.fits_format_1();
  out.number(first_format ? 1 : 2, 2);
  for (const fingerprint& f : {r.before, r.after, r.moves}) {
    out.number(f.high, 8);
    out.number(f.low, 8);
  }
  out.number(r.epoch, 8);
  out.number(r.replicas, 8);
  out.number(static_cast<std::uint64_t>(r.apart), 1);
  out.number(static_cast<std::uint64_t>(r.how), 1);
  out.number(r.leaving_nodes_serve ? 1 : 0, 1);
  for (const transfer_limits& limits : {r.first_limits, r.limits}) {
    out.number(limits.in, 4);
    out.number(limits.out, 4);
    out.number(limits.per_part, 4);
  }
  if (!first_format) {
    for (const transfer_limits& limits : {r.first_limits, r.limits}) {
      out.number(limits.total, 4);
      out.number(static_cast<std::uint64_t>(limits.unit), 1);
    }
    out.number(r.round.empty() ? 0 : 1, 1);
  }
  out.number(r.lost.size(), 4);
  for (const std::uint8_t lost : r.lost) out.number(lost, 1);
  out.number(r.stage.size(), 4);
  for (std::size_t i = 0; i < r.stage.size(); ++i) {
    out.number(static_cast<std::uint64_t>(r.stage[i]), 1);
    out.number(r.source[i], 4);
  }
  for (const std::uint32_t round : r.round) out.number(round, 4);
  return out.sealed();
}

inline constexpr const char* cannot_restore = "transition: cannot restore";

[[noreturn]] inline void refuse_record(const std::string& why) {
  throw_invalid_argument(std::string(cannot_restore) + ": " + why);
}

// One byte, at most `most`.
template <class T>
[[nodiscard]] T read_choice(byte_reader& in, std::uint64_t most, const char* what) {
  const std::uint64_t value = in.number(1);
  if (value > most) refuse_record("there is no " + std::string(what) + " " + std::to_string(value));
  return static_cast<T>(value);
}

// Throws std::invalid_argument for bytes that are not a record. Every field of the result is in range, except for the
// sources, which only a plan can check.
[[nodiscard]] inline transition_record read_record(std::string_view bytes) {
  if (bytes.substr(0, transition_magic.size()) != transition_magic)
    refuse_record(std::string("these bytes are not a transition") + read_again);
  byte_reader format(bytes.substr(transition_magic.size()), cannot_restore);
  const std::uint64_t number = format.number(2);
  if (number == 0 || number > newest_transition_format) {
    refuse_record("unknown format " + std::to_string(number) + "; this version knows 1 to " +
                  std::to_string(unsigned{newest_transition_format}) + ": restore it with the version that saved it");
  }
  if (format.left() < checksum_size) refuse_record(std::string("the bytes are truncated") + read_again);
  byte_reader in(format.raw(format.left() - checksum_size), cannot_restore);
  transition_record result;
  for (fingerprint* const f : {&result.before, &result.after, &result.moves}) {
    f->high = in.number(8);
    f->low = in.number(8);
  }
  result.epoch = in.number(8);
  result.replicas = in.number(8);
  result.apart = read_choice<spread>(in, 2, "spread");
  result.how = read_choice<access>(in, 3, "access");
  if (result.how == access::automatic || result.replicas == 0) refuse_record("the number of copies is missing");
  result.leaving_nodes_serve = read_choice<int>(in, 1, "flag") != 0;
  for (transfer_limits* const limits : {&result.first_limits, &result.limits}) {
    limits->in = static_cast<std::uint32_t>(in.number(4));
    limits->out = static_cast<std::uint32_t>(in.number(4));
    limits->per_part = static_cast<std::uint32_t>(in.number(4));
  }
  bool rounds = false;
  if (number == 2) {
    for (transfer_limits* const limits : {&result.first_limits, &result.limits}) {
      limits->total = static_cast<std::uint32_t>(in.number(4));
      limits->unit = read_choice<transfer_unit>(in, 1, "unit of the limits");
    }
    rounds = read_choice<int>(in, 1, "flag") != 0;
  }
  result.lost.resize(in.count(1));
  for (std::uint8_t& lost : result.lost) lost = read_choice<std::uint8_t>(in, 2, "state of a node");
  result.stage.resize(in.count(rounds ? 9 : 5));
  result.source.resize(result.stage.size());
  for (std::size_t i = 0; i < result.stage.size(); ++i) {
    result.stage[i] = read_choice<move_stage>(in, 4, "stage");
    result.source[i] = static_cast<std::uint32_t>(in.number(4));
  }
  result.round.resize(rounds ? result.stage.size() : 0);
  for (std::uint32_t& round : result.round) round = static_cast<std::uint32_t>(in.number(4));
  if (number == 2 && result.fits_format_1()) refuse_record("this state is written in format 1");
  if (in.left() != 0) refuse_record("there are bytes after the end of the transition");
  require_checksum(bytes, cannot_restore);
  return result;
}

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
