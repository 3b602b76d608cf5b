// SPDX-License-Identifier: MIT
// P3: std::hash is not stable, so no placement takes it. quoit's hashes are stable.
// expect: quoit: this hash takes no seed
#include <functional>
#include <string>
#include <string_view>

#include <quoit/ring.hpp>

#if defined(QUOIT_EXPECT_ERROR)
quoit::ring<std::string, std::hash<std::string_view>> ring;
#else
quoit::ring<std::string, quoit::xxh3> ring;
#endif
