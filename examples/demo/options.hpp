// SPDX-License-Identifier: MIT
// The demo's command line.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "input.hpp"

namespace demo {

inline constexpr std::string_view help_text =
    "usage: demo [FILE] [--picture PATH] [--nodes N | --names LIST] [--replicas R] [--help]\n"
    "\n"
    "Places the keys of FILE on the nodes of a consistent-hashing ring. Then a node joins, a node leaves\n"
    "in good order, and a node crashes. Shows what moved, and checks that every key is there and that\n"
    "no key moved unnecessarily.\n"
    "\n"
    "  FILE            lines of key<TAB>value (default: 63,436 packages of Debian 12)\n"
    "  --picture PATH  the file for the picture (SVG; default: ./quoit-demo.svg, or in the directory for\n"
    "                  temporary files if that cannot be written)\n"
    "  --nodes N       number of nodes at first, 1 to 1000 (default: 8)\n"
    "  --names LIST    names of your own, two at least, such as 'a,b*2,c'; b has the weight 2 (1 to 100).\n"
    "                  The last one joins, the first one leaves, the second one crashes.\n"
    "  --replicas R    number of nodes that hold each key, 1 to 100 (default: 2); with 1, the crash\n"
    "                  loses keys\n"
    "\n"
    "On a terminal the report has colours, and block characters if the locale is UTF-8. It is plain\n"
    "ASCII, apart from names and keys, in a pipe or a file, and if NO_COLOR is set or TERM is dumb.\n"
    "\n"
    "Exit code: 0 all checks passed (with --replicas 1, the crash loses the keys of that node, which the\n"
    "output reports); 1 a key is missing or altered, or moved unnecessarily; 2 bad input, with a message\n"
    "of one line on stderr.\n";

struct named_node {
  std::string name;
  std::int64_t weight = 1;
};

struct options {
  std::string file;
  std::string picture;            // empty: the default path
  std::size_t nodes = 8;          // at first
  std::vector<named_node> names;  // all nodes: those at first, then the one that joins
  std::size_t replicas = 2;
  bool help = false;
};

namespace detail {

inline constexpr std::size_t most_nodes = 1000;

inline std::size_t number(std::string_view option, std::string_view text, std::size_t most) {
  std::size_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end || value < 1 || value > most) {
    throw bad_input("demo: " + std::string(option) + ": " + in_quotes(text) + " is not a number from 1 to " +
                    std::to_string(most));
  }
  return value;
}

// "a,b*2": names with weights. A name may contain anything but a comma; a '*' is part of it if no number follows.
inline std::vector<named_node> names_in(std::string_view list) {
  std::vector<named_node> result;
  for (std::size_t at = 0; at <= list.size();) {
    const std::size_t end = (std::min)(list.find(',', at), list.size());
    std::string_view one = list.substr(at, end - at);
    at = end + 1;
    named_node node;
    const std::size_t star = one.rfind('*');
    if (star != one.npos && star + 1 < one.size() && one.find_first_not_of("0123456789", star + 1) == one.npos) {
      node.weight = static_cast<std::int64_t>(number("--names", one.substr(star + 1), 100));
      one = one.substr(0, star);
    }
    if (one.empty())
      throw bad_input("demo: --names: an empty name in " + in_quotes(list) + "; a comma separates names");
    node.name = one;
    const auto same = [&](const named_node& other) { return other.name == node.name; };
    if (std::any_of(result.begin(), result.end(), same)) {
      throw bad_input("demo: --names: " + in_quotes(one) + " is there twice; each node needs a name of its own");
    }
    result.push_back(std::move(node));
  }
  if (result.size() < 2 || result.size() > most_nodes + 1) {
    throw bad_input("demo: --names: " + std::to_string(result.size()) + (result.size() == 1 ? " name" : " names") +
                    ", not 2 to " + std::to_string(most_nodes + 1) + "; the last one joins the others");
  }
  return result;
}

}  // namespace detail

/// Throws bad_input. An option's value may be the next argument or follow after '='. After "--", all arguments are
/// files.
inline options parse_options(int argc, char** argv, std::string default_file) {
  options result;
  bool have_file = false, have_nodes = false, only_files = false;
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
    if (name != "--picture" && name != "--nodes" && name != "--names" && name != "--replicas") {
      throw bad_input("demo: unknown option " + in_quotes(argument) + "; --help lists the known ones");
    }
    if (equals == std::string_view::npos && i + 1 == argc) {
      throw bad_input("demo: " + std::string(name) + " needs a value");
    }
    const std::string_view value = equals == std::string_view::npos ? argv[++i] : argument.substr(equals + 1);
    if (name == "--nodes" || name == "--names") {
      if (have_nodes)
        throw bad_input("demo: " + std::string(name) + ": the nodes are given already; one option says which");
      have_nodes = true;
    }
    if (name == "--nodes") result.nodes = detail::number(name, value, detail::most_nodes);
    else if (name == "--names") result.names = detail::names_in(value);
    else if (name == "--replicas") result.replicas = detail::number(name, value, 100);
    else if (value.empty()) throw bad_input("demo: --picture needs a path");
    else result.picture = value;
  }
  if (!have_file) result.file = std::move(default_file);
  if (!result.names.empty()) {
    result.nodes = result.names.size() - 1;
    return result;
  }
  // All numbers have the same count of digits, so that names and numbers sort alike.
  const std::size_t digits = std::to_string(result.nodes + 1).size();
  for (std::size_t i = 1; i <= result.nodes + 1; ++i) {
    const std::string text = std::to_string(i);
    result.names.push_back({"node-" + std::string(digits - text.size(), '0') + text, 1});
  }
  return result;
}

}  // namespace demo
