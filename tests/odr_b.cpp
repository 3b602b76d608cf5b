// SPDX-License-Identifier: MIT
// The second translation unit of the program in odr_a.cpp.
#include <quoit/quoit.hpp>

#include <string>

std::string owner_elsewhere(const quoit::ring<std::string>& ring, const std::string& key) { return ring.owner(key); }
