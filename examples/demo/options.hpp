// SPDX-License-Identifier: MIT
// The demo's command line.
#pragma once

#include <charconv>
#include <cstddef>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "input.hpp"

namespace demo {

inline constexpr std::string_view help_text =
    "usage: demo [FILE] [--picture PATH] [--nodes N] [--replicas R] [--help]\n"
    "\n"
    "Places the keys of FILE on the nodes of a consistent-hashing ring. Then a node joins, a node leaves\n"
    "in good order, and a node crashes. Shows what moved, and checks that every key is there and that\n"
    "no key moved unnecessarily.\n"
    "\n"
    "  FILE            lines of key<TAB>value (default: 63,436 packages of Debian 12)\n"
    "  --picture PATH  the file for the picture (SVG; default: ./quoit-demo.svg, or in the directory for\n"
    "                  temporary files if that cannot be written)\n"
    "  --nodes N       number of nodes at first, 1 to 100 (default: 8)\n"
    "  --replicas R    number of nodes that hold each key, 1 to 100 (default: 2); with 1, the crash\n"
    "                  loses keys\n"
    "\n"
    "Exit code: 0 all checks passed (with --replicas 1, the crash loses the keys of that node, which the\n"
    "output reports); 1 a key is missing or altered, or moved unnecessarily; 2 bad input, with a message\n"
    "of one line on stderr.\n";

struct options {
  std::string file;
  std::string picture;  // empty: the default path
  std::size_t nodes = 8;
  std::size_t replicas = 2;
  bool help = false;
};

namespace detail {

inline std::size_t number(std::string_view option, std::string_view text) {
  std::size_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end || value < 1 || value > 100) {
    throw bad_input("demo: " + std::string(option) + ": " + in_quotes(text) + " is not a number from 1 to 100");
  }
  return value;
}

}  // namespace detail

/// Throws bad_input. An option's value may be the next argument or follow after '='. After "--", all arguments are
/// files.
inline options parse_options(int argc, char** argv, std::string default_file) {
  options result;
  bool have_file = false, only_files = false;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (only_files || argument.empty() || argument.front() != '-' || argument == "-") {
      if (have_file) throw bad_input("demo: two files, " + in_quotes(result.file) + " and " + in_quotes(argument));
      result.file = argument;
      have_file = true;
      continue;
    }
    if (argument == "--") {
      only_files = true;
      continue;
    }
    if (argument == "--help" || argument == "-h") {
      result.help = true;
      continue;
    }
    const std::size_t equals = argument.find('=');
    const std::string_view name = argument.substr(0, equals);
    if (name != "--picture" && name != "--nodes" && name != "--replicas") {
      throw bad_input("demo: unknown option " + in_quotes(argument) + "; --help lists the known ones");
    }
    if (equals == std::string_view::npos && i + 1 == argc) {
      throw bad_input("demo: " + std::string(name) + " needs a value");
    }
    const std::string_view value = equals == std::string_view::npos ? argv[++i] : argument.substr(equals + 1);
    if (name == "--nodes") result.nodes = detail::number(name, value);
    else if (name == "--replicas") result.replicas = detail::number(name, value);
    else if (value.empty()) throw bad_input("demo: --picture needs a path");
    else result.picture = value;
  }
  if (!have_file) result.file = std::move(default_file);
  return result;
}

}  // namespace demo
