// Files and descriptors. Everything that reads says how much it reads at most.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "common/base/error.h"

namespace base {

// Owns a file descriptor; closes it.
class UniqueFd {
 public:
  UniqueFd() = default;

  explicit UniqueFd(int fd) : fd_(fd) {}

  UniqueFd(UniqueFd&& other) noexcept : fd_(other.release()) {}

  UniqueFd& operator=(UniqueFd&& other) noexcept;
  UniqueFd(const UniqueFd&) = delete;
  UniqueFd& operator=(const UniqueFd&) = delete;

  ~UniqueFd() { reset(); }

  [[nodiscard]] int get() const { return fd_; }

  [[nodiscard]] bool valid() const { return fd_ >= 0; }

  [[nodiscard]] int release();
  void reset();

 private:
  int fd_ = -1;
};

// The whole file, or kInvalidInput where it is larger than `bytes_max`.
Result<std::string> read_file(const std::filesystem::path& path, std::size_t bytes_max);

// Readers see the old content or the new, never a part: temporary file beside it, fsync, rename,
// fsync of the folder. Missing folders are made.
Result<void> write_file(const std::filesystem::path& path, std::string_view content);

Result<void> make_directories(const std::filesystem::path& path);

// Writes all of `bytes`, also where write(2) takes a part of them.
Result<void> write_all(int fd, std::string_view bytes);

// A new folder, mode 0700, removed with everything in it when this object ends.
class TemporaryDirectory {
 public:
  // Made below `parent` (the system's folder for temporary files where empty) as "<prefix>XXXXXX".
  static Result<TemporaryDirectory> make(std::string_view prefix,
                                         const std::filesystem::path& parent = {});
  TemporaryDirectory(TemporaryDirectory&& other) noexcept;
  TemporaryDirectory& operator=(TemporaryDirectory&& other) noexcept;
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  ~TemporaryDirectory();

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  explicit TemporaryDirectory(std::filesystem::path path) : path_(std::move(path)) {}

  void remove();
  std::filesystem::path path_;
};

}  // namespace base
