// SPDX-License-Identifier: MIT
// transition_plan: what a transition knows from the beginning and never changes. Both placements, the parts that
// differ, the moves and the report.
//
//   slot table         a part is a slot whose list changes; missing copies keep their positions
//   other placements   a part is a range of positions whose first R nodes change; adjacent ranges with the same lists
//                      are merged
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include <quoit/arcs.hpp>
#include <quoit/concepts.hpp>
#include <quoit/config.hpp>
#include <quoit/detail/copies/domain_tree.hpp>
#include <quoit/detail/core/none.hpp>
#include <quoit/detail/placement/by_id.hpp>
#include <quoit/detail/placement/domain_path.hpp>
#include <quoit/detail/placement/key_rule.hpp>
#include <quoit/detail/placement/node_union.hpp>
#include <quoit/detail/placement/segments.hpp>
#include <quoit/access_set.hpp>
#include <quoit/detail/transition/access_rules.hpp>
#include <quoit/detail/transition/holders.hpp>
#include <quoit/detail/transition/moves.hpp>
#include <quoit/detail/transition/progress.hpp>
#include <quoit/detail/transition/rounds.hpp>
#include <quoit/fingerprint.hpp>
#include <quoit/node.hpp>
#include <quoit/share.hpp>
#include <quoit/spread.hpp>
#include <quoit/transition_options.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

// A placement with a list of ranks for each slot, in which a missing copy keeps its position.
template <class Placement>
concept slot_lists_of = requires(const Placement& p, std::uint64_t slot) {
  { p.slot_count() } -> std::convertible_to<std::uint64_t>;
  { p.replica_count() } -> std::convertible_to<std::size_t>;
  { p.ranks(slot) } -> std::convertible_to<std::span<const std::uint32_t>>;
};

template <placement Placement>
class transition_plan {
 public:
  using node_type = typename Placement::node_type;
  static constexpr std::size_t no_part = ~std::size_t{0};

  // Finds the parts. Throws std::invalid_argument for placements that cannot be compared. plan() finds the moves.
  transition_plan(Placement before, Placement after, std::size_t copies, spread apart)
      : before_(std::move(before)), after_(std::move(after)), replicas_(copies), apart_(apart),
        nodes_(before_, after_) {
    if (before_.key_spec() != after_.key_spec()) {
      throw_invalid_argument("transition: the placements put keys at different positions (" + before_.key_spec() +
                             " and " + after_.key_spec() + ")");
    }
    require_domains("transition", before_);
    require_domains("transition", after_);
    if (nodes_.size() >= none) throw_invalid_argument("transition: 2^32 - 1 nodes or more");
    if (replicas_ == 0) replicas_ = (std::max<std::size_t>)({own_replicas(before_), own_replicas(after_), 1});
    held_.resize(nodes_.size());
    find_parts();
  }
  // Not copyable: moves and sets point to nodes in this object.
  transition_plan(const transition_plan&) = delete;
  transition_plan& operator=(const transition_plan&) = delete;
  ~transition_plan() = default;

  void plan(const std::vector<bool>& lost, transfer_limits limits) {
    std::vector<std::string_view> domains(nodes_.size());
    for (const Placement* const p : {&before_, &after_}) {
      for (const auto& entry : p->nodes()) domains[nodes_.rank(&entry.node)] = detail::domain_of(entry);
    }
    const domain_tree tree{std::span<const std::string_view>(domains)};
    moves_.find(tree, lost);
    const move_progress now{std::vector<move_stage>(moves_.moves().size(), move_stage::pending), moves_.sources(), lost,
                            limits};
    // Before the first step all kinds of access have the same copies.
    const access_rules rules(access::cache);
    const planned_rounds rounds = round_planner(moves_, part_holders(moves_, rules, now), now).run(limits);
    moves_.order(rounds.round);
    report_.rounds = rounds.count;
    report_.round_bound = rounds.bound;
    make_report(tree);
  }

  [[nodiscard]] const Placement& before() const noexcept { return before_; }
  [[nodiscard]] const Placement& after() const noexcept { return after_; }
  [[nodiscard]] std::size_t replicas() const noexcept { return replicas_; }
  [[nodiscard]] spread apart() const noexcept { return apart_; }
  [[nodiscard]] const node_union<node_type>& nodes() const noexcept { return nodes_; }
  [[nodiscard]] const node_type* node(std::uint32_t rank) const noexcept {
    return rank == none ? nullptr : &nodes_[rank].newest();
  }
  [[nodiscard]] const std::vector<transition_part>& parts() const noexcept { return parts_; }
  [[nodiscard]] const move_plan& moves() const noexcept { return moves_; }
  [[nodiscard]] const transition_report& report() const noexcept { return report_; }

