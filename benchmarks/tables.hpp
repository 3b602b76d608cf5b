// SPDX-License-Identifier: MIT
// The report, in Markdown, so that a run can go into a document as it is.
//
// Times of another day on a shared machine mean little, ratios of competitors that took turns mean much; so a cell
// says both: a median, and its ratio to the first competitor.
#pragma once

#include <string>

#include "measurements.hpp"

namespace bench {

// 1.23 ns, 45.6 µs, …
std::string time_text(double nanoseconds);
// Three digits or so.
std::string number_text(double value);

// Machine, compiler, date; then one table a question.
void print_head(const measurements& all);
void print_tables(const measurements& all);

}  // namespace bench
