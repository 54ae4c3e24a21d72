#include "common/http/client/client.h"

#include <httplib.h>

#include <algorithm>
#include <charconv>
#include <exception>
#include <optional>

#include "common/base/clock.h"
#include "common/base/text.h"

namespace http {
namespace {

struct Address {
  std::string origin;  // "http://host:port"
  std::string path;    // without a slash at its end
};

bool is_port(std::string_view text) {
  int port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc() && end == text.data() + text.size() && port > 0 && port < 65'536;
}

bool is_host(std::string_view host) {
  return !host.empty() && std::all_of(host.begin(), host.end(), [](unsigned char byte) {
    return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
           (byte >= 'A' && byte <= 'Z') || byte == '.' || byte == '-' || byte == '_' ||
           byte == ':' || byte == '[' || byte == ']';
  });
}

base::Result<Address> read_address(std::string_view url) {
  const auto wrong = [&](std::string_view what) {
    return base::invalid_input("'" + base::printable(url) +
                               "' is no address to ask: " + std::string(what));
  };
  const std::size_t scheme_end = url.find("://");
  const std::string_view scheme = url.substr(0, std::min(scheme_end, url.size()));
  if (scheme_end == std::string_view::npos || (scheme != "http" && scheme != "https")) {
    return wrong("it must begin with http:// or https://");
  }
  const std::string_view rest = url.substr(scheme_end + 3);
  const std::size_t path_begin = std::min(rest.find('/'), rest.size());
  const std::string_view authority = rest.substr(0, path_begin);
  const std::size_t colon = authority.rfind(':');
  const bool has_port =
      colon != std::string_view::npos && (authority.front() != '[' || authority[colon - 1] == ']');
  const std::string_view host = authority.substr(0, has_port ? colon : authority.size());
  if (!is_host(host)) {
    return wrong("a host name is expected after the scheme");
  }
  if (has_port && !is_port(authority.substr(colon + 1))) {
    return wrong("the port must be a number from 1 to 65535");
  }
  std::string path(rest.substr(path_begin));
  while (path.ends_with('/')) {
    path.pop_back();
  }
  return Address{std::string(scheme) + "://" + std::string(authority), std::move(path)};
}

bool splits(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos;
}

std::optional<base::Error> check(const ClientRequest& request) {
  if (request.path.empty() || request.path.front() != '/' || splits(request.path) ||
      request.path.find(' ') != std::string::npos) {
    return base::invalid_input("the path '" + base::printable(request.path) +
                               "' must begin with / and hold no blanks");
  }
  for (const auto& [name, value] : request.headers) {
    if (name.empty() || splits(name) || splits(value)) {
      return base::invalid_input("the header '" + base::printable(name) + "' holds a line's end");
    }
  }
  return std::nullopt;
}

bool may_repeat(std::string_view method) {
  return method == "GET" || method == "HEAD" || method == "PUT" || method == "DELETE";
}

// Newer versions have renamed this: the path is sent as it is given.
template <typename HttplibClient>
void send_path_as_given(HttplibClient& client) {
  if constexpr (requires { client.set_path_encode(false); }) {
    client.set_path_encode(false);
  } else {
    client.set_url_encode(false);
  }
}

}  // namespace

std::string_view ClientResponse::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (base::equals_ignoring_case(key, name)) {
      return value;
    }
  }
  return {};
}

class Client::Impl {
 public:
  Impl(Address address, ClientLimits limits)
      : address_(std::move(address)),
        limits_(limits),
        client_(address_.origin) {
    client_.set_connection_timeout(limits.connect_timeout);
    client_.set_read_timeout(limits.read_timeout);
    client_.set_write_timeout(limits.read_timeout);
    client_.set_keep_alive(true);
    client_.set_tcp_nodelay(true);
    client_.set_follow_location(false);
    // A few bytes that unpack to gigabytes are not asked for.
    client_.set_decompress(false);
    send_path_as_given(client_);
  }

  base::Result<ClientResponse> send(const ClientRequest& request) {
    const bool connection_is_kept = client_.is_socket_open() != 0;
    base::Result<ClientResponse> response = send_once(request);
    if (!response && connection_is_kept && may_repeat(request.method) &&
        response.error().kind == base::ErrorKind::kUnavailable) {
      return send_once(request);
    }
    return response;
  }

 private:
  base::Result<ClientResponse> send_once(const ClientRequest& request) {
    httplib::Request sent;
    sent.method = request.method;
    sent.path = address_.path + request.path;
    for (const auto& [name, value] : request.headers) {
      sent.headers.emplace(name, value);
    }
    sent.body = request.body;
    ClientResponse response;
    bool too_large = false;
    bool too_late = false;
    const base::MonoTime begin = clock_.mono();
    sent.content_receiver = [&](const char* data, std::size_t size, auto /*offset*/,
                                auto /*total*/) {
      too_large = response.body.size() + size > limits_.body_bytes_max;
      too_late = clock_.mono() - begin > limits_.total_timeout;
      if (too_large || too_late) {
        return false;
      }
      response.body.append(data, size);
      return true;
    };
    const httplib::Result result = client_.send(sent);
    if (too_large) {
      return base::invalid_input(address_.origin + " answered with more than " +
                                 std::to_string(limits_.body_bytes_max) + " bytes");
    }
    if (!result) {
      const bool timed_out = too_late || clock_.mono() - begin >= limits_.read_timeout;
      return error_of(result.error(), timed_out);
    }
    response.status = result->status;
    for (const auto& [name, value] : result->headers) {
      response.headers.emplace_back(name, value);
    }
    return response;
  }

  [[nodiscard]] base::Error error_of(httplib::Error error, bool timed_out) const {
    switch (error) {
      case httplib::Error::ConnectionTimeout:
        return base::timed_out(address_.origin + " takes no connection");
      case httplib::Error::SSLServerVerification:
        return base::permission_denied("the certificate of " + address_.origin + " is not trusted");
      case httplib::Error::Connection:
        return base::unavailable("nothing listens at " + address_.origin);
      default:
        break;
    }
    if (timed_out) {
      return base::timed_out(address_.origin + " does not answer");
    }
    return base::unavailable(address_.origin + " ended the connection without an HTTP answer (" +
                             base::to_lower(httplib::to_string(error)) + ")");
  }

  Address address_;
  ClientLimits limits_;
  base::SystemClock clock_;
  httplib::Client client_;
};

Client::Client(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Client::Client(Client&&) noexcept = default;

Client& Client::operator=(Client&&) noexcept = default;

Client::~Client() = default;

base::Result<Client> Client::make(std::string_view base_url, ClientLimits limits) {
  base::Result<Address> address = read_address(base_url);
  if (!address) {
    return std::move(address).error();
  }
  try {
    return Client(std::make_unique<Impl>(std::move(*address), limits));
  } catch (const std::exception& error) {
    return base::invalid_input("'" + base::printable(base_url) + "': " + error.what());
  }
}

base::Result<ClientResponse> Client::send(const ClientRequest& request) {
  if (std::optional<base::Error> error = check(request)) {
    return std::move(*error);
  }
  try {
    return impl_->send(request);
  } catch (const std::exception& error) {
    return base::internal_error(std::string("the HTTP client failed: ") + error.what());
  }
}

}  // namespace http
