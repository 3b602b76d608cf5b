// SPDX-License-Identifier: MIT
// The state of a kv_map between two placements: which shards hold a position now, and which step comes next.
//
//   stage of a move    readers ask    writers write to    what the move does in this stage
//   pending            old            old
//   copying            old            old and new         copies the part, in pieces
//   copied             new            old and new
//   done               new            new                 drops the old copy
//
// A stage changes under the exclusive topology lock, in O(1). Copying takes only the locks of two shards. No reader
// uses an incomplete copy. A write to a key that the new copy lacks adds the key there, so entries may be copied in any
// order.
//
// All members need the map's topology lock, as in kv_topology.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include <quoit/detail/kv/shard.hpp>
#include <quoit/preference_list.hpp>
#include <quoit/transition.hpp>
#include <quoit/transition_options.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

template <class Entry, class Placement>
class kv_migration {
 public:
  using node_type = typename Placement::node_type;
  using shard = kv_shard<Entry>;
  using shard_list = std::vector<shard*>;
  using shard_index = std::unordered_map<const node_type*, std::shared_ptr<shard>>;
  using transition_type = quoit::transition<Placement>;

  // `shards` has the nodes of both placements, by their addresses in the transition.
  kv_migration(transition_type transition, shard_index shards)
      : transition_(std::move(transition)), shards_(std::move(shards)) {}

  [[nodiscard]] const transition_type& transition() const noexcept { return transition_; }
  [[nodiscard]] const shard_index& shards() const noexcept { return shards_; }
  [[nodiscard]] shard* of(const node_type* node) const {
    return node == nullptr ? nullptr : shards_.find(node)->second.get();
  }

  // Appends the shards that have every entry at this position. The first one is the one to read.
  void complete_holders(std::uint64_t position, shard_list& out) const {
    preference_list<node_type> complete(transition_.replicas() + 1);
    complete.resize(transition_.now(position, complete.room()));
    for (const node_type* const node : complete.pointers()) out.push_back(of(node));
  }
  // Appends the shards from whose copy alone the map could continue.
  void whole_holders(std::uint64_t position, shard_list& out) const {
    complete_holders(position, out);
    const std::size_t part = transition_.part_at(position);
    if (part == transition_type::no_part) return;
    for (const std::uint32_t move : transition_.moves_of(part)) {
      const auto& what = transition_.moves()[move];
      if (transition_.stage(move) == move_stage::copied) add(of(what.replaces), out);
      if (starts_from_nothing(move)) add(of(what.to), out);
    }
  }
  // Appends the complete holders, then the receivers and the replaced nodes of moves in flight.
  void holders(std::uint64_t position, shard_list& out) const {
    complete_holders(position, out);
    const std::size_t part = transition_.part_at(position);
    if (part == transition_type::no_part) return;
    for (const std::uint32_t move : transition_.moves_of(part)) {
      const move_stage stage = transition_.stage(move);
      const auto& what = transition_.moves()[move];
      if (stage == move_stage::copying) add(of(what.to), out);
      if (stage == move_stage::copied) add(of(what.replaces), out);
    }
  }

  // ---- Steps. One move at a time. So no move in flight blocks a move that may start.

  // The move in flight, or else the next move to begin; nothing if no move can be made.
  [[nodiscard]] std::optional<std::size_t> next() const noexcept {
    return current_ ? current_ : transition_.next_startable();
  }
  void begin(std::size_t move) {
    transition_.begin(move);
    current_ = move;
  }
  void copied() { transition_.copied(*current_); }
  void finish() {
    transition_.finish(*current_);
    current_.reset();
  }

  [[nodiscard]] std::optional<std::size_t> current() const noexcept { return current_; }

  // Takes back the move in flight, whose new copy is not read yet.
  void back() {
    transition_.back(*current_);
    current_.reset();
  }

  // Whether the move is in flight without a source, because all copies are lost. Its receiver then has the only copy of
  // each later write.
  [[nodiscard]] bool starts_from_nothing(std::size_t move) const {
    const auto& what = transition_.moves()[move];
    return transition_.stage(move) == move_stage::copying && what.source == nullptr && what.to != nullptr;
  }

  // Records the loss of a node. Returns the move that was in flight and no longer is. Changes nothing if it throws.
  template <class Id>
  [[nodiscard]] std::optional<std::size_t> failed(const Id& node) {
    transition_.failed(node);
    // The map may need the copy that was about to be dropped.
    while (current_ && transition_.moves()[*current_].to == nullptr &&
           transition_.stage(*current_) != move_stage::pending) {
      transition_.back(*current_);
    }
    if (!current_ || transition_.stage(*current_) != move_stage::pending) return std::nullopt;
    return std::exchange(current_, std::nullopt);
  }

 private:
  static void add(shard* one, shard_list& out) {
    if (one != nullptr && std::find(out.begin(), out.end(), one) == out.end()) out.push_back(one);
  }

  transition_type transition_;
  shard_index shards_;
  std::optional<std::size_t> current_;
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
