#include "harness/discover/binaries.h"

#include <elf.h>
#include <fcntl.h>
#include <glob.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <optional>
#include <string_view>

#include "common/base/file.h"

namespace harness {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBytesMax = std::size_t{4} << 30U;
// The first is a flag that every GoogleTest knows, the second the name of its shared library.
constexpr std::array<std::string_view, 2> kMarks{"gtest_list_tests", "libgtest.so"};

// A file's bytes, as long as this object lives.
class Mapping {
 public:
  Mapping(int fd, std::size_t size)
      : size_(size),
        data_(::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd, 0)) {}

  ~Mapping() {
    if (valid()) {
      ::munmap(data_, size_);
    }
  }

  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;

  [[nodiscard]] bool valid() const { return data_ != MAP_FAILED; }

  [[nodiscard]] std::string_view bytes() const { return {static_cast<const char*>(data_), size_}; }

 private:
  std::size_t size_;
  void* data_;
};

// The value at an offset; nullopt where the file is too short for it.
template <typename T>
std::optional<T> read_at(std::string_view bytes, std::size_t offset) {
  if (offset > bytes.size() || bytes.size() - offset < sizeof(T)) {
    return std::nullopt;
  }
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof value);
  return value;
}

// The dynamic section of a program without a loader says that it is one (static-pie).
bool says_that_it_is_a_program(std::string_view bytes, const Elf64_Phdr& dynamic) {
  for (std::size_t at = 0; at + sizeof(Elf64_Dyn) <= dynamic.p_filesz; at += sizeof(Elf64_Dyn)) {
    const std::optional<Elf64_Dyn> entry = read_at<Elf64_Dyn>(bytes, dynamic.p_offset + at);
    if (!entry || entry->d_tag == DT_NULL) {
      return false;
    }
    if (entry->d_tag == DT_FLAGS_1) {
      return (entry->d_un.d_val & DF_1_PIE) != 0;
    }
  }
  return false;
}

// ELF(5). A shared library is of the type of most programs today, and names no loader.
bool is_program(std::string_view bytes) {
  const std::optional<Elf64_Ehdr> header = read_at<Elf64_Ehdr>(bytes, 0);
  if (!header || std::memcmp(header->e_ident, ELFMAG, SELFMAG) != 0) {
    return false;
  }
  if (header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_type != ET_DYN) {
    return header->e_type == ET_EXEC || header->e_type == ET_DYN;
  }
  for (std::size_t i = 0; i < header->e_phnum; ++i) {
    const std::optional<Elf64_Phdr> segment =
        read_at<Elf64_Phdr>(bytes, header->e_phoff + i * sizeof(Elf64_Phdr));
    if (segment && (segment->p_type == PT_INTERP || (segment->p_type == PT_DYNAMIC &&
                                                     says_that_it_is_a_program(bytes, *segment)))) {
      return true;
    }
  }
  return false;
}

base::Result<bool> is_googletest_binary(const std::string& path) {
  const auto unknown = [&](int error) {
    return base::invalid_input("whether " + path + " is a GoogleTest binary cannot be seen: " +
                               std::string(::strerrordesc_np(error)));
  };

  struct stat info {};

  if (::stat(path.c_str(), &info) != 0) {
    return unknown(errno);
  }
  if (!S_ISREG(info.st_mode) || info.st_size <= 0) {
    return false;
  }
  const base::UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.valid()) {
    return unknown(errno);
  }
  const auto size = static_cast<std::size_t>(info.st_size);
  if (size > kBytesMax) {
    return unknown(EFBIG);
  }
  const Mapping mapping(file.get(), size);
  if (!mapping.valid()) {
    return unknown(errno);
  }
  return is_program(mapping.bytes()) &&
         std::any_of(kMarks.begin(), kMarks.end(), [&](std::string_view mark) {
           return mapping.bytes().find(mark) != std::string_view::npos;
         });
}

}  // namespace

bool is_binary_pattern(const std::string& path) {
  return path.find_first_of("*?") != std::string::npos;
}

base::Result<std::vector<std::string>> find_googletest_binaries(const std::string& pattern,
                                                                const std::string& directory,
                                                                std::size_t files_max) {
  const bool as_it_is = fs::path(pattern).is_absolute() || directory.empty();
  const std::string whole = as_it_is ? pattern : (fs::path(directory) / pattern).string();
  glob_t matches{};
  std::vector<std::string> files;
  if (::glob(whole.c_str(), GLOB_NOSORT, nullptr, &matches) == 0) {
    files.assign(matches.gl_pathv, matches.gl_pathv + matches.gl_pathc);
  }
  ::globfree(&matches);
  if (files.size() > files_max) {
    return base::invalid_input("the pattern " + pattern + " means more than " +
                               std::to_string(files_max) + " files: narrow it");
  }
  std::vector<std::string> found;
  for (const std::string& file : files) {
    const base::Result<bool> is_one = is_googletest_binary(file);
    if (!is_one) {
      return is_one.error();
    }
    if (*is_one) {
      found.push_back(as_it_is ? file : fs::path(file).lexically_relative(directory).string());
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace harness
