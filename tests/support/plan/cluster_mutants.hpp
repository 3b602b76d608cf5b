// SPDX-License-Identifier: MIT
// Planners that are wrong on purpose: each takes a right plan and breaks one rule. The oracle must catch them all.
//
// A mutant changes only what breaks its rule for certain. Where a plan gives no opportunity, it is left as it is.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <quoit/plan.hpp>

#include "support/plan/cluster_cases.hpp"
#include "support/plan/cluster_oracle.hpp"
#include "support/plan/cluster_plans.hpp"
#include "support/plan/edited_plan.hpp"
#include "support/plan/cluster_leaders.hpp"

namespace test {

/// What a mutant knows of a plan.
struct mutant_input {
  const cluster_case& drawn;
  const cluster_rules& rules;
  std::vector<std::size_t> old_leaders;  ///< by slot

  [[nodiscard]] const cluster_problem& problem() const { return drawn.problem; }
  [[nodiscard]] bool stays(std::size_t slot, std::size_t n) const { return holds(rules.kept[slot], n); }
  /// Whether a node may receive a copy of a slot, as far as the slot's spread is not concerned.
  [[nodiscard]] bool receives(std::size_t n) const { return problem().base.weights[n] != 0 && !problem().locked[n]; }
};

/// A planner that breaks one rule. `damage` returns whether there was an opportunity.
struct mutant {
  std::string name;
  std::string caught_by;  ///< part of the text that the oracle must answer
  std::function<bool(const mutant_input&, edited_plan&)> damage;
};

namespace detail {

/// Replaces the first copy (slot, m) by one on n for which `breaks(slot, m, n)` is true. A copy that must stay is
/// replaced only if `also_kept` is true.
template <class Breaks>
bool replace_copy(const mutant_input& in, edited_plan& plan, bool also_kept, const Breaks& breaks) {
  for (std::size_t slot = 0; slot < plan.cells.size(); ++slot) {
    for (std::size_t& m : plan.cells[slot]) {
      if (!also_kept && in.stays(slot, m)) continue;
      for (std::size_t n = 0; n < in.problem().base.nodes(); ++n) {
        if (holds(plan.cells[slot], n) || !breaks(slot, m, n)) continue;
        m = n;
        return true;
      }
    }
  }
  return false;
}

/// Makes another node of a slot its leader: the first for which `breaks(slot, n)` is true.
template <class Breaks>
bool lead_by_another(const mutant_input& in, edited_plan& plan, const Breaks& breaks) {
  if (!in.problem().balance_primaries) return false;
  for (std::size_t slot = 0; slot < plan.cells.size(); ++slot) {
    auto& list = plan.cells[slot];
    for (std::size_t& n : list) {
      if (n == list.front() || !breaks(slot, n)) continue;
      std::swap(list.front(), n);
      return true;
    }
  }
  return false;
}

inline leader_choices choices_of(const mutant_input& in, const edited_plan& plan) {
  return leader_choices_of(in.problem(), in.old_leaders, plan.cells);
}

inline bool same_domain(const mutant_input& in, std::size_t m, std::size_t n) {
  const auto& domains = in.problem().base.domains;
  return plain_path(domains[m]) == plain_path(domains[n]);
}

// ---- Copies.

inline bool move_a_locked_copy(const mutant_input& in, edited_plan& plan) {
  return replace_copy(in, plan, true, [&](std::size_t, std::size_t m, std::size_t n) {
    return in.problem().locked[m] && in.receives(n);
  });
}

inline bool give_to_a_locked_node(const mutant_input& in, edited_plan& plan) {
  return replace_copy(in, plan, false, [&](std::size_t, std::size_t, std::size_t n) { return in.problem().locked[n]; });
}

inline bool move_a_pinned_copy(const mutant_input& in, edited_plan& plan) {
  return replace_copy(in, plan, true, [&](std::size_t slot, std::size_t m, std::size_t n) {
    return !in.problem().locked[m] && in.stays(slot, m) && in.receives(n);
  });
}

inline bool give_to_a_drained_node(const mutant_input& in, edited_plan& plan) {
  return replace_copy(in, plan, false,
                      [&](std::size_t, std::size_t, std::size_t n) { return in.problem().base.weights[n] == 0; });
}

inline bool crowd_a_domain(const mutant_input& in, edited_plan& plan) {
  return replace_copy(in, plan, false, [&](std::size_t slot, std::size_t m, std::size_t n) {
    if (!in.receives(n)) return false;
    const auto& domains = in.rules.entitled.domains;
    for (std::size_t d = 0; d < domains.size(); ++d) {
      if (holds(domains[d].nodes, m) || !holds(domains[d].nodes, n)) continue;
      if (copies_in(plan.cells[slot], domains[d]) == in.rules.in_domain[slot][d].most) return true;
    }
    return false;
  });
}

inline bool overload_a_node(const mutant_input& in, edited_plan& plan) {
  const auto loads = loads_of(in.problem().base, plan.cells);
  if (distance_of(in.rules.entitled.load, loads) != 0) return false;
  return replace_copy(in, plan, false, [&](std::size_t, std::size_t m, std::size_t n) {
    return in.receives(n) && same_domain(in, m, n) && loads[n] == in.rules.entitled.load[n].most;
  });
}

inline bool starve_a_node(const mutant_input& in, edited_plan& plan) {
  const auto loads = loads_of(in.problem().base, plan.cells);
  if (distance_of(in.rules.entitled.load, loads) != 0) return false;
  return replace_copy(in, plan, false, [&](std::size_t, std::size_t m, std::size_t n) {
    return in.receives(n) && same_domain(in, m, n) && loads[m] == in.rules.entitled.load[m].least;
  });
}

// Two slots exchange copies that both had before.
inline bool exchange_without_need(const mutant_input& in, edited_plan& plan) {
  const auto may_leave = [&](std::size_t slot, std::size_t m) {
    return !in.stays(slot, m) && in.receives(m) && holds(in.problem().base.old[slot], m);
  };
  for (std::size_t p = 0; p < plan.cells.size(); ++p) {
    for (std::size_t q = 0; q < p; ++q) {
      for (std::size_t& m : plan.cells[p]) {
        for (std::size_t& n : plan.cells[q]) {
          if (m == n || !same_domain(in, m, n) || !may_leave(p, m) || !may_leave(q, n)) continue;
          if (holds(plan.cells[p], n) || holds(plan.cells[q], m)) continue;
          if (holds(in.problem().base.old[p], n) || holds(in.problem().base.old[q], m)) continue;
          std::swap(m, n);
          return true;
        }
      }
    }
  }
  return false;
}

// Plans as if there were no table before.
inline bool forget_the_table(const mutant_input& in, edited_plan& plan) {
  if (in.problem().locks() || in.problem().pins()) return false;
  const auto fresh = quoit::build<plan_table>(
      in.drawn.nodes, {.slots = in.problem().base.slots, .replicas = plan.after().replica_count(), .seed = 0},
      {.spread = in.drawn.options.spread});
  plan.cells = cells_of(fresh, in.drawn.nodes);
  return moves_of(in.problem().base.old, plan.cells) > plan.report().moves;
}

inline bool leave_a_hole(const mutant_input& in, edited_plan& plan) {
  for (std::size_t slot = 0; slot < plan.cells.size(); ++slot) {
    if (in.old_leaders[slot] != missing_copy) continue;
    std::fill(plan.cells[slot].begin(), plan.cells[slot].end(), missing_copy);
    return true;
  }
  return false;
}

inline bool leave_a_copy_missing(const mutant_input& in, edited_plan& plan) {
  for (std::size_t slot = 0; slot < plan.cells.size(); ++slot) {
    auto& list = plan.cells[slot];
    if (list.size() == 1 || in.stays(slot, list.back())) continue;
    list.back() = missing_copy;
    return true;
  }
  return false;
}

// ---- Leaders.

inline bool lead_by_a_follower(const mutant_input& in, edited_plan& plan) {
  const auto candidates = choices_of(in, plan).leaders.candidates;
  return lead_by_another(in, plan, [&](std::size_t slot, std::size_t n) {
    return in.problem().leads_with(n) == 0 && !candidates[slot].empty();
  });
}

inline bool lead_one_slot_too_many(const mutant_input& in, edited_plan& plan) {
  const leader_rules rules = choices_of(in, plan).leaders;
  if (!in.problem().leads() || in.problem().pins()) return false;
  std::vector<std::uint64_t> led(rules.led.size(), 0);
  for (std::size_t slot = 0; slot < plan.cells.size(); ++slot) {
    if (!rules.candidates[slot].empty()) ++led[plan.cells[slot].front()];
  }
  return lead_by_another(in, plan, [&](std::size_t slot, std::size_t n) {
    return holds(rules.candidates[slot], n) && led[n] == rules.led[n].most;
  });
}

// Two slots exchange leaders that both had before.
inline bool exchange_leaders_without_need(const mutant_input& in, edited_plan& plan) {
  if (!in.problem().balance_primaries) return false;
  const auto candidates = choices_of(in, plan).leaders.candidates;
  for (std::size_t p = 0; p < plan.cells.size(); ++p) {
    for (std::size_t q = 0; q < p; ++q) {
      const std::size_t m = plan.cells[p].front(), n = plan.cells[q].front();
      if (m == n || in.old_leaders[p] != m || in.old_leaders[q] != n) continue;
      if (!holds(candidates[p], n) || !holds(candidates[q], m)) continue;
      if (!holds(candidates[p], m) || !holds(candidates[q], n)) continue;
      std::swap(plan.cells[p].front(), *std::find(plan.cells[p].begin(), plan.cells[p].end(), n));
      std::swap(plan.cells[q].front(), *std::find(plan.cells[q].begin(), plan.cells[q].end(), m));
      return true;
    }
  }
  return false;
}

inline bool change_a_pinned_leader(const mutant_input& in, edited_plan& plan) {
  return lead_by_another(in, plan, [&](std::size_t slot, std::size_t) {
    return in.problem().pinned[slot] && plan.cells[slot].front() == in.old_leaders[slot];
  });
}

// ---- The rest.

// The last two copies, which both stay, exchange their indices.
inline bool exchange_indices(const mutant_input& in, edited_plan& plan) {
  for (std::size_t slot = 0; slot < plan.cells.size(); ++slot) {
    auto& list = plan.cells[slot];
    if (list.size() < 3) continue;
    const auto before = cells_of(in.drawn.before, in.drawn.nodes)[slot];
    if (before.size() < 3 || before[1] != list[1] || before[2] != list[2]) continue;
    std::swap(list[1], list[2]);
    return true;
  }
  return false;
}

inline bool forget_a_substitute(const mutant_input&, edited_plan& plan) {
  if (plan.substitutes.empty()) return false;
  plan.substitutes.pop_back();
  return true;
}

}  // namespace detail

inline std::vector<mutant> cluster_mutants() {
  const auto figure = [](std::uint64_t quoit::plan_report::* member) {
    return [member](const mutant_input&, edited_plan& plan) {
      ++(plan.report().*member);
      return true;
    };
  };
  using report = quoit::plan_report;
  return {
      {"moves a copy of a locked node", "must stay", detail::move_a_locked_copy},
      {"gives a copy to a locked node", "is locked", detail::give_to_a_locked_node},
      {"moves a pinned copy", "must stay", detail::move_a_pinned_copy},
      {"gives a copy to a drained node", "has weight 0", detail::give_to_a_drained_node},
      {"puts a copy too many into a domain", "copies in domain", detail::crowd_a_domain},
      {"gives a node a copy too many", "copies off", detail::overload_a_node},
      {"gives a node a copy too few", "copies off", detail::starve_a_node},
      {"exchanges copies without need", "moves instead of", detail::exchange_without_need},
      {"plans as if there were no table", "moves instead of", detail::forget_the_table},
      {"leaves a hole", ": 0 copies", detail::leave_a_hole},
      {"leaves a copy missing", " copies", detail::leave_a_copy_missing},
      {"lets a follower lead", "must not lead", detail::lead_by_a_follower},
      {"lets a node lead a slot too many", " leads ", detail::lead_one_slot_too_many},
      {"exchanges leaders without need", "changed instead of", detail::exchange_leaders_without_need},
      {"changes the leader of a pinned slot", "must not lead", detail::change_a_pinned_leader},
      {"exchanges two indices", "position", detail::exchange_indices},
      {"counts a move too many", "moves: ", figure(&report::moves)},
      {"claims a higher bound", "lower_bound", figure(&report::lower_bound)},
      {"counts a repair too many", "repairs", figure(&report::repairs)},
      {"counts a sent copy too many", "max_out",
       [](const mutant_input&, edited_plan& plan) {
         plan.report().rounds = std::max(plan.report().max_in, ++plan.report().max_out);
         return true;
       }},
      {"reports a load that is off", "slack: ", figure(&report::slack)},
      {"counts a changed primary too many", "primaries_changed", figure(&report::primaries_changed)},
      {"counts a missing slot too many", "missing_slots", figure(&report::missing_slots)},
      {"counts a slot without leader too many", "slots_without_leader", figure(&report::slots_without_leader)},
      {"counts a move from a locked node too many", "locked_sources", figure(&report::locked_sources)},
      {"forgets a substitute leader", "substitute_leaders", detail::forget_a_substitute},
  };
}

}  // namespace test
