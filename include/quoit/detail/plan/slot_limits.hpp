// SPDX-License-Identifier: MIT
// How many copies one slot may have in each node and domain, where some of its copies must stay.
//
//   most    zone a  1      kept in zone a: 2   ▶   zone a 2 … 2, although the rules say 1
//   least   zone b  1                          ▶   zone b 0 … 1, if there are not enough other copies for every least
//
// The rules give way only where copies that stay need it. Nodes that receive nothing (locked ones) may leave a slot too
// little room under its most; then the first wider limits of the rules that leave enough hold for that slot. A slot is
// looked at once, when the planning begins.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <quoit/detail/copies/domain_tree.hpp>
#include <quoit/detail/core/none.hpp>
#include <quoit/detail/plan/entitlement.hpp>
#include <quoit/detail/table/rows.hpp>
#include <quoit/version.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

// Whether a slot has a copy on that node that must stay. `kept`: by cell of `start`.
[[nodiscard]] inline bool stays(cell_rows start, const std::vector<bool>& kept, std::size_t slot,
                                domain_tree::vertex node) noexcept {
  const std::span<const domain_tree::vertex> row = start[slot];
  const auto at = static_cast<std::size_t>(std::find(row.begin(), row.end(), node) - row.begin());
  return at < row.size() && kept[slot * start.width + at];
}

// How many copies of a slot the nodes below the root can take, if every domain takes at most its cap, or the copies
// that it must keep. Only the domains above such copies differ from slot to slot.
class slot_room {
  using vertex = domain_tree::vertex;

 public:
  // `caps` by vertex: that of a node is 1 if it may receive copies, else 0. It must outlive this object.
  slot_room(const domain_tree& tree, std::span<const std::uint32_t> caps)
      : tree_(tree), caps_(caps), sum_(tree.size(), 0), room_(caps.begin(), caps.end()), kept_(tree.size(), 0),
        more_(tree.size(), 0), by_depth_(tree.max_depth() + std::size_t{1}) {
    for (vertex leaf = 0; leaf < tree_.leaves(); ++leaf) sum_[tree_.parent(leaf)] += room_[leaf];
    for (vertex v = tree_.size(); v-- > tree_.root();) {
      room_[v] = (std::min)(caps_[v], sum_[v]);
      if (v != tree_.root()) sum_[tree_.parent(v)] += room_[v];
    }
  }

  // Of a slot that keeps no copy.
  [[nodiscard]] std::uint32_t of(vertex v) const noexcept { return room_[v]; }

  // Calls use(v, kept, room) for every domain above a copy of the list, the lowest first and the root last; `none`
  // stands for no copy. The list has a copy.
  template <class Use>
  void for_each_above(std::span<const vertex> copies, const Use& use) {
    for (const vertex copy : copies) {
      if (copy == none) continue;
      const vertex v = tree_.parent(copy);
      see(v);
      ++kept_[v];
      more_[v] += 1 - room_[copy];
    }
    for (std::size_t depth = by_depth_.size(); depth-- > 0;) {
      for (std::size_t i = 0; i < by_depth_[depth].size(); ++i) {
        const vertex v = by_depth_[depth][i];
        const std::uint32_t kept = std::exchange(kept_[v], 0), sum = sum_[v] + std::exchange(more_[v], 0);
        const std::uint32_t room = (std::min)((std::max)(caps_[v], kept), sum);
        use(v, kept, room);
        if (v == tree_.root()) continue;
        const vertex up = tree_.parent(v);
        see(up);
        kept_[up] += kept;
        more_[up] += room - room_[v];  // never negative: what stays takes no room away
      }
      by_depth_[depth].clear();
    }
  }

  // The copies that the whole slot can have.
  [[nodiscard]] std::uint32_t of_slot(std::span<const vertex> copies) {
    std::uint32_t room = room_[tree_.root()];
    for_each_above(copies, [&](vertex, std::uint32_t, std::uint32_t here) { room = here; });
    return room;
  }

 private:
  void see(vertex v) {
    std::vector<vertex>& list = by_depth_[tree_.depth(v)];
    if (kept_[v] == 0) list.push_back(v);
  }

  const domain_tree& tree_;
  std::span<const std::uint32_t> caps_;
  std::vector<std::uint32_t> sum_;   // by domain: the room of its children
  std::vector<std::uint32_t> room_;  // by vertex
  std::vector<std::uint32_t> kept_;  // by domain: of the slot that is looked at; 0 between two slots
  std::vector<std::uint32_t> more_;  // by domain: the room that its children have in addition
  std::vector<std::vector<vertex>> by_depth_;
};

class slot_limits {
 public:
  using vertex = domain_tree::vertex;
  using slot = std::uint32_t;

  // `kept` by cell of `start`: whether the copy must stay. If it is empty, no copy must.
  slot_limits(const domain_tree& tree, const entitlement& rules, std::uint32_t replicas, cell_rows start,
              const std::vector<bool>& kept)
      : tree_(tree), rules_(rules), start_(start), kept_(kept) {
    const bool any = std::find(kept.begin(), kept.end(), true) != kept.end();
    if (any || !rules.wider.empty()) look_at_slots(replicas);
  }

  // Whether the slot has a copy on that node that must stay.
  [[nodiscard]] bool keeps(slot p, vertex node) const noexcept {
    return !ways_.empty() && (ways_[p] & has_kept) != 0 && stays(start_, kept_, p, node);
  }

