// The command line, and the file of --config, as values.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "common/base/log.h"
#include "common/http/limits.h"
#include "mockllm/answer/answer.h"
#include "mockllm/cassette/cassette.h"
#include "mockllm/control/control.h"
#include "mockllm/journal/journal.h"
#include "mockllm/session/session.h"
#include "mockllm/upstream/upstream.h"

namespace mockllm {

struct ServeOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 4010;
  std::string mode_name = "replay";
  Mode mode = Mode::kReplay;
  std::vector<std::string> fixtures;
  std::string cassettes;
  double cassette_speed = 0;
  std::string upstream;
  std::string upstream_key_env;
  std::string upstream_ca_file;
  std::string api_keys_env;
  std::uint64_t seed = 0;
  base::LogFormat log_format = base::LogFormat::kText;
  base::LogLevel log_level = base::LogLevel::kInfo;

  http::Limits http;
  SessionLimits sessions;
  JournalLimits journal;
  ControlLimits control;
  UpstreamLimits upstream_limits;
  CassetteLimits cassette;
};

struct LintOptions {
  std::vector<std::string> paths;
};

struct ExplainOptions {
  std::string fixtures;
  std::string request;
};

struct SchemaOptions {};

// Nothing is to be run: `text` is for stdout where the code is 0, else for stderr.
struct EndNow {
  int exit_code = 0;
  std::string text;
};

using Options = std::variant<ServeOptions, LintOptions, ExplainOptions, SchemaOptions, EndNow>;

// `arguments` without the program's own name.
Options parse_options(std::vector<std::string> arguments);

}  // namespace mockllm
