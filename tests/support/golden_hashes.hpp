// SPDX-License-Identifier: MIT
// Compares a hash with tests/golden/hashes.tsv, which an independent program has written.
#pragma once

#include <string>
#include <string_view>

#include "catch2.hpp"
#include "tables.hpp"

namespace test {

template <class Hash>
void compare_with_golden_hashes() {
  const std::string buffer = sanity_buffer(4096);
  int compared = 0;
  for (const auto& row : read_table("hashes.tsv")) {
    if (row[0] != Hash::stable_name) continue;
    INFO("hash " << row[0] << ", length " << row[1] << ", seed " << row[2]);
    CHECK(Hash{}(std::string_view(buffer).substr(0, std::stoul(row[1])), std::stoull(row[2])) ==
          std::stoull(row[3], nullptr, 16));
    ++compared;
  }
  CHECK(compared == 3 * 68);
}

}  // namespace test
