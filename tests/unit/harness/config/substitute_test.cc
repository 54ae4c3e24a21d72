#include <gtest/gtest.h>

#include <string>

#include "harness/config/config.h"

namespace harness {
namespace {

const Values kValues{{"db.url", "postgresql://u:p@h/app"}, {"llm.base_url", "http://h/v1"}};

std::string filled(std::string_view text) {
  base::Result<std::string> result = substitute(text, kValues);
  return result ? *result : "error: " + result.error().message;
}

TEST(Substitute, PutsValuesIn) {
  EXPECT_EQ(filled("a ${db.url} b ${llm.base_url}"), "a postgresql://u:p@h/app b http://h/v1");
}

TEST(Substitute, LeavesOtherDollarsAlone) {
  EXPECT_EQ(filled("$HOME costs $5 $"), "$HOME costs $5 $");
}

TEST(Substitute, TakesTwoDollarsAsALiteral) {
  EXPECT_EQ(filled("$${db.url}"), "${db.url}");
}

TEST(Substitute, DoesNotLookIntoValues) {
  const Values values{{"a.b", "${a.b}"}};

  EXPECT_EQ(*substitute("${a.b}", values), "${a.b}");
}

TEST(Substitute, NamesWhatHasNoValue) {
  EXPECT_EQ(filled("${db.port}"), "error: ${db.port} has no value");
}

TEST(Substitute, RefusesWhatIsNotAReference) {
  EXPECT_EQ(filled("${db}"), "error: '${db}' is not ${service.attribute}");
  EXPECT_EQ(filled("${db.url"), "error: '${' without its '}'");
}

}  // namespace
}  // namespace harness
