// SPDX-License-Identifier: MIT
// adopt_report: how much a slot table differs from the placement that it was made from.
#pragma once

#include <cstdint>

#include <quoit/print.hpp>  // IWYU pragma: export
#include <quoit/share.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {

/// What slot_table::adopt(placement, report) reports. A table has one preference list for each slot, so a placement
/// that splits a slot between several owners loses detail.
struct adopt_report {
  share changed;      ///< the share of hashes whose owner in the table differs from the owner in the placement
  bool exact = true;  ///< whether `changed` is exact, as for a ranged_placement, or an estimate from samples
  /// For an estimate: the true share is within `changed` ± error, as a fraction, with a confidence of about 99 %. 0 if
  /// exact.
  double error = 0;
  std::uint64_t samples = 0;  ///< the number of hashes that were sampled; 0 if exact
};

}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
