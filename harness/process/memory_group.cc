#include "harness/process/memory_group.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <string_view>

#include "common/base/file.h"
#include "common/base/text.h"

namespace harness {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kFactBytesMax = 64 * 1024;
constexpr std::size_t kMountsBytesMax = 4 * 1024 * 1024;
constexpr std::size_t kLevelsMax = 32;
// A charge that fails asks for some pages at once, so the most that was used may stay this far
// below the limit.
constexpr std::int64_t kPeakSlack = 1024 * 1024;
// Version 1 writes "no limit" as the largest number of pages; no machine has this much memory.
constexpr std::int64_t kNoLimit = std::int64_t{1} << 60U;

std::string text_of(const std::string& path, std::size_t bytes_max = kFactBytesMax) {
  base::Result<std::string> text = base::read_file(path, bytes_max);
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

// "oom_kill 3" among such lines.
std::optional<std::int64_t> number_of(std::string_view lines, std::string_view name) {
  for (const std::string_view line : base::split(lines, '\n')) {
    if (line.starts_with(name) && line.size() > name.size() && line[name.size()] == ' ') {
      return number_in(line.substr(name.size() + 1));
    }
  }
  return std::nullopt;
}

bool lists(std::string_view names, std::string_view name) {
  const std::vector<std::string_view> parts = base::split(names, ',');
  return std::find(parts.begin(), parts.end(), name) != parts.end();
}

// The group's path of /proc/self/cgroup: the line of the memory controller, or that of version 2.
std::optional<std::string> path_in(std::string_view groups, bool unified) {
  for (const std::string_view line : base::split(groups, '\n')) {
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first == std::string_view::npos ? first : first + 1);
    if (second == std::string_view::npos) {
      continue;
    }
    const std::string_view controllers = line.substr(first + 1, second - first - 1);
    if (unified ? controllers.empty() : lists(controllers, "memory")) {
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
std::optional<Mount> mount_in(std::string_view mounts, bool unified) {
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
    if (unified ? tail[0] == "cgroup2" : tail[0] == "cgroup" && lists(tail[2], "memory")) {
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

// Where memory and memory with swap have one limit, as in a pod, only the second one counts.
std::int64_t hits_of_version_1(const std::string& folder) {
  return number_in(text_of(folder + "/memory.failcnt")).value_or(0) +
         number_in(text_of(folder + "/memory.memsw.failcnt")).value_or(0);
}

std::string in_units(std::int64_t bytes) {
  constexpr std::int64_t kUnit = 1024;
  const char* unit = " bytes";
  for (const char* next : {" KiB", " MiB", " GiB", " TiB"}) {
    if (bytes < kUnit || bytes % kUnit != 0) {
      break;
    }
    bytes /= kUnit;
    unit = next;
  }
  return std::to_string(bytes) + unit;
}

std::string rose(std::string_view what, std::int64_t from, std::int64_t to) {
  return std::string(what) + " rose from " + std::to_string(from) + " to " + std::to_string(to);
}

}  // namespace

MemoryGroup MemoryGroup::of_this_process(const std::string& root) {
  const std::string groups = text_of(root + "/proc/self/cgroup");
  const std::string mounts = text_of(root + "/proc/self/mountinfo", kMountsBytesMax);
  MemoryGroup group;
  // Where both are mounted, memory belongs to version 1 or version 2, never to both.
  std::optional<std::string> path = path_in(groups, false);
  std::optional<Mount> mount = path ? mount_in(mounts, false) : std::nullopt;
  if (!mount) {
    group.unified_ = true;
    path = path_in(groups, true);
    mount = path ? mount_in(mounts, true) : std::nullopt;
  }
  if (!mount) {
    return group;
  }
  std::string name = below(*mount, *path);
  std::error_code ignored;
  if (name.find("..") != std::string::npos || !fs::exists(root + mount->point + name, ignored)) {
    name = "/";
  }
  while (group.levels_.size() < kLevelsMax) {
    group.levels_.push_back({name, root + mount->point + (name == "/" ? "" : name)});
    if (name == "/") {
      break;
    }
    const std::size_t slash = name.rfind('/');
    name = slash == 0 ? "/" : name.substr(0, slash);
  }
  return group;
}

MemoryCounts MemoryGroup::counts() const {
  MemoryCounts counts;
  for (const Level& level : levels_) {
    MemoryCount count;
    count.group = level.group;
    const std::string limit =
        text_of(level.folder + (unified_ ? "/memory.max" : "/memory.limit_in_bytes"));
    const std::string events =
        text_of(level.folder + (unified_ ? "/memory.events" : "/memory.oom_control"));
    if (limit.empty() && events.empty()) {
      continue;  // the topmost group of version 2 has neither
    }
    const std::int64_t bytes = number_in(limit).value_or(0);
    count.limit_bytes = bytes < kNoLimit ? bytes : 0;
    count.oom_kills = number_of(events, "oom_kill");
    count.limit_hits =
        unified_ ? number_of(events, "oom").value_or(0) : hits_of_version_1(level.folder);
    count.peak_bytes = number_in(text_of(level.folder + (unified_ ? "/memory.peak"
                                                                  : "/memory.max_usage_in_bytes")))
                           .value_or(0);
    counts.push_back(std::move(count));
  }
  return counts;
}

std::string out_of_memory(const MemoryCounts& before, const MemoryCounts& after) {
  if (before.size() != after.size() || after.empty()) {
    return "";
  }
  // Version 1 counts a kill where the victim was, version 2 there and above: the own group has it.
  const std::int64_t from = before.front().oom_kills.value_or(0);
  const std::int64_t to = after.front().oom_kills.value_or(0);
  const bool counted = before.front().oom_kills && after.front().oom_kills;
  if (counted && to <= from) {
    return "";
  }
  // The limit that was hit is the lowest that was reached meanwhile.
  for (std::size_t i = 0; i < after.size(); ++i) {
    // Newer kernels have stopped counting the hits of version 1: there the peak tells.
    const bool hit = after[i].limit_hits > before[i].limit_hits ||
                     (counted && after[i].peak_bytes + kPeakSlack >= after[i].limit_bytes);
    if (after[i].limit_bytes == 0 || !hit) {
      continue;
    }
    return (i == 0 ? "its control group" : "the control group " + after[i].group + " above it") +
           " is over its memory limit of " + in_units(after[i].limit_bytes) + " (" +
           (counted ? rose("oom_kill", from, to)
                    : rose("failcnt", before[i].limit_hits, after[i].limit_hits)) +
           ")";
  }
  if (!counted) {
    return "";
  }
  return "the machine, or a control group above those that can be seen, is out of memory (" +
         rose("oom_kill", from, to) + ")";
}

}  // namespace harness
