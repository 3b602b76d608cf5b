// SPDX-License-Identifier: MIT
// A table whose nodes have a payload cannot be saved, because the payload would be lost.
// expect: quoit: slot_table::save\(\) is for nodes of type std::string or integers
#include <string>
#include <string_view>

#include <quoit/slot_table.hpp>

struct server {
  std::string name;
  int socket = -1;
  friend std::string_view quoit_id(const server& s) noexcept { return s.name; }
};

std::string bytes(const quoit::slot_table<server>& table) {
#if defined(QUOIT_EXPECT_ERROR)
  return table.save();
#else
  return table.spec();
#endif
}
