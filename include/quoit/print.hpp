// SPDX-License-Identifier: MIT
// Text for the values that quoit returns: to_string(value), and operator<<, which writes the same.
//
//   enum        its name: "use_if_present"             report   its fields: "3 moves, 3 at least, …"
//   move        "slot 5  copy 0  to c, …"              list     "[a, b, c]"
//   diff        "3 moves, 33.1234% of all keys, …"     plan     its report
//
// A placement has no text: spec() has its rule, nodes() its nodes, and balance_of() the loads. A transition and a
// kv_map have none either: their report() and status() have.
//
// share, position_range, arc, move and fingerprint have theirs in their own headers. quoit/format.hpp has
// std::formatter for all of them. This header declares the types it prints and does not include them, so it costs a
// user of one of them little; the headers of the types include it.
//
// The texts are for people and logs. They are not part of the interface and may change in every version.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <string>

#include <quoit/detail/printed.hpp>
#include <quoit/version.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {

/// @cond
// node.hpp defines it, and Doxygen 1.9.8 finds no documentation for a declaration before that.
template <class Node>
std::string id_text(const Node& node);
/// @endcond

namespace detail {

// The name of an enumerator; "?" for a number that has none.
template <std::size_t Count, class Enum>
[[nodiscard]] constexpr const char* name_in(const char* const (&names)[Count], Enum value) noexcept {
  const auto index = static_cast<std::size_t>(value);
  return index < Count ? names[index] : "?";
}

template <class Node>
[[nodiscard]] std::string name_or(const Node* node, const char* none_text) {
  return node == nullptr ? std::string(none_text) : quoit::id_text(*node);
}

// "3 keys", or "1 key".
[[nodiscard]] inline std::string counted(std::uint64_t count, const char* noun) {
  return std::to_string(count) + ' ' + noun + (count == 1 ? "" : "s");
}

// "1.0345": four decimals, rounded to nearest.
[[nodiscard]] inline std::string decimal(double value) {
  const auto parts = static_cast<std::uint64_t>(value * 10000 + 0.5);
  const std::string decimals = std::to_string(parts % 10000);
  return std::to_string(parts / 10000) + '.' + std::string(4 - decimals.size(), '0') + decimals;
}

template <class Range, class Text>
[[nodiscard]] std::string bracketed(const Range& range, const Text& text) {
  std::string result = "[";
  for (const auto& element : range) {
    if (result.size() > 1) result += ", ";
    result += text(element);
  }
  return result + ']';
}

}  // namespace detail

// ---- Names of enumerators. O(1).

/// "nodes", "domains" or "domains_only".
[[nodiscard]] constexpr const char* to_string(spread value) noexcept {
  return detail::name_in({"nodes", "domains", "domains_only"}, value);
}
/// "automatic", "store", "replicated" or "cache".
[[nodiscard]] constexpr const char* to_string(access value) noexcept {
  return detail::name_in({"automatic", "store", "replicated", "cache"}, value);
}
/// "use", "use_if_present", "fill_add", "invalidate" or "invalidate_and_hold".
[[nodiscard]] constexpr const char* to_string(action value) noexcept {
  return detail::name_in({"use", "use_if_present", "fill_add", "invalidate", "invalidate_and_hold"}, value);
}
/// "pending", "copying", "copied", "done" or "returning".
[[nodiscard]] constexpr const char* to_string(move_stage value) noexcept {
  return detail::name_in({"pending", "copying", "copied", "done", "returning"}, value);
}
/// "moves" or "streams".
[[nodiscard]] constexpr const char* to_string(transfer_unit value) noexcept {
  return detail::name_in({"moves", "streams"}, value);
}
/// "done", "working", "paused" or "stuck".
[[nodiscard]] constexpr const char* to_string(transition_state value) noexcept {
  return detail::name_in({"done", "working", "paused", "stuck"}, value);
}
/// "ok", "absent", "stale" or "exists".
[[nodiscard]] constexpr const char* to_string(kv_outcome value) noexcept {
  return detail::name_in({"ok", "absent", "stale", "exists"}, value);
}

// ---- Nodes and lists. O(length of the text), allocates.

