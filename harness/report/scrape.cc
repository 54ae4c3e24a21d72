#include "harness/report/scrape.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>
#include <unistd.h>

#include <charconv>
#include <cstdint>
#include <optional>
#include <sstream>
#include <string_view>
#include <thread>
#include <utility>
#include <variant>

#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/base/text.h"
#include "common/http/server.h"
#include "harness/report/metrics.h"
#include "harness/report/words.h"

namespace harness {
namespace {

using prometheus::Counter;
using prometheus::Family;
using prometheus::Gauge;
using prometheus::Histogram;

constexpr double kMsPerSecond = 1'000;

std::string suite_of(const std::string& test) {
  return test.substr(0, test.find('/'));
}

struct Address {
  std::string host;  // without the brackets of IPv6
  std::uint16_t port = 0;
};

std::optional<Address> address_of(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) {
    return std::nullopt;
  }
  Address address{std::string(text.substr(0, colon)), 0};
  const std::string_view digits = text.substr(colon + 1);
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), address.port);
  if (error != std::errc{} || end != digits.data() + digits.size() ||
      address.host.find_first_of("/@ ") != std::string::npos) {
    return std::nullopt;
  }
  if (address.host.front() == '[' && address.host.back() == ']') {
    address.host = address.host.substr(1, address.host.size() - 2);
  }
  return address;
}

class MetricsPage : public http::Handler {
 public:
  explicit MetricsPage(const prometheus::Registry& registry) : registry_(registry) {}

  http::Answer handle(const http::Request& request, const http::Waker& /*waker*/) override {
    if (request.path != "/metrics") {
      return refuse(404, "", "the metrics are at /metrics");
    }
    if (request.method != "GET") {
      return refuse(405, "", "only GET");
    }
    std::ostringstream text;
    prometheus::TextSerializer().Serialize(text, registry_.Collect());
    return http::Response{200, {{"Content-Type", "text/plain; version=0.0.4"}}, text.str()};
  }

  http::Response refuse(int status, std::string_view /*limit*/, std::string_view message) override {
    return {status, {{"Content-Type", "text/plain"}}, std::string(message) + "\n"};
  }

 private:
  const prometheus::Registry& registry_;
};

}  // namespace

class Scrape::Impl {
 public:
  Impl() = default;
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  ~Impl() {
    if (thread_.joinable()) {
      server_.stop();
      thread_.join();
    }
  }

  base::Result<void> listen(const Address& address, std::string_view written_host) {
    if (base::Result<void> listening = server_.listen(address.host, address.port); !listening) {
      return listening;
    }
    url_ =
        "http://" + std::string(written_host) + ":" + std::to_string(server_.port()) + "/metrics";
    thread_ = std::thread([this] { server_.run(); });
    return {};
  }

  [[nodiscard]] const std::string& url() const { return url_; }

  void on(const Record& record) {
    std::visit([&](const auto& event) { take(event, record); }, record.event);
  }

 private:
  static constexpr std::size_t kConnectionsMax = 64;

  static http::Limits limits() {
    http::Limits limits;
    limits.connections_max = kConnectionsMax;
    limits.body_bytes_max = 0;
    return limits;
  }

  Family<Gauge>& gauge(const char* name, const char* help) {
    return prometheus::BuildGauge().Name(name).Help(help).Register(registry_);
  }

  Family<Counter>& counter(const char* name, const char* help) {
    return prometheus::BuildCounter().Name(name).Help(help).Register(registry_);
  }

  template <typename Other>
  void take(const Other& /*event*/, const Record& /*record*/) {}

  void take(const RunStarted& event, const Record& record) {
    info_
        .Add(
            {{"run", event.run},
             {"name", event.name},
             {"version", event.version},
             {"llm_mode", event.llm_mode},
             {"shard", std::to_string(event.shard_index) + "/" + std::to_string(event.shard_count)},
             {"verdict", "running"}})
        .Set(1);
    started_.Add({}).Set(static_cast<double>(epoch_ms(record.at)) / kMsPerSecond);
  }

