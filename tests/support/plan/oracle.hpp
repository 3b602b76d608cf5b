// SPDX-License-Identifier: MIT
// The rules of slot tables and the fewest moves, from the definitions alone. Planners are compared with it.
//
//   fair shares     t(n) of every node: how many copies of one slot it should hold on average, 0 … 1; they sum to R
//   a slot          holds floor(t(d)) … ceil(t(d)) copies in every domain d, on R distinct nodes
//   a node          holds floor(Q t(n)) … ceil(Q t(n)) slots
//   a move          is a copy on a node that did not hold its slot before
//
//   all copies ──R──▶ slot ──▶ slot × domain ──▶ slot × domain in it ──0…1, cost 0 or 1──▶ node ──▶ all copies
//
// Every table that keeps these rules is a circulation in this network, and the other way round, so the cheapest
// circulation has the fewest moves. There is a vertex for every slot × domain and an arc for every slot × node.
//
// Rejected: every shortcut. The oracle shares nothing with the library, and omits no arc.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "support/plan/circulation.hpp"
#include "support/plan/fraction.hpp"

namespace test {

/// How the copies of a slot are spread over the domains.
enum class oracle_rule {
  strict_spread,  // as evenly as the domains allow; weights decide within that
  weighted,       // by weight alone; a node takes at most one copy
};

/// The nodes of every slot, in any order.
using oracle_table = std::vector<std::vector<std::size_t>>;

/// Nodes are numbers; `domains` and `weights` have an entry for each.
struct oracle_problem {
  std::size_t slots = 1;
  std::size_t replicas = 1;
  oracle_rule rule = oracle_rule::strict_spread;
  std::vector<std::string> domains;    ///< "eu/zone-a/rack-7"; "" is a direct child of the root
  std::vector<std::uint64_t> weights;  ///< 0: holds nothing
  oracle_table old;                    ///< by slot: distinct nodes, any number; may break every rule