/// "strict", "at_least(2, 1)", "weighted" or "overload(100)".
template <std::same_as<spread_rule> Rule>
[[nodiscard]] std::string to_string(const Rule& rule) {
  using kind = typename Rule::kind;
  const std::string amount = std::to_string(rule.amount());
  switch (rule.what()) {
  case kind::strict:
    return "strict";
  case kind::at_least:
    return "at_least(" + amount + ", " + std::to_string(rule.level()) + ')';
  case kind::weighted:
    return "weighted";
  case kind::overload:
    break;
  }
  return "overload(" + amount + ')';
}
/// "a  weight 2  eu/zone-1", with "leader weight 0" if it is set.
template <class Node>
[[nodiscard]] std::string to_string(const node_spec<Node>& spec) {
  return quoit::id_text(spec.node) + "  weight " + std::to_string(spec.weight) +
         (spec.leader_weight ? "  leader weight " + std::to_string(*spec.leader_weight) : "") +
         (spec.domain.empty() ? "" : "  " + spec.domain);
}
/// "[a, b, c]", primary first.
template <class Node>
[[nodiscard]] std::string to_string(const preference_list<Node>& list) {
  return detail::bracketed(list, [](const Node& node) { return quoit::id_text(node); });
}
/// "[c, a]", without missing copies.
template <class Node>
[[nodiscard]] std::string to_string(const slot_replicas<Node>& nodes) {
  return detail::bracketed(nodes, [](const Node& node) { return quoit::id_text(node); });
}
/// "[a, b, c]", primary first, and ", ..." after the first 16 nodes: a walk is for the first few.
template <class Steps>
[[nodiscard]] std::string to_string(const node_walk<Steps>& walk) {
  std::string text = "[";
  std::size_t left = 16;
  for (auto at = walk.begin(), end = walk.end(); at != end; ++at) {
    if (text.size() > 1) text += ", ";
    if (left-- == 0) return text + "...]";
    text += quoit::id_text(*at);
  }
  return text + ']';
}
/// "[a  weight 2  eu/zone-1, b  weight 1]".
template <class Node>
[[nodiscard]] std::string to_string(const node_range<Node>& nodes) {
  return detail::bracketed(nodes, [](const node_spec<Node>& spec) { return to_string(spec); });
}
/// "slots 0 to 5460  [a, b]".
template <class Node>
[[nodiscard]] std::string to_string(const slot_range<Node>& range) {
  return "slots " + std::to_string(range.first) + " to " + std::to_string(range.last) + "  " +
         detail::bracketed(range.nodes, [](const Node& node) { return quoit::id_text(node); });
}
/// "[a  12 keys, b  1 key]".
template <class Node>
[[nodiscard]] std::string to_string(const key_groups<Node>& groups) {
  return detail::bracketed(groups,
                           [](const auto& group) {
                             return quoit::id_text(*group.node) + "  " + detail::counted(group.keys.size(), "key");
                           }) +
         (groups.without_owner().empty()
              ? ""
              : ", and " + detail::counted(groups.without_owner().size(), "key") + " without an owner");
}
/// "use_if_present at a".
template <class Node>
[[nodiscard]] std::string to_string(const access_step<Node>& step) {
  return std::string(to_string(step.what)) + " at " + detail::name_or(step.at, "nobody");
}
/// "[use_if_present at a, use at b]".
template <class Node>
[[nodiscard]] std::string to_string(const access_set<Node>& set) {
  return detail::bracketed(set, [](const access_step<Node>& step) { return to_string(step); });
}
/// "a  weight 1  33.1234%", and the number of keys if they were counted.
template <class Node>
[[nodiscard]] std::string to_string(const node_load<Node>& load) {
  return quoit::id_text(load.node) + "  weight " + std::to_string(load.weight) + "  " + to_string(load.load) +
         (load.keys == 0 ? "" : "  " + detail::counted(load.keys, "key"));
}
/// "3 nodes, fullest 1.0412 of the mean, emptiest 0.9630". O(nodes).
template <class Node>
[[nodiscard]] std::string to_string(const balance<Node>& loads) {
  return detail::counted(loads.size(), "node") + ", fullest " + detail::decimal(loads.max_over_mean()) +
         " of the mean, emptiest " + detail::decimal(loads.min_over_mean()) +
         (loads.unowned() == decltype(loads.unowned())() ? "" : ", " + to_string(loads.unowned()) + " owned by nobody");
}

// ---- Moves. O(length of the text), allocates. "nobody" stands for no node.

