#include "harness/process/control_group.h"

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "common/base/file.h"
#include "common/base/text.h"

namespace harness {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kFactBytesMax = 4 * 1024 * 1024;
constexpr std::size_t kLevelsMax = 32;

bool lists(std::string_view names, std::string_view name) {
  const std::vector<std::string_view> parts = base::split(names, ',');
  return std::find(parts.begin(), parts.end(), name) != parts.end();
}

// The group's path of /proc/self/cgroup: the line of the controller; that of version 2 has none.
std::optional<std::string> path_in(std::string_view groups, std::string_view controller) {
  for (const std::string_view line : base::split(groups, '\n')) {
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first == std::string_view::npos ? first : first + 1);
    if (second == std::string_view::npos) {
      continue;
    }
    const std::string_view controllers = line.substr(first + 1, second - first - 1);
    if (controller.empty() ? controllers.empty() : lists(controllers, controller)) {
      return std::string(line.substr(second + 1));
    }
  }
  return std::nullopt;
}

struct Mount {
  std::string root;  // what of the hierarchy is to be seen there
  std::string point;
};

// A line of mountinfo: "36 35 98:0 /root /point options ... - type source super-options".
std::optional<Mount> mount_in(std::string_view mounts, std::string_view controller) {
  for (const std::string_view line : base::split(mounts, '\n')) {
    const std::size_t dash = line.find(" - ");
    if (dash == std::string_view::npos) {
      continue;
    }
    const std::vector<std::string_view> head = base::split(line.substr(0, dash), ' ');
    const std::vector<std::string_view> tail = base::split(line.substr(dash + 3), ' ');
    if (head.size() < 5 || tail.size() < 3) {
      continue;
    }
    if (controller.empty() ? tail[0] == "cgroup2"
                           : tail[0] == "cgroup" && lists(tail[2], controller)) {
      return Mount{std::string(head[3]), std::string(head[4])};
    }
  }
  return std::nullopt;
}

// The group below what is mounted. A container sees its own group as the top of the mount while its
// path may still be told as the machine has it.
std::string below(const Mount& mount, const std::string& path) {
  if (mount.root == "/") {
    return path;
  }
  if (path == mount.root) {
    return "/";
  }
  return path.starts_with(mount.root + "/") ? path.substr(mount.root.size()) : "/";
}

}  // namespace

std::string fact_of(const std::string& path) {
  base::Result<std::string> text = base::read_file(path, kFactBytesMax);
  return text ? std::move(*text) : std::string();
}

std::optional<std::int64_t> number_in(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) {
    text.remove_suffix(1);
  }
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc{} && end == text.data() + text.size() && !text.empty();
  return whole ? std::optional(value) : std::nullopt;
}

ControlGroup find_control_group(const std::string& root, std::string_view controller) {
  const std::string groups = fact_of(root + "/proc/self/cgroup");
  const std::string mounts = fact_of(root + "/proc/self/mountinfo");
  ControlGroup found;
  // Where both versions are mounted, a controller belongs to one of them, never to both.
  std::optional<std::string> path = path_in(groups, controller);
  std::optional<Mount> mount = path ? mount_in(mounts, controller) : std::nullopt;
  if (!mount) {
    found.unified = true;
    path = path_in(groups, "");
    mount = path ? mount_in(mounts, "") : std::nullopt;
  }
  if (!mount) {
    return found;
  }
  std::string name = below(*mount, *path);
  std::error_code ignored;
  if (name.find("..") != std::string::npos || !fs::exists(root + mount->point + name, ignored)) {
    name = "/";
  }
  while (found.levels.size() < kLevelsMax) {
    found.levels.push_back({name, root + mount->point + (name == "/" ? "" : name)});
    if (name == "/") {
      break;
    }
    const std::size_t slash = name.rfind('/');
    name = slash == 0 ? "/" : name.substr(0, slash);
  }
  return found;
}

}  // namespace harness
