// SPDX-License-Identifier: MIT
// What an action complains of when its arguments are bad.
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
