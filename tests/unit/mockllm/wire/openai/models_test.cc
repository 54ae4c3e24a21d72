#include "mockllm/wire/openai/models.h"

#include <gtest/gtest.h>

#include <string>

#include <nlohmann/json.hpp>

namespace mockllm::openai {
namespace {

using nlohmann::json;

TEST(ModelList, HasAnObjectForEachModel) {
  std::string out;

  Models().encode_list({"a", "b\"c"}, out);

  EXPECT_EQ(json::parse(out), json::parse(R"({"object":"list","data":[
    {"id":"a","object":"model","created":1767225600,"owned_by":"mockllm"},
    {"id":"b\"c","object":"model","created":1767225600,"owned_by":"mockllm"}]})"));
}

TEST(ModelList, MayBeEmpty) {
  std::string out;

  Models().encode_list({}, out);

  EXPECT_EQ(out, R"({"object":"list","data":[]})");
}

TEST(UnknownModel, IsRefusedInTheServicesWords) {
  const WireError error = Models().unknown("gpt-9");

  EXPECT_EQ(error.status, 404);
  EXPECT_EQ(error.code, "model_not_found");
  EXPECT_EQ(error.message, "The model `gpt-9` does not exist or you do not have access to it.");
}

}  // namespace
}  // namespace mockllm::openai
