// SPDX-License-Identifier: MIT
// A change of a kv_map's nodes: finds the copies that must move, then moves them.
//
//   1. construct   computes, from the two placements alone, the pieces of the circle whose holders differ, and which
//                  nodes send and receive copies there. Entries may change meanwhile; nodes must not.
//   2. plan        finds the records in those pieces. Allocates all memory that the move needs.
//   3. move        relinks records from shard to shard, and exchanges the placements. Cannot fail.
//
//   holders before  A B C        A stays. B leaves the list and sends its copy to D.
//   holders after   A D C        If B had failed, A would send D a new copy.
//
// Only steps 2 and 3 need the topology lock: exclusively, and without a release between them. They look only at
// records in those pieces. A step that throws changes nothing. This object keeps what the map drops, such as the old
// placement and the shards of nodes that left. So it must be destroyed while no lock is held.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <quoit/arcs.hpp>
#include <quoit/config.hpp>
#include <quoit/detail/core/contains.hpp>
#include <quoit/detail/core/none.hpp>
#include <quoit/detail/kv/shard.hpp>
#include <quoit/detail/kv/topology.hpp>
#include <quoit/detail/placement/domain_path.hpp>
#include <quoit/detail/placement/node_union.hpp>
#include <quoit/detail/placement/segments.hpp>
#include <quoit/diff.hpp>
#include <quoit/kv_entry.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

template <class Entry, class Placement>
class kv_rehome {
  using topology = kv_topology<Entry, Placement>;
  using node_type = typename Placement::node_type;
  using shard = kv_shard<Entry>;
  using element = typename shard::element;
  using rank_list = std::vector<std::uint32_t>;  // nodes, by their rank in nodes_

  // One copy that moves. The source gives up its copy; without a source, a new copy is made. Without a receiver, the
  // copy is dropped.
  struct handover {
    std::uint32_t source;
    std::uint32_t to;
  };
  // A piece of the circle in which every record changes its holders or its primary. `holder` has all of these records.
  struct piece {
    position_range range;
    std::uint32_t holder;
    std::size_t first, last;  // its handovers: [first, last)
    bool new_primary;
    bool lost;      // every copy is on a failed node; there are no handovers
    bool homeless;  // no node is left to hold a copy
  };
  // A handover of one record. `fresh` is the new copy if there is no source.
  struct step {
    shard* source;
    const element* record;
    shard* to;
    typename shard::loose_record fresh;
  };

 public:
  // `failed` has nodes of the placement before, by their addresses in it. Throws if the placements cannot be compared.
  kv_rehome(topology& nodes, std::shared_ptr<const Placement> next, std::span<const node_type* const> failed)
      : topology_(nodes), next_(std::move(next)), nodes_(*nodes.placement(), *next_), failed_(nodes_.size()),
        growth_(nodes_.size()) {
    require_domains("kv_map", *next_);
    shards_.reserve(nodes_.size());
    for (const auto& [before, after] : nodes_) {
      shards_.push_back(before != nullptr ? topology_.shards().find(before)->second : topology_.make_shard());
      if (after != nullptr) next_shards_.emplace(after, shards_.back());
    }
    for (const node_type* const node : failed) {
      if (node != nullptr) failed_[nodes_.rank(node)] = true;
    }
    if (!equal(*topology_.placement(), *next_)) find_pieces(*topology_.placement());
  }
  kv_rehome(const kv_rehome&) = delete;
  kv_rehome& operator=(const kv_rehome&) = delete;
  ~kv_rehome() = default;

  void plan() {
    for (const piece& one : pieces_) plan(one);
    for (const auto& [nodes, copies] : copies_) {  // in order of ranks, which is the order of ids
      report_.transfers.push_back({nodes_[nodes.first].newest(), nodes_[nodes.second].newest(), copies});
      report_.moved_copies += copies;
    }
    for (const std::ptrdiff_t change : growth_) {
      if (change > 0) report_.minimum_copies += static_cast<std::size_t>(change);
    }
  }

  void move() noexcept {
    for (step& one : steps_) {
      if (one.source != nullptr) one.fresh = one.source->detach(*one.record);
      if (one.to != nullptr) one.to->attach(std::move(one.fresh));
    }
    topology_.exchange(next_, next_shards_);
  }

  [[nodiscard]] std::size_t lost() const noexcept { return report_.lost.size(); }

  // To be called once, at the end.
  [[nodiscard]] kv_report<node_type> report() {
    std::sort(report_.lost.begin(), report_.lost.end());
    return std::move(report_);
  }

 private:
  static bool equal(const Placement& before, const Placement& after) {
    if constexpr (std::equality_comparable<Placement>) return before.key_spec() == after.key_spec() && before == after;
    else return false;
  }

