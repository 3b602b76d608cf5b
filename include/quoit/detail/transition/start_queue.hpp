// SPDX-License-Identifier: MIT
// start_queue: which pending move may begin next within the limits. It knows how busy the nodes are.
//
//   stream a→x   moves 4 9 12  ─┐                ┌─ ready    streams that may begin a move, or are not checked yet
//   stream a→y   moves 5       ─┼─ one place ──▶ ├─ waiting  for a as a sender, for x as a receiver, for the total:
//   stream b→x   moves 6 7     ─┘    a stream    └─          one set for each resource that a limit counts
//
// Moves of a stream, and streams of a place, are ordered by key: the most urgent first.
//
// Invariants after every call:
//   - The first ready stream may begin a move, so next() is its first move.
//   - If a resource has room and streams wait for it, one stream that uses it and is more urgent than all of them is
//     ready: its delegate. So no waiting stream is better than the first ready one.
// A stream that is found blocked at the head of `ready` goes to wait for the resource that blocks it. When a resource
// gets room, only the best of those that wait for it comes back, not all of them.
//
// Rejected: one queue of all moves, in which a busy node has to be skipped move by move; waking all streams of a node
// that has room again, which costs O(nodes) a step if one node sends to all others. (Whether any stream between nodes
// with room exists is a product of a matrix with two changing vectors, for which no polylogarithmic structure is
// known.)
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <quoit/detail/core/item_sets.hpp>
#include <quoit/detail/core/none.hpp>
#include <quoit/transition_options.hpp>
#include <quoit/version.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

// No member allocates except the constructor. Nodes are ranks; a move without a source has the source `none`, and one
// that only drops a copy has the receiver `none` and is never limited here.
class start_queue {
 public:
  start_queue(std::size_t nodes, std::size_t moves, transfer_limits limits)
      : nodes_(static_cast<std::uint32_t>(nodes)), limits_(limits), moves_(moves), stream_of_(moves, none),
        sets_(moves + 1), streams_(moves + 1), table_(std::bit_ceil(2 * moves + 2), none), load_(total() + 1),
        delegate_(total() + 1, none), first_(total() + 2, none) {}

  // ---- Pending moves.

  // The move may begin if the limits allow it. Keys differ.
  void offer(std::uint32_t move, std::uint32_t source, std::uint32_t to, std::uint64_t key) noexcept {
    if (to == none) {
      moves_.insert(drops_, move, key);
      stream_of_[move] = dropping;
      return;
    }
    const std::uint32_t s = stream(source, to);
    moves_.insert(streams_[s].first, move, key);
    stream_of_[move] = s;
    place_again(s);
  }
  // The move is no longer offered. No effect if it was not.
  void withdraw(std::uint32_t move) noexcept {
    const std::uint32_t s = stream_of_[move];
    if (s == none) return;
    stream_of_[move] = none;
    if (s == dropping) return moves_.erase(drops_, move);
    moves_.erase(streams_[s].first, move);
    place_again(s);
  }
  // Whether a move is offered with this key.
  [[nodiscard]] bool offers(std::uint32_t move, std::uint64_t key) const noexcept {
    return stream_of_[move] != none && moves_.key(move) == key;
  }
  // Whether any move is offered.
  [[nodiscard]] bool empty() const noexcept { return offered_streams_ == 0 && drops_ == none; }

  // ---- Moves whose data travels.

  void occupy(std::uint32_t source, std::uint32_t to) noexcept { transfer(source, to, true); }
  void release(std::uint32_t source, std::uint32_t to) noexcept { transfer(source, to, false); }

  // ---- Limits.

  // No limit is 0: pausing is up to the caller. O(1) for the limits in force, else O(streams log streams).
  void set_limits(transfer_limits limits) noexcept {
    const bool same = limits.in == limits_.in && limits.out == limits_.out && limits.total == limits_.total &&
                      limits.unit == limits_.unit;
    if (same) return;
    limits_ = limits;
    for (std::uint32_t& load : load_) load = 0;
    for (std::uint32_t& s : delegate_) s = none;
    for (std::uint32_t s = 0; s < used_; ++s) {
      const stream_type& one = streams_[s];
      const std::uint32_t count = limits.unit == transfer_unit::moves ? one.active : one.active != 0 ? 1 : 0;
      for_each_resource(one, [&](std::uint32_t resource) { load_[resource] += count; });
    }
    for (std::uint32_t s = 0; s < used_; ++s) place_again(s);
  }

  // The reason why no move from `source` to `to` may begin now; null if one may.
  [[nodiscard]] const char* obstacle(std::uint32_t source, std::uint32_t to) const noexcept {
    if (to == none) return nullptr;
    const std::uint32_t s = find(source, to);
    return why(blocking(s == none ? stream_type{source, to} : streams_[s], no_more{}));
  }

