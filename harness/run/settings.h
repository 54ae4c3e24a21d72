// What a run is told before its first test starts.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "common/base/env.h"
#include "common/redact/redactor.h"
#include "harness/config/config.h"
#include "harness/plan/quarantine.h"
#include "harness/service/services.h"

namespace harness {

struct RunSettings {
  const base::Clock& clock;
  const Config& config;
  const Services& services;
  // By worker: the values of services that it has for itself; empty where nothing is isolated.
  std::vector<Values> workers = {};
  base::Environment environment = {};  // base of every test (base_environment())
  std::string run = {};                // the run's name
  std::string llm_mode = "mock";       // told to the tests
  std::string control_token = {};      // of mockllm
  std::string python = "python3";
  std::string report_directory = {};
  std::string private_directory = {};  // ours alone; holds the pytest plugin
  std::shared_ptr<const redact::Redactor> redactor = {};
  int jobs = 1;
  std::optional<int> retries = {};  // of the flag: goes before the suite's own
  int repeat = 1;           // how often each test is run; each time is an attempt of its own
  bool until_fail = false;  // no more often where one was red
  std::optional<std::uint64_t> shuffle_seed = {};
  Quarantine quarantine = {};
  std::optional<int> fail_fast = {};  // stop starting after so many red tests
  std::optional<std::chrono::milliseconds> test_timeout =
      {};  // of the flag: goes before the suite's own
  std::optional<std::chrono::milliseconds> soft_timeout = {};  // of the flag, likewise
  base::MonoTime run_deadline{};
  int stop_fd = -1;  // StopSignals::fd()
};

// The limit of one test of the suite: flag over suite over `limits`.
inline std::chrono::milliseconds test_limit(const RunSettings& settings, const SuiteConfig& suite) {
  return settings.test_timeout.value_or(suite.timeout.value_or(settings.config.test_timeout));
}

// When its stacks are shown, where that is before its limit.
inline std::optional<std::chrono::milliseconds> soft_limit(const RunSettings& settings,
                                                           const SuiteConfig& suite) {
  const auto soft = settings.soft_timeout ? settings.soft_timeout : settings.config.soft_timeout;
  return soft && *soft < test_limit(settings, suite) ? soft : std::nullopt;
}

// How many more attempts a red test of the suite has, in the same order. A repeated run has none.
inline int retries_of(const RunSettings& settings, const SuiteConfig& suite) {
  return settings.repeat > 1
             ? 0
             : settings.retries.value_or(suite.retry.value_or(settings.config.retry));
}

}  // namespace harness
