// SPDX-License-Identifier: MIT
// The ring must own the text of its nodes, but a view does not own its text.
// expect: quoit: a string_view is not a node
#include <string>
#include <string_view>

#include <quoit/ring.hpp>

#if defined(QUOIT_EXPECT_ERROR)
quoit::ring<std::string_view> ring;
#else
quoit::ring<std::string> ring;
#endif
