#include "harness/service_logs.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <filesystem>

#include "common/base/file.h"
#include "harness/run/output_log.h"

namespace harness {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBlock = std::size_t{64} * 1024;

void publish(const fs::path& from, const fs::path& to,
             const std::shared_ptr<const redact::Redactor>& redactor) {
  const base::UniqueFd file(::open(from.c_str(), O_RDONLY | O_CLOEXEC));
  OutputLog log(to.string(), redactor);
  std::array<char, kBlock> block;
  for (ssize_t got = 0; (got = ::read(file.get(), block.data(), block.size())) > 0;) {
    log.write(std::string_view(block.data(), static_cast<std::size_t>(got)));
  }
  log.finish();
}

}  // namespace

void publish_service_logs(const std::string& from, const std::string& to,
                          const std::shared_ptr<const redact::Redactor>& redactor) {
  if (redactor == nullptr) {
    return;
  }
  std::error_code code;
  fs::directory_iterator entries(from, code);
  for (; !code && entries != fs::directory_iterator(); entries.increment(code)) {
    if (entries->path().extension() == ".log") {
      publish(entries->path(), fs::path(to) / entries->path().filename(), redactor);
    }
  }
}

}  // namespace harness
