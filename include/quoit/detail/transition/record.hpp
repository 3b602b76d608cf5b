// SPDX-License-Identifier: MIT
// A transition as bytes: what it was made of, as fingerprints, and how far it is. Little-endian, one encoding each.
//
//   "quoittr\n"  u16 format
//   before, after, moves    3 × 16 bytes: fingerprints, so that it goes on with the very same moves or not at all
//   u64 epoch, replicas     u8 apart, access, leaving_nodes_serve     6 × u32 limits at the beginning, and now
//   u32 nodes, then a byte each: 0 lives, 1 lost from the beginning, 2 lost on the way
//   u32 moves, then five bytes each: u8 stage, u32 source
//   16 bytes: MurmurHash3_x64_128 of all that
//
// Rejected: the placements themselves, which whoever keeps a transition keeps anyway; only what differs from a fresh
// transition, which would be shorter and could not be read without making that first.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <quoit/config.hpp>
#include <quoit/fingerprint.hpp>
#include <quoit/hash.hpp>
#include <quoit/preference_list.hpp>
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
  std::vector<std::uint8_t> lost;  // of a node, as above
  std::vector<move_stage> stage;
  std::vector<std::uint32_t> source;
};

inline constexpr std::string_view transition_magic{"quoittr\n", 8};
inline constexpr std::uint16_t transition_format = 1;

class transition_writer {
 public:
  static std::string write(const transition_record& r) {
    transition_writer w;
    w.bytes_ = transition_magic;
    w.number(transition_format, 2);
    for (const fingerprint& f : {r.before, r.after, r.moves}) {
      w.number(f.high, 8);
      w.number(f.low, 8);
    }
    w.number(r.epoch, 8);
    w.number(r.replicas, 8);
    w.number(static_cast<std::uint64_t>(r.apart), 1);
    w.number(static_cast<std::uint64_t>(r.how), 1);
    w.number(r.leaving_nodes_serve ? 1 : 0, 1);
    for (const transfer_limits& limits : {r.first_limits, r.limits}) {
      w.number(limits.in, 4);
      w.number(limits.out, 4);
      w.number(limits.per_part, 4);
    }
    w.number(r.lost.size(), 4);
    for (const std::uint8_t lost : r.lost) w.number(lost, 1);
    w.number(r.stage.size(), 4);
    for (std::size_t i = 0; i < r.stage.size(); ++i) {
      w.number(static_cast<std::uint64_t>(r.stage[i]), 1);
      w.number(r.source[i], 4);
    }
    const hash128 sum = murmur3_x64_128(w.bytes_);
    w.number(sum.first, 8);
    w.number(sum.second, 8);
    return w.bytes_;
  }

 private:
  void number(std::uint64_t value, std::size_t size) {
    char bytes[8];
    write_little_endian(value, bytes, size);
    bytes_.append(bytes, size);
  }
  std::string bytes_;
};

// Throws std::invalid_argument for what is not a record. Everything is in range afterwards but for the sources, which
// only the moves can tell.
class transition_reader {
 public:
  static transition_record read(std::string_view bytes) {
    constexpr std::size_t sum_size = 16;
    if (bytes.substr(0, transition_magic.size()) != transition_magic) refuse("these bytes are not a transition");
    transition_reader r{bytes.substr(transition_magic.size())};
    const std::uint64_t format = r.number(2);
    if (format != transition_format)
      refuse("the format is " + std::to_string(format) + ", and 1 is the only one known");
    if (r.rest_.size() < sum_size) refuse(truncated);
    const std::string_view summed = bytes.substr(0, bytes.size() - sum_size);
    r.rest_.remove_suffix(sum_size);
    transition_record result;
    for (fingerprint* const f : {&result.before, &result.after, &result.moves}) {
      f->high = r.number(8);
      f->low = r.number(8);
    }
    result.epoch = r.number(8);
    result.replicas = r.number(8);
    result.apart = r.choice<spread>(2, "spread");
    result.how = r.choice<access>(3, "access");
    if (result.how == access::automatic || result.replicas == 0) refuse("it was not decided how many copies there are");
    result.leaving_nodes_serve = r.choice<int>(1, "flag") != 0;
    for (transfer_limits* const limits : {&result.first_limits, &result.limits}) {
      limits->in = static_cast<std::uint32_t>(r.number(4));
      limits->out = static_cast<std::uint32_t>(r.number(4));
      limits->per_part = static_cast<std::uint32_t>(r.number(4));
    }
    result.lost.resize(r.count(1));
    for (std::uint8_t& lost : result.lost) lost = r.choice<std::uint8_t>(2, "state of a node");
    result.stage.resize(r.count(5));
    result.source.resize(result.stage.size());
    for (std::size_t i = 0; i < result.stage.size(); ++i) {
      result.stage[i] = r.choice<move_stage>(4, "stage");
      result.source[i] = static_cast<std::uint32_t>(r.number(4));
    }
    if (!r.rest_.empty()) refuse("there are more bytes than a transition has");
    const hash128 sum = murmur3_x64_128(summed);
    transition_reader tail{bytes.substr(summed.size())};
    const std::uint64_t first = tail.number(8), second = tail.number(8);
    if (first != sum.first || second != sum.second) refuse("the checksum does not match: the bytes are damaged");
    return result;
  }

  [[noreturn]] static void refuse(const std::string& why) {
    throw_invalid_argument("transition: cannot restore: " + why);
  }

 private:
  static constexpr const char* truncated = "the bytes are cut off";

  explicit transition_reader(std::string_view rest) : rest_(rest) {}

  std::uint64_t number(std::size_t size) {
    if (rest_.size() < size) refuse(truncated);
    const std::uint64_t value = read_little_endian(rest_.data(), size);
    rest_.remove_prefix(size);
    return value;
  }
  // Before anything is allocated.
  std::size_t count(std::size_t bytes_each) {
    const std::uint64_t value = number(4);
    if (value > rest_.size() / bytes_each) refuse(truncated);
    return static_cast<std::size_t>(value);
  }
  template <class T>
  T choice(std::uint64_t most, const char* what) {
    const std::uint64_t value = number(1);
    if (value > most) refuse("there is no " + std::string(what) + " " + std::to_string(value));
    return static_cast<T>(value);
  }

  std::string_view rest_;
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
