// SPDX-License-Identifier: MIT
// A user's node type needs an id.
// expect: quoit: a node needs an id\.
#include <string>

#include <quoit/ring.hpp>

namespace mine {
struct server {
  std::string name;
};
#if !defined(QUOIT_EXPECT_ERROR)
std::string_view quoit_id(const server& s) noexcept { return s.name; }
#endif
}  // namespace mine

quoit::ring<mine::server> ring;