  // Whether v may have that many copies of the slot, and one more.
  [[nodiscard]] bool may_exceed(slot p, vertex v, std::int64_t copies) const noexcept {
    const std::uint8_t way = ways_.empty() ? std::uint8_t{0} : ways_[p];
    return copies < limits(way)[v] || ((way & has_kept) != 0 && !tree_.is_leaf(v) && copies < kept_below(p, v));
  }
  [[nodiscard]] std::uint32_t most(slot p, vertex v) const noexcept {
    const std::uint8_t way = ways_.empty() ? std::uint8_t{0} : ways_[p];
    const std::uint32_t most = limits(way)[v];
    return (way & has_kept) != 0 && !tree_.is_leaf(v) ? (std::max)(most, kept_below(p, v)) : most;
  }
  [[nodiscard]] std::uint32_t least(slot p, vertex v) const noexcept {
    return is_loose(p) || (!rules_.full_nodes && tree_.is_leaf(v)) ? 0 : rules_.least[v];
  }
  // Whether the slot is not held to any least.
  [[nodiscard]] bool is_loose(slot p) const noexcept { return !ways_.empty() && (ways_[p] & no_least) != 0; }

 private:
  // In which ways a slot differs from the rules: flags, and above them how many limits are too strict for it.
  static constexpr std::uint8_t has_kept = 1, no_least = 2, flags = 2;

  [[nodiscard]] const std::vector<std::uint32_t>& limits(std::uint8_t way) const noexcept {
    return way >> flags == 0 ? rules_.most : rules_.wider[(way >> flags) - 1U];
  }

  [[nodiscard]] std::uint32_t kept_below(slot p, vertex v) const noexcept {
    const std::span<const vertex> row = start_[p];
    std::uint32_t copies = 0;
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (row[i] != none && kept_[std::size_t{p} * start_.width + i] && tree_.contains(v, row[i])) ++copies;
    }
    return copies;
  }

  void look_at_slots(std::uint32_t replicas) {
    ways_.assign(start_.slots(), 0);
    std::vector<vertex> always;
    for (vertex v = 0; v < tree_.size(); ++v) {
      if (rules_.least[v] > 0 && v != tree_.root()) always.push_back(v);
    }
    std::vector<slot_room> rooms(1, slot_room(tree_, rules_.most));
    for (const std::vector<std::uint32_t>& limits : rules_.wider) rooms.emplace_back(tree_, limits);
    need_.assign(tree_.size(), 0);
    room_.assign(tree_.size(), 0);
    seen_.assign(tree_.size(), false);
    by_depth_.assign(tree_.max_depth() + std::size_t{1}, {});
    std::vector<vertex> copies(start_.width);
    const auto way_of = [&](std::span<const vertex> kept) {
      std::size_t room = 0;
      while (room + 1 < rooms.size() && rooms[room].of_slot(kept) < replicas) ++room;
      const bool is_short = !fits(kept, always, rooms[room], replicas);
      return static_cast<std::uint8_t>((room << flags) | (is_short ? no_least : 0U));
    };
    const std::uint8_t without = way_of({});
    for (slot p = 0; p < ways_.size(); ++p) {
      bool any = false;
      for (std::uint32_t i = 0; i < start_.width; ++i) {
        const std::size_t at = std::size_t{p} * start_.width + i;
        copies[i] = !kept_.empty() && kept_[at] ? start_.cells[at] : none;
        any = any || copies[i] != none;
      }
      ways_[p] = any ? static_cast<std::uint8_t>(has_kept | way_of(copies)) : without;
    }
  }

  // Whether there are enough copies, and enough room, for every least.
  [[nodiscard]] bool fits(std::span<const vertex> copies, const std::vector<vertex>& always, slot_room& usual,
                          std::uint32_t replicas) {
    for (const vertex v : always) see(v, usual);
    usual.for_each_above(copies, [&](vertex v, std::uint32_t, std::uint32_t room) {
      see(v, usual);
      room_[v] = room;
    });
    for (const vertex copy : copies) {
      if (copy == none) continue;
      see(copy, usual);
      room_[copy] = need_[copy] = 1;
    }
    bool enough = true;
    for (std::size_t depth = by_depth_.size(); depth-- > 0;) {
      for (std::size_t i = 0; i < by_depth_[depth].size(); ++i) {
        const vertex v = by_depth_[depth][i];
        const std::uint32_t need = (std::max)(std::exchange(need_[v], 0), v == tree_.root() ? 0U : rules_.least[v]);
        enough = enough && need <= (v == tree_.root() ? replicas : room_[v]);
        seen_[v] = false;
        if (v == tree_.root()) continue;
        see(tree_.parent(v), usual);
        need_[tree_.parent(v)] += need;
      }
      by_depth_[depth].clear();
    }
    return enough;
  }

  void see(vertex v, const slot_room& usual) {
    if (seen_[v]) return;
    seen_[v] = true;
    room_[v] = usual.of(v);
    by_depth_[tree_.depth(v)].push_back(v);
  }

  const domain_tree& tree_;
  const entitlement& rules_;
  cell_rows start_;
  const std::vector<bool>& kept_;
  std::vector<std::uint8_t> ways_;  // by slot; empty if no slot differs from the rules
  // For the slot that is looked at, by vertex.
  std::vector<std::uint32_t> need_, room_;
  std::vector<bool> seen_;
  std::vector<std::vector<vertex>> by_depth_;
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
