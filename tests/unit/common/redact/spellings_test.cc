#include "common/redact/spellings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/redact/redactor.h"

namespace redact {
namespace {

using testing::Contains;

constexpr const char* kValue = "it's \"a\" <b> & $c\\d\né😀";

std::string redacted(const std::string& text) {
  return (*Redactor::make({{"S", kValue}}, false))->apply(text);
}

TEST(Spellings, OfXmlAndHtml) {
  const std::vector<std::string> spellings = xml_spellings(kValue);

  for (const char* expected : {
           "it's \"a\" &lt;b&gt; &amp; $c\\d\né😀",
           "it's &quot;a&quot; &lt;b&gt; &amp; $c\\d&#10;é😀",
           "it&apos;s &quot;a&quot; &lt;b&gt; &amp; $c\\d\né😀",
           "it&apos;s &quot;a&quot; &lt;b&gt; &amp; $c\\d&#x0A;é😀",
           "it&#x27;s &quot;a&quot; &lt;b&gt; &amp; $c\\d\né😀",
           "it&#39;s &#34;a&#34; &lt;b&gt; &amp; $c\\d&#xA;é😀",
           "it's \"a\" &lt;b&gt; &amp; $c\\d\n&#233;&#128512;",
           "it's \"a\" &lt;b&gt; &amp; $c\\d\n&#xE9;&#x1F600;",
       }) {
    EXPECT_THAT(spellings, Contains(expected));
    EXPECT_EQ(redacted(expected), "***");
  }
}

TEST(Spellings, OfShells) {
  const std::vector<std::string> spellings = shell_spellings(kValue);

  for (const char* expected : {
           "it'\\''s \"a\" <b> & $c\\d\né😀",
           "it'\"'\"'s \"a\" <b> & $c\\d\né😀",
           "it's \\\"a\\\" <b> & \\$c\\\\d\né😀",
           "it\\'s\\ \\\"a\\\"\\ \\<b\\>\\ \\&\\ \\$c\\\\d\né😀",
           "it\\'s \"a\" <b> & $c\\\\d\\né😀",
           "it\\'s \"a\" <b> & $c\\\\d\\n\\303\\251\\360\\237\\230\\200",
       }) {
    EXPECT_THAT(spellings, Contains(expected));
    EXPECT_EQ(redacted(expected), "***");
  }
}

TEST(Spellings, OfSourceCodeAndTestFrameworks) {
  const std::vector<std::string> spellings = code_spellings(kValue);

  for (const char* expected : {
           "it's \\\"a\\\" <b> & $c\\\\d\\né😀",
           "it\\'s \"a\" <b> & $c\\\\d\\n\\xc3\\xa9\\xf0\\x9f\\x98\\x80",
           "it's \\\"a\\\" <b> & $c\\\\d\\n\\xC3\\xA9\\xF0\\x9F\\x98\\x80",
           "it\\'s \"a\" <b> & $c\\\\d\\n\\xe9\\U0001f600",
           "it's \"a\" <b> & $c\\d\\x0aé😀",
       }) {
    EXPECT_THAT(spellings, Contains(expected));
    EXPECT_EQ(redacted(expected), "***");
  }
}

TEST(Spellings, OfGoogleTestEndALiteralBeforeADigit) {
  EXPECT_THAT(code_spellings("pass\xC3\xA9word-\xC3\xA9"
                             "a"),
              Contains("pass\\xC3\\xA9word-\\xC3\\xA9\" \"a"));
}

TEST(Spellings, OfJsonForPagesHideMarkup) {
  EXPECT_THAT(json_spellings("a<b>&\"c/"), Contains("a\\u003cb\\u003e\\u0026\\\"c/"));
}

TEST(Spellings, OfBytesThatAreNoTextAreSpeltByteByByte) {
  EXPECT_THAT(code_spellings("key\xFF\xC3."), Contains("key\\xff\\xc3."));
  EXPECT_THAT(json_spellings("key\xFF."), Contains("key\xEF\xBF\xBD."));
}

}  // namespace
}  // namespace redact
