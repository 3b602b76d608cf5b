// SPDX-License-Identifier: MIT
// The main function, for a package of Catch2 2 without one. Built only with such a package.
#define CATCH_CONFIG_MAIN
#include "catch2.hpp"
