#include "mockllm/serve/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mockllm {
namespace {

using testing::HasSubstr;

TEST(MetricsText, CountsCallsByOutcomeAndTokens) {
  Metrics metrics;
  metrics.count_call(Outcome::kFixture);
  metrics.count_call(Outcome::kFixture);
  metrics.count_call(Outcome::kMiss);
  metrics.count_tokens({41, 9, 0, 0});
  metrics.observe_first_byte(std::chrono::milliseconds(2));

  const std::string text = metrics.text({});

  EXPECT_THAT(text, HasSubstr("mockllm_calls_total{outcome=\"fixture\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("mockllm_calls_total{outcome=\"miss\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("mockllm_calls_total{outcome=\"cassette\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("mockllm_tokens_total{kind=\"input\"} 41\n"));
  EXPECT_THAT(text, HasSubstr("mockllm_first_byte_seconds_count 1\n"));
}

TEST(MetricsText, ShowsTotalsKeptElsewhereOnceEach) {
  Metrics metrics;
  MetricsSnapshot snapshot;
  snapshot.engine.requests_total = 5;
  snapshot.journal_dropped = 3;
  snapshot.reload_failed = true;

  static_cast<void>(metrics.text(snapshot));
  const std::string text = metrics.text(snapshot);

  EXPECT_THAT(text, HasSubstr("mockllm_http_requests_total 5\n"));
  EXPECT_THAT(text, HasSubstr("mockllm_journal_dropped_total 3\n"));
  EXPECT_THAT(text, HasSubstr("mockllm_reload_failed 1\n"));
}

}  // namespace
}  // namespace mockllm
