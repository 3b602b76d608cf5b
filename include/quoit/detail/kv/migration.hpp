// SPDX-License-Identifier: MIT
// A kv_map that is on its way from one placement to another: who holds a position meanwhile, and what to do next.
//
//   stage of a move          readers ask     writers write to        what the move does
//   pending                  old             old
//   copying      old             old and new             copies the part, piece by piece
//   copied      new             old and new
//   done                     new             new                     drops the old copy
//
// Only the stages change under the exclusive lock, each in a moment; the copying takes the locks of two shards. A copy
// that is not complete is never read, and whoever writes a key there makes it, so that copying may look at the entries
// in any order.
//
// Everything here needs the map's topology lock, as in kv_topology.
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
  using transition_type = transition<Placement>;

  // `shards` has every node of both placements, by its address in the transition.
  kv_migration(transition_type way, shard_index shards) : way_(std::move(way)), shards_(std::move(shards)) {}

  [[nodiscard]] const transition_type& way() const noexcept { return way_; }
  [[nodiscard]] const shard_index& shards() const noexcept { return shards_; }
  [[nodiscard]] shard* of(const node_type* node) const {
    return node == nullptr ? nullptr : shards_.find(node)->second.get();
  }

  // Those that have everything, the one to read from before all others.
  void complete_holders(std::uint64_t position, shard_list& out) const {
    preference_list<node_type> complete(way_.replicas() + 1);
    complete.resize(way_.now(position, complete.room()));
    for (const node_type* const node : complete.pointers()) out.push_back(of(node));
  }
  // Those whose copy would do if all the others were lost.
  void whole_holders(std::uint64_t position, shard_list& out) const {
    complete_holders(position, out);
    const std::size_t part = way_.part_at(position);
    if (part == transition_type::no_part) return;
    for (const std::uint32_t move : way_.moves_of(part)) {
      const auto& what = way_.moves()[move];
      if (way_.stage(move) == move_stage::copied) add(of(what.replaces), out);
      if (starts_from_nothing(move)) add(of(what.to), out);
    }
  }
  // And, behind the complete ones, those at either end of a move in flight.
  void holders(std::uint64_t position, shard_list& out) const {
    complete_holders(position, out);
    const std::size_t part = way_.part_at(position);
    if (part == transition_type::no_part) return;
    for (const std::uint32_t move : way_.moves_of(part)) {
      const move_stage stage = way_.stage(move);
      const auto& what = way_.moves()[move];
      if (stage == move_stage::copying) add(of(what.to), out);
      if (stage == move_stage::copied) add(of(what.replaces), out);
    }
  }

  // ---- Steps. One move at a time, so that any of those that may start can.

  // The move in flight, or else the next one, which is begun; nothing where none is left that can be made.
  [[nodiscard]] std::optional<std::size_t> next() {
    if (current_) return current_;
    for (bool asked = false;; asked = true) {
      while (!queue_.empty()) {
        const std::size_t move = queue_.back();
        queue_.pop_back();
        if (way_.stage(move) == move_stage::pending) return move;
      }
      if (asked || way_.finished()) return std::nullopt;
      queue_ = way_.startable();
      std::reverse(queue_.begin(), queue_.end());
    }
  }
  void begin(std::size_t move) {
    way_.begin(move);
    current_ = move;
  }
  void copied() { way_.copied(*current_); }
  void finish() {
    way_.finish(*current_);
    current_.reset();
  }

  [[nodiscard]] std::optional<std::size_t> current() const noexcept { return current_; }

  // Takes the move in flight back while nobody reads its new copy.
  void back() {
    way_.back(*current_);
    current_.reset();
  }

  // Whether a move in flight has no copy to make, as all are lost: what is written at its receiver is all there is.
  [[nodiscard]] bool starts_from_nothing(std::size_t move) const {
    const auto& what = way_.moves()[move];
    return way_.stage(move) == move_stage::copying && what.source == nullptr && what.to != nullptr;
  }

  // A node is lost. The move that was in flight and is no longer. What throws changes nothing.
  template <class Id>
  [[nodiscard]] std::optional<std::size_t> failed(const Id& node) {
    way_.failed(node);
    queue_.clear();
    // The copy that was about to be dropped may be wanted now.
    while (current_ && way_.moves()[*current_].to == nullptr && way_.stage(*current_) != move_stage::pending) {
      way_.back(*current_);
    }
    if (!current_ || way_.stage(*current_) != move_stage::pending) return std::nullopt;
    return std::exchange(current_, std::nullopt);
  }

 private:
  static void add(shard* one, shard_list& out) {
    if (one != nullptr && std::find(out.begin(), out.end(), one) == out.end()) out.push_back(one);
  }

  transition_type way_;
  shard_index shards_;
  std::optional<std::size_t> current_;
  std::vector<std::size_t> queue_;  // what may start, the next one last
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