  // ---- What may begin.

  // The most urgent move that may begin; none if there is none. O(1) but for the height of two search trees.
  [[nodiscard]] std::uint32_t next() const noexcept {
    const std::uint32_t s = sets_.first(first_[ready()]);
    const std::uint32_t move = s == none ? none : moves_.first(streams_[s].first);
    const std::uint32_t drop = moves_.first(drops_);
    if (move == none || drop == none) return move == none ? drop : move;
    return moves_.key(drop) < moves_.key(move) ? drop : move;
  }

  // ---- For startable_walk, which lists all moves that may begin.

  struct stream_type {
    std::uint32_t source = none, to = none;  // without a receiver, the entry is no stream
    std::uint32_t first = none;              // of its offered moves
    std::uint32_t active = 0;                // its moves whose data travels
    std::uint32_t place = no_place;          // the resource it waits for, ready(), or no_place without offered moves
    static constexpr std::uint32_t no_place = none;
  };

  // Resources: every node as a sender, every node as a receiver, the cluster.
  [[nodiscard]] std::uint32_t total() const noexcept { return 2 * nodes_; }
  [[nodiscard]] std::uint32_t ready() const noexcept { return total() + 1; }
  [[nodiscard]] const stream_type& stream_at(std::uint32_t s) const noexcept { return streams_[s]; }
  // The first stream of a place with a key of at least `key`.
  [[nodiscard]] std::uint32_t stream_from(std::uint32_t place, std::uint64_t key) const noexcept {
    return sets_.first_from(first_[place], key);
  }
  [[nodiscard]] std::uint64_t key_of_stream(std::uint32_t s) const noexcept { return sets_.key(s); }
  [[nodiscard]] std::uint32_t move_from(std::uint32_t s, std::uint64_t key) const noexcept {
    return moves_.first_from(streams_[s].first, key);
  }
  [[nodiscard]] std::uint32_t drop_from(std::uint64_t key) const noexcept { return moves_.first_from(drops_, key); }
  [[nodiscard]] std::uint64_t key_of_move(std::uint32_t move) const noexcept { return moves_.key(move); }
  // The stream of an offered move; none for a drop.
  [[nodiscard]] std::uint32_t stream_of(std::uint32_t move) const noexcept {
    return stream_of_[move] == dropping ? none : stream_of_[move];
  }
  [[nodiscard]] bool counts_streams() const noexcept { return limits_.unit == transfer_unit::streams; }

  // The first resource without room for a move of the stream, beside extra(resource) more transfers; none if all have.
  template <class Extra>
  [[nodiscard]] std::uint32_t blocking(const stream_type& one, const Extra& extra) const noexcept {
    if (counts_streams() && one.active != 0) return none;
    std::uint32_t result = none;
    for_each_resource(one, [&](std::uint32_t resource) {
      if (result == none && is_full(resource, extra(resource))) result = resource;
    });
    return result;
  }
  template <class Use>
  void for_each_resource(const stream_type& one, const Use& use) const {
    if (one.to == none) return;
    if (one.source != none) use(one.source);
    use(nodes_ + one.to);
    use(total());
  }
  [[nodiscard]] bool is_full(std::uint32_t resource, std::uint32_t extra) const noexcept {
    const std::uint32_t limit = resource == total() ? limits_.total : resource < nodes_ ? limits_.out : limits_.in;
    return load_[resource] >= limit || extra >= limit - load_[resource];
  }

 private:
  static constexpr std::uint32_t dropping = none - 1;

  struct no_more {
    std::uint32_t operator()(std::uint32_t) const noexcept { return 0; }
  };

  [[nodiscard]] const char* why(std::uint32_t resource) const noexcept {
    if (resource == none) return nullptr;
    if (resource == total()) return "the cluster already makes as many copies as limits.total allows";
    if (resource < nodes_) return "its source already sends as many copies as the limit allows";
    return "its receiver already receives as many copies as the limit allows";
  }

  // ---- The streams, by source and receiver: open addressing with linear probing. There are at most as many streams as
  // moves, as a move is offered or travels in one of them only.

  [[nodiscard]] std::size_t home(std::uint32_t source, std::uint32_t to) const noexcept {
    std::uint64_t x = (std::uint64_t{source} << 32 | to) * 0x9e3779b97f4a7c15u;
    x ^= x >> 32;
    return static_cast<std::size_t>(x * 0xbf58476d1ce4e5b9u >> 20) & (table_.size() - 1);
  }
  [[nodiscard]] std::size_t next_entry(std::size_t i) const noexcept { return (i + 1) & (table_.size() - 1); }

