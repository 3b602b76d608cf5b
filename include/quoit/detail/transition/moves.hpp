// SPDX-License-Identifier: MIT
// move_plan: the moves of a transition in numbers. Nodes are ranks, so nothing here depends on the placement.
//
//   part 0   before  a b c       after  a d c        d receives a copy at position 1, from b or another holder;
//                                                    b may drop its own afterwards
//   part 1   before  a - c       after  a d c        d receives a copy at position 1, from a or c; nothing is dropped
//
// Two steps: which new copy replaces which old one (copies/replacements.hpp), and which node sends
// (copies/sources.hpp). rounds.hpp gives each move a round.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <quoit/config.hpp>
#include <quoit/detail/copies/domain_tree.hpp>
#include <quoit/detail/copies/replacements.hpp>
#include <quoit/detail/copies/sources.hpp>
#include <quoit/detail/core/contains.hpp>
#include <quoit/detail/core/none.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

class move_plan {
 public:
  struct move {
    std::uint32_t part;
    std::uint32_t to;        // none: a copy is only dropped
    std::uint32_t replaces;  // none: a copy was missing
    std::uint32_t position;  // in the new list, or in the old one of a copy that is only dropped
    std::uint32_t round;
  };

  // The copies of a part, by rank; none for a missing copy.
  void add_part(std::span<const std::uint32_t> before, std::span<const std::uint32_t> after) {
    parts_.push_back(
        {lists_.size(), lists_.size() + before.size(), lists_.size() + before.size() + after.size(), 0, 0});
    lists_.insert(lists_.end(), before.begin(), before.end());
    lists_.insert(lists_.end(), after.begin(), after.end());
  }

  void drop_last_part() {
    lists_.resize(parts_.back().before);
    parts_.pop_back();
  }

  // Finds the moves and their sources. To be called after the last part was added. `lost` nodes hold nothing.
  void find(const domain_tree& tree, const std::vector<bool>& lost) {
    lost_ = lost;
    for (std::size_t p = 0; p < parts_.size(); ++p) find_moves(tree, static_cast<std::uint32_t>(p));
    if (moves_.size() >= none) throw_invalid_argument("transition: 2^32 - 1 moves or more");
    list_by_part();
    choose_sources();
  }

  // Orders the moves by their rounds; moves of a round keep their order.
  void order(const std::vector<std::uint32_t>& rounds) {
    std::vector<std::uint32_t> sequence(moves_.size());
    for (std::size_t i = 0; i < sequence.size(); ++i) sequence[i] = static_cast<std::uint32_t>(i);
    // Not std::stable_sort, which makes newer clangs warn in every program that includes this with libstdc++ 12.
    std::sort(sequence.begin(), sequence.end(),
              [&](std::uint32_t a, std::uint32_t b) { return std::pair(rounds[a], a) < std::pair(rounds[b], b); });
    std::vector<move> moves;
    std::vector<std::uint32_t> sources;
    moves.reserve(moves_.size());
    sources.reserve(moves_.size());
    for (const std::uint32_t i : sequence) {
      moves.push_back(moves_[i]);
      moves.back().round = rounds[i];
      sources.push_back(sources_[i]);
    }
    moves_.swap(moves);
    sources_.swap(sources);
    list_by_part();
  }

  [[nodiscard]] std::size_t nodes() const noexcept { return lost_.size(); }
  [[nodiscard]] const std::vector<bool>& lost() const noexcept { return lost_; }
  [[nodiscard]] std::size_t parts() const noexcept { return parts_.size(); }
  [[nodiscard]] std::span<const std::uint32_t> before(std::size_t part) const noexcept {
    return std::span(lists_).subspan(parts_[part].before, parts_[part].after - parts_[part].before);
  }
  [[nodiscard]] std::span<const std::uint32_t> after(std::size_t part) const noexcept {
    return std::span(lists_).subspan(parts_[part].after, parts_[part].end - parts_[part].after);
  }
  [[nodiscard]] const std::vector<move>& moves() const noexcept { return moves_; }
  // The moves of a part, ascending.
  [[nodiscard]] std::span<const std::uint32_t> moves_of(std::size_t part) const noexcept {
    return std::span(by_part_).subspan(parts_[part].first, parts_[part].last - parts_[part].first);
  }
  // The planned source of each move; none where no copy is left.
  [[nodiscard]] const std::vector<std::uint32_t>& sources() const noexcept { return sources_; }

  // The copies of the old list that are not missing or lost.
  [[nodiscard]] std::size_t live_before(std::size_t part) const noexcept {
    const auto list = before(part);
    return static_cast<std::size_t>(
        std::count_if(list.begin(), list.end(), [&](std::uint32_t rank) { return rank != none && !lost_[rank]; }));
  }

 private:
  struct part_lists {
    std::size_t before, after, end;  // of its lists in lists_
    std::size_t first, last;         // of its moves in by_part_
  };

  void find_moves(const domain_tree& tree, std::uint32_t p) {
    const auto old_list = before(p), new_list = after(p);
    const auto without = [](std::vector<std::uint32_t>& result, std::span<const std::uint32_t> list,
                            std::span<const std::uint32_t> others) {
      result.assign(list.begin(), list.end());
      for (std::uint32_t& rank : result) {
        if (detail::contains(others, rank)) rank = none;
      }
    };
    without(removed_, old_list, new_list);
    without(added_, new_list, old_list);
    pair_replacements(tree, removed_, added_, [&](std::size_t r, std::size_t a) {
      moves_.push_back({p, a == none ? none : added_[a], r == none ? none : removed_[r],
                        static_cast<std::uint32_t>(a == none ? r : a), 0});
    });
  }

  // Nodes that keep their copy whatever the order of the moves: those of both lists, and the one that the move itself
  // replaces. Where no such copy is left, one that another move replaces; that move has a later round.
  void choose_sources() {
    copy_sources tasks(nodes());
    std::vector<std::uint32_t> holders;
    for (const move& one : moves_) {
      holders.clear();
      const auto add = [&](bool also_replaced) {
        for (const std::uint32_t rank : before(one.part)) {
          if (one.to == none || rank == none || lost_[rank]) continue;
          if (also_replaced || rank == one.replaces || detail::contains(after(one.part), rank)) holders.push_back(rank);
        }
      };
      add(false);
      if (holders.empty()) add(true);
      tasks.add(holders);
    }
    tasks.balance();
    sources_.resize(moves_.size());
    for (std::size_t i = 0; i < moves_.size(); ++i) sources_[i] = tasks.node_of(i);
  }

  void list_by_part() {
    for (part_lists& one : parts_) one.last = 0;
    for (const move& one : moves_) ++parts_[one.part].last;
    std::size_t first = 0;
    for (part_lists& one : parts_) {
      one.first = first;
      first += one.last;
      one.last = one.first;
    }
    by_part_.resize(moves_.size());
    for (std::size_t i = 0; i < moves_.size(); ++i) {
      by_part_[parts_[moves_[i].part].last++] = static_cast<std::uint32_t>(i);
    }
  }

  std::vector<std::uint32_t> lists_;
  std::vector<part_lists> parts_;
  std::vector<bool> lost_;
  std::vector<move> moves_;
  std::vector<std::uint32_t> sources_;
  std::vector<std::uint32_t> by_part_;
  std::vector<std::uint32_t> removed_, added_;
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
