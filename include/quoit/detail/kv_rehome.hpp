// SPDX-License-Identifier: MIT
// A change of a kv_map's nodes: finds the copies that must move, then moves them.
//
//   1. find   for every piece of the circle in which the holders differ: the records in it, and who hands each to whom.
//             Allocates all that will be needed; a failure here changes nothing.
//   2. move   relinks records from shard to shard. Cannot fail.
//
//   holders before  A B C        A stays; B leaves the list and hands its copy to D; had B failed, A would hand D a new one
//   holders after   A D C
//
// Records outside those pieces are not looked at. Needs the map's topology lock exclusively.
#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <memory>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include <quoit/config.hpp>
#include <quoit/detail/kv_topology.hpp>
#include <quoit/detail/segments.hpp>
#include <quoit/diff.hpp>
#include <quoit/kv_entry.hpp>

namespace quoit::inline QUOIT_VERSION_NAMESPACE {
namespace detail {

template <class Entry, class Placement>
class kv_mover {
  using topology = kv_topology<Entry, Placement>;
  using node_type = typename Placement::node_type;
  using shard = kv_shard<Entry>;
  using element = typename shard::element;
  using shard_list = typename topology::shard_list;

  // A record that `from` gives up (null: `fresh` is a new copy) and `to` takes (null: it is dropped).
  struct step {
    shard* from;
    const element* record;
    shard* to;
    typename shard::loose_record fresh;
  };

 public:
  kv_mover(topology& nodes, Placement next) : nodes_(nodes), next_(std::make_shared<const Placement>(std::move(next))) {
    std::map<id_type<node_type>, std::shared_ptr<shard>> known;
    for (const auto& entry : nodes_.placement()->nodes()) {
      known.emplace(id_of(entry.node), nodes_.shards().find(&entry.node)->second);
    }
    for (const auto& entry : next_->nodes()) {
      const auto at = known.find(id_of(entry.node));
      next_shards_.emplace(&entry.node, at == known.end() ? nodes_.make_shard() : at->second);
    }
  }

  template <class Failed>
  kv_report<node_type> run(const Failed& failed) {
    const Placement& before = *nodes_.placement();
    const auto difference = quoit::diff(before, *next_);  // throws where the two cannot be compared
    report_.moved_share = difference.moved();
    report_.minimum_share = difference.minimum();
    report_.ideal_share = difference.ideal();
    for (const auto& [node, one] : nodes_.shards()) {
      if (failed(*node)) failed_.insert(one.get());
    }
    const auto arcs_before = before.arcs(), arcs_after = next_->arcs();
    for_each_segment(arcs_before, arcs_after, [&](const position_range& range, const auto*, const auto*) {
      plan(range, nodes_.holders(range.to), nodes_.holders(*next_, next_shards_, range.to));
    });
    finish_report();
    for (step& one : steps_) {
      if (one.from != nullptr) one.fresh = one.from->detach(*one.record);
      if (one.to != nullptr) one.to->attach(std::move(one.fresh));
    }
    nodes_.become(std::move(next_), std::move(next_shards_));
    return std::move(report_);
  }

 private:
  static bool contains(const shard_list& list, const shard* one) {
    return std::find(list.begin(), list.end(), one) != list.end();
  }

  void plan(const position_range& range, const shard_list& before, const shard_list& after) {
    if (before == after && failed_.empty()) return;
    shard_list gone, came;
    shard* source = nullptr;
    for (shard* const one : before) {
      const bool lost = failed_.contains(one);
      if (source == nullptr && !lost) source = one;
      if (!lost && !contains(after, one)) gone.push_back(one);
    }
    for (shard* const one : after) {
      if (!contains(before, one)) came.push_back(one);
    }
    const bool new_primary = before.empty() || after.empty() || before.front() != after.front();
    if (gone.empty() && came.empty() && !new_primary) return;
    if (before.empty()) return;
    if (source == nullptr) {
      before.front()->for_each_in(range, [&](const element& record) {
        ++report_.examined;
        report_.lost.push_back(record.first);
      });
      return;
    }
    source->for_each_in(range, [&](const element& record) {
      if (after.empty())
        throw_invalid_argument("kv_map: no node would be left to hold '" + record.first + "' and the other entries");
      ++report_.examined;
      if (new_primary) ++report_.moved_keys;
      for (std::size_t i = 0; i < std::max(gone.size(), came.size()); ++i) {
        shard* const from = i < gone.size() ? gone[i] : nullptr;
        shard* const to = i < came.size() ? came[i] : nullptr;
        if (from == nullptr) {
          steps_.push_back(
              {nullptr, nullptr, to, shard::make(record.first, record.second.position, record.second.entry)});
        } else {
          steps_.push_back({from, from == source ? &record : from->find(record.first), to, {}});
        }
        if (to != nullptr) ++copies_[{from == nullptr ? source : from, to}];
      }
    });
  }

  // Names for the shards of both placements, and the counts of who handed what to whom.
  void finish_report() {
    std::map<id_type<node_type>, std::pair<const node_type*, const shard*>> by_id;
    for (const auto& entry : next_->nodes())
      by_id[id_of(entry.node)] = {&entry.node, next_shards_.at(&entry.node).get()};
    for (const auto& entry : nodes_.placement()->nodes()) {
      by_id.try_emplace(id_of(entry.node), &entry.node, nodes_.shards().at(&entry.node).get());
    }
    std::unordered_map<const shard*, std::ptrdiff_t> growth;
    for (const step& one : steps_) {
      if (one.from != nullptr) --growth[one.from];
      if (one.to != nullptr) ++growth[one.to];
    }
    for (const auto& [one, change] : growth) {
      if (change > 0) report_.minimum_copies += static_cast<std::size_t>(change);
    }
    for (const auto& [from_id, from] : by_id) {
      for (const auto& [to_id, to] : by_id) {
        const auto at = copies_.find({from.second, to.second});
        if (at == copies_.end()) continue;
        report_.transfers.push_back({*from.first, *to.first, at->second});
        report_.moved_copies += at->second;
      }
    }
    std::sort(report_.lost.begin(), report_.lost.end());
  }

  topology& nodes_;
  std::shared_ptr<const Placement> next_;
  typename topology::shard_index next_shards_;
  std::unordered_set<const shard*> failed_;
  std::vector<step> steps_;
  std::map<std::pair<const shard*, const shard*>, std::size_t> copies_;
  kv_report<node_type> report_;
};

template <class Entry, class Placement, class Failed>
kv_report<typename Placement::node_type> kv_rehome(kv_topology<Entry, Placement>& nodes, Placement next,
                                                   const Failed& failed) {
  return kv_mover<Entry, Placement>(nodes, std::move(next)).run(failed);
}

}  // namespace detail
}  // namespace quoit::inline QUOIT_VERSION_NAMESPACE
