#include "harness/run/artifacts.h"

#include <filesystem>

#include "common/base/file.h"
#include "harness/run/judgement.h"

namespace harness {

namespace fs = std::filesystem;

namespace {

// Two names may be the same without their secrets.
fs::path unused(const fs::path& wanted) {
  fs::path path = wanted;
  std::error_code ignored;
  for (int i = 2; fs::exists(path, ignored); ++i) {
    path = wanted.string() + " #" + std::to_string(i);
  }
  return path;
}

}  // namespace

void collect_artifacts(const std::string& from, const std::string& to,
                       const std::shared_ptr<const redact::Redactor>& redactor) {
  std::error_code code;
  std::string left_out;
  std::size_t taken = 0;
  fs::recursive_directory_iterator entries(from, fs::directory_options::skip_permission_denied,
                                           code);
  for (; !code && entries != fs::recursive_directory_iterator(); entries.increment(code)) {
    std::error_code ignored;
    if (!fs::is_regular_file(entries->symlink_status(ignored))) {
      continue;
    }
    // Names leave too.
    const std::string name =
        cleaned(entries->path().lexically_relative(from).string(), redactor.get());
    const base::Result<std::string> content =
        taken < kArtifactsMax ? base::read_file(entries->path(), kArtifactBytesMax)
                              : base::invalid_input("over the limit of files");
    if (!content) {
      left_out += name + ": " + content.error().message + "\n";
      continue;
    }
    ++taken;
    (void)base::write_file(unused(fs::path(to) / name), cleaned(*content, redactor.get()));
  }
  if (!left_out.empty()) {
    (void)base::write_file(fs::path(to) / "LEFT_OUT.txt", left_out);
  }
}

}  // namespace harness
