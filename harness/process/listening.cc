#include "harness/process/listening.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <set>
#include <string_view>

#include "common/base/file.h"
#include "common/base/text.h"

namespace harness {
namespace {

constexpr std::size_t kTableBytesMax = 16 * 1024 * 1024;
constexpr std::size_t kDescriptorsMax = 65'536;
constexpr std::string_view kListening = "0A";
constexpr std::size_t kAddressDigits = 8;  // of 32 bits

// "12345" of each descriptor that is a link to "socket:[12345]".
std::set<std::string> sockets_of(pid_t pid) {
  std::set<std::string> inodes;
  const std::string folder = "/proc/" + std::to_string(pid) + "/fd";
  const std::unique_ptr<DIR, int (*)(DIR*)> entries(::opendir(folder.c_str()), &::closedir);
  std::size_t seen = 0;
  while (entries && seen++ < kDescriptorsMax) {
    const dirent* entry = ::readdir(entries.get());  // NOLINT(concurrency-mt-unsafe): own DIR
    if (entry == nullptr) {
      break;
    }
    std::array<char, 64> target{};
    const ssize_t size =
        ::readlink((folder + "/" + entry->d_name).c_str(), target.data(), target.size());
    std::string_view link(target.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
    if (link.starts_with("socket:[") && link.ends_with(']')) {
      inodes.emplace(link.substr(8, link.size() - 9));
    }
  }
  return inodes;
}

// "0100007F:1F90" is 127.0.0.1:8080: each 32 bits as the machine holds them, the port as it is
// read.
std::string address_of(std::string_view text) {
  const std::size_t colon = text.find(':');
  const std::string_view digits = text.substr(0, colon);
  std::array<unsigned, 4> words{};
  unsigned port = 0;
  if (colon == std::string_view::npos || digits.size() % kAddressDigits != 0 ||
      digits.size() > words.size() * kAddressDigits) {
    return "";
  }
  for (std::size_t i = 0; i * kAddressDigits < digits.size(); ++i) {
    const std::string_view word = digits.substr(i * kAddressDigits, kAddressDigits);
    std::from_chars(word.data(), word.data() + word.size(), words.at(i), 16);
  }
  std::from_chars(text.data() + colon + 1, text.data() + text.size(), port, 16);
  const bool six = digits.size() > kAddressDigits;
  std::array<char, INET6_ADDRSTRLEN> shown{};
  if (::inet_ntop(six ? AF_INET6 : AF_INET, words.data(), shown.data(), shown.size()) == nullptr) {
    return "";
  }
  const std::string host(shown.data());
  return (six ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

// Its words: sl, local address, remote address, state, ... the tenth is the inode.
void add_ports(std::string_view table, const std::set<std::string>& inodes,
               std::set<std::string>& ports) {
  for (const std::string_view line : base::split(table, '\n')) {
    std::vector<std::string_view> words = base::split(line, ' ');
    std::erase(words, std::string_view());
    if (words.size() > 9 && words[3] == kListening && inodes.contains(std::string(words[9]))) {
      ports.insert("tcp " + address_of(words[1]));
    }
  }
}

}  // namespace

std::vector<std::string> listening_ports_of(pid_t pid) {
  const std::set<std::string> inodes = sockets_of(pid);
  std::set<std::string> ports;
  for (const char* table : {"tcp", "tcp6"}) {
    // Its own network's, which may be another than ours.
    const base::Result<std::string> text =
        inodes.empty()
            ? base::Result<std::string>(std::string())
            : base::read_file("/proc/" + std::to_string(pid) + "/net/" + table, kTableBytesMax);
    if (text) {
      add_ports(*text, inodes, ports);
    }
  }
  std::vector<std::string> out(ports.begin(), ports.end());
  out.resize(std::min(out.size(), kListeningPortsMax));
  return out;
}

}  // namespace harness
