// What the Drydock harness gives a test, for GoogleTest: the worker's database and cache, the
// test's session of the LLM and the calls that were made in it, a folder for artifacts.
//
// One header, C++17, the standard library and sockets. Copy it, or put clients/cpp on the include
// path. What is not there throws std::runtime_error, of which GoogleTest makes a failure of the
// test: a test that is started without the harness fails and says so, and is never skipped.
#pragma once

#include <netdb.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstddef>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "drydock/json.h"

namespace drydock {

inline constexpr std::size_t kAnswerBytesMax = 64 * 1024 * 1024;
inline constexpr int kAnswerSeconds = 10;

namespace detail {

// The value of a variable that the harness sets.
inline std::string given(const char* variable, const char* what) {
  const char* value = std::getenv(variable);  // NOLINT(concurrency-mt-unsafe)
  if (value == nullptr || *value == '\0') {
    throw std::runtime_error(std::string(variable) + " is not set: the " + what +
                             " is given to a test by the harness; run it with `harness run` (and a "
                             "service of that kind in harness.yaml), or set the variable");
  }
  return value;
}

// "http://host:port/path" in its parts.
struct Place {
  std::string host;
  std::string port = "80";
  std::string path;
};

inline Place place_of(const std::string& url) {
  const std::string scheme = "http://";
  if (url.compare(0, scheme.size(), scheme) != 0) {
    throw std::runtime_error("'" + url + "' is not an http:// URL");
  }
  Place place;
  const std::size_t slash = url.find('/', scheme.size());
  std::string host = url.substr(scheme.size(), slash - scheme.size());
  place.path = slash == std::string::npos ? "" : url.substr(slash);
  const std::size_t colon = host.rfind(':');
  if (colon != std::string::npos && host.find(']', colon) == std::string::npos) {
    place.port = host.substr(colon + 1);
    host.resize(colon);
  }
  const bool six = host.size() > 2 && host.front() == '[';
  place.host = six ? host.substr(1, host.size() - 2) : host;
  return place;
}

class Socket {
 public:
  explicit Socket(const Place& place) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (getaddrinfo(place.host.c_str(), place.port.c_str(), &hints, &found) != 0) {
      throw std::runtime_error("no address of " + place.host);
    }
    for (const addrinfo* at = found; at != nullptr && fd_ < 0; at = at->ai_next) {
      fd_ = ::socket(at->ai_family, at->ai_socktype | SOCK_CLOEXEC, at->ai_protocol);
      const timeval limit{kAnswerSeconds, 0};
      ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
      ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
      if (fd_ >= 0 && ::connect(fd_, at->ai_addr, at->ai_addrlen) != 0) {
        ::close(fd_);
        fd_ = -1;
      }
    }
    freeaddrinfo(found);
    if (fd_ < 0) {
      throw std::runtime_error("no connection to " + place.host + ":" + place.port);
    }
  }

  ~Socket() { ::close(fd_); }

  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  // All that is answered until the other side closes.
  std::string exchange(const std::string& request) const {
    for (std::size_t sent = 0; sent < request.size();) {
      const ssize_t now = ::send(fd_, request.data() + sent, request.size() - sent, MSG_NOSIGNAL);
      if (now <= 0) {
        throw std::runtime_error("the connection to mockllm broke");
      }
      sent += static_cast<std::size_t>(now);
    }
    std::string answer;
    std::vector<char> block(64 * 1024);
    for (;;) {
      const ssize_t got = ::recv(fd_, block.data(), block.size(), 0);
      if (got < 0) {
        throw std::runtime_error("mockllm did not answer in time");
      }
      if (got == 0) {
        return answer;
      }
      answer.append(block.data(), static_cast<std::size_t>(got));
      if (answer.size() > kAnswerBytesMax) {
        throw std::runtime_error("the journal is too long");
      }
    }
  }

 private:
  int fd_ = -1;
};

// The body. HTTP/1.0, so that it is neither in chunks nor kept open.
inline std::string get(const Place& place, const std::string& path, const std::string& key) {
  const std::string answer =
      Socket(place).exchange("GET " + path + " HTTP/1.0\r\nHost: " + place.host + ":" + place.port +
                             "\r\nAuthorization: Bearer " + key + "\r\nConnection: close\r\n\r\n");
  const std::size_t end = answer.find("\r\n\r\n");
  const std::string status = answer.substr(0, answer.find("\r\n"));
  if (end == std::string::npos || status.find(" 200 ") == std::string::npos) {
    throw std::runtime_error("mockllm does not tell this test's calls: " + status);
  }
  return answer.substr(end + 4);
}

}  // namespace detail

// Of PostgreSQL; with `isolation: database` of this worker's own database.
inline std::string database_url() {
  return detail::given("DRYDOCK_DATABASE_URL", "database");
}

// Of Redis; with `isolation: database` of this worker's own database.
inline std::string cache_url() {
  return detail::given("DRYDOCK_CACHE_URL", "cache");
}

// What each key of this worker begins with; empty unless `isolation: prefix`.
inline std::string cache_prefix() {
  const char* prefix = std::getenv("DRYDOCK_CACHE_PREFIX");  // NOLINT(concurrency-mt-unsafe)
  return prefix == nullptr ? "" : prefix;
}

// A folder; what a test leaves in it is kept beside the reports.
inline std::string artifacts_directory() {
  return detail::given("DRYDOCK_ARTIFACTS_DIR", "folder for artifacts");
}

// A call that the code under test made to the LLM, as mockllm wrote it down.
struct LlmCall {
  std::string endpoint, model;
  std::string outcome;  // fixture, cassette, auto, upstream, miss, invalid or fault
  std::string source;   // of the answer: "fixtures/chat.yaml#greets"
  int status = 0;
  bool stream = false;
  std::string text;                     // that was answered
  std::vector<std::string> tool_calls;  // that were answered: their names
  Json record;                          // all of the journal's: record["request"]["messages"]
};

// The test's own session: what is called by this URL or this key belongs to this test.
class Llm {
 public:
  Llm()
      : base_url_(detail::given("DRYDOCK_LLM_BASE_URL", "LLM")),
        session_(detail::given("DRYDOCK_SESSION", "LLM")) {}

  // For an OpenAI client, "/v1" included.
  [[nodiscard]] const std::string& base_url() const { return base_url_; }

  [[nodiscard]] std::string api_key() const { return "sk-mock-" + session_; }

  [[nodiscard]] const std::string& session() const { return session_; }

  // The calls of this session until now, in their order.
  [[nodiscard]] std::vector<LlmCall> calls() const {
    const detail::Place place = detail::place_of(base_url_);
    const std::string prefix = place.path.substr(0, place.path.find("/s/"));
    const Json journal = Json::parse(
        detail::get(place, prefix + "/_mock/sessions/" + session_ + "/journal", api_key()));
    std::vector<LlmCall> out;
    for (const Json& record : journal["calls"].items()) {
      LlmCall call;
      call.endpoint = record["endpoint"].text();
      call.model = record["model"].text();
      call.outcome = record["outcome"].text();
      call.source = record["source"].text();
      call.status = static_cast<int>(record["status"].number());
      call.stream = record["stream"].boolean();
      call.text = record["reply"]["text"].text();
      for (const Json& tool : record["reply"]["tool_calls"].items()) {
        call.tool_calls.push_back(tool["name"].text());
      }
      call.record = record;
      out.push_back(std::move(call));
    }
    return out;
  }

 private:
  std::string base_url_;
  std::string session_;
};

}  // namespace drydock