  // The rank of the node with that id, in either placement; none if unknown. O(log nodes).
  template <class Id>
  [[nodiscard]] std::uint32_t find(const Id& id) const noexcept {
    return find_by_id(nodes_, id_of(id), [](const auto& entry) -> const node_type& { return entry.newest(); });
  }

  // no_part also if there is no such position. O(log parts).
  [[nodiscard]] std::size_t part_at(std::uint64_t position) const noexcept {
    if (parts_.empty() || position > last_position_of(after_)) return no_part;
    auto at = std::lower_bound(parts_.begin(), parts_.end(), position,
                               [](const transition_part& p, std::uint64_t value) { return p.range.to < value; });
    if (at == parts_.end()) at = parts_.begin();  // only the first part can wrap around
    return at->range.contains(position) ? static_cast<std::size_t>(at - parts_.begin()) : no_part;
  }

  // Calls use(range with its size, nodes) for every range that keeps its copies: each slot of a table, each arc of
  // another placement. The nodes are ranks. O(vnodes or slots × copies), allocates.
  template <class Use>
  void for_each_unchanged(const Use& use) const {
    std::vector<const node_type*> room((std::min)(replicas_, nodes_.size()));
    std::vector<std::uint32_t> list;
    const auto visit = [&](const position_range& range, const Placement& p) {
      if (part_at(range.to) != no_part) return;
      list.clear();
      const std::size_t count = p.preferred(range.to, room, apart_);
      for (std::size_t i = 0; i < count; ++i) list.push_back(static_cast<std::uint32_t>(nodes_.rank(room[i])));
      use(transition_part{range, p.size_of(range)}, list);
    };
    if constexpr (slot_lists_of<Placement>) {
      const std::uint64_t slots = after_.slot_count();
      for (std::uint64_t slot = 0; slot < slots; ++slot) visit({slot == 0 ? slots - 1 : slot - 1, slot}, after_);
    } else {
      const auto arcs_before = before_.arcs(), arcs_after = after_.arcs();
      const Placement& p = arcs_after.empty() ? before_ : after_;
      for_each_segment(arcs_before, arcs_after,
                       [&](const position_range& range, const auto*, const auto*) { visit(range, p); });
    }
  }

  // Of the moves in their order, without rounds and sources.
  [[nodiscard]] fingerprint moves_fingerprint() const {
    fingerprint_builder builder;
    for (const move_plan::move& one : moves_.moves()) {
      for (const std::uint32_t field : {one.part, one.to, one.replaces, one.position}) builder.number(field);
    }
    return builder.finish();
  }

 private:
  using rank_list = std::vector<std::uint32_t>;

  static std::size_t own_replicas(const Placement& p) noexcept {
    if constexpr (requires { p.replica_count(); }) return p.replica_count();
    else return 1;
  }

  void find_parts() {
    room_.resize((std::min)(replicas_, nodes_.size()));
    if constexpr (slot_lists_of<Placement>) find_slots();
    else find_pieces();
  }

  void find_slots() {
    const bool whole =
        apart_ == spread::nodes && replicas_ >= own_replicas(before_) && replicas_ >= own_replicas(after_);
    const rank_list old_ranks = ranks_of_nodes(before_), new_ranks = ranks_of_nodes(after_);
    rank_list old_list, new_list;
    const auto list = [&](const Placement& p, const rank_list& ranks, std::uint64_t slot, rank_list& result) {
      if (!whole) return preferred(p, slot, result);
      result.clear();
      if (ranks.empty()) return;
      for (const std::uint32_t rank : p.ranks(slot)) {
        result.push_back(rank < ranks.size() ? ranks[rank] : none);
      }
    };
    const std::uint64_t slots = before_.slot_count();
    for (std::uint64_t slot = 0; slot < slots; ++slot) {
      list(before_, old_ranks, slot, old_list);
      list(after_, new_ranks, slot, new_list);
      const position_range range{slot == 0 ? slots - 1 : slot - 1, slot};
      const share size = after_.size_of(range);
      hold(old_list, size);
      // Missing copies at the end of a list make no difference.
      if (std::ranges::equal(trimmed(old_list), trimmed(new_list))) continue;
      parts_.push_back({range, size});
      moves_.add_part(old_list, new_list);
    }
  }

  static std::span<const std::uint32_t> trimmed(std::span<const std::uint32_t> list) noexcept {
    while (!list.empty() && list.back() == none) list = list.first(list.size() - 1);
    return list;
  }

