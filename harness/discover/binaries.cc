#include "harness/discover/binaries.h"

#include <fcntl.h>
#include <glob.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>

#include "common/base/file.h"

namespace harness {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBinariesMax = 10'000;
constexpr std::size_t kBytesMax = std::size_t{4} << 30U;
constexpr std::string_view kElf =
    "\x7f"
    "ELF";
// The first is a flag that every GoogleTest knows, the second the name of its shared library.
constexpr std::array<std::string_view, 2> kMarks{"gtest_list_tests", "libgtest.so"};

// A file's bytes, as long as this object lives; empty where it cannot be read.
class Mapping {
 public:
  explicit Mapping(const std::string& path) {
    const base::UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));

    struct stat info {};

    if (!file.valid() || ::fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode) ||
        info.st_size <= 0 || static_cast<std::size_t>(info.st_size) > kBytesMax) {
      return;
    }
    size_ = static_cast<std::size_t>(info.st_size);
    data_ = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, file.get(), 0);
  }

  ~Mapping() {
    if (data_ != MAP_FAILED) {
      ::munmap(data_, size_);
    }
  }

  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;

  [[nodiscard]] std::string_view bytes() const {
    return data_ == MAP_FAILED ? std::string_view()
                               : std::string_view(static_cast<const char*>(data_), size_);
  }

 private:
  void* data_ = MAP_FAILED;
  std::size_t size_ = 0;
};

}  // namespace

bool is_binary_pattern(const std::string& path) {
  return path.find_first_of("*?") != std::string::npos;
}

bool is_googletest_binary(const std::string& path) {
  if (::access(path.c_str(), X_OK) != 0) {
    return false;
  }
  const Mapping file(path);
  const std::string_view bytes = file.bytes();
  return bytes.starts_with(kElf) &&
         std::any_of(kMarks.begin(), kMarks.end(), [&](std::string_view mark) {
           return bytes.find(mark) != std::string_view::npos;
         });
}

std::vector<std::string> find_googletest_binaries(const std::string& pattern,
                                                  const std::string& directory) {
  const bool absolute = fs::path(pattern).is_absolute();
  const std::string whole =
      absolute || directory.empty() ? pattern : (fs::path(directory) / pattern).string();
  glob_t matches{};
  std::vector<std::string> found;
  if (::glob(whole.c_str(), GLOB_NOSORT, nullptr, &matches) == 0) {
    const std::size_t count = std::min<std::size_t>(matches.gl_pathc, kBinariesMax);
    for (std::size_t i = 0; i < count; ++i) {
      const std::string path = matches.gl_pathv[i];
      if (is_googletest_binary(path)) {
        found.push_back(absolute || directory.empty()
                            ? path
                            : fs::path(path).lexically_relative(directory).string());
      }
    }
  }
  ::globfree(&matches);
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace harness
