// SPDX-License-Identifier: MIT
// A plan that a test can damage: the plan of a planner that is wrong on purpose.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <quoit/plan.hpp>

#include "support/plan/checks.hpp"
#include "support/plan/cluster_plans.hpp"
#include "support/plan/oracle.hpp"

namespace test {

class edited_plan {
 public:
  edited_plan(const quoit::slot_plan<plan_table>& plan, const plan_nodes& nodes)
      : cells(cells_of(plan.after(), nodes)), substitutes(test::substitutes_of(plan)), before_(plan.before()),
        after_(plan.after()), moves_(plan.moves()), report_(plan.report()) {}

  oracle_table cells;  ///< of the next table; call write() after a change
  std::vector<substitute> substitutes;

  /// Makes the next table from the cells, if they changed.
  void write(const plan_nodes& nodes) {
    if (cells != cells_of(after_, nodes)) write_with(nodes);
  }
  /// Makes the next table from the cells, with these nodes.
  void write_with(const plan_nodes& nodes) {
    std::vector<std::uint32_t> replicas;
    for (const auto& list : cells) {
      for (const std::size_t n : list)
        replicas.push_back(is_copy(n) ? static_cast<std::uint32_t>(n) : plan_table::no_node);
    }
    const quoit::slot_table_options options{
        .slots = after_.slot_count(), .replicas = after_.replica_count(), .seed = 0};
    after_ = plan_table(nodes, replicas, options, after_.version());
  }

  [[nodiscard]] const plan_table& before() const { return before_; }
  [[nodiscard]] const plan_table& after() const { return after_; }
  [[nodiscard]] const std::vector<quoit::slot_move<std::int64_t>>& moves() const { return moves_; }
  [[nodiscard]] const quoit::plan_report& report() const { return report_; }
  [[nodiscard]] quoit::plan_report& report() { return report_; }

 private:
  plan_table before_, after_;
  std::vector<quoit::slot_move<std::int64_t>> moves_;
  quoit::plan_report report_;
};

inline std::vector<substitute> substitutes_of(const edited_plan& plan) { return plan.substitutes; }

}  // namespace test
