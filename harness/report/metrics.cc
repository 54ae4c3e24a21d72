#include "harness/report/metrics.h"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <array>
#include <map>
#include <sstream>
#include <vector>

#include "harness/report/words.h"

namespace harness {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Labels = std::vector<ClientMetric::Label>;

struct SuiteNumbers {
  std::array<int, kOutcomes.size()> outcomes{};
  int attempts = 0;
  double cpu_ms = 0;
  std::int64_t peak_memory_bytes = 0;
  std::vector<double> durations_ms;  // of the last attempts
};

// In the order of the names: the same run gives the same text.
using Suites = std::map<std::string, SuiteNumbers>;

Suites suites_of(const RunResults& results) {
  Suites suites;
  for (const TestResult& result : results.tests) {
    SuiteNumbers& suite = suites[result.test.suite];
    ++suite.outcomes[static_cast<std::size_t>(result.outcome)];
    suite.attempts += static_cast<int>(result.attempts.size());
    for (const AttemptFinished& attempt : result.attempts) {
      suite.cpu_ms += attempt.cpu_ms;
      suite.peak_memory_bytes = std::max(suite.peak_memory_bytes, attempt.peak_memory_bytes);
    }
    if (!result.attempts.empty()) {
      suite.durations_ms.push_back(result.attempts.back().duration_ms);
    }
  }
  for (const ListingError& error : results.listing_errors) {
    ++suites[error.failure.suite].outcomes[static_cast<std::size_t>(Outcome::kDiscoveryError)];
  }
  return suites;
}

class Families {
 public:
  MetricFamily& add(const char* name, const char* help, MetricType type = MetricType::Gauge) {
    return all_.emplace_back(MetricFamily{name, help, type, {}});
  }

  void add_value(const char* name, const char* help, double value) {
    add_gauge(add(name, help), {}, value);
  }

  static void add_gauge(MetricFamily& family, Labels labels, double value) {
    ClientMetric metric;
    metric.label = std::move(labels);
    metric.gauge.value = value;
    family.metric.push_back(std::move(metric));
  }

  [[nodiscard]] std::string text() const {
    std::ostringstream out;
    prometheus::TextSerializer().Serialize(out, all_);
    return out.str();
  }

 private:
  std::vector<MetricFamily> all_;
};

ClientMetric::Label label(const char* name, std::string_view value) {
  return {name, std::string(value)};
}

void add_run(Families& families, const RunResults& results, const Verdict& verdict) {
  const double started = static_cast<double>(epoch_ms(results.started_at)) / 1'000;
  const double duration = results.duration_ms / 1'000;
  Families::add_gauge(
      families.add("drydock_run_info", "The run that the other metrics are of"),
      {label("run", results.start.run), label("name", results.start.name),
       label("version", results.start.version), label("llm_mode", results.start.llm_mode),
       label("shard", std::to_string(results.start.shard_index) + "/" +
                          std::to_string(results.start.shard_count)),
       label("verdict", verdict.word)},
      1);
  families.add_value("drydock_run_exit_code", "What the run ended with",
                     code_of(verdict.exit_code));
  families.add_value("drydock_run_started_timestamp_seconds", "When it began", started);
  families.add_value("drydock_run_duration_seconds", "How long it took", duration);
  if (verdict.exit_code == ExitCode::kPassed) {
    families.add_value("drydock_run_last_success_timestamp_seconds",
                       "When a passed run ended; missing where this one did not pass",
                       started + duration);
  }
  MetricFamily& phases =
      families.add("drydock_phase_duration_seconds", "Of what comes before tests");
  for (const PhaseFinished& phase : results.phases) {
    Families::add_gauge(phases, {label("phase", phase.phase)}, phase.duration_ms / 1'000);
  }
  MetricFamily& waits = families.add("drydock_service_wait_seconds", "Until a service was ready");
  for (const ServiceReady& service : results.services) {
    Families::add_gauge(waits, {label("service", service.service)}, service.waited_ms / 1'000);
  }
}

// Failures that are not the tests' own, by their word.
void add_infrastructure(Families& families, const RunResults& results) {
  std::map<std::string, int> classes{{"environment", 0}, {"interrupted", 0}, {"service", 0}};
  for (const TestResult& result : results.tests) {
    classes["environment"] += result.outcome == Outcome::kEnvironment ? 1 : 0;
  }
  classes["service"] = static_cast<int>(results.service_failures.size());
  classes["interrupted"] = static_cast<int>(results.interruptions.size());
  for (const RunFailed& failure : results.failures) {
    ++classes[std::string(word_of(static_cast<ExitCode>(failure.exit_code)))];
  }
  MetricFamily& family =
      families.add("drydock_infra_failures", "Failures that are not the tests' own, by class");
  for (const auto& [name, count] : classes) {
    Families::add_gauge(family, {label("class", name)}, count);
  }
}

ClientMetric histogram_of(const std::string& suite, const std::vector<double>& durations_ms) {
  ClientMetric metric;
  metric.label = {label("suite", suite)};
  metric.histogram.sample_count = durations_ms.size();
  for (const double duration_ms : durations_ms) {
    metric.histogram.sample_sum += duration_ms / 1'000;
  }
  for (const double bound : kDurationBuckets) {
    const auto below = std::count_if(durations_ms.begin(), durations_ms.end(),
                                     [&](double ms) { return ms / 1'000 <= bound; });
    metric.histogram.bucket.push_back({static_cast<std::uint64_t>(below), bound});
  }
  return metric;
}

void add_suites(Families& families, const Suites& suites) {
  MetricFamily& tests = families.add("drydock_tests", "Tests by suite and outcome");
  for (const auto& [name, suite] : suites) {
    for (const Outcome outcome : kOutcomes) {
      Families::add_gauge(tests, {label("suite", name), label("outcome", name_of(outcome))},
                          suite.outcomes[static_cast<std::size_t>(outcome)]);
    }
  }
  const auto add = [&](const char* metric, const char* help, auto value) {
    MetricFamily& family = families.add(metric, help);
    for (const auto& [name, suite] : suites) {
      Families::add_gauge(family, {label("suite", name)}, value(suite));
    }
  };
  add("drydock_test_attempts", "Attempts of a suite's tests",
      [](const SuiteNumbers& suite) { return static_cast<double>(suite.attempts); });
  add("drydock_test_cpu_seconds", "Processor time of a suite's attempts",
      [](const SuiteNumbers& suite) { return suite.cpu_ms / 1'000; });
  add("drydock_test_peak_memory_bytes", "The most memory that an attempt of a suite held",
      [](const SuiteNumbers& suite) { return static_cast<double>(suite.peak_memory_bytes); });
  MetricFamily& durations = families.add("drydock_test_duration_seconds",
                                         "Of each test's last attempt", MetricType::Histogram);
  for (const auto& [name, suite] : suites) {
    durations.metric.push_back(histogram_of(name, suite.durations_ms));
  }
}

}  // namespace

std::string metrics_text(const RunResults& results, const Verdict& verdict) {
  Families families;
  add_run(families, results, verdict);
  add_suites(families, suites_of(results));
  add_infrastructure(families, results);
  Families::add_gauge(families.add("drydock_llm_calls", "Calls of the LLM, by mode"),
                      {label("mode", results.start.llm_mode)},
                      static_cast<double>(results.llm_calls));
  families.add_value("drydock_llm_misses", "Calls that no fixture answered",
                     static_cast<double>(verdict.misses));
  families.add_value("drydock_llm_unattributed_calls", "Calls that no attempt owns",
                     static_cast<double>(verdict.unattributed));
  return families.text();
}

}  // namespace harness
