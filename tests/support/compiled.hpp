// SPDX-License-Identifier: MIT
// The templates that most tests use, compiled once: by compiled.cpp, and not by every batch of tests.
//
//   batch 1 ─┐  extern template                   template
//   batch 2 ─┼───────────────────▶ compiled.hpp ◀────────── compiled.cpp ──▶ quoit_tests_compiled
//   …       ─┘
//
// It is part of the precompiled header. No test includes it, so each is complete without it. Where each file is
// compiled by itself (QUOIT_TEST_BATCHES=OFF), no test sees it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <quoit/quoit.hpp>

#if !defined(QUOIT_TEST_TEMPLATE)
#define QUOIT_TEST_TEMPLATE extern template
#endif

namespace test {

using compiled_redis_table = quoit::slot_table<std::string, quoit::xxh3, quoit::redis_slots>;

}  // namespace test

// Plans of tables of one type.
#define QUOIT_TEST_PLANS(Table) \
  QUOIT_TEST_TEMPLATE class quoit::slot_plan<Table>; \
  QUOIT_TEST_TEMPLATE class quoit::slot_plans<Table>; \
  QUOIT_TEST_TEMPLATE quoit::slot_plan<Table> quoit::plan<Table>( \
      const Table&, detail::nodes_argument<Table::node_type>, const plan_options&); \
  QUOIT_TEST_TEMPLATE Table quoit::build<Table>(detail::nodes_argument<Table::node_type>, const slot_table_options&, \
                                                const plan_options&); \
  QUOIT_TEST_TEMPLATE quoit::slot_plans<Table> quoit::detail::plan_tables<Table>( \
      const std::vector<Table>&, const std::vector<node_spec<Table::node_type>>&, const plan_all_options&, bool)

QUOIT_TEST_TEMPLATE class quoit::ring<>;
QUOIT_TEST_TEMPLATE class quoit::slot_table<>;
QUOIT_TEST_TEMPLATE class quoit::slot_table<int>;
QUOIT_TEST_TEMPLATE class quoit::slot_table<std::int64_t>;

QUOIT_TEST_PLANS(quoit::slot_table<>);
QUOIT_TEST_PLANS(quoit::slot_table<int>);
QUOIT_TEST_PLANS(quoit::slot_table<std::int64_t>);
QUOIT_TEST_PLANS(test::compiled_redis_table);

QUOIT_TEST_TEMPLATE class quoit::transition<quoit::ring<>>;
QUOIT_TEST_TEMPLATE class quoit::transition<quoit::slot_table<>>;
QUOIT_TEST_TEMPLATE quoit::failure_report quoit::transition<quoit::slot_table<>>::failed(const std::string&);
