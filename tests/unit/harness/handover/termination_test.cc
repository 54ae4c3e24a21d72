#include "harness/handover/termination.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace harness {
namespace {

using nlohmann::json;

json verdict_with(std::size_t reasons, std::size_t bytes_each) {
  json verdict = {
      {"drydock", "verdict/v1"}, {"run", "r1"}, {"verdict", "failed"}, {"exit_code", 1}};
  verdict["reasons"] = json::array();
  for (std::size_t i = 0; i < reasons; ++i) {
    verdict["reasons"].push_back(std::to_string(i) + std::string(bytes_each, 'x'));
  }
  verdict["counts"] = {{"total", 12}};
  return verdict;
}

TEST(ATerminationMessage, IsTheVerdictWhereItFits) {
  const json verdict = verdict_with(2, 10);

  EXPECT_EQ(json::parse(termination_message(verdict.dump(2))), verdict);
}

TEST(ATerminationMessage, ShortensLongReasons) {
  const json message = json::parse(termination_message(verdict_with(2, 5'000).dump()));

  EXPECT_EQ(message["reasons"].size(), 2U);
  EXPECT_EQ(message["counts"]["total"], 12);
}

TEST(ATerminationMessage, SaysHowManyReasonsAreLeftOut) {
  const std::string text = termination_message(verdict_with(500, 200).dump());
  const json message = json::parse(text);

  EXPECT_LE(text.size(), kTerminationBytesMax);
  EXPECT_GT(text.size(), kTerminationBytesMax / 2) << "more would have fitted";
  const std::size_t shown = message["reasons"].size() - 1;
  EXPECT_EQ(message["reasons"].back(), "and " + std::to_string(500 - shown) + " more");
  EXPECT_EQ(message["reasons"].front().get<std::string>().front(), '0');
  EXPECT_EQ(message["exit_code"], 1);
}

TEST(ATerminationMessage, KeepsWhatMattersMost) {
  json verdict = verdict_with(1, 10);
  verdict["llm"] = {{"reason", std::string(10'000, 'y')}};

  const json message = json::parse(termination_message(verdict.dump()));

  EXPECT_FALSE(message.contains("llm"));
  EXPECT_EQ(message["reasons"].size(), 1U);
  EXPECT_EQ(message["verdict"], "failed");
}

}  // namespace
}  // namespace harness
