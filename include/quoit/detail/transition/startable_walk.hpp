// SPDX-License-Identifier: MIT
// startable_walk: the moves that may begin, one after another, as if each had begun before the next one is looked for.
//
//   hints, the least key first      ready ≥ 0    stream a→x ≥ 17    waiting for b ≥ 40
//
// A hint is a lower bound for what a place of the start_queue, or one of its streams, may still offer. The walk looks
// a hint up when its turn comes. So it never holds a pointer into the queue, and it stays safe if moves begin or end
// meanwhile.
//
// Rejected: a list of all of them, which costs O(moves) for a caller that wants one.
#pragma once

#include <cstdint>
#include <map>
#include <queue>
#include <vector>

#include <quoit/detail/core/none.hpp>
#include <quoit/detail/core/number_set.hpp>
#include <quoit/detail/transition/start_queue.hpp>
#include <quoit/version.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

// States: move_states. The walk refers to it.
template <class States>
class startable_walk {
 public:
  explicit startable_walk(const States& states) : states_(&states) {
    if (states.paused()) return;
    push(0, kind::drops, 0);
    push(0, kind::place, queue().ready());
  }

  // The next move; none after the last one. O(log moves), and O(streams) at worst for those that the moves before have
  // blocked.
  [[nodiscard]] std::uint32_t next() {
    forget_begun();
    while (!hints_.empty()) {
      const hint one = hints_.top();
      hints_.pop();
      const std::uint32_t move = one.what == kind::place ? open(one) : look_at(one);
      if (move == none) continue;
      take(move);
      return move;
    }
    return none;
  }

 private:
  enum class kind : std::uint8_t { place, stream, drops, resource, part };

  struct hint {
    std::uint64_t key;  // nothing before this key is left
    kind what;
    std::uint32_t id;
  };
  struct later {
    bool operator()(const hint& a, const hint& b) const noexcept { return a.key > b.key; }
  };

  [[nodiscard]] const start_queue& queue() const noexcept { return states_->queue(); }

  void push(std::uint64_t key, kind what, std::uint32_t id) { hints_.push({key, what, id}); }

  // The first stream of a place becomes a hint of its own.
  std::uint32_t open(const hint& one) {
    if (is_closed(one.id)) return none;
    const std::uint32_t s = queue().stream_from(one.id, one.key);
    if (s == none) return none;
    const std::uint64_t key = queue().key_of_stream(s);
    push(key, kind::stream, s);
    push(key + 1, kind::place, one.id);
    // Streams that wait for a resource with room have a better delegate; this may be it.
    queue().for_each_resource(queue().stream_at(s), [&](std::uint32_t resource) {
      if (is_full(resource)) return;
      opened_.make_room();
      if (opened_.insert(resource)) push(0, kind::place, resource);
    });
    return none;
  }

  // Whether no stream of a place can begin a move any more.
  [[nodiscard]] bool is_closed(std::uint32_t place) const {
    if (place != queue().ready()) return is_full(place);
    return is_full(queue().total()) && !queue().counts_streams();
  }
  [[nodiscard]] bool is_full(std::uint32_t resource) const {
    return queue().is_full(resource, extra(kind::resource, resource));
  }

  // The first move of a stream, or of the drops, if it may begin.
  std::uint32_t look_at(const hint& one) {
    const bool drops = one.what == kind::drops;
    if (!drops && is_blocked(one.id)) return none;
    const std::uint32_t move = drops ? queue().drop_from(one.key) : queue().move_from(one.id, one.key);
    if (move == none) return none;
    const std::uint64_t key = queue().key_of_move(move);
    if (key > one.key) {
      push(key, one.what, one.id);
      return none;
    }
    push(key + 1, one.what, one.id);
    const std::uint32_t part = states_->part_of(move);
    const bool possible = states_->part_has_room(move, extra(kind::part, part)) &&
                          (!drops || states_->may_drop(move, extra(kind::drops, part)));
    return possible ? move : none;
  }

  [[nodiscard]] bool is_blocked(std::uint32_t s) const {
    if (queue().counts_streams() && extra(kind::stream, s) != 0) return false;
    return queue().blocking(queue().stream_at(s),
                            [&](std::uint32_t resource) { return extra(kind::resource, resource); }) != none;
  }

  // ---- What the moves of the walk would add.

  [[nodiscard]] static std::uint64_t number_of(kind what, std::uint32_t id) noexcept {
    return static_cast<std::uint64_t>(what) << 32 | id;
  }
  [[nodiscard]] std::uint32_t extra(kind what, std::uint32_t id) const {
    const auto at = extra_.find(number_of(what, id));
    return at == extra_.end() ? 0 : at->second;
  }
  // A stream that carries moves already takes no more room if the limits count streams.
  void take(std::uint32_t move) {
    last_ = move;
    last_stream_ = queue().stream_of(move);
    const auto [source, to] = states_->nodes_of(move);
    last_nodes_ = {source, to};
    last_counts_ = last_stream_ != none && (!queue().counts_streams() || (queue().stream_at(last_stream_).active == 0 &&
                                                                          extra(kind::stream, last_stream_) == 0));
    add(1);
  }
  // A move that has begun counts in the queue.
  void forget_begun() {
    if (last_ != none && !states_->is_pending(last_)) add(~std::uint32_t{0});
    last_ = none;
  }
  void add(std::uint32_t by) {
    extra_[number_of(kind::part, states_->part_of(last_))] += by;
    if (states_->drops_live_copy(last_)) extra_[number_of(kind::drops, states_->part_of(last_))] += by;
    if (last_stream_ != none) extra_[number_of(kind::stream, last_stream_)] += by;
    if (!last_counts_) return;
    queue().for_each_resource(last_nodes_,
                              [&](std::uint32_t resource) { extra_[number_of(kind::resource, resource)] += by; });
  }

  const States* states_;
  std::priority_queue<hint, std::vector<hint>, later> hints_;
  number_set opened_;                             // resources
  std::map<std::uint64_t, std::uint32_t> extra_;  // by kind and number
  std::uint32_t last_ = none, last_stream_ = none;
  start_queue::stream_type last_nodes_;
  bool last_counts_ = false;  // whether it needs room at its nodes
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
