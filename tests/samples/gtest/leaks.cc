// Says secrets in every way that a GoogleTest suite has. LEAKS_TEXTS names a file of texts, each
// ended by a NUL; the tests' parameters are the numbers of groups of texts.
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

constexpr std::size_t kGroup = 40;

std::vector<std::string> read_texts(const char* variable) {
  const char* path = std::getenv(variable);
  std::ifstream file(path == nullptr ? "" : path, std::ios::binary);
  std::vector<std::string> texts;
  for (std::string text; std::getline(file, text, '\0');) {
    texts.push_back(text);
  }
  return texts;
}

const std::vector<std::string>& texts() {
  static const std::vector<std::string> all = read_texts("LEAKS_TEXTS");
  return all;
}

// The secrets as they are: GoogleTest spells the values that it prints.
const std::vector<std::string>& values() {
  static const std::vector<std::string> all = read_texts("LEAKS_VALUES");
  return all;
}

std::vector<std::size_t> groups() {
  std::vector<std::size_t> starts;
  for (std::size_t start = 0; start < texts().size(); start += kGroup) {
    starts.push_back(start);
  }
  return starts;
}

class Says : public testing::TestWithParam<std::size_t> {
 protected:
  template <typename Use>
  void each(const Use& use) {
    for (std::size_t i = GetParam(); i < texts().size() && i < GetParam() + kGroup; ++i) {
      use(texts()[i]);
    }
  }
};

TEST_P(Says, InItsFailures) {
  each([](const std::string& text) { ADD_FAILURE() << "it is " << text << " and no other"; });
}

TEST_P(Says, InAProperty) {
  each([](const std::string& text) { RecordProperty("text", text); });
  FAIL();
}

INSTANTIATE_TEST_SUITE_P(All, Says, testing::ValuesIn(groups()));

TEST(SaysAll, OnBothOutputs) {
  for (const std::string& text : texts()) {
    std::cout << "out " << text << std::endl;
    std::cerr << "err " << text << std::endl;
  }
  FAIL();
}

TEST(SaysAll, InPieces) {
  for (const std::string& text : texts()) {
    for (std::size_t at = 0; at < text.size(); at += 7) {
      std::fputs(text.substr(at, 7).c_str(), stdout);
      std::fflush(stdout);
    }
    std::puts("");
  }
}

TEST(SaysAll, InOneLongMessage) {
  std::string all;
  for (const std::string& text : texts()) {
    all += text + " ";
  }
  FAIL() << all;
}

TEST(SaysAll, InAnException) {
  std::string all;
  for (const std::string& text : texts()) {
    all = text + " " + all;
  }
  throw std::runtime_error(all);
}

TEST(SaysAll, InItsSkip) {
  GTEST_SKIP() << texts().back() << texts().front();
}

// Texts that are parameters, and so in the list.
class Given : public testing::TestWithParam<std::string> {};

TEST_P(Given, Fails) {
  EXPECT_EQ(GetParam(), "");
}

INSTANTIATE_TEST_SUITE_P(Texts, Given, testing::ValuesIn(values()));

}  // namespace
