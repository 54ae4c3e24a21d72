// Loads one server from one thread and says how it did, as one line of JSON.
//
//   load_client --port N [--path P] [--connections N] [--seconds S] [--request-bytes N] [--expect
//   TEXT]
//               [--stream] [--once] [--gap-ms N] [--skip N] [--tail N] [--frames-vary] [--user
//               TEXT]
//
// Each connection sends a chat request, reads the whole answer, checks it, and sends the next; with
// --once it stops after one, and the requests begin spread over one gap. A stream is whole when it
// has as many frames as the first one had and ends in [DONE]. A frame's lateness is counted against
// the schedule of its own stream, laid through the frame that came earliest.
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tests/bench/answer.h"

namespace {

using bench::Answer;
using bench::Time;
using std::chrono::duration;
using std::chrono::steady_clock;

struct Options {
  std::uint16_t port = 0;
  std::string path = "/v1/chat/completions";
  std::string user = "what is the weather in Oslo?";
  std::string expect = "12 degrees in Oslo";
  int connections = 64;
  double seconds = 3;
  std::size_t request_bytes = 2'048;
  bool stream = false;
  bool once = false;
  bool frames_vary = false;
  double gap_ms = 20;
  std::size_t skip = 0;
  std::size_t tail = 1;
};

template <typename Number>
Number number_of(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) {
    std::cerr << "not a number: " << text << '\n';
    std::exit(2);
  }
  return number;
}

Options read_options(int argc, char** argv) {
  Options options;
  for (int index = 1; index < argc; ++index) {
    const std::string_view name = argv[index];
    if (name == "--stream") {
      options.stream = true;
      continue;
    }
    if (name == "--once") {
      options.once = true;
      continue;
    }
    if (name == "--frames-vary") {
      options.frames_vary = true;
      continue;
    }
    if (++index == argc) {
      std::cerr << name << " needs a value\n";
      std::exit(2);
    }
    const std::string_view value = argv[index];
    if (name == "--port") {
      options.port = number_of<std::uint16_t>(value);
    } else if (name == "--path") {
      options.path = value;
    } else if (name == "--user") {
      options.user = value;
    } else if (name == "--expect") {
      options.expect = value;
    } else if (name == "--connections") {
      options.connections = number_of<int>(value);
    } else if (name == "--seconds") {
      options.seconds = number_of<double>(value);
    } else if (name == "--request-bytes") {
      options.request_bytes = number_of<std::size_t>(value);
    } else if (name == "--skip") {
      options.skip = number_of<std::size_t>(value);
    } else if (name == "--tail") {
      options.tail = number_of<std::size_t>(value);
    } else if (name == "--gap-ms") {
      options.gap_ms = number_of<double>(value);
    } else {
      std::cerr << "unknown option " << name << '\n';
      std::exit(2);
    }
  }
  return options;
}

// A chat request of about that size: what an agent sends with its history.
std::string make_request(const Options& options) {
  std::string body = R"({"model":"gpt-4o-mini",)";
  body += options.stream ? R"("stream":true,)" : "";
  body += R"("temperature":0.2,"messages":[{"role":"system","content":"You help."},)";
  const std::string tail = R"({"role":"user","content":")" + options.user + R"("}]})";
  const std::string turn =
      R"({"role":"user","content":"Tell me more about the harbour, please."},)"
      R"({"role":"assistant","content":"It has four docks; \"Fram\" lies in the second."},)";
  while (body.size() + tail.size() + turn.size() <= options.request_bytes) {
    body += turn;
  }
  body += tail;
  return "POST " + options.path + " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(options.port) +
         "\r\nAccept: application/json\r\nContent-Type: application/json\r\n"
         "User-Agent: OpenAI/Python 1.50.0\r\nAuthorization: Bearer sk-bench\r\n"
         "Content-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

struct Connection {
  int fd = -1;
  std::size_t sent = 0;  // of the request
  bool asking = false;
  Time asked;
  Answer answer;
};

double percentile(std::vector<double>& values, double part) {
  if (values.empty()) {
    return 0;
  }
  const auto at = static_cast<std::ptrdiff_t>(part * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), values.begin() + at, values.end());
  return values[static_cast<std::size_t>(at)];
}

class Load {
 public:
  explicit Load(const Options& options) : options_(options), request_(make_request(options)) {}

  int run() {
    connections_.resize(static_cast<std::size_t>(options_.connections));
    for (std::size_t index = 0; index < connections_.size(); ++index) {
      if (!connect(index)) {
        std::cerr << "cannot connect\n";
        return 1;
      }
    }
    begin_ = steady_clock::now();
    deadline_ = begin_ + std::chrono::duration_cast<steady_clock::duration>(
                             duration<double>(options_.seconds));
    options_.once ? run_once() : run_until_deadline();
    print();
    return 0;
  }

