// A suite that uses clients/cpp; tests/system/harness/test_clients.py says how it is run.
#include <gtest/gtest.h>

#include <fstream>

#include "drydock/gtest.h"

namespace {

constexpr const char* kQuestion =
    R"({"model":"gpt-4o-mini","messages":[{"role":"user","content":"the weather \u00e6?"}]})";

void ask(const drydock::Llm& llm) {
  const drydock::detail::Place place = drydock::detail::place_of(llm.base_url());
  const std::string body = kQuestion;
  (void)drydock::detail::Socket(place).exchange(
      "POST " + place.path + "/chat/completions HTTP/1.0\r\nHost: " + place.host +
      "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
      "\r\nConnection: close\r\n\r\n" + body);
}

TEST(Client, TellsTheCallsOfThisTest) {
  const drydock::Llm llm;
  EXPECT_TRUE(llm.calls().empty());

  ask(llm);

  const std::vector<drydock::LlmCall> calls = llm.calls();
  ASSERT_EQ(calls.size(), 1U);
  EXPECT_EQ(calls[0].outcome, "fixture");
  EXPECT_EQ(calls[0].status, 200);
  EXPECT_EQ(calls[0].model, "gpt-4o-mini");
  EXPECT_EQ(calls[0].tool_calls, std::vector<std::string>{"get_weather"});
  EXPECT_EQ(calls[0].record["request"]["messages"][0]["content"].text(), "the weather \xC3\xA6?");
  std::ofstream(drydock::artifacts_directory() + "/note.txt") << "kept";
}

TEST(Client, HasASessionOfItsOwn) {
  EXPECT_TRUE(drydock::Llm().calls().empty());
}

TEST(Client, TellsTheWorkersPlaces) {
  EXPECT_NE(drydock::database_url().find("/drydock_"), std::string::npos);
  EXPECT_NE(drydock::cache_url().find("redis://"), std::string::npos);
  EXPECT_EQ(drydock::cache_prefix().find("drydock:"), 0U);
}

}  // namespace