  // With one replica, the moves of the diff are all pieces. A failed node has lost all its arcs, so the diff has them,
  // too. With more replicas, both preference lists of every piece are compared.
  void find_pieces(const Placement& before) {
    const auto arcs_before = before.arcs(), arcs_after = next_->arcs();
    const auto difference = placement_diff<node_type>::between(before, *next_, nodes_, arcs_before, arcs_after);
    report_.moved_share = difference.moved();
    report_.minimum_share = difference.minimum();
    report_.ideal_share = difference.ideal();
    rank_list old_holders, new_holders;
    if (topology_.options().replicas == 1) {
      const auto only = [&](rank_list& list, const node_type* node) {
        list.assign(node == nullptr ? 0 : 1, difference.rank(node));
      };
      for (const auto& move : difference) {
        only(old_holders, move.from);
        only(new_holders, move.to);
        add_piece(move.range, old_holders, new_holders);
      }
      return;
    }
    std::vector<const node_type*> room((std::min)(topology_.options().replicas, nodes_.size()));
    const auto find_holders = [&](const Placement& placement, std::uint64_t position, rank_list& list) {
      list.clear();
      const std::size_t count = placement.preferred(position, room, topology_.options().apart);
      for (std::size_t i = 0; i < count; ++i) list.push_back(nodes_.rank(room[i]));
    };
    const arc<node_type>*old_arc = nullptr, *new_arc = nullptr;
    for_each_segment(arcs_before, arcs_after, [&](const position_range& range, const auto* b, const auto* a) {
      if (std::exchange(old_arc, b) != b) find_holders(before, range.to, old_holders);
      if (std::exchange(new_arc, a) != a) find_holders(*next_, range.to, new_holders);
      add_piece(range, old_holders, new_holders);
    });
  }

  void add_piece(const position_range& range, const rank_list& before, const rank_list& after) {
    if (before == after || before.empty()) return;
    const auto survivor = std::find_if(before.begin(), before.end(), [&](std::uint32_t one) { return !failed_[one]; });
    // If all holders are lost, one that was lost in this change still has the keys, for the report.
    const auto holder = std::find_if(before.begin(), before.end(), [&](std::uint32_t one) {
      return survivor == before.end() ? !topology_.is_lost(shards_[one].get()) : !failed_[one];
    });
    piece next{range,
               *(holder == before.end() ? before.begin() : holder),
               handovers_.size(),
               handovers_.size(),
               after.empty() || before.front() != after.front(),
               survivor == before.end(),
               after.empty()};
    if (!next.lost) {
      for (const std::uint32_t one : before) {
        if (!failed_[one] && !detail::contains(after, one)) handovers_.push_back({one, none});
      }
      std::size_t receiver = next.first;
      for (const std::uint32_t one : after) {
        if (detail::contains(before, one)) continue;
        if (receiver == handovers_.size()) handovers_.push_back({none, none});
        handovers_[receiver++].to = one;
      }
      next.last = handovers_.size();
      if (next.first == next.last && !next.new_primary) return;
    }
    pieces_.push_back(next);
  }

  void plan(const piece& one) {
    std::ptrdiff_t records = 0;
    shards_[one.holder]->for_each_in(one.range, [&](const element& record) {
      ++records;
      if (one.lost) return report_.lost.push_back(record.first);
      if (one.homeless) refuse_homeless(record);
      for (std::size_t i = one.first; i < one.last; ++i) add_step(record, one.holder, handovers_[i]);
    });
    if (records == 0) return;
    report_.examined += static_cast<std::size_t>(records);
    if (one.new_primary && !one.lost) report_.moved_keys += static_cast<std::size_t>(records);
    for (std::size_t i = one.first; i < one.last; ++i) {
      const auto [source, to] = handovers_[i];
      if (source != none) growth_[source] -= records;
      if (to == none) continue;
      growth_[to] += records;
      copies_[{source == none ? one.holder : source, to}] += static_cast<std::size_t>(records);
    }
  }

  [[noreturn]] void refuse_homeless(const element& record) const {
    std::string others = "' and the other entries; keep a node with a weight above 0, or erase them first";
    if constexpr (requires { next_->missing_slots(); }) {
      if (!next_->empty()) {
        others = "' and the other entries of slot " + std::to_string(record.second.position) +
                 "; give the slot a copy, or erase them first";
      }
    }
    throw_invalid_argument("kv_map: no node would be left to hold '" + record.first + others);
  }

  // `record` is the holder's.
  void add_step(const element& record, std::uint32_t holder, const handover& one) {
    shard* const to = one.to == none ? nullptr : shards_[one.to].get();
    if (one.source == none) {
      steps_.push_back({nullptr, nullptr, to, shard::make(record.first, record.second.position, record.second.entry)});
    } else {
      shard* const source = shards_[one.source].get();
      steps_.push_back({source, one.source == holder ? &record : source->find(record.first), to, {}});
    }
  }

  topology& topology_;
  std::shared_ptr<const Placement> next_;  // after move(), the placement before; next_shards_ then has its shards
  typename topology::shard_index next_shards_;
  node_union<node_type> nodes_;
  std::vector<std::shared_ptr<shard>> shards_;
  std::vector<bool> failed_;
  std::vector<piece> pieces_;
  std::vector<handover> handovers_;
  std::vector<step> steps_;
  std::vector<std::ptrdiff_t> growth_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::size_t> copies_;  // by source and receiver
  kv_report<node_type> report_;
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
