// SPDX-License-Identifier: MIT
// Fuzz target: a slot table, a plan and its transition, with a row of steps. The model is support/walk/holders.hpp, the
// rules are those of support/walk/walk.hpp. Each byte is a decision.
#include "fuzz/target.hpp"
#include "support/choices.hpp"
#include "support/walk/walk.hpp"

void test::fuzz::table_transition_operations(input_bytes input) {
  byte_choices c(input);
  walk::walk_once(c, 60);
}

QUOIT_FUZZ_TARGET(table_transition_operations);
