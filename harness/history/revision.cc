#include "harness/history/revision.h"

#include <filesystem>

#include "common/base/file.h"
#include "common/base/text.h"

namespace harness {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kGitFileBytesMax = 16 * 1024 * 1024;
constexpr std::size_t kFoldersMax = 100;

std::string line_of(const fs::path& path) {
  const base::Result<std::string> text = base::read_file(path, kGitFileBytesMax);
  return text ? std::string(base::trimmed(text->substr(0, text->find('\n')))) : "";
}

// The folder that a .git means: itself, or what it names as a file of a work tree.
fs::path git_folder(const fs::path& git) {
  std::error_code ignored;
  if (fs::is_directory(git, ignored)) {
    return git;
  }
  const std::string line = line_of(git);
  constexpr std::string_view kStart = "gitdir: ";
  return line.starts_with(kStart) ? git.parent_path() / line.substr(kStart.size()) : fs::path();
}

std::string packed_ref(const fs::path& file, const std::string& ref) {
  const base::Result<std::string> text = base::read_file(file, kGitFileBytesMax);
  if (!text) {
    return "";
  }
  for (const std::string_view line : base::split(*text, '\n')) {
    const std::size_t space = line.find(' ');
    if (space != std::string_view::npos && base::trimmed(line.substr(space + 1)) == ref) {
      return std::string(line.substr(0, space));
    }
  }
  return "";
}

Revision head_of(const fs::path& folder) {
  std::string head = line_of(folder / "HEAD");
  constexpr std::string_view kStart = "ref: ";
  constexpr std::string_view kBranches = "refs/heads/";
  if (!head.starts_with(kStart)) {
    return {head, ""};
  }
  const std::string ref = head.substr(kStart.size());
  Revision revision{"", ref.starts_with(kBranches) ? ref.substr(kBranches.size()) : ""};
  // A work tree has its own HEAD, and the refs of the repository.
  const std::string common = line_of(folder / "commondir");
  for (const fs::path& place : {folder, folder / common}) {
    if (revision.commit.empty()) {
      revision.commit = line_of(place / ref);
    }
  }
  if (revision.commit.empty()) {
    revision.commit = packed_ref((common.empty() ? folder : folder / common) / "packed-refs", ref);
  }
  return revision;
}

Revision checkout_around(const std::string& directory) {
  std::error_code code;
  fs::path place = fs::absolute(directory.empty() ? "." : directory, code).lexically_normal();
  for (std::size_t i = 0; i < kFoldersMax && !code; ++i) {
    if (const fs::path git = place / ".git"; fs::exists(git, code)) {
      return head_of(git_folder(git));
    }
    if (place == place.parent_path()) {
      break;
    }
    place = place.parent_path();
  }
  return {};
}

}  // namespace

Revision revision_of(const base::Environment& environment, const std::string& directory) {
  Revision revision = checkout_around(directory);
  // The branch of a pull request is the head's; its GITHUB_REF_NAME is a merge that comes and goes.
  for (const char* variable : {"GITHUB_REF_NAME", "GITHUB_HEAD_REF"}) {
    if (environment.has(variable)) {
      revision.branch = *environment.get(variable);
    }
  }
  if (environment.has("GITHUB_SHA")) {
    revision.commit = *environment.get("GITHUB_SHA");
  }
  return revision;
}

}  // namespace harness
