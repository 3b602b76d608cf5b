// SPDX-License-Identifier: MIT
// The program that calls use_everything().
#include "hygiene/everything.hpp"

int main() { return everything::use_everything(); }
