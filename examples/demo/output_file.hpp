// SPDX-License-Identifier: MIT
// A file that is written atomically: under a temporary name beside it, then renamed.
#pragma once

#include <cstdio>
#include <filesystem>
#include <random>
#include <string>
#include <system_error>
#include <utility>

#include "input.hpp"

namespace demo {

class output_file {
 public:
  /// Throws bad_input if `path` cannot be a file. Creates nothing.
  explicit output_file(std::filesystem::path path) : path_(std::move(path)) {
    std::error_code ignored;
    if (std::filesystem::is_symlink(path_, ignored)) {
      const auto target = std::filesystem::weakly_canonical(path_, ignored);
      if (!ignored) path_ = target;  // rename() would replace the link
    }
    const auto status = std::filesystem::status(path_, ignored);
    if (std::filesystem::is_directory(status)) {
      throw bad_input(path_.string() + ": is a directory; the picture needs the name of a file");
    }
    if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) {
      throw bad_input(path_.string() + ": is not a regular file; the picture cannot replace it");
    }
    if (std::filesystem::exists(status)) {
      // rename() checks only whether the directory is writable. This opens the file itself, and changes nothing.
      std::FILE* const file = std::fopen(path_.string().c_str(), "r+b");
      if (file == nullptr) throw bad_input(path_.string() + ": cannot be written: " + errno_text());
      std::fclose(file);
    }
    write_to(temporary_name(), {});
  }

  /// The absolute path, which is of use in every directory.
  [[nodiscard]] std::filesystem::path path() const {
    std::error_code error;
    const auto absolute = std::filesystem::absolute(path_, error);
    return error ? path_ : absolute;
  }

  /// Keeps the permissions of an existing file. If it throws bad_input, that file is unchanged.
  void write(const std::string& content) const {
    const auto temporary = temporary_name();
    write_to(temporary, content, true);
    std::error_code error;
    const auto old = std::filesystem::status(path_, error);
    if (std::filesystem::exists(old)) std::filesystem::permissions(temporary, old.permissions(), error);
    std::filesystem::rename(temporary, path_, error);
    if (!error) return;
    std::error_code ignored;
    std::filesystem::remove(temporary, ignored);
    throw bad_input(path_.string() + ": cannot be written: " + error.message());
  }

 private:
  // Two demos at the same time must not write into the same file.
  [[nodiscard]] std::filesystem::path temporary_name() const {
    std::filesystem::path name = path_;
    name += "." + std::to_string(std::random_device{}()) + ".tmp";
    return name;
  }

  void write_to(const std::filesystem::path& temporary, const std::string& content, bool keep = false) const {
    std::FILE* const file = std::fopen(temporary.string().c_str(), "wb");
    bool good = file != nullptr;
    if (good) good = std::fwrite(content.data(), 1, content.size(), file) == content.size();
    const std::string reason = good ? std::string() : errno_text();
    std::string late_reason;
    if (file != nullptr && std::fclose(file) != 0) late_reason = errno_text();
    std::error_code ignored;
    if (file != nullptr && (!keep || !good || !late_reason.empty())) std::filesystem::remove(temporary, ignored);
    if (!good || !late_reason.empty()) {
      throw bad_input(path_.string() + ": cannot be written: " + (good ? late_reason : reason));
    }
  }

  std::filesystem::path path_;
};

/// The file for the picture. Throws bad_input if its path cannot be a file, or is the input.
inline output_file picture_place(const std::string& wished, const std::string& input) {
  const auto checked = [&](const std::filesystem::path& path) {
    std::error_code ignored;
    if (std::filesystem::equivalent(path, input, ignored)) {
      throw bad_input(path.string() + ": is the input; the picture must not replace it");
    }
    return output_file(path);
  };
  if (!wished.empty()) return checked(wished);
  try {
    return checked("quoit-demo.svg");
  } catch (const bad_input&) {
    std::error_code error;
    const auto directory = std::filesystem::temp_directory_path(error);
    if (error) throw;
    return checked(directory / "quoit-demo.svg");
  }
}

}  // namespace demo
