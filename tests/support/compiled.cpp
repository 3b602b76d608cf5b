// SPDX-License-Identifier: MIT
// Compiles the templates that compiled.hpp names.
#define QUOIT_TEST_TEMPLATE template
#include "support/compiled.hpp"