/// "a -> b  1.2345% in 3 ranges".
template <class Node>
[[nodiscard]] std::string to_string(const transfer<Node>& sum) {
  return detail::name_or(sum.from, "nobody") + " -> " + detail::name_or(sum.to, "nobody") + "  " + to_string(sum.size) +
         " in " + detail::counted(sum.ranges, "range");
}
/// "a -> b  12 keys".
template <class Node>
[[nodiscard]] std::string to_string(const key_move<Node>& m) {
  return detail::name_or(m.from, "nobody") + " -> " + detail::name_or(m.to, "nobody") + "  " +
         detail::counted(m.keys.size(), "key");
}
/// "slot 5  copy 0  to c, which replaces a".
template <class Node>
[[nodiscard]] std::string to_string(const slot_move<Node>& m) {
  return "slot " + std::to_string(m.slot) + "  copy " + std::to_string(m.position) + "  to " +
         detail::name_or(m.to, "nobody") +
         (m.replaces == nullptr ? "" : ", which replaces " + quoit::id_text(*m.replaces));
}
/// "a  80 slots".
template <class Node>
[[nodiscard]] std::string to_string(const substitute_leader<Node>& leader) {
  return detail::name_or(leader.node, "nobody") + "  " + detail::counted(leader.slots, "slot");
}
/// "part 3  copy 1  a -> b, which replaces c  round 0". A move that only drops a copy has "drop at c". One that cannot
/// be made has "in no round".
template <class Node>
[[nodiscard]] std::string to_string(const copy_move<Node>& m) {
  const std::string head = "part " + std::to_string(m.part) + "  copy " + std::to_string(m.position) + "  ";
  const std::string tail = m.round == m.no_round ? "  in no round" : "  round " + std::to_string(m.round);
  if (m.to == nullptr) return head + "drop at " + detail::name_or(m.replaces, "nobody") + tail;
  return head + detail::name_or(m.source, "nobody") + " -> " + quoit::id_text(*m.to) +
         (m.replaces == nullptr ? "" : ", which replaces " + quoit::id_text(*m.replaces)) + tail;
}
/// "a -> b  1.2345% in 3 moves".
template <class Node>
[[nodiscard]] std::string to_string(const transfer_stream<Node>& stream) {
  return detail::name_or(stream.source, "nobody") + " -> " + detail::name_or(stream.to, "nobody") + "  " +
         to_string(stream.size) + " in " + detail::counted(stream.moves.size(), "move");
}
/// "[0, 4, 7]": indices of moves, the most urgent first. O(moves of the range × log moves).
template <std::same_as<startable_moves> Moves>
[[nodiscard]] std::string to_string(const Moves& moves) {
  return detail::bracketed(moves, [](std::size_t move) { return std::to_string(move); });
}
/// "a -> b  12 copies".
template <class Node>
[[nodiscard]] std::string to_string(const kv_transfer<Node>& sent) {
  return quoit::id_text(sent.source) + " -> " + quoit::id_text(sent.to) + "  " + std::to_string(sent.copies) +
         (sent.copies == 1 ? " copy" : " copies");
}
/// "(0x0000000000000010, 0x00000000000000ff]  0.0001%".
template <std::same_as<transition_part> Part>
[[nodiscard]] std::string to_string(const Part& part) {
  return to_string(part.range) + "  " + to_string(part.size);
}

// ---- Reports and results. O(length of the text), allocates.

