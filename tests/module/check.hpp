// SPDX-License-Identifier: MIT
// Declarations that the files of this program share. Includes nothing of quoit, because the files import it.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>

#define CHECK(condition) (static_cast<bool>(condition) ? static_cast<void>(0) : failed(__FILE__, __LINE__, #condition))

[[noreturn]] inline void failed(const char* file, int line, const char* condition) {
  std::fprintf(stderr, "%s:%d: failed: %s\n", file, line, condition);
  std::exit(EXIT_FAILURE);
}

std::string owner_by_include(const std::string& key);
void use_maps();
void use_own_types();
