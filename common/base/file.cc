#include "common/base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <system_error>
#include <utility>

namespace base {
namespace fs = std::filesystem;

UniqueFd& UniqueFd::operator=(UniqueFd&& other) noexcept {
  if (this != &other) {
    reset();
    fd_ = other.release();
  }
  return *this;
}

int UniqueFd::release() {
  return std::exchange(fd_, -1);
}

void UniqueFd::reset() {
  if (fd_ >= 0) {
    ::close(std::exchange(fd_, -1));
  }
}

Result<std::string> read_file(const fs::path& path, std::size_t bytes_max) {
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.valid()) {
    return system_error("cannot open " + path.string(), errno);
  }
  std::string content;
  for (;;) {
    constexpr std::size_t kBlock = 64 * 1024;
    const std::size_t before = content.size();
    content.resize(before + kBlock);
    const ssize_t got = ::read(file.get(), content.data() + before, kBlock);
    if (got < 0 && errno == EINTR) {
      content.resize(before);
      continue;
    }
    if (got < 0) {
      return system_error("cannot read " + path.string(), errno);
    }
    content.resize(before + static_cast<std::size_t>(got));
    if (content.size() > bytes_max) {
      return invalid_input(path.string() + " is larger than the limit of " +
                           std::to_string(bytes_max) + " bytes");
    }
    if (got == 0) {
      return content;
    }
  }
}

Result<void> write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) {
      continue;
    }
    if (written < 0) {
      return system_error("cannot write", errno);
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Result<void> make_directories(const fs::path& path) {
  std::error_code code;
  fs::create_directories(path, code);
  if (code) {
    return system_error("cannot make folder " + path.string(), code.value());
  }
  return {};
}

Result<void> write_file(const fs::path& path, std::string_view content) {
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  if (Result<void> made = make_directories(folder); !made) {
    return made;
  }
  std::string temporary = (folder / ("." + path.filename().string() + ".XXXXXX")).string();
  UniqueFd file(::mkostemp(temporary.data(), O_CLOEXEC));
  if (!file.valid()) {
    return system_error("cannot write into " + folder.string(), errno);
  }
  const auto fail = [&](Error error) {
    ::unlink(temporary.c_str());
    return std::move(error).within("cannot write " + path.string());
  };
  if (Result<void> written = write_all(file.get(), content); !written) {
    return fail(std::move(written).error());
  }
  if (::fchmod(file.get(), 0644) != 0 || ::fsync(file.get()) != 0) {
    return fail(system_error("fsync", errno));
  }
  file.reset();
  if (::rename(temporary.c_str(), path.c_str()) != 0) {
    return fail(system_error("rename", errno));
  }
  const UniqueFd directory(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory.valid()) {
    ::fsync(directory.get());
  }
  return {};
}

Result<TemporaryDirectory> TemporaryDirectory::make(std::string_view prefix,
                                                    const fs::path& parent) {
  std::error_code code;
  const fs::path root = parent.empty() ? fs::temp_directory_path(code) : parent;
  if (code) {
    return system_error("cannot find the folder for temporary files", code.value());
  }
  std::string path = (root / (std::string(prefix) + "XXXXXX")).string();
  if (::mkdtemp(path.data()) == nullptr) {
    return system_error("cannot make a temporary folder in " + root.string(), errno);
  }
  return TemporaryDirectory(fs::path(path));
}

TemporaryDirectory::TemporaryDirectory(TemporaryDirectory&& other) noexcept
    : path_(std::exchange(other.path_, fs::path{})) {}

TemporaryDirectory& TemporaryDirectory::operator=(TemporaryDirectory&& other) noexcept {
  if (this != &other) {
    remove();
    path_ = std::exchange(other.path_, fs::path{});
  }
  return *this;
}

TemporaryDirectory::~TemporaryDirectory() {
  remove();
}

void TemporaryDirectory::remove() {
  if (!path_.empty()) {
    std::error_code ignored;  // What cannot be removed is left to the system's cleaner.
    fs::remove_all(path_, ignored);
  }
}

}  // namespace base
