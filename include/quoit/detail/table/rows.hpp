// SPDX-License-Identifier: MIT
// A table of numbers as one array: `width` entries for slot 0, then as many for slot 1, and so on.
//
//   slot        0       1       2
//   cells   │ 4 0 2 │ 0 2 4 │ 2 4 - │          `none` (-) is a copy that is missing
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include <quoit/detail/core/none.hpp>
#include <quoit/version.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

struct cell_rows {
  std::span<const std::uint32_t> cells;
  std::uint32_t width = 1;
  [[nodiscard]] std::size_t slots() const noexcept { return cells.size() / width; }
  [[nodiscard]] std::span<const std::uint32_t> operator[](std::size_t slot) const noexcept {
    return cells.subspan(slot * width, width);
  }
};

// The first entry of a row that is not missing; `none` if all are missing. O(width).
[[nodiscard]] inline std::uint32_t first_copy(std::span<const std::uint32_t> row) noexcept {
  const auto at = std::find_if(row.begin(), row.end(), [](std::uint32_t entry) { return entry != none; });
  return at == row.end() ? none : *at;
}

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
