#include "harness/kube/exec.h"

#include <algorithm>
#include <charconv>
#include <memory>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/role.hpp>
#include <boost/beast/websocket/stream.hpp>

#include "harness/kube/client.h"
#include "harness/kube/errors.h"
#include "harness/kube/json.h"

namespace harness {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using std::chrono::milliseconds;

constexpr std::string_view kProtocols = "v5.channel.k8s.io, v4.channel.k8s.io";
constexpr std::size_t kMessageBytesMax = 8 * 1024 * 1024;
constexpr char kOutput = 1;
constexpr char kErrorOutput = 2;
constexpr char kStatus = 3;

// A Connection as Beast wants its streams: every read and write ends at the one deadline.
class BlockingStream {
 public:
  using executor_type = asio::io_context::executor_type;

  BlockingStream(Connection& connection, const base::Clock& clock, base::MonoTime deadline)
      : connection_(connection),
        clock_(clock),
        deadline_(deadline) {}

  executor_type get_executor() { return connection_.executor(); }

  // What came until now. Beast tells that a handshake was refused, but not in which words.
  [[nodiscard]] const std::string& heard() const { return heard_; }

  void forget_heard() {
    listening_ = false;
    heard_.clear();
  }

  // What Beast asks of a stream and does not use: the others throw.
  template <typename Buffers>
  std::size_t read_some(const Buffers& buffers);
  template <typename Buffers>
  std::size_t write_some(const Buffers& buffers);

  template <typename Buffers>
  std::size_t read_some(const Buffers& buffers, beast::error_code& error) {
    error = {};
    if (asio::buffer_size(buffers) == 0) {
      return 0;
    }
    if (unread_.empty()) {
      base::Result<std::string_view> piece = connection_.read(left());
      if (!piece) {
        error = piece.error().kind == base::ErrorKind::kTimedOut ? asio::error::timed_out
                                                                 : asio::error::connection_reset;
        return 0;
      }
      if (piece->empty()) {
        error = asio::error::eof;
        return 0;
      }
      unread_ = *piece;
      heard_ += listening_ ? unread_ : std::string_view();
    }
    const std::size_t taken =
        asio::buffer_copy(buffers, asio::buffer(unread_.data(), unread_.size()));
    unread_.remove_prefix(taken);
    return taken;
  }

  template <typename Buffers>
  std::size_t write_some(const Buffers& buffers, beast::error_code& error) {
    error = {};
    std::string bytes(asio::buffer_size(buffers), '\0');
    asio::buffer_copy(asio::buffer(bytes), buffers);
    base::Result<void> written = connection_.write(bytes, left());
    if (!written) {
      error = asio::error::connection_reset;
      return 0;
    }
    return bytes.size();
  }

 private:
  [[nodiscard]] milliseconds left() const {
    return std::max(std::chrono::ceil<milliseconds>(deadline_ - clock_.mono()), milliseconds(1));
  }

