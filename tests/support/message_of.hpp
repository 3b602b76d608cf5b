// SPDX-License-Identifier: MIT
// message_of: the message of the std::invalid_argument that an action throws.
#pragma once

#include <stdexcept>
#include <string>

namespace test {

std::string message_of(const auto& action) {
  try {
    action();
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "nothing was thrown";
}

}  // namespace test
