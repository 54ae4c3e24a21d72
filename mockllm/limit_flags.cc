#include "mockllm/limit_flags.h"

#include <chrono>
#include <cstddef>
#include <string>

#include <CLI/CLI.hpp>

#include "common/base/duration.h"

namespace mockllm {
namespace {

constexpr std::size_t kSizeMax = std::size_t{1} << 40U;

void add_size(CLI::App& app, const char* flag, std::size_t& value, const char* help) {
  app.add_option(flag, value, help)
      ->check(CLI::Range(std::size_t{1}, kSizeMax).description(""))
      ->type_name("N")
      ->capture_default_str()
      ->group(kLimitsGroup);
}

std::string check_duration(const std::string& text) {
  const base::Result<std::chrono::milliseconds> duration = base::parse_duration(text);
  return duration ? std::string() : duration.error().message;
}

void add_duration(CLI::App& app, const char* flag, std::chrono::milliseconds& value,
                  const char* help) {
  const auto set = [&value](const std::string& text) {
    if (base::Result<std::chrono::milliseconds> duration = base::parse_duration(text); duration) {
      value = *duration;
    }
  };
  app.add_option_function<std::string>(flag, set, help)
      ->check(CLI::Validator([](std::string& text) { return check_duration(text); }, std::string()))
      ->type_name("TIME")
      ->default_str(base::format_duration(value))
      ->group(kLimitsGroup);
}

void add_http(CLI::App& app, http::Limits& limits) {
  add_size(app, "--connections-max", limits.connections_max, "Open connections; 503 above");
  add_size(app, "--target-bytes-max", limits.target_bytes_max, "Of a request's target; 414 above");
  add_size(app, "--header-bytes-max", limits.header_bytes_max, "Of a request's head; 431 above");
  add_size(app, "--headers-max", limits.headers_max, "Header lines; 431 above");
  add_size(app, "--body-bytes-max", limits.body_bytes_max, "Of a request's body; 413 above");
  add_size(app, "--chunk-overhead-bytes-max", limits.chunk_overhead_bytes_max,
           "Framing bytes of a chunked body; 400 above");
  add_size(app, "--pipelined-max", limits.pipelined_max,
           "Requests of one connection answered before others get a turn");
  add_size(app, "--write-buffer-bytes-max", limits.write_buffer_bytes_max,
           "Queued for a slow reader before its stream pauses");
  add_size(app, "--body-bytes-per-second-min", limits.body_bytes_per_second_min,
           "A slower body is refused with 408");
  add_duration(app, "--head-timeout", limits.head_timeout, "From first byte to end of head");
  add_duration(app, "--body-timeout", limits.body_timeout, "From end of head to end of body");
  add_duration(app, "--body-rate-grace", limits.body_rate_grace,
               "Before the least body rate is asked for");
  add_duration(app, "--idle-timeout", limits.idle_timeout, "Between two requests");
  add_duration(app, "--write-timeout", limits.write_timeout, "A reader that takes no byte is cut");
  add_duration(app, "--linger-timeout", limits.linger_timeout, "Reading on after a refusal");
  add_duration(app, "--drain-timeout", limits.drain_timeout, "Open answers at shutdown");
  add_duration(app, "--accept-pause", limits.accept_pause, "Where no descriptors are left");
  add_duration(app, "--tick", limits.tick, "Resolution of all waits");
}

void add_state(CLI::App& app, ServeOptions& options) {
  add_size(app, "--sessions-max", options.sessions.sessions_max, "Sessions kept");
  add_size(app, "--aliases-max", options.sessions.aliases_max, "Aliases kept");
  add_size(app, "--session-hashes-max", options.sessions.hashes_max,
           "Distinct requests remembered per session");
  add_size(app, "--journal-calls-max", options.journal.calls_max, "Calls kept in the journal");
  add_size(app, "--journal-bytes-max", options.journal.bytes_max, "Bytes kept in the journal");
  add_size(app, "--control-body-bytes-max", options.control.body_bytes_max,
           "Of a control request; 413 above");
  add_size(app, "--control-fixtures-bytes-max", options.control.fixtures_bytes_max,
           "Of a fixture file sent to a session");
  add_size(app, "--session-fixture-sets-max", options.control.fixture_sets_max,
           "Fixture files sent to one session");
  add_size(app, "--followers-max", options.control.followers_max, "Readers of the live journal");
  add_size(app, "--follower-bytes-max", options.control.follower_bytes_max,
           "Queued for a reader of the live journal");
  add_duration(app, "--alias-wait", options.control.alias_wait,
               "For the calls that an alias has in flight");
}

void add_upstream(CLI::App& app, ServeOptions& options) {
  UpstreamLimits& limits = options.upstream_limits;
  add_duration(app, "--upstream-connect-timeout", limits.connect_timeout, "Look-up, TCP and TLS");
  add_duration(app, "--upstream-first-byte-timeout", limits.first_byte_timeout,
               "From the request to the answer's head");
  add_duration(app, "--upstream-idle-timeout", limits.idle_timeout, "Between two pieces of a body");
  add_size(app, "--upstream-head-bytes-max", limits.head_bytes_max, "Of an answer's head");
  add_size(app, "--upstream-body-bytes-max", limits.body_bytes_max, "Of an answer's body");
  add_size(app, "--upstream-calls-max", limits.calls_max, "Calls at the same time");
  add_size(app, "--recording-bytes-max", options.cassette.bytes_max,
           "Of one recording that is not on disk yet");
  add_size(app, "--interaction-bytes-max", options.cassette.interaction_bytes_max,
           "Of one recorded answer");
  add_size(app, "--interactions-max", options.cassette.interactions_max, "Of one cassette");
}

}  // namespace

void add_limit_flags(CLI::App& app, ServeOptions& options) {
  add_http(app, options.http);
  add_state(app, options);
  add_upstream(app, options);
}

}  // namespace mockllm