  // The entry of a stream, or the empty one where it would be.
  [[nodiscard]] std::size_t entry(std::uint32_t source, std::uint32_t to) const noexcept {
    std::size_t i = home(source, to);
    while (table_[i] != none && (streams_[table_[i]].source != source || streams_[table_[i]].to != to))
      i = next_entry(i);
    return i;
  }
  [[nodiscard]] std::uint32_t find(std::uint32_t source, std::uint32_t to) const noexcept {
    return table_[entry(source, to)];
  }
  [[nodiscard]] std::uint32_t stream(std::uint32_t source, std::uint32_t to) noexcept {
    const std::size_t i = entry(source, to);
    if (table_[i] != none) return table_[i];
    std::uint32_t s = free_;
    if (s != none) free_ = streams_[s].source;  // the list of entries that were streams before
    else s = used_++;
    streams_[s] = {source, to};
    return table_[i] = s;
  }
  void forget(std::uint32_t s) noexcept {
    std::size_t hole = entry(streams_[s].source, streams_[s].to);
    for (std::size_t i = next_entry(hole); table_[i] != none; i = next_entry(i)) {
      const stream_type& one = streams_[table_[i]];
      const std::size_t at_home = home(one.source, one.to);
      // It may move to the hole if its home is not after the hole.
      if (((i - at_home) & (table_.size() - 1)) < ((i - hole) & (table_.size() - 1))) continue;
      table_[hole] = table_[i];
      hole = i;
    }
    table_[hole] = none;
    streams_[s] = {free_, none};
    free_ = s;
  }

  // ---- Places.

  void leave(std::uint32_t s) noexcept {
    stream_type& one = streams_[s];
    if (one.place == stream_type::no_place) return;
    sets_.erase(first_[one.place], s);
    one.place = stream_type::no_place;
    --offered_streams_;
  }
  void enter(std::uint32_t s, std::uint32_t place, std::uint64_t key) noexcept {
    sets_.insert(first_[place], s, key);
    streams_[s].place = place;
    ++offered_streams_;
  }
  void change_place(std::uint32_t s, std::uint32_t place) noexcept {
    const std::uint64_t key = sets_.key(s);
    leave(s);
    enter(s, place, key);
  }

  // After a change of the stream's moves or of what blocks it.
  void place_again(std::uint32_t s) noexcept {
    leave(s);
    const stream_type one = streams_[s];
    if (one.first != none) enter(s, ready(), moves_.key(moves_.first(one.first)));
    else if (one.active == 0 && one.to != none) forget(s);
    for_each_resource(one, [&](std::uint32_t resource) { elect(resource); });
    settle();
  }

  // Makes sure that the best of the streams that wait for a resource with room have their delegate.
  void elect(std::uint32_t resource) noexcept {
    if (is_full(resource, 0)) return;
    const std::uint32_t best = sets_.first(first_[resource]);
    if (best == none) return;
    const std::uint32_t delegate = delegate_[resource];
    if (delegate != none && streams_[delegate].place == ready() && uses(streams_[delegate], resource) &&
        sets_.key(delegate) < sets_.key(best))
      return;
    change_place(best, ready());
    delegate_[resource] = best;
  }
  [[nodiscard]] bool uses(const stream_type& one, std::uint32_t resource) const noexcept {
    return resource == total() ? one.to != none
           : resource < nodes_ ? one.source == resource
                               : one.to == resource - nodes_;
  }

  // Moves blocked streams from the head of `ready` to the place where they wait.
  void settle() noexcept {
    for (;;) {
      const std::uint32_t s = sets_.first(first_[ready()]);
      if (s == none) return;
      const std::uint32_t full = blocking(streams_[s], no_more{});
      if (full == none) return;
      change_place(s, full);
      for_each_resource(streams_[s], [&](std::uint32_t resource) { elect(resource); });
    }
  }

  void transfer(std::uint32_t source, std::uint32_t to, bool begins) noexcept {
    if (to == none) return;
    const std::uint32_t s = stream(source, to);
    std::uint32_t& active = streams_[s].active;
    if (begins) ++active;
    else --active;
    const bool counts = !counts_streams() || active == (begins ? 1U : 0U);
    for_each_resource(streams_[s], [&](std::uint32_t resource) {
      if (counts) load_[resource] += begins ? 1U : ~std::uint32_t{0};
    });
    place_again(s);
  }

  std::uint32_t nodes_;
  transfer_limits limits_;
  item_sets moves_;
  std::uint32_t drops_ = none;            // the offered moves that only drop a copy
  std::vector<std::uint32_t> stream_of_;  // of an offered move
  item_sets sets_;                        // of streams
  std::vector<stream_type> streams_;
  std::uint32_t used_ = 0, free_ = none;
  std::vector<std::uint32_t> table_;
  std::vector<std::uint32_t> load_, delegate_;  // of a resource
  std::vector<std::uint32_t> first_;            // of each place
  std::size_t offered_streams_ = 0;
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
