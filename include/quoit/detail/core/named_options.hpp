// SPDX-License-Identifier: MIT
// named_options: the first member of every struct of options, so that options are given by name.
//
//   ring<int> r({.vnodes = 5, .seed = 7});   options
//   ring<int> r({5, 7});                     two nodes; without this member it would mean 5 vnodes and seed 7
//
// No argument of a caller converts to it, not even {}, so a list without names never initialises options. The struct
// remains an aggregate, which designated initialisers need.
//
// Rejected: an explicit constructor of the options, because a class that has one takes no designated initialisers; a
// base class, which {} initialises, so that {{}, 5, 7} would compile.
#pragma once

#include <quoit/version.hpp>

namespace quoit {
inline namespace QUOIT_VERSION_NAMESPACE {
namespace detail {

class named_options {
 public:
  [[nodiscard]] static constexpr named_options only() noexcept { return named_options(key()); }
  friend constexpr bool operator==(const named_options&, const named_options&) noexcept = default;

 private:
  class key {};
  constexpr explicit named_options(key) noexcept {}
};

}  // namespace detail
}  // namespace QUOIT_VERSION_NAMESPACE
}  // namespace quoit