  void take(const PhaseFinished& event, const Record& /*record*/) {
    phases_.Add({{"phase", event.phase}}).Set(event.duration_ms / kMsPerSecond);
  }

  void take(const ServiceReady& event, const Record& /*record*/) {
    waits_.Add({{"service", event.service}}).Set(event.waited_ms / kMsPerSecond);
  }

  void take(const TestsListed& event, const Record& /*record*/) {
    for (const TestCase& test : event.tests) {
      selected_.Add({{"suite", test.suite}}).Increment();
    }
  }

  void take(const AttemptStarted& event, const Record& /*record*/) {
    running_.Add({{"suite", suite_of(event.test)}}).Increment();
  }

  void take(const AttemptFinished& event, const Record& /*record*/) {
    const std::string suite = suite_of(event.test);
    running_.Add({{"suite", suite}}).Decrement();
    attempts_.Add({{"suite", suite}, {"outcome", std::string(name_of(event.outcome))}}).Increment();
    durations_
        .Add({{"suite", suite}},
             Histogram::BucketBoundaries(kDurationBuckets.begin(), kDurationBuckets.end()))
        .Observe(event.duration_ms / kMsPerSecond);
    calls_.Increment(static_cast<double>(event.calls_total));
    misses_.Increment(static_cast<double>(event.misses));
  }

  prometheus::Registry registry_;
  base::SystemClock clock_;
  base::Log log_{clock_, STDERR_FILENO, base::LogFormat::kText, base::LogLevel::kError};
  MetricsPage page_{registry_};
  http::Server server_{page_, limits(), clock_, log_};
  std::thread thread_;
  std::string url_;
  Family<Gauge>& info_ = gauge("drydock_run_info", "The run that the other metrics are of");
  Family<Gauge>& started_ = gauge("drydock_run_started_timestamp_seconds", "When it began");
  Family<Gauge>& phases_ = gauge("drydock_phase_duration_seconds", "Of what comes before tests");
  Family<Gauge>& waits_ = gauge("drydock_service_wait_seconds", "Until a service was ready");
  Family<Gauge>& selected_ = gauge("drydock_tests_selected", "Tests that this run is of, by suite");
  Family<Gauge>& running_ = gauge("drydock_attempts_running", "Attempts that go on, by suite");
  Family<Counter>& attempts_ =
      counter("drydock_attempts_total", "Attempts that have ended, by suite and outcome");
  Family<Histogram>& durations_ = prometheus::BuildHistogram()
                                      .Name("drydock_attempt_duration_seconds")
                                      .Help("Of the attempts that have ended")
                                      .Register(registry_);
  Counter& calls_ =
      counter("drydock_llm_calls_total", "Calls of the LLM by attempts that have ended").Add({});
  Counter& misses_ =
      counter("drydock_llm_misses_total", "Calls of theirs that no fixture answered").Add({});
};

base::Result<Scrape> Scrape::listen(const std::string& address) {
  const std::optional<Address> parts = address_of(address);
  if (!parts) {
    return base::invalid_input("'" + base::printable(address) +
                               "' is no address to listen at, expected HOST:PORT such as "
                               "127.0.0.1:9464");
  }
  auto impl = std::make_unique<Impl>();
  const std::string_view host = std::string_view(address).substr(0, address.rfind(':'));
  if (base::Result<void> listening = impl->listen(*parts, host); !listening) {
    return listening.error();
  }
  return Scrape(std::move(impl));
}

Scrape::Scrape(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Scrape::Scrape(Scrape&&) noexcept = default;
Scrape& Scrape::operator=(Scrape&&) noexcept = default;
Scrape::~Scrape() = default;

const std::string& Scrape::url() const {
  return impl_->url();
}

void Scrape::on(const Record& record) {
  impl_->on(record);
}

}  // namespace harness