  [[nodiscard]] std::size_t nodes() const { return weights.size(); }
};

/// A domain and its content. A node directly in "eu" is a child of "eu" beside the domain "eu/a".
struct oracle_domain {
  std::string path;                     ///< without empty components; "" is the root
  std::size_t depth = 0;                ///< 0 is the root
  std::size_t parent = 0;               ///< the root is its own parent
  std::vector<std::size_t> nodes;       ///< at any depth
  std::vector<std::size_t> direct;      ///< nodes that are children
  std::vector<std::size_t> subdomains;  ///< domains that are children
};

struct oracle_limits {
  std::uint64_t least = 0, most = 0;
  [[nodiscard]] bool hold(std::uint64_t count) const { return least <= count && count <= most; }
};

/// The entitlements that a table must keep.
struct oracle_entitlements {
  std::vector<oracle_domain> domains;    ///< parents before children
  std::vector<std::uint64_t> caps;       ///< of each domain
  std::vector<fraction> shares;          ///< t(n)
  std::vector<oracle_limits> in_domain;  ///< per slot, of each domain
  std::vector<oracle_limits> load;       ///< over all slots, of each node
};

struct oracle_answer {
  std::uint64_t moves = 0;
  oracle_table table;
};

// ---- The tree.

/// All domains: root first, parents before children.
inline std::vector<oracle_domain> domains_of(const std::vector<std::string>& paths) {
  std::vector<oracle_domain> domains(1);
  for (std::size_t node = 0; node < paths.size(); ++node) {
    std::size_t at = 0;
    domains[at].nodes.push_back(node);
    std::string path;
    const std::string text = paths[node] + '/';
    for (std::size_t begin = 0, end = 0; (end = text.find('/', begin)) != std::string::npos; begin = end + 1) {
      if (begin == end) continue;
      path += (path.empty() ? "" : "/") + text.substr(begin, end - begin);
      const auto found = std::find_if(domains.begin(), domains.end(),
                                      [&](const oracle_domain& domain) { return domain.path == path; });
      const auto next = static_cast<std::size_t>(found - domains.begin());
      if (next == domains.size()) {
        domains.push_back({path, domains[at].depth + 1, at, {}, {}, {}});
        domains[at].subdomains.push_back(next);
      }
      at = next;
      domains[at].nodes.push_back(node);
    }
    domains[at].direct.push_back(node);
  }
  return domains;
}

// ---- Fair shares.

/// Nodes that together get at most `most` copies of a slot, on average.
struct oracle_group {
  std::vector<std::size_t> nodes;
  fraction most;
};

/// The max-min-fair shares under caps. The share per weight of all nodes rises together. When a group is full, the
/// shares of its nodes stay as they are, until every node with a weight is in a full group. Any two groups are
/// disjoint, or one contains the other.
inline std::vector<fraction> fair_shares(const std::vector<std::uint64_t>& weights,
                                         const std::vector<oracle_group>& groups) {
  std::vector<fraction> shares(weights.size());
  std::vector<bool> rises(weights.size());
  for (std::size_t n = 0; n < weights.size(); ++n) rises[n] = weights[n] != 0;
  for (;;) {
    // The level at which each group becomes full.
    std::vector<std::optional<fraction>> full_at;
    std::optional<fraction> level;
    for (const oracle_group& group : groups) {
      natural rising;
      for (const std::size_t n : group.nodes) rising = rising + (rises[n] ? weights[n] : 0);
      full_at.emplace_back();
      if (rising == 0) continue;
      fraction settled;
      for (const std::size_t n : group.nodes) settled += rises[n] ? fraction() : shares[n];
      full_at.back() = (group.most - settled) / fraction(rising, 1);
      if (!level || *full_at.back() < *level) level = full_at.back();
    }
    if (!level) return shares;
    for (std::size_t g = 0; g < groups.size(); ++g) {
      if (full_at[g] != level) continue;
      for (const std::size_t n : groups[g].nodes) {
        if (!rises[n]) continue;
        shares[n] = *level * fraction(weights[n]);
        rises[n] = false;
      }
    }
  }
}

inline fraction sum_of(const std::vector<fraction>& shares, const std::vector<std::size_t>& nodes) {
  fraction sum;
  for (const std::size_t n : nodes) sum += shares[n];
  return sum;
}

inline std::uint64_t active_of(const oracle_problem& problem, const oracle_domain& domain) {
  return static_cast<std::uint64_t>(
      std::count_if(domain.nodes.begin(), domain.nodes.end(), [&](std::size_t n) { return problem.weights[n] != 0; }));
}

/// Every node takes at most one copy, and every domain at most its cap.
inline std::vector<oracle_group> groups_of(const oracle_problem& problem, const std::vector<oracle_domain>& domains,
                                           const std::vector<std::uint64_t>& caps) {
  std::vector<oracle_group> groups;
  for (std::size_t d = 0; d < caps.size(); ++d) groups.push_back({domains[d].nodes, caps[d]});
  for (std::size_t n = 0; n < problem.nodes(); ++n) groups.push_back({{n}, 1});
  return groups;
}

/// The least u such that the children of a domain can take all its copies, if no child takes more than u or more than
/// its number of active nodes.
inline std::uint64_t even_cap(const oracle_problem& problem, const std::vector<oracle_domain>& domains,
                              const oracle_domain& domain, std::uint64_t copies) {
  for (std::uint64_t cap = 0;; ++cap) {
    std::uint64_t taken = 0;
    for (const std::size_t child : domain.subdomains) taken += std::min(cap, active_of(problem, domains[child]));
    for (const std::size_t n : domain.direct) taken += problem.weights[n] == 0 ? 0 : std::min<std::uint64_t>(cap, 1);
    if (taken >= copies) return cap;
  }
}

/// The maximum number of copies of a slot in each domain. Needs `replicas` active nodes.
inline std::vector<std::uint64_t> domain_caps(const oracle_problem& problem,
                                              const std::vector<oracle_domain>& domains) {
  // A cap of all copies of a slot has no effect.
  std::vector<std::uint64_t> caps(domains.size(), problem.replicas);
  if (problem.rule == oracle_rule::weighted) return caps;
  std::size_t deepest = 0;
  for (const oracle_domain& domain : domains) deepest = std::max(deepest, domain.depth);
  for (std::size_t depth = 0; depth < deepest; ++depth) {
    const std::vector<fraction> shares = fair_shares(problem.weights, groups_of(problem, domains, caps));
    for (const oracle_domain& domain : domains) {
      if (domain.depth != depth) continue;
      const std::uint64_t cap = even_cap(problem, domains, domain, sum_of(shares, domain.nodes).ceil());
      for (const std::size_t child : domain.subdomains) caps[child] = cap;
    }
  }
  return caps;
}

/// The entitlements under any caps that leave room for all copies.
inline oracle_entitlements entitlements_under(const oracle_problem& problem, std::vector<std::uint64_t> caps) {
  oracle_entitlements result;
  result.domains = domains_of(problem.domains);
  result.caps = std::move(caps);
  result.shares = fair_shares(problem.weights, groups_of(problem, result.domains, result.caps));
  for (const oracle_domain& domain : result.domains) {
    const fraction share = sum_of(result.shares, domain.nodes);
    result.in_domain.push_back({share.floor(), share.ceil()});
  }
  for (const fraction& share : result.shares) {
    const fraction load = fraction(problem.slots) * share;
    result.load.push_back({load.floor(), load.ceil()});
  }
  return result;
}

/// The entitlements under the caps of the problem's rule; nothing if fewer than `replicas` nodes are active.
inline std::optional<oracle_entitlements> entitlements_of(const oracle_problem& problem) {
  const std::vector<oracle_domain> domains = domains_of(problem.domains);
  if (active_of(problem, domains[0]) < problem.replicas) return std::nullopt;
  return entitlements_under(problem, domain_caps(problem, domains));
}

// ---- Tables.

inline bool holds(const std::vector<std::size_t>& nodes, std::size_t node) {
  return std::find(nodes.begin(), nodes.end(), node) != nodes.end();
}

/// The number of copies that nodes must receive.
inline std::uint64_t moves_of(const oracle_table& old, const oracle_table& table) {
  std::uint64_t moves = 0;
  for (std::size_t slot = 0; slot < table.size(); ++slot) {
    for (const std::size_t n : table[slot]) moves += slot < old.size() && holds(old[slot], n) ? 0 : 1;
  }
  return moves;
}

/// The first rule that a table breaks, or an empty text.
inline std::string broken_rule(const oracle_problem& problem, const oracle_entitlements& entitled,
                               const oracle_table& table) {
  const auto number = [](auto n) { return std::to_string(n); };
  const auto range = [&](const oracle_limits& limits) { return number(limits.least) + " to " + number(limits.most); };
  if (table.size() != problem.slots) return number(table.size()) + " slots instead of " + number(problem.slots);
  std::vector<std::uint64_t> loads(problem.nodes(), 0);
  for (std::size_t slot = 0; slot < table.size(); ++slot) {
    const std::vector<std::size_t>& nodes = table[slot];
    const std::string at = "slot " + number(slot) + ": ";
    if (nodes.size() != problem.replicas) {
      return at + number(nodes.size()) + " copies instead of " + number(problem.replicas);
    }
    for (const std::size_t n : nodes) {
      if (n >= problem.nodes()) return at + "node " + number(n) + " does not exist";
      if (std::count(nodes.begin(), nodes.end(), n) > 1) return at + "node " + number(n) + " twice";
      if (problem.weights[n] == 0) return at + "node " + number(n) + " has weight 0";
      ++loads[n];
    }
    for (std::size_t d = 0; d < entitled.domains.size(); ++d) {
      const std::vector<std::size_t>& inside = entitled.domains[d].nodes;
      const auto count = std::count_if(nodes.begin(), nodes.end(), [&](std::size_t n) { return holds(inside, n); });
      if (entitled.in_domain[d].hold(static_cast<std::uint64_t>(count))) continue;
      return at + number(count) + " copies in domain '" + entitled.domains[d].path + "', not " +
             range(entitled.in_domain[d]);
    }
  }
  for (std::size_t n = 0; n < loads.size(); ++n) {
    if (!entitled.load[n].hold(loads[n])) {
      return "node " + number(n) + ": " + number(loads[n]) + " slots, not " + range(entitled.load[n]);
    }
  }
  return "";
}

inline std::string broken_rule(const oracle_problem& problem, const oracle_table& table) {
  const auto entitled = entitlements_of(problem);
  return entitled ? broken_rule(problem, *entitled, table) : "fewer active nodes than replicas";
}

// ---- The fewest moves.

/// A table with the fewest moves under these entitlements; nothing if there is no table, which would refute the theory.
inline std::optional<oracle_answer> best_table(const oracle_problem& problem, const oracle_entitlements& entitled) {
  const std::vector<oracle_domain>& domains = entitled.domains;
  // Vertices: the nodes, all copies, and slot × domain; a slot itself is slot × root.
  const std::size_t all_copies = problem.nodes();
  const auto vertex = [&](std::size_t slot, std::size_t d) { return all_copies + 1 + slot * domains.size() + d; };
  circulation network(vertex(problem.slots, 0));
  std::vector<std::vector<std::size_t>> arc_of(problem.slots, std::vector<std::size_t>(problem.nodes()));
  for (std::size_t n = 0; n < problem.nodes(); ++n) {
    network.add(n, all_copies, entitled.load[n].least, entitled.load[n].most, 0);
  }
  for (std::size_t slot = 0; slot < problem.slots; ++slot) {
    network.add(all_copies, vertex(slot, 0), problem.replicas, problem.replicas, 0);
    for (std::size_t d = 0; d < domains.size(); ++d) {
      const oracle_limits limits = entitled.in_domain[d];
      if (d != 0) network.add(vertex(slot, domains[d].parent), vertex(slot, d), limits.least, limits.most, 0);
      for (const std::size_t n : domains[d].direct) {
        const bool kept = slot < problem.old.size() && holds(problem.old[slot], n);
        arc_of[slot][n] = network.add(vertex(slot, d), n, 0, 1, kept ? 0 : 1);
      }
    }
  }
  const auto cost = network.solve();
  if (!cost) return std::nullopt;
  oracle_answer answer;
  answer.moves = static_cast<std::uint64_t>(*cost);
  for (const std::vector<std::size_t>& arcs : arc_of) {
    answer.table.emplace_back();
    for (std::size_t n = 0; n < arcs.size(); ++n) {
      if (network.flow(arcs[n]) != 0) answer.table.back().push_back(n);
    }
  }
  return answer;
}

/// The same under the rule of the problem; nothing if fewer than `replicas` nodes are active.
inline std::optional<oracle_answer> best_table(const oracle_problem& problem) {
  const auto entitled = entitlements_of(problem);
  return entitled ? best_table(problem, *entitled) : std::nullopt;
}

/// The fewest moves from `old` to a table that breaks no rule; nothing if fewer than `replicas` nodes are active.
inline std::optional<std::uint64_t> least_moves(const oracle_problem& problem) {
  const auto answer = best_table(problem);
  return answer ? std::optional(answer->moves) : std::nullopt;
}

}  // namespace test
