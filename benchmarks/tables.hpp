// SPDX-License-Identifier: MIT
// Prints the report in Markdown, so that it can be copied into a document.
//
// On a shared machine, times of different days cannot be compared, but ratios of interleaved competitors can. So each
// cell has both: a median, and its ratio to the first competitor.
#pragma once

#include <string>

#include "measurements.hpp"

namespace bench {

// 1.23 ns, 45.6 µs, …
std::string time_text(double nanoseconds);
// About three digits.
std::string number_text(double value);

// Machine, compiler and date; then one table for each question.
void print_head(const measurements& all);
void print_tables(const measurements& all);

}  // namespace bench
