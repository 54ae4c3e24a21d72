// The only program of a test image: says lines, or something and an exit code.
//
// speaker count LINES PAUSE_MS [STAY_MS]
//                                "line 1", "line 2", ... and at last "end" without a newline; stays
//                                so long once that was read
// speaker fail CODE              "out" and "err" on the two outputs, then that exit code
// speaker bytes COUNT            so many bytes
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <charconv>
#include <cstdio>
#include <string>
#include <string_view>

namespace {

int number(std::string_view text) {
  int value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

int count(int lines, int pause_ms, int stay_ms) {
  for (int i = 1; i <= lines; ++i) {
    std::printf("line %d \xC3\xA4\n", i);
    std::fflush(stdout);
    ::poll(nullptr, 0, pause_ms);
  }
  std::fputs("end", stdout);
  std::fflush(stdout);
  int unread = 0;
  while (stay_ms > 0 && ::ioctl(STDOUT_FILENO, FIONREAD, &unread) == 0 && unread > 0) {
    ::poll(nullptr, 0, 10);
  }
  ::poll(nullptr, 0, stay_ms);
  return 0;
}

int fail(int code) {
  std::fputs("out", stdout);
  std::fputs("err", stderr);
  return code;
}

int bytes(int size) {
  std::fputs(std::string(static_cast<std::size_t>(size), 'x').c_str(), stdout);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view verb = argc > 1 ? argv[1] : "";
  if (verb == "count" && argc > 3) {
    return count(number(argv[2]), number(argv[3]), argc > 4 ? number(argv[4]) : 0);
  }
  if (verb == "fail" && argc > 2) {
    return fail(number(argv[2]));
  }
  if (verb == "bytes" && argc > 2) {
    return bytes(number(argv[2]));
  }
  return 2;
}