  Connection& connection_;
  const base::Clock& clock_;
  base::MonoTime deadline_;
  std::string_view unread_;
  std::string heard_;
  bool listening_ = true;
};

// Found by Beast where a session ends. The connection is closed with its object.
void teardown(beast::role_type /*role*/, BlockingStream& /*stream*/, beast::error_code& error) {
  error = {};
}

using WebSocket = websocket::stream<BlockingStream, false>;

std::string target_of(const ExecRequest& request) {
  std::string target = "/api/v1/namespaces/" + percent_encoded(request.namespace_name) + "/pods/" +
                       percent_encoded(request.pod) + "/exec?stdout=true&stderr=true";
  if (!request.container.empty()) {
    target += "&container=" + percent_encoded(request.container);
  }
  for (const std::string& part : request.command) {
    target += "&command=" + percent_encoded(part);
  }
  return target;
}

KubeError cut_off(const beast::error_code& error, const ExecRequest& request) {
  if (error == asio::error::timed_out) {
    return {0, "Timeout",
            request.command.front() + " has not ended in " +
                std::to_string(request.timeout.count()) + " ms"};
  }
  return {0, "", "the connection to " + request.command.front() + " was lost: " + error.message()};
}

// The exit code in a Status, or why there is none.
void read_status(std::string_view text, ExecResult& result) {
  const nlohmann::json status = nlohmann::json::parse(text, nullptr, false);
  if (text_at(status, {"status"}) == "Success") {
    result.exit_code = 0;
    return;
  }
  const nlohmann::json* causes = find_at(status, {"details", "causes"});
  if (text_at(status, {"reason"}) == "NonZeroExitCode" && causes != nullptr) {
    for (const nlohmann::json& cause : *causes) {
      const std::string code = text_at(cause, {"message"});
      int value = 0;
      const auto [end, error] = std::from_chars(code.data(), code.data() + code.size(), value);
      if (text_at(cause, {"reason"}) == "ExitCode" && error == std::errc()) {
        result.exit_code = value;
        return;
      }
    }
  }
  result.error = refused(status);
  if (result.error->status == 0) {
    result.error->status = 500;  // the server has answered: it could not run the program
  }
}

// The answer that was no WebSocket; Beast has read it to its end.
KubeError declined(const std::string& heard) {
  beast::http::response_parser<beast::http::string_body> parser;
  parser.eager(true);
  beast::error_code error;
  parser.put(asio::buffer(heard), error);
  return parser.is_header_done()
             ? refused(static_cast<int>(parser.get().result_int()), parser.get().body())
             : KubeError{0, "", "the server refused to run a program"};
}

std::optional<KubeError> shake_hands(WebSocket& socket, const KubeClient& client,
                                     const Proof& proof, const ExecRequest& request) {
  socket.set_option(websocket::stream_base::decorator([&](websocket::request_type& head) {
    head.set(beast::http::field::sec_websocket_protocol,
             beast::string_view(kProtocols.data(), kProtocols.size()));
    head.set(beast::http::field::user_agent, "drydock-harness");
    if (!proof.token.empty()) {
      head.set(beast::http::field::authorization, "Bearer " + proof.token);
    }
  }));
  websocket::response_type answer;
  beast::error_code error;
  const ServerAddress& address = client.address();
  socket.handshake(answer, address.authority, address.path + target_of(request), error);
  if (error == websocket::error::upgrade_declined) {
    return declined(socket.next_layer().heard());
  }
  if (error) {
    return cut_off(error, request);
  }
  socket.next_layer().forget_heard();
  if (answer[beast::http::field::sec_websocket_protocol].empty()) {
    return KubeError{0, "", "the server does not speak v4.channel.k8s.io or newer"};
  }
  return std::nullopt;
}

// Until the status has come, which is the last of a session.
void listen(WebSocket& socket, const ExecRequest& request,
            const std::function<void(std::string_view piece)>& output, ExecResult& result) {
  beast::flat_buffer buffer;
  for (;;) {
    buffer.clear();
    beast::error_code error;
    socket.read(buffer, error);
    if (error) {
      result.error = cut_off(error, request);
      return;
    }
    const std::string_view message(static_cast<const char*>(buffer.data().data()), buffer.size());
    if (message.empty()) {
      continue;
    }
    const std::string_view content = message.substr(1);
    if (message.front() == kStatus) {
      read_status(content, result);
      return;
    }
    if (message.front() == kOutput && !content.empty() && output) {
      output(content);
    } else if (message.front() == kErrorOutput) {
      const std::size_t room = kExecErrorBytesMax - result.error_output.size();
      result.error_output += content.substr(0, std::min(room, content.size()));
    }
  }
}

}  // namespace

ExecResult kube_exec(const KubeAccess& access, const base::Clock& clock, const ExecRequest& request,
                     const std::function<void(std::string_view piece)>& output) {
  CHECK(!request.command.empty());
  ExecResult result;
  const base::MonoTime deadline = clock.mono() + request.timeout;
  KubeLimits limits;
  limits.connect_timeout = std::min(limits.connect_timeout, request.timeout);
  base::Result<std::unique_ptr<KubeClient>> client = KubeClient::make(access, clock, limits);
  if (!client) {
    result.error = unanswered(client.error());
    return result;
  }
  OpenedConnection opened = (*client)->connect();
  if (opened.error) {
    result.error = std::move(opened.error);
    return result;
  }
  WebSocket socket(*opened.connection, clock, deadline);
  socket.read_message_max(kMessageBytesMax);
  result.error = shake_hands(socket, **client, opened.proof, request);
  if (!result.error) {
    listen(socket, request, output, result);
  }
  return result;
}

}  // namespace harness
