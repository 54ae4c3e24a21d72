#include "harness/report/scrape.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/http/client/client.h"

namespace harness {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class ScrapeOfARun : public ::testing::Test {
 protected:
  void happens(Event event) {
    scrape_->on({++seq_, "2026-11-22T10:00:00.000Z", 0, std::move(event)});
  }

  std::string page() {
    const std::string url = scrape_->url();
    base::Result<http::Client> client = http::Client::make(url.substr(0, url.rfind('/')));
    EXPECT_TRUE(client) << url;
    const base::Result<http::ClientResponse> answer = client->send({"GET", "/metrics", {}, {}});
    EXPECT_TRUE(answer);
    EXPECT_EQ(answer->status, 200);
    return answer->body;
  }

  base::Result<Scrape> scrape_ = Scrape::listen("127.0.0.1:0");

 private:
  std::uint64_t seq_ = 0;
};

AttemptFinished finished(std::string test, Outcome outcome, double duration_ms) {
  AttemptFinished attempt;
  attempt.test = std::move(test);
  attempt.outcome = outcome;
  attempt.duration_ms = duration_ms;
  attempt.calls_total = 3;
  attempt.misses = 1;
  return attempt;
}

TEST_F(ScrapeOfARun, TellsWhatIsKnownSoFar) {
  happens(RunStarted{"r1", "shop", "1.2", "mock", "by default", 1, 4});
  happens(PhaseFinished{"services", "2 ready", 1'500});
  happens(ServiceReady{"db", "postgresql://db", 250});
  TestsListed list;
  list.tests = {{"cpp", "A.B"}, {"cpp", "A.C"}, {"py", "test_x.py::test_y"}};
  happens(list);
  happens(AttemptStarted{"cpp/A.B", 1, "s"});
  happens(AttemptStarted{"cpp/A.C", 1, "s"});
  happens(finished("cpp/A.B", Outcome::kFailed, 70));

  const std::string text = page();

  for (const char* line :
       {"drydock_run_info{llm_mode=\"mock\",name=\"shop\",run=\"r1\",shard=\"1/4\","
        "verdict=\"running\",version=\"1.2\"} 1",
        "drydock_phase_duration_seconds{phase=\"services\"} 1.5",
        "drydock_service_wait_seconds{service=\"db\"} 0.25",
        "drydock_tests_selected{suite=\"cpp\"} 2", "drydock_tests_selected{suite=\"py\"} 1",
        "drydock_attempts_running{suite=\"cpp\"} 1",
        "drydock_attempts_total{outcome=\"failed\",suite=\"cpp\"} 1",
        "drydock_attempt_duration_seconds_bucket{suite=\"cpp\",le=\"0.05\"} 0",
        "drydock_attempt_duration_seconds_bucket{suite=\"cpp\",le=\"0.1\"} 1",
        "drydock_llm_calls_total 3", "drydock_llm_misses_total 1"}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

TEST_F(ScrapeOfARun, HasOnePageAndTakesNoOtherMethod) {
  const std::string url = scrape_->url();
  base::Result<http::Client> client = http::Client::make(url.substr(0, url.rfind('/')));
  ASSERT_TRUE(client);
  EXPECT_EQ(client->send({"GET", "/", {}, {}})->status, 404);
  EXPECT_EQ(client->send({"DELETE", "/metrics", {}, {}})->status, 405);
}

TEST_F(ScrapeOfARun, HasNoTestsName) {
  TestsListed list;
  list.tests = {{"cpp", "Orders.AreKept"}};
  happens(list);
  happens(AttemptStarted{"cpp/Orders.AreKept", 1, "s"});
  happens(finished("cpp/Orders.AreKept", Outcome::kPassed, 1));

  EXPECT_THAT(page(), Not(HasSubstr("AreKept")));
}

TEST(Scrape, TwoListenSideBySide) {
  const base::Result<Scrape> one = Scrape::listen("127.0.0.1:0");
  const base::Result<Scrape> other = Scrape::listen("127.0.0.1:0");
  ASSERT_TRUE(one && other);
  EXPECT_NE(one->url(), other->url());
}

TEST(Scrape, APortInUseIsToldWithAWayOut) {
  const base::Result<Scrape> one = Scrape::listen("127.0.0.1:0");
  ASSERT_TRUE(one);
  const std::string address = one->url().substr(7, one->url().rfind('/') - 7);

  const base::Result<Scrape> other = Scrape::listen(address);

  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().kind, base::ErrorKind::kUnavailable);
  EXPECT_THAT(other.error().message, HasSubstr(address));
  EXPECT_THAT(other.error().message, HasSubstr("the port is in use (choose another, or 0 for"));
}

TEST(Scrape, WhatIsNoAddressIsTurnedDown) {
  for (const char* address :
       {"", "9464", ":9464", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:70000",
        "127.0.0.1:-1", "http://127.0.0.1:9464", "user@127.0.0.1:9464"}) {
    const base::Result<Scrape> scrape = Scrape::listen(address);
    ASSERT_FALSE(scrape) << address;
    EXPECT_EQ(scrape.error().kind, base::ErrorKind::kInvalidInput) << address;
    EXPECT_THAT(scrape.error().message, HasSubstr("127.0.0.1:9464"));
  }
}

TEST(Scrape, AnAddressOfAnotherMachineIsNamed) {
  const base::Result<Scrape> scrape = Scrape::listen("192.0.2.1:0");
  ASSERT_FALSE(scrape);
  EXPECT_THAT(scrape.error().message, HasSubstr("192.0.2.1"));
}

}  // namespace
}  // namespace harness
