#include "mockllm/server_program.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/system/error_code.hpp>

#include "common/base/clock.h"
#include "common/base/file.h"
#include "common/base/log.h"
#include "common/base/text.h"
#include "common/http/memory.h"
#include "common/http/server.h"
#include "common/redact/redactor.h"
#include "mockllm/answer/answer.h"
#include "mockllm/serve/service.h"
#include "mockllm/wire/openai/chat_completions.h"
#include "mockllm/wire/openai/models.h"

namespace mockllm {
namespace {

constexpr const char* kTokenVariable = "MOCKLLM_CONTROL_TOKEN";

// A usage error or a bad file: told on stderr as it is, several lines where there are several
// mistakes.
ExitCode refuse(const std::string& message) {
  const base::Result<void> ignored = base::write_all(STDERR_FILENO, "mockllm: " + message + "\n");
  static_cast<void>(ignored);  // Nowhere else to complain.
  return ExitCode::kUsage;
}

bool is_loopback(const std::string& host) {
  return host == "localhost" || host == "::1" || host.rfind("127.", 0) == 0;
}

std::string url_of(const std::string& host, std::uint16_t port) {
  const bool is_v6 = host.find(':') != std::string::npos;
  return "http://" + (is_v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

// Thousands of streams need as many descriptors as the system allows.
void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
  }
}

std::vector<std::string> models_of(const FixtureSet& fixtures) {
  std::vector<std::string> models = openai::default_models();
  const std::vector<std::string> named = fixtures.models();
  models.insert(models.end(), named.begin(), named.end());
  std::sort(models.begin(), models.end());
  models.erase(std::unique(models.begin(), models.end()), models.end());
  return models;
}

// The secrets that this process is given, by value: they never reach a cassette.
struct Secrets {
  std::string upstream_key;
  std::vector<std::string> api_keys;
  std::string control_token;
};

base::Result<Secrets> read_secrets(const ServeOptions& options,
                                   const base::Environment& environment) {
  Secrets secrets;
  secrets.control_token = environment.get(kTokenVariable).value_or("");
  const auto need = [&](const std::string& variable,
                        const char* flag) -> base::Result<std::string> {
    const std::optional<std::string> value = environment.get(variable);
    if (!value || value->empty()) {
      return base::invalid_input(std::string(flag) + ": the variable " + variable + " is not set");
    }
    return *value;
  };
  if (!options.upstream_key_env.empty()) {
    base::Result<std::string> key = need(options.upstream_key_env, "--upstream-key-env");
    if (!key) {
      return std::move(key).error();
    }
    secrets.upstream_key = std::move(key).value();
  }
  if (!options.api_keys_env.empty()) {
    const base::Result<std::string> keys = need(options.api_keys_env, "--api-keys-env");
    if (!keys) {
      return keys.error();
    }
    for (const std::string_view key : base::split(*keys, ',')) {
      secrets.api_keys.emplace_back(base::trimmed(key));
    }
  }
  if (!is_loopback(options.host) && secrets.control_token.empty()) {
    return base::invalid_input("--host " + options.host +
                               " can be reached from other machines: set " + kTokenVariable +
                               " to guard /_mock/, or listen on 127.0.0.1");
  }
  return secrets;
}

using SharedRedactor = std::shared_ptr<const redact::Redactor>;

// What stands for the upstream's key: where it has the shape of one, the mark that its shape gets,
// so that a replay, which does not know the key, finds what was recorded with it.
std::string placeholder_of(const std::string& key, const redact::Redactor& shapes) {
  const std::string mark = shapes.apply(key);
  const bool is_one_mark = mark.rfind("[redacted:", 0) == 0 && mark.find(']') == mark.size() - 1;
  return is_one_mark ? mark : "[redacted:upstream_key]";
}

base::Result<SharedRedactor> redactor_of(const Secrets& secrets) {
  base::Result<SharedRedactor> shapes = redact::Redactor::make({}, true, redact::ShapeMark::kKeyed);
  if (!shapes || secrets.upstream_key.empty()) {
    return shapes;
  }
  return redact::Redactor::make(
      {{"the upstream key", secrets.upstream_key, placeholder_of(secrets.upstream_key, **shapes)}},
      true, redact::ShapeMark::kKeyed);
}

// All of a serving process, in the order in which each part needs those before it.
class Program {
 public:
  Program(const ServeOptions& options, Secrets secrets, std::shared_ptr<const FixtureSet> fixtures,
          std::shared_ptr<Cassettes> cassettes)
      : options_(options),
        secrets_(std::move(secrets)),
        cassettes_(std::move(cassettes)),
        sessions_(options.sessions),
        journal_(options.journal),
        answerer_(options.mode, fixtures, cassettes_),
        control_(sessions_, journal_, clock_, control_options()),
        service_(parts(), service_options()),
        server_(service_, options.http, clock_, log_),
        signals_(server_.loop(), SIGTERM, SIGINT, SIGHUP) {
    service_.loaded(fixtures->size(), models_of(*fixtures));
    service_.show(server_.stats());
  }

  ExitCode run() {
    if (base::Result<void> ready = make_upstream(); !ready) {
      return refuse(ready.error().message);
    }
    if (base::Result<void> listening = server_.listen(options_.host, options_.port); !listening) {
      return cannot_listen(listening.error());
    }
    wait_for_signal();
    boost::asio::post(server_.loop(), [this] { announce(); });
    server_.run();
    // From here on nothing is answered any more.
    return keep_recordings();
  }

