#include "harness/run/artifacts.h"

#include <algorithm>
#include <filesystem>
#include <string_view>
#include <system_error>

#include "common/base/file.h"
#include "common/base/text.h"
#include "harness/run/judgement.h"

namespace harness {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kLeftOutFile = "LEFT_OUT.txt";

std::string limit_of_bytes(std::size_t bytes) {
  return "larger than " + std::to_string(bytes >> 20U) + " MiB";
}

class Collection {
 public:
  Collection(fs::path to, const redact::Redactor* redactor)
      : to_(std::move(to)),
        redactor_(redactor) {}

  // `relative` is the file's path below the test's folder.
  void take(const fs::path& file, const std::string& relative) {
    // Names leave too, and a report must be able to hold them.
    const std::string name = base::printable(cleaned(relative, redactor_));
    if (out_.files.size() == kArtifactsMax) {
      leave_out(name, "over the limit of " + std::to_string(kArtifactsMax) + " files");
    } else if (name.size() > kArtifactNameBytesMax) {
      leave_out(base::shortened(name, kArtifactNameBytesMax),
                "named by more than " + std::to_string(kArtifactNameBytesMax) + " bytes");
    } else if (const base::Result<std::string> content = base::read_file(file, kArtifactBytesMax);
               !content) {
      const bool too_large = content.error().kind == base::ErrorKind::kInvalidInput;
      leave_out(name, too_large ? limit_of_bytes(kArtifactBytesMax) : "not readable");
    } else if (!write(name, cleaned(*content, redactor_))) {
      leave_out(name, "not writable into the report folder");
    }
  }

  void leave_out(const std::string& name, const std::string& reason) {
    const auto known =
        std::find_if(out_.left_out.begin(), out_.left_out.end(),
                     [&](const ArtifactsLeftOut& each) { return each.reason == reason; });
    if (known == out_.left_out.end()) {
      out_.left_out.push_back({reason, 1});
    } else {
      ++known->files;
    }
    if (++left_out_ <= kLeftOutNamedMax) {
      names_left_out_ += name + ": " + reason + "\n";
    }
  }

  Artifacts finished(const std::string& folder) && {
    if (!names_left_out_.empty()) {
      const std::size_t unnamed = left_out_ - std::min(left_out_, kLeftOutNamedMax);
      names_left_out_ += unnamed > 0 ? "and " + std::to_string(unnamed) + " more\n" : "";
      (void)write(std::string(kLeftOutFile), names_left_out_);
    }
    if (!out_.files.empty() || !out_.left_out.empty()) {
      out_.folder = folder;
    }
    std::sort(out_.files.begin(), out_.files.end(),
              [](const ArtifactFile& a, const ArtifactFile& b) { return a.name < b.name; });
    return std::move(out_);
  }

 private:
  // Two names may be the same without their secrets.
  [[nodiscard]] std::string unused(const std::string& wanted) const {
    std::string name = wanted;
    std::error_code ignored;
    for (int i = 2; fs::exists(to_ / name, ignored); ++i) {
      name = wanted + " #" + std::to_string(i);
    }
    return name;
  }

  bool write(const std::string& wanted, const std::string& content) {
    std::string name = unused(wanted);
    const bool written = base::write_file(to_ / name, content).has_value();
    if (written) {
      out_.files.push_back({std::move(name), static_cast<std::int64_t>(content.size())});
    }
    return written;
  }

  fs::path to_;
  const redact::Redactor* redactor_;
  Artifacts out_;
  std::size_t left_out_ = 0;
  std::string names_left_out_;
};

}  // namespace

Artifacts collect_artifacts(const std::string& from, const std::string& report_directory,
                            const std::string& folder,
                            const std::shared_ptr<const redact::Redactor>& redactor) {
  Collection collection(fs::path(report_directory) / folder, redactor.get());
  std::error_code code;
  fs::recursive_directory_iterator entries(from, fs::directory_options::skip_permission_denied,
                                           code);
  for (; !code && entries != fs::recursive_directory_iterator(); entries.increment(code)) {
    std::error_code ignored;
    if (fs::is_regular_file(entries->symlink_status(ignored))) {
      collection.take(entries->path(), entries->path().lexically_relative(from).string());
    }
  }
  if (code && code != std::errc::no_such_file_or_directory) {
    collection.leave_out("what else is there", "not readable");
  }
  return std::move(collection).finished(folder);
}

}  // namespace harness
