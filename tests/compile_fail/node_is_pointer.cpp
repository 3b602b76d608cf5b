// SPDX-License-Identifier: MIT
// The ring must own the text of its nodes.
// expect: quoit: a pointer is not a node
#include <string>

#include <quoit/ring.hpp>

#if defined(QUOIT_EXPECT_ERROR)
quoit::ring<const char*> ring;
#else
quoit::ring<std::string> ring;
#endif
