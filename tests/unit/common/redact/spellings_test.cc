#include "common/redact/spellings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/redact/redactor.h"

namespace redact {
namespace {

using testing::Contains;

constexpr const char* kValue = "it's \"a\" <b> & $c\\d\né😀";

std::string redacted(const std::string& value, const std::string& text) {
  return (*Redactor::make({{"S", value}}, false))->apply(text);
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
    EXPECT_EQ(redacted(kValue, expected), "***");
  }
}

TEST(Spellings, OfXmlThatEndInAReferenceAreKnownWithoutItsSemicolonToo) {
  EXPECT_EQ(redacted("password'", "password&#x27 password&#x27; password&#39"), "*** *** ***");
  EXPECT_EQ(redacted("passwordé", "password&#233 password&#xE9;"), "*** ***");
  EXPECT_EQ(redacted("password;", "password password;"), "password ***");
}

// Who reads HTML needs no semicolon after the last reference; one that is cut earlier is another
// character to him.
TEST(Spellings, OfXmlLeaveLessThanAPieceWhereverTheyAreCut) {
  constexpr std::pair<const char*, const char*> kWritten[] = {
      {"s", "s"},         {"'", "&#x27;"},  {"\"", "&quot;"}, {"é", "&#233;"}, {"a", "a"},
      {"<", "&lt;"},      {"b", "b"},       {"c", "c"},       {"d", "d"},      {"é", "&#233;"},
      {"😀", "&#128512;"}, {"&", "&amp;"},   {"'", "&#x27;"},  {"e", "e"},      {"日", "&#26085;"},
      {"f", "f"},         {">", "&gt;"},    {"'", "&#x27;"},  {"ß", "&#223;"}, {"1", "1"},
      {"2", "2"},         {"\"", "&quot;"}, {"3", "3"},       {"4", "4"},      {"5", "5"}};
  constexpr std::size_t kPieceBytes = 12;
  std::string value;
  std::string text;
  for (const auto& [character, reference] : kWritten) {
    value += character;
    text += reference;
  }

  for (std::size_t cut = 1; cut <= text.size(); ++cut) {
    const std::string out = redacted(value, text.substr(0, cut));
    const std::size_t left = out.size() - (out.rfind('*') + 1);
    std::size_t bytes_readable = 0;
    std::size_t end = 0;
    for (const auto& [character, reference] : kWritten) {
      const std::string_view written = reference;
      const std::size_t start = end;
      end += written.size();
      if (start >= cut - left && end - (written.ends_with(';') ? 1 : 0) <= cut) {
        bytes_readable += std::string_view(character).size();
      }
    }
    EXPECT_LT(bytes_readable, kPieceBytes) << out;
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
    EXPECT_EQ(redacted(kValue, expected), "***");
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
    EXPECT_EQ(redacted(kValue, expected), "***");
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
