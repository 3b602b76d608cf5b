// SPDX-License-Identifier: MIT
// A user's type becomes a key through quoit_id.
// expect: quoit: this type is not a key\. .*quoit_id
#include <string>

#include <quoit/ring.hpp>

namespace mine {
struct user {
  std::string name;
};
#if !defined(QUOIT_EXPECT_ERROR)
std::string_view quoit_id(const user& u) noexcept { return u.name; }
#endif
}  // namespace mine

std::uint64_t hash(const mine::user& u) { return quoit::hash_key(quoit::xxh3{}, u, 0); }