 private:
  bool connect(std::size_t index) {
    Connection& connection = connections_[index];
    connection.fd = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(options_.port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int on = 1;
    ::setsockopt(connection.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (::connect(connection.fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
      return false;
    }
    epoll_event event{};
    event.events = EPOLLIN | EPOLLOUT | EPOLLET;
    event.data.u64 = index;
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, connection.fd, &event);
    return true;
  }

  void ask(Connection& connection) {
    connection.sent = 0;
    connection.asking = true;
    connection.asked = steady_clock::now();
    connection.answer.begin();
    ++open_;
    send(connection);
  }

  void send(Connection& connection) {
    while (connection.sent < request_.size()) {
      const ssize_t count = ::send(connection.fd, request_.data() + connection.sent,
                                   request_.size() - connection.sent, MSG_NOSIGNAL | MSG_DONTWAIT);
      if (count <= 0) {
        return;
      }
      connection.sent += static_cast<std::size_t>(count);
    }
  }

  void run_until_deadline() {
    for (Connection& connection : connections_) {
      ask(connection);
    }
    while (steady_clock::now() < deadline_ && open_ > 0) {
      turn(100);
    }
    end_ = steady_clock::now();
  }

  // Spread over one gap, as clients that do not know each other are.
  void run_once() {
    for (std::size_t index = 0; index < connections_.size();) {
      const double passed = duration<double, std::milli>(steady_clock::now() - begin_).count();
      while (index < connections_.size() && static_cast<double>(index) * options_.gap_ms <=
                                                passed * static_cast<double>(connections_.size())) {
        ask(connections_[index++]);
      }
      turn(0);
    }
    while (open_ > 0 && steady_clock::now() < deadline_) {
      turn(100);
    }
    lost_ += static_cast<std::uint64_t>(open_);
    end_ = steady_clock::now();
  }

  void turn(int wait_ms) {
    std::array<epoll_event, 256> events;
    const int count = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), wait_ms);
    for (int index = 0; index < count; ++index) {
      serve(connections_[events[static_cast<std::size_t>(index)].data.u64]);
    }
  }

  void serve(Connection& connection) {
    if (!connection.asking) {
      return;
    }
    send(connection);
    for (;;) {
      const ssize_t count = ::recv(connection.fd, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
      if (count < 0 && errno == EAGAIN) {
        return;
      }
      if (count <= 0) {
        connection.asking = false;
        --open_;
        ++lost_;
        return;
      }
      const auto size = static_cast<std::size_t>(count);
      if (connection.answer.feed({buffer_.data(), size}, steady_clock::now())) {
        take(connection);
        return;
      }
      if (size < buffer_.size()) {
        return;
      }
    }
  }

  void take(Connection& connection) {
    connection.asking = false;
    --open_;
    const std::vector<Time>& arrivals = connection.answer.arrivals();
    if (frames_ == 0) {
      frames_ = arrivals.size();
    }
    const bool whole = connection.answer.is_ok(options_.stream ? "data: [DONE]" : options_.expect);
    const bool same = options_.frames_vary || arrivals.size() == frames_;
    if (!whole || !same) {
      ++wrong_;
    } else {
      ++right_;
      latencies_us_.push_back(
          duration<double, std::micro>(steady_clock::now() - connection.asked).count());
    }
    if (options_.once) {
      note_lateness(arrivals);
    } else {
      ask(connection);
    }
  }

  void note_lateness(const std::vector<Time>& arrivals) {
    std::vector<double> offsets;
    for (std::size_t index = options_.skip; index + options_.tail < arrivals.size(); ++index) {
      offsets.push_back(duration<double, std::milli>(arrivals[index] - begin_).count() -
                        static_cast<double>(index) * options_.gap_ms);
    }
    if (offsets.empty()) {
      return;
    }
    const double earliest = *std::min_element(offsets.begin(), offsets.end());
    for (const double offset : offsets) {
      lateness_ms_.push_back(offset - earliest);
    }
  }

  void print() {
    const double seconds = duration<double>(end_ - begin_).count();
    std::printf(
        "{\"answers\": %llu, \"per_second\": %.1f, \"p50_us\": %.1f, \"p99_us\": %.1f, "
        "\"wrong\": %llu, \"lost\": %llu, \"frames\": %zu, \"lateness_p50_ms\": %.3f, "
        "\"lateness_p99_ms\": %.3f, \"seconds\": %.3f}\n",
        static_cast<unsigned long long>(right_), static_cast<double>(right_) / seconds,
        percentile(latencies_us_, 0.5), percentile(latencies_us_, 0.99),
        static_cast<unsigned long long>(wrong_), static_cast<unsigned long long>(lost_), frames_,
        percentile(lateness_ms_, 0.5), percentile(lateness_ms_, 0.99), seconds);
  }

  Options options_;
  std::string request_;
  int epoll_ = ::epoll_create1(0);
  std::vector<Connection> connections_;
  std::array<char, 256 * 1024> buffer_;
  Time begin_;
  Time end_;
  Time deadline_;
  int open_ = 0;
  std::size_t frames_ = 0;
  std::uint64_t right_ = 0;
  std::uint64_t wrong_ = 0;
  std::uint64_t lost_ = 0;
  std::vector<double> latencies_us_;
  std::vector<double> lateness_ms_;
};

}  // namespace

int main(int argc, char** argv) {
  const auto load = std::make_unique<Load>(read_options(argc, argv));
  return load->run();
}
