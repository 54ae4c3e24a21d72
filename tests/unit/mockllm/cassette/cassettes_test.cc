#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "common/base/file.h"
#include "mockllm/cassette/cassette.h"

namespace mockllm {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

constexpr std::size_t kFileBytesMax = 1'000'000;
constexpr std::string_view kHello =
    R"({"model":"gpt-4o","messages":[{"role":"system","content":"be kind"},{"role":"user","content":"hello"}]})";

Prompt asked(std::string_view raw) {
  Prompt prompt;
  prompt.raw = raw;
  return prompt;
}

Interaction answered(std::vector<std::string> pieces) {
  Interaction interaction;
  interaction.headers = {{"content-type", "application/json"}, {"set-cookie", "a=b"}};
  for (std::string& piece : pieces) {
    interaction.chunks.push_back(
        {std::chrono::microseconds(1'000 * (interaction.chunks.size() + 1)), std::move(piece)});
  }
  return interaction;
}

std::string body_of(const std::shared_ptr<const Interaction>& interaction) {
  std::string body;
  for (const RecordedChunk& chunk :
       interaction == nullptr ? std::vector<RecordedChunk>() : interaction->chunks) {
    body += chunk.bytes;
  }
  return interaction == nullptr ? "none" : body;
}

class ACassette : public testing::Test {
 protected:
  std::shared_ptr<Cassettes> open(CassetteLimits limits = {}) {
    base::Result<std::shared_ptr<Cassettes>> opened = Cassettes::open(
        directory(),
        *redact::Redactor::make({{"KEY", "the-upstream-key-1"}}, true, redact::ShapeMark::kKeyed),
        limits);
    EXPECT_TRUE(opened) << (opened ? "" : opened.error().message);
    return *opened;
  }

  [[nodiscard]] std::string directory() const { return (folder_.path() / "cassettes").string(); }

  // Everything that is on the disk, one text.
  [[nodiscard]] std::string everything() const {
    std::string all;
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder_.path())) {
      all += entry.path().filename().string() + "\n";
      if (entry.is_regular_file()) {
        all += *base::read_file(entry.path(), kFileBytesMax) + "\n";
      }
    }
    return all;
  }

  base::TemporaryDirectory folder_ = *base::TemporaryDirectory::make("cassette-");
};

TEST_F(ACassette, IsFoundAgainByAnotherProcess) {
  const auto recording = open();
  Interaction interaction = answered({"{\"a\":", "1}\n\0\xFF"});
  interaction.status = 201;
  interaction.stream = false;
  recording->add("weather", asked(kHello), interaction);
  ASSERT_TRUE(recording->commit("weather"));

  const auto found = open()->find("weather", asked(kHello), 0);

  ASSERT_NE(found, nullptr);
  EXPECT_EQ(body_of(found), body_of(std::make_shared<const Interaction>(interaction)));
  ASSERT_EQ(found->chunks.size(), 2U);
  EXPECT_EQ(found->chunks[1].at, std::chrono::microseconds(2'000));
  EXPECT_EQ(found->status, 201);
  EXPECT_EQ(found->headers.size(), 1U);
  EXPECT_EQ(found->source, directory() + "/weather.yaml#1");
}

TEST_F(ACassette, IsNotOnTheDiskBeforeItIsCommitted) {
  const auto recording = open();
  recording->add("weather", asked(kHello), answered({"x"}));
  EXPECT_FALSE(fs::exists(directory()));
  EXPECT_EQ(recording->find("weather", asked(kHello), 0), nullptr);
}

TEST_F(ACassette, IsFoundByAnySpellingOfTheRequest) {
  const auto recording = open();
  recording->add("t", asked(R"({"a":1,"b":"\u0041"})"), answered({"x"}));
  ASSERT_TRUE(recording->commit_all());

  EXPECT_NE(recording->find("t", asked("{ \"b\":\"A\", \"a\":1 }"), 0), nullptr);
  EXPECT_EQ(recording->find("t", asked(R"({"a":1,"b":"B"})"), 0), nullptr);
}

TEST_F(ACassette, AnswersEachRepetitionByItsOwnRecording) {
  const auto recording = open();
  recording->add("t", asked(kHello), answered({"first"}));
  recording->add("t", asked(kHello), answered({"second"}));
  ASSERT_TRUE(recording->commit_all());

  const auto replay = open();
  EXPECT_EQ(body_of(replay->find("t", asked(kHello), 0)), "first");
  EXPECT_EQ(body_of(replay->find("t", asked(kHello), 1)), "second");
  EXPECT_EQ(body_of(replay->find("t", asked(kHello), 9)), "second");
}

TEST_F(ACassette, OfATestComesBeforeTheSharedOne) {
  const auto recording = open();
  recording->add("default", asked(kHello), answered({"shared"}));
  recording->add("t", asked(kHello), answered({"own"}));
  ASSERT_TRUE(recording->commit_all());

  const auto replay = open();
  EXPECT_EQ(body_of(replay->find("t", asked(kHello), 0)), "own");
  EXPECT_EQ(body_of(replay->find("other", asked(kHello), 0)), "shared");
  EXPECT_EQ(body_of(replay->find("default", asked(kHello), 0)), "shared");
}

TEST_F(ACassette, OfAnotherEndpointIsAnother) {
  const auto recording = open();
  recording->add("t", asked(kHello), answered({"x"}));
  ASSERT_TRUE(recording->commit_all());
  Prompt prompt = asked(kHello);
  prompt.endpoint = Endpoint::kResponses;
  EXPECT_EQ(recording->find("t", prompt, 0), nullptr);
}

TEST_F(ACassette, HoldsNoSecretAndIsFoundByTheRequestThatDoes) {
  const std::string request =
      R"({"messages":[{"role":"user","content":"use sk-proj-abcdefghij0123456789 and the-upstream-key-1"}]})";
  const auto recording = open();
  Interaction interaction =
      answered({"{\"echo\":\"the-upstr", "eam-key-1, postgres://u:s3cretpass@db/\"}"});
  Reply reply;
  reply.choices.emplace_back().text = "the-upstream-key-1 it is";
  interaction.reply = std::make_shared<const Reply>(reply);
  recording->add("t", asked(request), interaction);
  ASSERT_TRUE(recording->commit_all());

  const std::string all = everything();
  EXPECT_THAT(all, Not(HasSubstr("the-upstream-key-1")));
  EXPECT_THAT(all, Not(HasSubstr("abcdefghij0123456789")));
  EXPECT_THAT(all, Not(HasSubstr("s3cretpass")));
  EXPECT_THAT(all, Not(HasSubstr("a=b")));
  const auto replay = open();
  EXPECT_EQ(body_of(replay->find("t", asked(request), 0)),
            "{\"echo\":\"***, postgres://u:[redacted:url_password]@db/\"}");
  const std::string other =
      R"({"messages":[{"role":"user","content":"use sk-proj-zzzzzzzzij0123456789 and the-upstream-key-1"}]})";
  EXPECT_EQ(replay->find("t", asked(other), 0), nullptr) << "another key is another request";
}

TEST_F(ACassette, CanBeReadByAPerson) {
  const auto recording = open();
  Interaction interaction = answered({"x"});
  Reply reply;
  reply.choices.emplace_back().tool_calls.push_back({"", "get_weather", "{\"city\":\"Oslo\"}"});
  interaction.reply = std::make_shared<const Reply>(reply);
  recording->add("weather", asked(kHello), interaction);
  ASSERT_TRUE(recording->commit_all());

  const std::string yaml = *base::read_file(directory() + "/weather.yaml", kFileBytesMax);
  EXPECT_THAT(yaml, HasSubstr("test: \"weather\""));
  EXPECT_THAT(yaml, HasSubstr("{role: \"user\", text: \"hello\"}"));
  EXPECT_THAT(yaml, HasSubstr("name: \"get_weather\""));
}

TEST_F(ACassette, RecordedAgainReplacesTheFormerOne) {
  const auto first = open();
  first->add("t", asked(kHello), answered({"old"}));
  first->add("t", asked("{}"), answered({"gone"}));
  ASSERT_TRUE(first->commit_all());
  const auto second = open();
  second->add("t", asked(kHello), answered({"new"}));
  ASSERT_TRUE(second->commit_all());

  const auto replay = open();
  EXPECT_EQ(body_of(replay->find("t", asked(kHello), 0)), "new");
  EXPECT_EQ(replay->find("t", asked("{}"), 0), nullptr);
  EXPECT_THAT(everything(), Not(HasSubstr("gone")));
}

TEST_F(ACassette, FillsGapsWhereTheFormerOneIsKept) {
  const auto first = open();
  Interaction interaction = answered({"old"});
  Reply reply;
  reply.choices.emplace_back().text = "what was said";
  interaction.reply = std::make_shared<const Reply>(reply);
  first->add("t", asked(kHello), interaction);
  ASSERT_TRUE(first->commit_all());
  const auto second = open();
  second->keep_former();
  second->add("t", asked("{}"), answered({"more"}));
  ASSERT_TRUE(second->commit_all());

  const auto replay = open();
  EXPECT_EQ(body_of(replay->find("t", asked(kHello), 0)), "old");
  EXPECT_EQ(body_of(replay->find("t", asked("{}"), 0)), "more");
  EXPECT_THAT(everything(), HasSubstr("what was said"));
}

TEST_F(ACassette, RecordedTheSameHasTheSameBytes) {
  const auto record = [&] {
    const auto recording = open();
    recording->add("t", asked(kHello), answered({"same"}));
    EXPECT_TRUE(recording->commit_all());
    return everything();
  };
  EXPECT_EQ(record(), record());
}

TEST_F(ACassette, ThatIsTooLargeIsNotKeptAndTheFormerOneStays) {
  const auto first = open();
  first->add("t", asked(kHello), answered({"old"}));
  ASSERT_TRUE(first->commit_all());
  CassetteLimits limits;
  limits.interaction_bytes_max = 4;
  const auto second = open(limits);
  second->add("t", asked(kHello), answered({"1234"}));
  second->add("t", asked("{}"), answered({"12345"}));

  const base::Result<void> committed = second->commit_all();

  ASSERT_FALSE(committed);
  EXPECT_THAT(committed.error().message, HasSubstr("interaction_bytes_max"));
  EXPECT_EQ(body_of(open()->find("t", asked(kHello), 0)), "old");
}

TEST_F(ACassette, ThatCameCompressedIsNotKept) {
  const auto recording = open();
  Interaction interaction = answered({"\x1F\x8B"});
  interaction.headers.emplace_back("Content-Encoding", "gzip");
  recording->add("t", asked(kHello), interaction);
  EXPECT_FALSE(recording->commit_all());
  EXPECT_FALSE(fs::exists(directory()));
}

TEST_F(ACassette, ThatCannotBeWrittenIsAnError) {
  ASSERT_TRUE(base::write_file(directory(), "a file where the folder should be"));
  const auto opened = Cassettes::open(directory(), *redact::Redactor::make({}, true));
  EXPECT_FALSE(opened);
}

TEST_F(ACassette, OfAWildTestNameStaysInItsFolder) {
  const auto recording = open();
  recording->add("../../outside", asked(kHello), answered({"x"}));
  ASSERT_TRUE(recording->commit_all());

  EXPECT_EQ(body_of(open()->find("../../outside", asked(kHello), 0)), "x");
  for (const fs::directory_entry& entry : fs::directory_iterator(folder_.path())) {
    EXPECT_EQ(entry.path().filename(), "cassettes");
  }
}

}  // namespace
}  // namespace mockllm
