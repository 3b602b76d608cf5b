// SPDX-License-Identifier: MIT
// The id of a node must outlive the call that returns it.
// expect: quoit: quoit_id returns a temporary string
#include <string>

#include <quoit/ring.hpp>

namespace mine {
struct server {
  std::string name;
};
#if defined(QUOIT_EXPECT_ERROR)
std::string quoit_id(const server& s) { return s.name; }
#else
const std::string& quoit_id(const server& s) noexcept { return s.name; }
#endif
}  // namespace mine

quoit::ring<mine::server> ring;
