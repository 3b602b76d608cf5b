// SPDX-License-Identifier: MIT
// The program that uses everything.
#include "hygiene/everything.hpp"

int main() { return everything::use_everything(); }
