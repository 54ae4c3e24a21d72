#include "harness/process/snapshot.h"

#include <dirent.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <string_view>

#include "common/base/file.h"
#include "common/base/text.h"

namespace harness {
namespace {

constexpr std::size_t kFileBytesMax = 64 * 1024;
constexpr std::size_t kProcessesMax = 1'000;
constexpr std::size_t kThreadsMax = 256;  // of one process
constexpr std::size_t kCommandBytesMax = 200;

std::string text_of(const std::string& path) {
  base::Result<std::string> text = base::read_file(path, kFileBytesMax);
  return text ? std::move(*text) : std::string();
}

std::vector<pid_t> numbers_in(std::string_view text) {
  std::vector<pid_t> out;
  for (const std::string_view word : base::split(text, ' ')) {
    pid_t pid = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), pid);
    if (error == std::errc{} && end != word.data()) {
      out.push_back(pid);
    }
  }
  return out;
}

// In the order of their numbers.
std::vector<pid_t> threads_of(pid_t pid) {
  std::vector<pid_t> out;
  const std::string folder = "/proc/" + std::to_string(pid) + "/task";
  const std::unique_ptr<DIR, int (*)(DIR*)> tasks(::opendir(folder.c_str()), &::closedir);
  if (!tasks) {
    return out;
  }
  while (const dirent* task = ::readdir(tasks.get())) {  // NOLINT(concurrency-mt-unsafe): own DIR
    const std::vector<pid_t> number = numbers_in(task->d_name);
    out.insert(out.end(), number.begin(), number.end());
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::string command_of(pid_t pid) {
  std::string line = text_of("/proc/" + std::to_string(pid) + "/cmdline");
  while (!line.empty() && line.back() == '\0') {
    line.pop_back();
  }
  std::replace(line.begin(), line.end(), '\0', ' ');
  return line.empty() ? "?" : base::printable(base::shortened(line, kCommandBytesMax));
}

std::string first_line(const std::string& text) {
  return base::printable(base::trimmed(std::string_view(text).substr(0, text.find('\n'))));
}

// "S (sleeping)" of the line "State:\tS (sleeping)".
std::string state_in(const std::string& status) {
  constexpr std::string_view kName = "State:";
  for (const std::string_view line : base::split(status, '\n')) {
    if (line.starts_with(kName)) {
      return base::printable(base::trimmed(line.substr(kName.size())));
    }
  }
  return "ended";
}

std::string thread_line(pid_t pid, pid_t thread) {
  const std::string folder =
      "/proc/" + std::to_string(pid) + "/task/" + std::to_string(thread) + "/";
  std::string line = "  thread " + std::to_string(thread) + " " +
                     first_line(text_of(folder + "comm")) + ": " +
                     state_in(text_of(folder + "status"));
  const std::string waits = first_line(text_of(folder + "wchan"));
  const std::string call = first_line(text_of(folder + "syscall"));
  if (!waits.empty() && waits != "0") {
    line += ", in " + waits;
  }
  if (!call.empty() && call != "running") {
    line += ", system call " + call.substr(0, call.find(' '));
  }
  return line + "\n";
}

}  // namespace

std::vector<pid_t> process_tree(pid_t pid) {
  std::vector<pid_t> tree{pid};
  for (std::size_t i = 0; i < tree.size() && tree.size() < kProcessesMax; ++i) {
    for (const pid_t thread : threads_of(tree[i])) {
      const std::vector<pid_t> children = numbers_in(text_of(
          "/proc/" + std::to_string(tree[i]) + "/task/" + std::to_string(thread) + "/children"));
      tree.insert(tree.end(), children.begin(), children.end());
    }
  }
  return tree;
}

std::string snapshot_of(pid_t pid) {
  std::string out;
  for (const pid_t process : process_tree(pid)) {
    const std::vector<pid_t> threads = threads_of(process);
    if (process == pid || threads.empty()) {
      continue;  // the guard, or one that has ended meanwhile
    }
    out += "process " + std::to_string(process) + ": " + command_of(process) + "\n";
    for (std::size_t i = 0; i < threads.size() && i < kThreadsMax; ++i) {
      out += thread_line(process, threads[i]);
    }
    if (threads.size() > kThreadsMax) {
      out += "  and " + std::to_string(threads.size() - kThreadsMax) + " more threads\n";
    }
    if (out.size() > kSnapshotBytesMax) {
      break;
    }
  }
  return base::shortened(out, kSnapshotBytesMax);
}

}  // namespace harness
