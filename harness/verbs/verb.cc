#include "harness/verbs/verb.h"

#include <filesystem>
#include <system_error>

#include "common/base/file.h"

namespace harness {
namespace {

void write_line(int fd, std::string_view line) {
  // Where the reader has gone, there is nobody to tell.
  [[maybe_unused]] const base::Result<void> written = base::write_all(fd, std::string(line) + "\n");
}

}  // namespace

void tell(const VerbContext& context, std::string_view line) {
  write_line(context.err, line);
}

void print(const VerbContext& context, std::string_view line) {
  write_line(context.out, line);
}

base::Result<Config> load_if_there(const ConfigSource& source) {
  std::error_code ignored;
  if (!source.named && !std::filesystem::exists(source.path, ignored)) {
    return Config{};
  }
  return load_config(source.path);
}

std::string path_beside(const Config& config, std::string_view path) {
  return (std::filesystem::path(config.file).parent_path() / path).string();
}

}  // namespace harness
