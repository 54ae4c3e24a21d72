#include "harness/process/strays.h"

#include <dirent.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <ctime>
#include <memory>
#include <mutex>

#include "common/base/file.h"
#include "common/base/text.h"
#include "harness/process/listening.h"

namespace harness {
namespace {

constexpr std::size_t kChildrenBytesMax = 1024 * 1024;
constexpr std::size_t kCommandBytesMax = 200;
constexpr int kRoundsMax = 5'000;  // of a millisecond each

void append_numbers(std::string_view text, std::vector<pid_t>& out) {
  for (const std::string_view word : base::split(text, ' ')) {
    pid_t pid = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), pid);
    if (error == std::errc{} && end != word.data()) {
      out.push_back(pid);
    }
  }
}

// Children of all our threads. A child that ends while the kernel writes the list may hide its
// neighbour: the caller asks again until nothing is found.
std::vector<pid_t> read_children() {
  std::vector<pid_t> found;
  const std::unique_ptr<DIR, int (*)(DIR*)> tasks(::opendir("/proc/self/task"), &::closedir);
  if (!tasks) {
    return found;
  }
  while (const dirent* task = ::readdir(tasks.get())) {  // NOLINT(concurrency-mt-unsafe): own DIR
    if (task->d_name[0] == '.') {
      continue;
    }
    const std::string path = std::string("/proc/self/task/") + task->d_name + "/children";
    if (const base::Result<std::string> list = base::read_file(path, kChildrenBytesMax)) {
      append_numbers(*list, found);
    }
  }
  return found;
}

std::string command_of(pid_t pid) {
  base::Result<std::string> line =
      base::read_file("/proc/" + std::to_string(pid) + "/cmdline", kChildrenBytesMax);
  if (!line || line->empty()) {
    return "?";
  }
  if (line->back() == '\0') {
    line->pop_back();
  }
  std::replace(line->begin(), line->end(), '\0', ' ');
  return base::printable(base::shortened(*line, kCommandBytesMax));
}

// Two tests that end at the same moment leave their strays to the same search.
std::string test_of(pid_t pid) {
  constexpr std::string_view kName = "DRYDOCK_TEST=";
  const base::Result<std::string> entries =
      base::read_file("/proc/" + std::to_string(pid) + "/environ", kChildrenBytesMax);
  if (entries) {
    for (const std::string_view entry : base::split(*entries, '\0')) {
      if (entry.starts_with(kName)) {
        return std::string(entry.substr(kName.size()));
      }
    }
  }
  return "";
}

bool contains(const std::vector<pid_t>& pids, pid_t pid) {
  return std::find(pids.begin(), pids.end(), pid) != pids.end();
}

// Held from before a side child's start until it is on the list, so that whoever lists the children
// with it held finds on the list whatever must not be taken.
std::mutex& side_mutex() {
  static std::mutex mutex;
  return mutex;
}

std::vector<pid_t>& side_children() {
  static std::vector<pid_t> pids;
  return pids;
}

std::vector<pid_t> children_but_side() {
  const std::lock_guard lock(side_mutex());
  std::vector<pid_t> children = read_children();
  std::erase_if(children, [](pid_t pid) { return contains(side_children(), pid); });
  return children;
}

// True where one was found, alive or dead.
bool reap_round(const std::vector<pid_t>& known, std::vector<pid_t>& killed,
                std::vector<Stray>& strays) {
  bool found = false;
  for (const pid_t pid : children_but_side()) {
    if (contains(known, pid)) {
      continue;
    }
    found = true;
    if (::waitpid(pid, nullptr, WNOHANG) == pid || contains(killed, pid)) {
      continue;
    }
    // Named before the KILL: a dead process has no command line.
    strays.push_back({pid, command_of(pid), test_of(pid), listening_ports_of(pid)});
    killed.push_back(pid);
    ::kill(pid, SIGKILL);
  }
  return found;
}

}  // namespace

base::Result<SideChild> SideChild::spawn(const ProcessSpec& spec) {
  const std::lock_guard lock(side_mutex());
  base::Result<Process> process = Process::spawn(spec);
  if (!process) {
    return process.error();
  }
  side_children().push_back(process->pid());
  return SideChild(*std::move(process));
}

SideChild::~SideChild() {
  // A process that was moved out of is an empty optional's value, without a child.
  if (!process_ || process_->pid() < 0) {
    return;
  }
  const pid_t pid = process_->pid();
  process_.reset();  // reaped: the number is nobody's from here on
  const std::lock_guard lock(side_mutex());
  std::erase(side_children(), pid);
}

std::vector<pid_t> live_children() {
  return read_children();
}

std::vector<Stray> reap_strays(const std::vector<pid_t>& known) {
  std::vector<Stray> strays;
  std::vector<pid_t> killed;
  for (int round = 0; round < kRoundsMax && reap_round(known, killed, strays); ++round) {
    const timespec pause{0, 1'000'000};
    ::nanosleep(&pause, nullptr);
  }
  return strays;
}

}  // namespace harness
