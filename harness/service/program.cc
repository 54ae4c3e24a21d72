#include "harness/service/program.h"

#include <netinet/in.h>
#include <pwd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <system_error>
#include <utility>

#include "common/base/file.h"
#include "harness/process/process.h"

namespace harness {
namespace {

constexpr const char* kPostgresFolder = "/usr/lib/postgresql";
constexpr std::string_view kDefaultPath = "/usr/local/bin:/usr/bin:/bin";

int version_of(const std::filesystem::path& folder) {
  const std::string name = folder.filename().string();
  int version = 0;
  std::from_chars(name.data(), name.data() + name.size(), version);
  return version;
}

}  // namespace

base::Result<std::string> need_program(std::string_view name, const base::Environment& environment,
                                       const std::vector<std::string>& folders,
                                       std::string_view package) {
  std::string path = environment.get("PATH").value_or(std::string(kDefaultPath));
  for (const std::string& folder : folders) {
    path += ":" + folder;
  }
  base::Result<std::string> found = find_program(std::string(name), path);
  if (found) {
    return found;
  }
  return base::not_found(found.error().message + ": apt-get install " + std::string(package));
}

base::Result<std::string> find_mockllm(const std::string& named,
                                       const base::Environment& environment) {
  const std::string path = environment.get("PATH").value_or(std::string(kDefaultPath));
  if (!named.empty()) {
    return find_program(named, path);
  }
  std::error_code ignored;
  const std::filesystem::path own = std::filesystem::read_symlink("/proc/self/exe", ignored);
  base::Result<std::string> found =
      find_program("mockllm", own.parent_path().string() + ":" + path);
  return found ? found : std::move(found).error().within("mockllm is built beside the harness");
}

std::vector<std::string> postgres_folders() {
  std::vector<std::filesystem::path> versions;
  std::error_code code;
  for (std::filesystem::directory_iterator entry(kPostgresFolder, code), end; !code && entry != end;
       entry.increment(code)) {
    versions.push_back(entry->path());
  }
  std::sort(versions.begin(), versions.end(),
            [](const auto& a, const auto& b) { return version_of(a) > version_of(b); });
  std::vector<std::string> folders;
  folders.reserve(versions.size());
  for (const std::filesystem::path& version : versions) {
    folders.push_back((version / "bin").string());
  }
  return folders;
}

base::Result<std::optional<std::pair<uid_t, gid_t>>> unprivileged_user() {
  using User = std::optional<std::pair<uid_t, gid_t>>;
  if (::geteuid() != 0) {
    return User();
  }
  for (const char* name : {"postgres", "nobody"}) {
    passwd entry{};
    passwd* found = nullptr;
    std::string buffer(16 * 1024, '\0');
    if (::getpwnam_r(name, &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr) {
      return User({found->pw_uid, found->pw_gid});
    }
  }
  return base::not_found(
      "PostgreSQL does not run as root, and there is neither a user postgres nor nobody");
}

base::Result<int> free_port() {
  const base::UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);  // NOLINT: what the calls take
  if (!socket.valid() || ::bind(socket.get(), generic, length) != 0 ||
      ::getsockname(socket.get(), generic, &length) != 0) {
    return base::system_error("cannot find a free port", errno);
  }
  return static_cast<int>(ntohs(address.sin_port));
}

}  // namespace harness
