// SPDX-License-Identifier: MIT
// The report, in Markdown, so that a document can contain it unchanged.
//
// On a shared machine, times of different days cannot be compared, but ratios of competitors that took turns can. So a
// cell has both: a median, and its ratio to the first competitor.
#pragma once

#include <string>

#include "measurements.hpp"

namespace bench {

// 1.23 ns, 45.6 µs, …
std::string time_text(double nanoseconds);
// About three digits.
std::string number_text(double value);

// The load of the machine when the run started, for each core; 0 if it is unknown. More than most_load disturbs.
double start_load(const measurements& all);
inline constexpr double most_load = 0.5;

// Commit, machine, compiler, date, and how to read the tables; then one table for each question.
void print_head(const measurements& all);
void print_tables(const measurements& all);

}  // namespace bench