 private:
  base::Result<void> make_upstream() {
    if (options_.upstream.empty()) {
      return {};
    }
    UpstreamOptions upstream;
    upstream.base_url = options_.upstream;
    upstream.key = secrets_.upstream_key;
    upstream.ca_file = options_.upstream_ca_file;
    upstream.limits = options_.upstream_limits;
    base::Result<std::unique_ptr<Upstream>> made =
        Upstream::make(server_.loop(), clock_, std::move(upstream));
    if (!made) {
      return std::move(made).error().within("--upstream");
    }
    upstream_ = std::move(made).value();
    service_.use_upstream(*upstream_);
    return {};
  }

  // The engine's message names the cause and the remedy; the flag is ours to name.
  static ExitCode cannot_listen(const base::Error& error) {
    refuse(error.message + "; the flags are --host and --port");
    return ExitCode::kCannotListen;
  }

  void announce() {
    const std::string line = "listening on " + url_of(options_.host, server_.port()) + "\n";
    const base::Result<void> ignored = base::write_all(STDOUT_FILENO, line);
    static_cast<void>(ignored);  // Whoever closed stdout does not want to know.
    log_.info("serving", {{"url", url_of(options_.host, server_.port())},
                          {"mode", options_.mode_name},
                          {"pid", std::to_string(::getpid())}});
  }

  void wait_for_signal() {
    signals_.async_wait([this](const boost::system::error_code& code, int signal) {
      if (code) {
        return;
      }
      on_signal(signal);
      wait_for_signal();
    });
  }

  void on_signal(int signal) {
    if (signal == SIGHUP) {
      reload();
    } else if (std::exchange(draining_, true)) {
      server_.stop();
    } else {
      log_.info("draining: a second signal ends at once");
      control_.end_followers();
      server_.drain();
    }
  }

  void reload() {
    base::Result<std::shared_ptr<const FixtureSet>> fixtures = load_fixtures(options_.fixtures);
    if (!fixtures) {
      log_.error("reload failed, the former fixtures stay", {{"error", fixtures.error().message}});
      service_.reload_failed(fixtures.error().message);
      return;
    }
    answerer_.replace_fixtures(*fixtures);
    service_.loaded((*fixtures)->size(), models_of(**fixtures));
    log_.info("fixtures reloaded", {{"fixtures", std::to_string((*fixtures)->size())}});
  }

  ExitCode keep_recordings() {
    if (cassettes_ == nullptr) {
      return ExitCode::kEnded;
    }
    if (base::Result<void> kept = cassettes_->commit_all(); !kept) {
      log_.error("cannot keep the recordings", {{"error", kept.error().message}});
      return ExitCode::kInternal;
    }
    return ExitCode::kEnded;
  }

  [[nodiscard]] ControlOptions control_options() const {
    ControlOptions control;
    control.token = secrets_.control_token;
    control.limits = options_.control;
    if (!control.token.empty()) {
      control.hosts.emplace_back("*");
    }
    return control;
  }

  [[nodiscard]] ServiceOptions service_options() const {
    ServiceOptions service;
    service.seed = options_.seed;
    service.mode = options_.mode_name;
    service.api_keys = secrets_.api_keys;
    service.cassette_speed = options_.cassette_speed;
    service.log_calls = options_.log_level == base::LogLevel::kDebug;
    return service;
  }

  ServiceParts parts() {
    ServiceParts parts;
    parts.protocols = {&chat_};
    parts.models = &models_;
    parts.sessions = &sessions_;
    parts.journal = &journal_;
    parts.answerer = &answerer_;
    parts.control = &control_;
    parts.cassettes = cassettes_.get();
    parts.clock = &clock_;
    parts.log = &log_;
    return parts;
  }

  const ServeOptions& options_;
  Secrets secrets_;
  base::SystemClock clock_;
  base::Log log_{clock_, STDERR_FILENO, options_.log_format, options_.log_level};
  std::shared_ptr<Cassettes> cassettes_;
  Sessions sessions_;
  Journal journal_;
  Answerer answerer_;
  Control control_;
  openai::ChatCompletions chat_;
  openai::Models models_;
  Service service_;
  http::Server server_;
  std::unique_ptr<Upstream> upstream_;
  boost::asio::signal_set signals_;
  bool draining_ = false;
};

}  // namespace

ExitCode run_server(const ServeOptions& options, const base::Environment& environment) {
  http::keep_big_blocks();
  raise_descriptor_limit();
  std::signal(SIGPIPE, SIG_IGN);
  base::Result<Secrets> secrets = read_secrets(options, environment);
  if (!secrets) {
    return refuse(secrets.error().message);
  }
  base::Result<std::shared_ptr<const FixtureSet>> fixtures = load_fixtures(options.fixtures);
  if (!fixtures) {
    return refuse(fixtures.error().message);
  }
  std::shared_ptr<Cassettes> cassettes;
  if (!options.cassettes.empty()) {
    const base::Result<SharedRedactor> redactor = redactor_of(*secrets);
    if (!redactor) {
      return refuse(redactor.error().message);
    }
    base::Result<std::shared_ptr<Cassettes>> opened =
        Cassettes::open(options.cassettes, *redactor, options.cassette);
    if (!opened) {
      return refuse(opened.error().message);
    }
    cassettes = std::move(opened).value();
    if (options.mode == Mode::kRecordMissing) {
      cassettes->keep_former();
    }
  }
  return Program(options, std::move(secrets).value(), std::move(fixtures).value(),
                 std::move(cassettes))
      .run();
}

}  // namespace mockllm
