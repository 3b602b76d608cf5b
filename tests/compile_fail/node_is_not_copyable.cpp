// SPDX-License-Identifier: MIT
// A ring is copied to compare it with a changed one, so its nodes must be copyable.
// expect: quoit: a node type must be copyable
#include <memory>
#include <string>

#include <quoit/ring.hpp>

namespace mine {
struct server {
  std::string name;
#if defined(QUOIT_EXPECT_ERROR)
  std::unique_ptr<int> connection;
#else
  std::shared_ptr<int> connection;
#endif
};
std::string_view quoit_id(const server& s) noexcept { return s.name; }
}  // namespace mine

quoit::ring<mine::server> ring;
