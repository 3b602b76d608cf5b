// SPDX-License-Identifier: MIT
// The main function for a Catch2 2 that was packaged without one; otherwise this file is not built.
#define CATCH_CONFIG_MAIN
#include "catch2.hpp"
