// SPDX-License-Identifier: MIT
// Problems of the slot oracle as nodes and tables of the library, and checks of every promise that plan() documents.
//
//   problem ──▶ nodes, table before ──quoit::plan──▶ plan ──▶ cells of both tables ──▶ what is wrong
//
// All figures are recounted here, slowly, from the two tables. Nothing of the library's detail/ is used.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <quoit/plan.hpp>

#include "support/plan/cases.hpp"
#include "support/plan/circulation.hpp"
#include "support/plan/leader_oracle.hpp"
#include "support/plan/oracle.hpp"
#include "support/random.hpp"

namespace test {

using plan_table = quoit::slot_table<std::int64_t>;
using plan_nodes = std::vector<quoit::node_spec<std::int64_t>>;

/// These stand for the number of a node: there was no copy, or it was on a node that the problem does not have.
inline constexpr std::size_t missing_copy = ~std::size_t{0};
inline constexpr std::size_t lost_copy = missing_copy - 1;

/// The id of a node that no problem has.
inline constexpr std::int64_t ghost = 1'000'000;

/// Makes the weights smaller if their sum is too large. No weight becomes 0.
inline bool shrink_weights(oracle_problem& problem) {
  natural sum;
  for (const std::uint64_t weight : problem.weights) sum = sum + weight;
  if (sum < natural(std::uint64_t{1} << 63)) return false;
  for (std::uint64_t& weight : problem.weights) weight = weight >> 5 | (weight != 0 ? 1U : 0U);
  return true;
}

inline bool can_be_planned(const oracle_problem& problem) { return detail::active_nodes(problem) >= problem.replicas; }

/// The nodes of a problem. Their ids are 0, 1, … or the given ones, which must ascend.
inline plan_nodes nodes_of(const oracle_problem& problem, const std::vector<std::uint64_t>& ids = {}) {
  plan_nodes nodes;
  for (std::size_t n = 0; n < problem.nodes(); ++n) {
    const auto id = static_cast<std::int64_t>(ids.empty() ? n : ids[n]);
    nodes.push_back({id, static_cast<std::int64_t>(problem.weights[n]), problem.domains[n]});
  }
  return nodes;
}

/// A table with the copies of `problem.old` at random positions. Some of the other entries are on a lost node. If some
/// slot had more copies than the problem has replicas, so has the table. A slot without copies gets one on the lost
/// node, unless there may be `holes`.
inline plan_table table_before(const oracle_problem& problem, random& random, bool holes = false) {
  std::size_t width = problem.replicas;
  bool any = false;
  for (const auto& nodes : problem.old) {
    width = std::max(width, nodes.size());
    any = any || !nodes.empty();
  }
  if (random.chance(6)) width += random.index(3);
  const quoit::slot_table_options options{
      .slots = problem.slots, .replicas = static_cast<std::size_t>(width), .seed = 0};
  if (!any && random.chance(2)) return plan_table({}, {}, options);
  plan_nodes nodes = nodes_of(problem);
  nodes.push_back({ghost, 0, problem.nodes() == 0 || random.chance(2) ? "elsewhere" : problem.domains[0]});
  const auto lost = static_cast<std::uint32_t>(problem.nodes());
  const bool losses = random.chance(2), gaps = random.chance(2);
  std::vector<std::uint32_t> replicas;
  for (const auto& copies : problem.old) {
    std::vector<std::uint32_t> list(copies.begin(), copies.end());
    if ((list.empty() && !holes) || (losses && list.size() < width && random.chance(2)))
      list.insert(list.begin() + static_cast<std::ptrdiff_t>(random.index(list.size() + 1)), lost);
    while (list.size() < width) {
      list.insert(gaps ? list.begin() + static_cast<std::ptrdiff_t>(random.index(list.size() + 1)) : list.end(),
                  plan_table::no_node);
    }
    replicas.insert(replicas.end(), list.begin(), list.end());
  }
  return plan_table(nodes, replicas, options, 7);
}

/// By slot and position: the number of a node of the problem, missing_copy or lost_copy. A copy on a node of `nodes` is
/// never lost.
inline oracle_table cells_of(const plan_table& table, const plan_nodes& nodes) {
  oracle_table cells(static_cast<std::size_t>(table.slot_count()));
  for (std::size_t slot = 0; slot < cells.size(); ++slot) {
    for (std::size_t i = 0; i < table.replica_count(); ++i) {
      const std::int64_t* const id = table.at(slot, i);
      const auto at =
          std::find_if(nodes.begin(), nodes.end(), [&](const auto& spec) { return id != nullptr && spec.node == *id; });
      cells[slot].push_back(id == nullptr       ? missing_copy
                            : at == nodes.end() ? lost_copy
                                                : static_cast<std::size_t>(at - nodes.begin()));
    }
  }
  return cells;
}

inline bool is_copy(std::size_t cell) { return cell < lost_copy; }

/// The copies that are neither missing nor lost.
inline oracle_table living(oracle_table cells) {
  for (auto& list : cells) std::erase_if(list, [](std::size_t n) { return !is_copy(n); });
  return cells;
}

inline std::vector<std::uint64_t> loads_of(const oracle_problem& problem, const oracle_table& cells) {
  std::vector<std::uint64_t> loads(problem.nodes(), 0);
  for (const auto& list : cells) {
    for (const std::size_t n : list) {
      if (is_copy(n)) ++loads[n];
    }
  }
  return loads;
}

/// The path without empty components: "/eu//a/" is "eu/a".
inline std::string plain_path(const std::string& path) {
  std::string plain;
  for (const char c : path) {
    if (c != '/' || (!plain.empty() && plain.back() != '/')) plain += c;
  }
  while (!plain.empty() && plain.back() == '/') plain.pop_back();
  return plain;
}

// ---- Primaries.

/// The first copy that is neither missing nor lost: it serves as primary.
inline std::size_t primary_of(const std::vector<std::size_t>& list) {
  const auto first = std::find_if(list.begin(), list.end(), is_copy);
  return first == list.end() ? missing_copy : *first;
}

/// The number of slots that lose a primary that they could have kept.
inline std::uint64_t given_up(const oracle_table& before, const oracle_table& after) {
  std::uint64_t count = 0;
  for (std::size_t slot = 0; slot < after.size(); ++slot) {
    const std::size_t old = primary_of(before[slot]);
    count += is_copy(old) && holds(after[slot], old) && after[slot].front() != old ? 1U : 0U;
  }
  return count;
}

/// The minimum of given_up() if every node is primary of floor or ceil of load / R slots. `after` has the nodes of each
/// slot.
inline std::uint64_t fewest_given_up(const oracle_problem& problem, const oracle_table& before,
                                     const oracle_table& after) {
  std::vector<oracle_limits> limits;
  for (const std::uint64_t load : loads_of(problem, after))
    limits.push_back({load / problem.replicas, (load + problem.replicas - 1) / problem.replicas});
  std::vector<std::size_t> old;
  std::uint64_t forced = 0;  // changes that give up nothing
  for (std::size_t slot = 0; slot < problem.slots; ++slot) {
    old.push_back(primary_of(before[slot]));
    forced += holds(after[slot], old.back()) ? 0U : 1U;
  }
  return fewest_changes(after, old, limits).value() - forced;
}

/// The nodes that a slot can be copied from: those that are not locked, or a locked one if there is no other.
inline std::vector<std::size_t> sources_of(std::vector<std::size_t> before, const std::vector<bool>& locked) {
  std::erase_if(before, [](std::size_t n) { return !is_copy(n); });
  std::vector<std::size_t> sources = before;
  std::erase_if(sources, [&](std::size_t n) { return n < locked.size() && locked[n]; });
  return sources.empty() ? before : sources;
}

/// Whether the sources can be chosen so that no node sends more than `most` copies.
inline bool sources_suffice(const oracle_problem& problem, const oracle_table& before, const oracle_table& after,
                            std::uint64_t most, const std::vector<bool>& locked = {}) {
  const std::size_t all = problem.nodes() + problem.slots;
  circulation network(all + 1);
  for (std::size_t n = 0; n < problem.nodes(); ++n) network.add(n, all, 0, most, 0);
  for (std::size_t slot = 0; slot < problem.slots; ++slot) {
    std::uint64_t moves = 0;
    for (const std::size_t n : after[slot]) moves += holds(before[slot], n) ? 0U : 1U;
    const std::vector<std::size_t> sources = sources_of(before[slot], locked);
    if (sources.empty()) continue;
    network.add(all, problem.nodes() + slot, moves, moves, 0);
    for (const std::size_t n : sources) network.add(problem.nodes() + slot, n, 0, moves, 0);
  }
  return network.solve().has_value();
}

// ---- The promises of every plan, whatever the spread and the pins. These functions return the first thing that is
// wrong, or an empty text.

/// A copy that stays keeps its position.
inline std::string wrong_positions(const oracle_table& before, const oracle_table& after, bool balance_primaries) {
  for (std::size_t slot = 0; slot < after.size(); ++slot) {
    const std::size_t replicas = after[slot].size();
    // If primaries are balanced, two positions may have been swapped, one of them the first.
    std::size_t wrong = 0, head_wrong = 0;
    for (std::size_t i = 0; i < replicas; ++i) {
      const auto at = std::find(before[slot].begin(), before[slot].end(), after[slot][i]);
      const auto was = static_cast<std::size_t>(at - before[slot].begin());
      if (was >= replicas || was == i) continue;
      ++wrong;
      head_wrong += was == 0 || i == 0 ? 1U : 0U;
    }
    if (!balance_primaries && wrong != 0)
      return "slot " + std::to_string(slot) + ": a copy that stays has another position";
    if (wrong > 2 || wrong != head_wrong)
      return "slot " + std::to_string(slot) + ": more than a swap with the first position";
  }
  return "";
}

/// The list of moves, compared with the two tables.
template <class Plan>
std::string wrong_moves(const oracle_problem& problem, const plan_nodes& nodes, const Plan& plan,
                        const oracle_table& before, const oracle_table& after) {
  const auto number = [&](const std::int64_t* id) {
    const auto at = std::find_if(nodes.begin(), nodes.end(), [&](const auto& spec) { return spec.node == *id; });
    return static_cast<std::size_t>(at - nodes.begin());
  };
  std::size_t next = 0;
  std::uint64_t repairs = 0, cross_domain = 0;
  for (std::size_t slot = 0; slot < after.size(); ++slot) {
    std::vector<std::size_t> replaced;
    std::size_t added = 0, removed = 0, dropped = 0;
    for (const std::size_t n : before[slot]) {
      removed += n != missing_copy && !holds(after[slot], n) ? 1U : 0U;
      dropped += is_copy(n) && !holds(after[slot], n) ? 1U : 0U;
    }
    for (std::size_t i = 0; i < after[slot].size(); ++i) {
      const std::size_t to = after[slot][i];
      if (holds(before[slot], to)) continue;
      ++added;
      const std::string at = "move " + std::to_string(next) + ": ";
      if (next == plan.moves().size()) return "a move is missing";
      const auto& move = plan.moves()[next++];
      if (move.slot != slot || move.position != i) return at + "another slot or position";
      if (move.to == nullptr || number(move.to) != to) return at + "to another node";
      if (plan.after().at(slot, i) != move.to) return at + "not the node of the table";
      if (move.replaces == nullptr) {
        ++repairs;
        continue;
      }
      const std::size_t old = number(move.replaces);
      if (old >= problem.nodes() || !holds(before[slot], old) || holds(after[slot], old))
        return at + "replaces a copy that is not dropped";
      if (holds(replaced, old)) return at + "replaces a copy that another move replaces";
      replaced.push_back(old);
      // A node without a domain shares its domain with no other node.
      const std::string from_domain = plain_path(problem.domains[old]);
      cross_domain += from_domain.empty() || from_domain != plain_path(problem.domains[to]) ? 1U : 0U;
    }
    // Every dropped copy has a successor, as far as there are enough new copies.
    if (replaced.size() > dropped) return "more copies are replaced than dropped";
    if (added >= removed && replaced.size() != dropped)
      return "slot " + std::to_string(slot) + ": a dropped copy has no successor";
  }
  if (next != plan.moves().size()) return "a move too many";
  if (plan.report().repairs != repairs) return "repairs";
  if (plan.report().cross_domain != cross_domain) return "cross_domain";
  return "";
}

/// The figures of the nodes' loads. `received`: by node, copies.
inline std::string wrong_loads(const oracle_problem& problem, const quoit::plan_report& report,
                               const oracle_table& before, const oracle_table& after,
                               const std::vector<std::uint64_t>& received) {
  const auto loads_before = loads_of(problem, before), loads = loads_of(problem, after);
  std::uint64_t max_in = 0, peak = 0, low = std::numeric_limits<std::uint64_t>::max(), high = 0;
  for (std::size_t n = 0; n < problem.nodes(); ++n) {
    max_in = std::max(max_in, received[n]);
    peak = std::max(peak, loads_before[n] + received[n]);
    if (problem.weights[n] == 0) continue;
    low = std::min(low, loads[n]);
    high = std::max(high, loads[n]);
  }
  if (report.max_in != max_in) return "max_in";
  if (report.peak_load != peak) return "peak_load";
  if (report.min_load != low || report.max_load != high) return "min_load, max_load";
  if (report.rounds != std::max(report.max_in, report.max_out)) return "rounds";
  return "";
}

/// The other figures of the report.
inline std::string wrong_report(const oracle_problem& problem, const quoit::plan_report& report,
                                const oracle_table& before, const oracle_table& after,
                                const std::vector<bool>& locked = {}) {
  std::uint64_t moves = 0, moved_slots = 0, lost_slots = 0, changed = 0, forced = 0;
  std::vector<std::uint64_t> received(problem.nodes(), 0);
  for (std::size_t slot = 0; slot < after.size(); ++slot) {
    std::uint64_t here = 0;
    for (const std::size_t n : after[slot]) {
      if (holds(before[slot], n)) continue;
      ++here;
      ++received[n];
    }
    moves += here;
    moved_slots += here != 0 ? 1U : 0U;
    const auto any = [&](const auto& is) { return std::any_of(before[slot].begin(), before[slot].end(), is); };
    lost_slots += !any(is_copy) && any([](std::size_t n) { return n == lost_copy; }) ? 1U : 0U;
    const auto first =
        std::find_if(before[slot].begin(), before[slot].end(), [](std::size_t n) { return n != missing_copy; });
    if (first == before[slot].end() || *first == primary_of(after[slot])) continue;
    ++changed;
    forced += !holds(after[slot], *first) ? 1U : 0U;
  }
  if (report.moves != moves) return "moves: " + std::to_string(report.moves) + " instead of " + std::to_string(moves);
  if (report.moved_slots != moved_slots) return "moved_slots";
  if (report.lost_slots != lost_slots) return "lost_slots";
  if (report.primaries_changed != changed)
    return "primaries_changed: " + std::to_string(report.primaries_changed) + " instead of " + std::to_string(changed);
  if (report.primaries_forced != forced) return "primaries_forced";

  if (std::string wrong = wrong_loads(problem, report, before, after, received); !wrong.empty()) return wrong;
  if (!sources_suffice(problem, before, after, report.max_out, locked)) return "max_out is too low";
  if (report.max_out != 0 && sources_suffice(problem, before, after, report.max_out - 1, locked))
    return "max_out could be lower";

  oracle_problem strict = problem;
  strict.rule = oracle_rule::strict_spread;
  const auto entitled = entitlements_of(strict).value();
  std::vector<std::uint64_t> at_depth(1, 0);
  for (std::size_t d = 1; d < entitled.domains.size(); ++d) {
    const auto& domain = entitled.domains[d];
    if (domain.depth >= at_depth.size()) at_depth.resize(domain.depth + 1, 0);
    for (const auto& list : after) {
      const auto here = static_cast<std::uint64_t>(
          std::count_if(list.begin(), list.end(), [&](std::size_t n) { return holds(domain.nodes, n); }));
      at_depth[domain.depth] += here - std::min(here, entitled.in_domain[d].most);
    }
  }
  if (report.dispersion != *std::max_element(at_depth.begin(), at_depth.end())) return "dispersion";
  return "";
}

/// Every node is primary of floor or ceil of its share, with the fewest changes.
inline std::string wrong_primaries(const oracle_problem& problem, const oracle_table& before,
                                   const oracle_table& after) {
  std::vector<std::uint64_t> primaries(problem.nodes(), 0);
  for (const auto& list : after) ++primaries[list.front()];
  const auto loads = loads_of(problem, after);
  for (std::size_t n = 0; n < problem.nodes(); ++n) {
    if (primaries[n] < loads[n] / problem.replicas ||
        primaries[n] > (loads[n] + problem.replicas - 1) / problem.replicas) {
      return "node " + std::to_string(n) + " is primary of " + std::to_string(primaries[n]) + " of " +
             std::to_string(loads[n]);
    }
  }
  const std::uint64_t fewest = fewest_given_up(problem, before, after);
  if (given_up(before, after) != fewest) {
    return std::to_string(given_up(before, after)) + " primaries given up instead of " + std::to_string(fewest);
  }
  return "";
}

/// The promises of every plan, except for the nodes of each slot, which the caller checks. `locked` is by node.
template <class Plan>
std::string wrong_bookkeeping(const oracle_problem& problem, const plan_nodes& nodes, const Plan& plan,
                              bool balance_primaries, const std::vector<bool>& locked = {}) {
  const plan_table& table = plan.after();
  if (table.slot_count() != problem.slots || table.replica_count() != problem.replicas) return "another size";
  if (table.version() != plan.before().version() + 1) return "another version";
  if (table.size() != nodes.size()) return "other nodes";
  for (std::size_t n = 0; n < nodes.size(); ++n) {
    const auto& spec = table.nodes()[n];
    if (spec.node != nodes[n].node || spec.weight != nodes[n].weight || spec.domain != nodes[n].domain)
      return "other nodes";
  }
  const oracle_table before = cells_of(plan.before(), nodes), after = cells_of(table, nodes);
  for (const auto& list : after) {
    for (std::size_t i = 0; i < list.size(); ++i) {
      if (!is_copy(list[i])) return "a copy is missing";
      if (std::count(list.begin(), list.end(), list[i]) != 1) return "a node twice";
    }
  }
  if (std::string wrong = wrong_positions(before, after, balance_primaries); !wrong.empty()) return wrong;
  if (std::string wrong = wrong_moves(problem, nodes, plan, before, after); !wrong.empty()) return wrong;
  return wrong_report(problem, plan.report(), before, after, locked);
}

/// A plan without pins, under the rule of the problem. It must be optimal.
inline std::string wrong_plan(const oracle_problem& problem, const plan_nodes& nodes,
                              const quoit::slot_plan<plan_table>& plan, bool balance_primaries = true) {
  if (std::string wrong = wrong_bookkeeping(problem, nodes, plan, balance_primaries); !wrong.empty()) return wrong;
  const oracle_table before = cells_of(plan.before(), nodes), after = cells_of(plan.after(), nodes);
  if (std::string wrong = broken_rule(problem, after); !wrong.empty()) return wrong;
  const auto least = least_moves(problem);
  const auto& report = plan.report();
  if (report.moves != least) return std::to_string(report.moves) + " moves instead of " + std::to_string(least.value());
  if (!report.optimal || report.lower_bound != report.moves || report.slack != 0) return "optimal, lower_bound, slack";
  return balance_primaries ? wrong_primaries(problem, before, after) : "";
}

inline quoit::spread_rule rule_of(const oracle_problem& problem) {
  return problem.rule == oracle_rule::weighted ? quoit::spread_rule::weighted() : quoit::spread_rule::strict();
}

inline quoit::plan_options options_for(const oracle_problem& problem) {
  quoit::plan_options options;
  options.spread = rule_of(problem);
  options.replicas = static_cast<std::size_t>(problem.replicas);
  return options;
}

}  // namespace test
