// SPDX-License-Identifier: MIT
// Digests of the library's answers, one for each kind of answer, and their comparison with a golden file.
//
//   ring/text/lists <tab> 361200 <tab> 32 hexadecimal digits       kind, how many answers, 128 bits over all of them
//
// A digest must not depend on the machine or on the code that it tests. So numbers have 64 bits, a text is its length
// followed by its bytes, which shifts combine into words, and no code of quoit is used.
#pragma once

#include <cstddef>
#include <cstdint>
#include <fstream>
#include <iostream>
#include <map>
#include <string>
#include <string_view>

namespace test {

/// A 128-bit hash of a sequence of numbers and texts. Not resistant to attacks.
class digest {
 public:
  void number(std::uint64_t value) noexcept {
    high_ = mixed(high_ ^ value);
    low_ = mixed(low_ + value * 0xd1342543de82ef95U + 1);
  }
  template <class... Numbers>
  void numbers(Numbers... values) noexcept {
    (number(values), ...);
  }
  void text(std::string_view text) noexcept {
    number(text.size());
    for (std::size_t at = 0; at < text.size(); at += 8) {
      std::uint64_t word = 0;
      for (std::size_t i = at; i < text.size() && i < at + 8; ++i) {
        word |= std::uint64_t{static_cast<unsigned char>(text[i])} << (8 * (i - at));
      }
      number(word);
    }
  }

  /// Marks the end of an answer.
  void end_of_answer() noexcept { ++answers_; }
  [[nodiscard]] std::uint64_t answers() const noexcept { return answers_; }

  /// "361200 <tab> 32 hexadecimal digits".
  [[nodiscard]] std::string line() const {
    std::string line = std::to_string(answers_) + '\t';
    for (const std::uint64_t word : {high_, low_}) {
      for (int shift = 60; shift >= 0; shift -= 4) line += "0123456789abcdef"[(word >> shift) & 15U];
    }
    return line;
  }

 private:
  static std::uint64_t mixed(std::uint64_t x) noexcept {
    x = (x ^ (x >> 32)) * 0x9fb21c651e98df25U;
    return x ^ (x >> 29);
  }

  std::uint64_t high_ = 1, low_ = 2, answers_ = 0;
};

/// The digests of all kinds of answers.
class digest_ledger {
 public:
  digest& operator[](const std::string& kind) { return kinds_[kind]; }

  void print(std::ostream& out) const {
    for (const auto& [kind, digest] : kinds_) out << kind << '\t' << digest.line() << '\n';
  }

  /// Writes every kind that differs from the file to `out`. Returns whether all agree.
  bool agrees_with(const std::string& path, std::ostream& out) const {
    std::ifstream file(path, std::ios::binary);
    std::map<std::string, std::string> expected;
    for (std::string line; std::getline(file, line);) {
      if (!line.empty() && line.back() == '\r') line.pop_back();
      const std::size_t tab = line.find('\t');
      if (line[0] != '#' && tab != std::string::npos) expected[line.substr(0, tab)] = line.substr(tab + 1);
    }
    std::size_t wrong = 0;
    const auto complain = [&](const std::string& kind, const std::string& is, const std::string& was) {
      out << kind << "\n  here   " << is << "\n  golden " << was << '\n';
      ++wrong;
    };
    for (const auto& [kind, digest] : kinds_) {
      const auto at = expected.find(kind);
      if (at == expected.end()) complain(kind, digest.line(), "nothing");
      else if (at->second != digest.line()) complain(kind, digest.line(), at->second);
    }
    for (const auto& [kind, line] : expected) {
      if (kinds_.count(kind) == 0) complain(kind, "nothing", line);
    }
    if (wrong != 0) out << wrong << " of " << kinds_.size() << " kinds differ from " << path << '\n';
    return wrong == 0;
  }

 private:
  std::map<std::string, digest> kinds_;
};

}  // namespace test