  rank_list ranks_of_nodes(const Placement& p) const {
    rank_list result;
    for (const auto& entry : p.nodes()) result.push_back(static_cast<std::uint32_t>(nodes_.rank(&entry.node)));
    return result;
  }

  void find_pieces() {
    const auto arcs_before = before_.arcs(), arcs_after = after_.arcs();
    const Placement& measure = arcs_after.empty() ? before_ : after_;
    const arc<node_type>*old_arc = nullptr, *new_arc = nullptr;
    rank_list old_list, new_list;
    for_each_segment(arcs_before, arcs_after, [&](const position_range& range, const auto* b, const auto* a) {
      if (std::exchange(old_arc, b) != b) preferred(before_, range.to, old_list);
      if (std::exchange(new_arc, a) != a) preferred(after_, range.to, new_list);
      const share size = measure.size_of(range);
      hold(old_list, size);
      if (old_list == new_list) return;
      if (!parts_.empty() && parts_.back().range.to == range.from && has_lists(parts_.size() - 1, old_list, new_list)) {
        parts_.back().range.to = range.to;
        parts_.back().size += size;
        return;
      }
      parts_.push_back({range, size});
      moves_.add_part(old_list, new_list);
    });
    // The last part may continue past the wrap as the first one.
    if (parts_.size() < 2 || parts_.back().range.to != parts_.front().range.from) return;
    const auto last_before = moves_.before(parts_.size() - 1), last_after = moves_.after(parts_.size() - 1);
    if (!has_lists(0, last_before, last_after)) return;
    parts_.front().range.from = parts_.back().range.from;
    parts_.front().size += parts_.back().size;
    parts_.pop_back();
    moves_.drop_last_part();
  }

  bool has_lists(std::size_t part, std::span<const std::uint32_t> before,
                 std::span<const std::uint32_t> after) const noexcept {
    return std::ranges::equal(moves_.before(part), before) && std::ranges::equal(moves_.after(part), after);
  }

  void preferred(const Placement& p, std::uint64_t position, rank_list& result) {
    result.clear();
    const std::size_t count = p.preferred(position, room_, apart_);
    for (std::size_t i = 0; i < count; ++i) result.push_back(static_cast<std::uint32_t>(nodes_.rank(room_[i])));
  }

  void hold(const rank_list& list, share size) {
    for (const std::uint32_t rank : list) {
      if (rank != none) held_[rank] += size;
    }
  }

  void make_report(const domain_tree& tree) {
    transition_report& r = report_;
    std::vector<std::size_t> in(nodes_.size()), out(nodes_.size());
    r.moves = moves_.moves().size();
    std::set<std::pair<std::uint32_t, std::uint32_t>> streams;
    for (std::size_t rank = 0; rank < held_.size(); ++rank) {
      if (!moves_.lost()[rank]) r.peak_load = (std::max)(r.peak_load, held_[rank]);
    }
    for (std::size_t i = 0; i < moves_.moves().size(); ++i) {
      const move_plan::move& one = moves_.moves()[i];
      const std::uint32_t source = moves_.sources()[i];
      const share size = parts_[one.part].size;
      if (one.to == none) {
        ++r.drops;
      } else {
        streams.insert({source, one.to});
        r.max_in = (std::max)(r.max_in, ++in[one.to]);
        held_[one.to] += size;
        r.peak_load = (std::max)(r.peak_load, held_[one.to]);
        if (source != none) {
          ++r.copies;
          r.max_out = (std::max)(r.max_out, ++out[source]);
          const auto domain = tree.parent(source);
          if (domain == tree.root() || domain != tree.parent(one.to)) ++r.cross_domain;
        }
      }
      if (one.replaces != none) held_[one.replaces] -= size;
    }
    r.streams = streams.size();
    for (std::size_t p = 0; p < parts_.size(); ++p) {
      const auto old_list = trimmed(moves_.before(p));
      if (!old_list.empty() && moves_.live_before(p) == 0) ++r.unrecoverable;
      if (first(moves_.before(p)) != first(moves_.after(p))) ++r.primaries_changed;
    }
  }

  static std::uint32_t first(std::span<const std::uint32_t> list) noexcept {
    for (const std::uint32_t rank : list) {
      if (rank != none) return rank;
    }
    return none;
  }

  Placement before_;
  Placement after_;
  std::size_t replicas_;
  spread apart_;
  node_union<node_type> nodes_;
  std::vector<transition_part> parts_;
  move_plan moves_;
  transition_report report_;
  std::vector<share> held_;  // by each node, counting every copy; make_report() lets it follow the moves
  std::vector<const node_type*> room_;
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
