#include "mockllm/serve/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <array>
#include <sstream>
#include <string_view>

namespace mockllm {
namespace {

constexpr std::array<Outcome, 7> kOutcomes{
    Outcome::kFixture, Outcome::kCassette, Outcome::kAuto, Outcome::kUpstream,
    Outcome::kMiss,    Outcome::kInvalid,  Outcome::kFault};

// Seconds. From "at once" to a model that thinks.
const prometheus::Histogram::BucketBoundaries kFirstByteBuckets{
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
    0.1,    0.25,    0.5,    1,     2.5,    5,     10,   30};

prometheus::Gauge& gauge(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add({});
}

prometheus::Counter& counter(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry).Add({});
}

// Brings a counter to a total that is kept elsewhere.
void raise(prometheus::Counter& counter, std::uint64_t total) {
  const double missing = static_cast<double>(total) - counter.Value();
  if (missing > 0) {
    counter.Increment(missing);
  }
}

}  // namespace

class Metrics::Impl {
 public:
  Impl() {
    auto& calls = prometheus::BuildCounter()
                      .Name("mockllm_calls_total")
                      .Help("Calls of an LLM endpoint by what answered them")
                      .Register(registry_);
    for (std::size_t i = 0; i < kOutcomes.size(); ++i) {
      calls_[i] = &calls.Add({{"outcome", std::string(name_of(kOutcomes[i]))}});
    }
    auto& tokens = prometheus::BuildCounter()
                       .Name("mockllm_tokens_total")
                       .Help("Tokens as told in usage")
                       .Register(registry_);
    input_ = &tokens.Add({{"kind", "input"}});
    output_ = &tokens.Add({{"kind", "output"}});
    first_byte_ = &prometheus::BuildHistogram()
                       .Name("mockllm_first_byte_seconds")
                       .Help("From the request's last byte to the answer's first")
                       .Register(registry_)
                       .Add({}, kFirstByteBuckets);
  }

  void show(const MetricsSnapshot& snapshot) {
    const http::Stats& engine = snapshot.engine;
    raise(connections_total_, engine.connections_total);
    raise(requests_total_, engine.requests_total);
    raise(bytes_read_, engine.bytes_read);
    raise(bytes_written_, engine.bytes_written);
    raise(refused_total_, engine.refused_total);
    raise(cut_slow_total_, engine.cut_slow_total);
    raise(headers_dropped_, engine.headers_dropped_total);
    raise(journal_dropped_, snapshot.journal_dropped);
    raise(reload_errors_, snapshot.reload_errors);
    connections_open_.Set(static_cast<double>(engine.connections_open));
    streams_open_.Set(static_cast<double>(engine.streams_open));
    sessions_.Set(static_cast<double>(snapshot.sessions));
    fixtures_.Set(static_cast<double>(snapshot.fixtures));
    reload_failed_.Set(snapshot.reload_failed ? 1 : 0);
  }

  prometheus::Registry registry_;
  std::array<prometheus::Counter*, kOutcomes.size()> calls_{};
  prometheus::Counter* input_ = nullptr;
  prometheus::Counter* output_ = nullptr;
  prometheus::Histogram* first_byte_ = nullptr;

 private:
  prometheus::Counter& connections_total_ =
      counter(registry_, "mockllm_http_connections_total", "Connections accepted");
  prometheus::Counter& requests_total_ =
      counter(registry_, "mockllm_http_requests_total", "Requests read whole");
  prometheus::Counter& bytes_read_ =
      counter(registry_, "mockllm_http_read_bytes_total", "Bytes read from clients");
  prometheus::Counter& bytes_written_ =
      counter(registry_, "mockllm_http_written_bytes_total", "Bytes written to clients");
  prometheus::Counter& refused_total_ =
      counter(registry_, "mockllm_http_refused_total", "Requests refused by the engine");
  prometheus::Counter& cut_slow_total_ =
      counter(registry_, "mockllm_http_cut_slow_total", "Connections ended by a time limit");
  prometheus::Counter& headers_dropped_ = counter(registry_, "mockllm_http_headers_dropped_total",
                                                  "Answer headers with forbidden characters");
  prometheus::Counter& journal_dropped_ =
      counter(registry_, "mockllm_journal_dropped_total", "Calls that fell out of the journal");
  prometheus::Counter& reload_errors_ =
      counter(registry_, "mockllm_reload_errors_total", "Reloads that kept the old fixtures");
  prometheus::Gauge& connections_open_ =
      gauge(registry_, "mockllm_http_connections_open", "Open connections");
  prometheus::Gauge& streams_open_ = gauge(registry_, "mockllm_http_streams_open", "Open streams");
  prometheus::Gauge& sessions_ = gauge(registry_, "mockllm_sessions", "Sessions kept");
  prometheus::Gauge& fixtures_ = gauge(registry_, "mockllm_fixtures", "Fixtures loaded");
  prometheus::Gauge& reload_failed_ =
      gauge(registry_, "mockllm_reload_failed", "1 where the last reload kept the old fixtures");
};

Metrics::Metrics() : impl_(std::make_unique<Impl>()) {}

Metrics::~Metrics() = default;

void Metrics::count_call(Outcome outcome) {
  impl_->calls_[static_cast<std::size_t>(outcome)]->Increment();
}

void Metrics::count_tokens(const Usage& usage) {
  impl_->input_->Increment(static_cast<double>(usage.input));
  impl_->output_->Increment(static_cast<double>(usage.output));
}

void Metrics::observe_first_byte(base::Nanoseconds duration) {
  impl_->first_byte_->Observe(std::chrono::duration<double>(duration).count());
}

std::string Metrics::text(const MetricsSnapshot& snapshot) {
  impl_->show(snapshot);
  std::ostringstream out;
  prometheus::TextSerializer().Serialize(out, impl_->registry_.Collect());
  return std::move(out).str();
}

}  // namespace mockllm
