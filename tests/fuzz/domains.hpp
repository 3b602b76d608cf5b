// SPDX-License-Identifier: MIT
// Domain paths in odd spellings, and their normal form.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>

namespace test::fuzz {

/// A path without empty components: "/a//b/" is "a/b".
inline std::string plain(const std::string& domain) {
  std::string result;
  for (std::size_t at = 0; at <= domain.size();) {
    const std::size_t end = (std::min)(domain.find('/', at), domain.size());
    if (end > at) result += (result.empty() ? "" : "/") + domain.substr(at, end - at);
    at = end + 1;
  }
  return result;
}

inline constexpr const char* domains[] = {"",  "a",  "b",    "a/x",    "a/y",   "r1",   "r1/",
                                          "/", "//", "//r1", "r1//x/", "/a//x", "/a/y/"};

}  // namespace test::fuzz