/// "1 added, 0 removed, 2 changed".
template <std::same_as<assign_result> Result>
[[nodiscard]] std::string to_string(const Result& result) {
  return std::to_string(result.added) + " added, " + std::to_string(result.removed) + " removed, " +
         std::to_string(result.changed) + " changed";
}
/// "0.0312% changed", with " ± 0.0004, from 65536 samples" for an estimate.
template <std::same_as<adopt_report> Report>
[[nodiscard]] std::string to_string(const Report& report) {
  const std::string changed = to_string(report.changed) + " changed";
  if (report.exact) return changed;
  return changed + ", give or take " + detail::decimal(report.error) + ", from " +
         detail::counted(report.samples, "sample");
}
/// "3 moves, 33.1234% of all keys, at least 33.0000%".
template <class Node>
[[nodiscard]] std::string to_string(const placement_diff<Node>& diff) {
  return detail::counted(diff.size(), "move") + ", " + to_string(diff.moved()) + " of all keys, at least " +
         to_string(diff.minimum());
}
/// "34 of 100 keys moved, in 3 groups".
template <class Node>
[[nodiscard]] std::string to_string(const key_diff<Node>& diff) {
  return std::to_string(diff.moved()) + " of " + detail::counted(diff.keys(), "key") + " moved, in " +
         detail::counted(diff.size(), "group");
}
/// "weights [1562, 1562, 3124], 99968 vnodes, error 0.0000%".
template <std::same_as<weight_scaling> Scaling>
[[nodiscard]] std::string to_string(const Scaling& scaling) {
  return "weights " + detail::bracketed(scaling.weights, [](std::int64_t weight) { return std::to_string(weight); }) +
         ", " + detail::counted(scaling.vnodes, "vnode") + ", error " + to_string(scaling.error);
}
/// "5 moves of at least 5, optimal, 0 repairs, 1 to 2 copies on a node, …": the figures of a plan. Of a plan that
/// max_moves has cut, "5 of 36 moves (at least 36 in all), …". Slack, dispersion and slots without a leader only if
/// they are not 0, and moves across domains only if some node has one.
template <std::same_as<plan_report> Report>
[[nodiscard]] std::string to_string(const Report& report) {
  const std::string least = std::to_string(report.lower_bound);
  return (report.moves == report.whole_moves
              ? detail::counted(report.moves, "move") + " of at least " + least +
                    (report.optimal ? ", optimal, " : ", not proved optimal, ")
              : std::to_string(report.moves) + " of " + detail::counted(report.whole_moves, "move") + " (at least " +
                    least + " in all), ") +
         detail::counted(report.moved_slots, "slot") + " moved, " + detail::counted(report.repairs, "repair") + ", " +
         (report.has_domains ? std::to_string(report.cross_domain) + " across domains, " : "") +
         detail::counted(report.lost_slots, "slot") + " lost, " +
         (report.missing_slots == 0 ? "" : detail::counted(report.missing_slots, "slot") + " without a copy before, ") +
         std::to_string(report.primaries_changed) + " primaries changed, " + detail::counted(report.rounds, "round") +
         ", " + std::to_string(report.min_load) + " to " + std::to_string(report.max_load) + " copies on a node" +
         (report.slack == 0 ? "" : ", slack " + std::to_string(report.slack)) +
         (report.dispersion == 0 ? "" : ", dispersion " + std::to_string(report.dispersion)) +
         (report.locked_sources == 0 ? ""
                                     : ", " + detail::counted(report.locked_sources, "move") + " from locked nodes") +
         (report.slots_without_leader == 0
              ? ""
              : ", " + detail::counted(report.slots_without_leader, "slot") + " without a leader, led by " +
                    detail::counted(report.substitutes, "substitute")) +
         (report.ranges == 0 ? ""
                             : ", " + detail::counted(report.ranges, "range") + " of at least " +
                                   std::to_string(report.fewest_ranges));
}
/// The report of the plan.
template <class Table>
[[nodiscard]] std::string to_string(const slot_plan<Table>& plan) {
  return to_string(plan.report());
}
/// "5 moves of at least 3, in 2 tables, 0 repairs, …, 49 to 51 copies on a node, 16 to 17 primaries": of many plans.
template <std::same_as<plan_all_report> Report>
[[nodiscard]] std::string to_string(const Report& report) {
  return (report.missing_slots == 0 ? "" : detail::counted(report.missing_slots, "slot") + " without a copy before, ") +
         detail::counted(report.moves, "move") + " of at least " + std::to_string(report.lower_bound) + ", in " +
         detail::counted(report.moved_tables, "table") + ", " + detail::counted(report.repairs, "repair") + ", " +
         detail::counted(report.lost_slots, "slot") + " lost, " + std::to_string(report.primaries_changed) +
         " primaries changed, " +
         (report.slots_without_leader == 0
              ? ""
              : detail::counted(report.slots_without_leader, "slot") + " without a leader, ") +
         std::to_string(report.min_load) + " to " + std::to_string(report.max_load) + " copies on a node, imbalance " +
         std::to_string(report.imbalance) + ", " + std::to_string(report.min_leaders) + " to " +
         std::to_string(report.max_leaders) + " primaries, imbalance " + std::to_string(report.leader_imbalance);
}
/// The report of the plans.
template <class Table>
[[nodiscard]] std::string to_string(const slot_plans<Table>& plans) {
  return to_string(plans.report());
}
/// "in 1, out 1, per_part 1", with ", total 5" and ", in streams" if they are set.
template <std::same_as<transfer_limits> Limits>
[[nodiscard]] std::string to_string(const Limits& limits) {
  return "in " + std::to_string(limits.in) + ", out " + std::to_string(limits.out) + ", per_part " +
         std::to_string(limits.per_part) +
         (limits.total == Limits().total ? "" : ", total " + std::to_string(limits.total)) +
         (limits.unit == Limits().unit ? "" : ", in " + std::string(to_string(limits.unit)));
}
/// "5 moves: 4 copies, 1 drop, 0 unrecoverable parts; 2 rounds of at least 2, …".
template <std::same_as<transition_report> Report>
[[nodiscard]] std::string to_string(const Report& report) {
  return detail::counted(report.moves, "move") + ": " + std::to_string(report.copies) + " with a source, " +
         detail::counted(report.drops, "drop") + ", " + detail::counted(report.unrecoverable, "part") +
         " unrecoverable; " + detail::counted(report.rounds, "round") + " of at least " +
         std::to_string(report.round_bound) + ", " + detail::counted(report.streams, "stream") + ", at most " +
         std::to_string(report.max_in) + " to and " + std::to_string(report.max_out) + " from one node, " +
         std::to_string(report.cross_domain) + " across domains, " + std::to_string(report.primaries_changed) +
         " primaries changed, peak load " + to_string(report.peak_load);
}
/// "1 part lost (in all 3 ranges, 1.2345%), 2 parts with one copy left (in all 2 ranges, 0.2345%), 3 moves stopped, 5
/// rounds from now on".
template <std::same_as<failure_report> Report>
[[nodiscard]] std::string to_string(const Report& report) {
  const auto all = [](const auto& ranges, const auto& size) {
    return " (in all " + detail::counted(ranges.size(), "range") + ", " + to_string(size) + ")";
  };
  return detail::counted(report.lost.size(), "part") + " lost" + all(report.lost_ranges, report.lost_size) + ", " +
         detail::counted(report.last_copy.size(), "part") + " with one copy left" +
         all(report.last_copy_ranges, report.last_copy_size) + ", " + detail::counted(report.stopped.size(), "move") +
         " stopped, " + detail::counted(report.rounds, "round") + " from now on";
}
/// "stuck: 3 of 9 moves cannot be made: …".
template <std::same_as<transition_status> Value>
[[nodiscard]] std::string to_string(const Value& value) {
  return std::string(to_string(value.state)) + ": " + value.why;
}
/// "ok, index 7".
template <std::same_as<kv_result> Result>
[[nodiscard]] std::string to_string(const Result& result) {
  return std::string(to_string(result.outcome)) + ", index " + std::to_string(result.index);
}
/// "2 of 5 moves done, 120 entries copied, epoch 9".
template <std::same_as<kv_progress> Progress>
[[nodiscard]] std::string to_string(const Progress& progress) {
  return std::to_string(progress.done) + " of " + detail::counted(progress.moves, "move") + " done, " +
         std::to_string(progress.copied) + " entries copied, epoch " + std::to_string(progress.epoch);
}
/// "34 of 100 keys moved (33.1234%, at least 33.1234%), 34 copies of at least 34, 0 keys lost".
template <class Node>
[[nodiscard]] std::string to_string(const kv_report<Node>& report) {
  return std::to_string(report.moved_keys) + " of " + detail::counted(report.keys, "key") + " moved (" +
         to_string(report.moved_share) + ", at least " + to_string(report.minimum_share) + "), " +
         std::to_string(report.moved_copies) + " copies of at least " + std::to_string(report.minimum_copies) + ", " +
         detail::counted(report.lost.size(), "key") + " lost";
}

/// Writes to_string(value), for each type that this header prints. O(length of the text), allocates.
template <class Char, class Traits, class T>
  requires detail::printed<T>
std::basic_ostream<Char, Traits>& operator<<(std::basic_ostream<Char, Traits>& out, const T& value) {
  return out << std::string(to_string(value)).c_str();
}

}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
