#include "common/redact/redactor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/digest.h"
#include "common/base/text.h"

namespace redact {
namespace {

using testing::HasSubstr;
using testing::Not;

std::shared_ptr<const Redactor> of(std::vector<Secret> secrets, bool shapes = false) {
  base::Result<std::shared_ptr<const Redactor>> redactor =
      Redactor::make(std::move(secrets), shapes);
  EXPECT_TRUE(redactor) << (redactor ? "" : redactor.error().message);
  return *redactor;
}

std::string redacted(const std::string& value, const std::string& text) {
  return of({{"S", value}})->apply(text);
}

TEST(AValue, IsReplacedWhereverItStands) {
  const auto redactor = of({{"S", "hunter2hunter2"}});

  EXPECT_EQ(redactor->apply("hunter2hunter2"), "***");
  EXPECT_EQ(redactor->apply("a hunter2hunter2 b hunter2hunter2."), "a *** b ***.");
  EXPECT_EQ(redactor->apply("hunter2hunter"), "hunter2hunter");
  EXPECT_EQ(redactor->apply(""), "");
}

TEST(AValue, HasItsOwnPlaceholder) {
  const auto redactor = of({{"S", "hunter2hunter2", "[S]"}, {"T", "other-secret", "[T]"}});
  EXPECT_EQ(redactor->apply("other-secret hunter2hunter2"), "[T] [S]");
}

TEST(AValue, IsFoundInJson) {
  const std::string value = "pa\"ss\\wo/rd\n\xC3\xA9\xF0\x9F\x98\x80 end";
  EXPECT_EQ(redacted(value, base::json_quoted(value)), "\"***\"");
  EXPECT_EQ(redacted(value, R"("pa\"ss\\wo\/rd\n)"
                            "\xC3\xA9\xF0\x9F\x98\x80 end\""),
            "\"***\"");
  EXPECT_EQ(redacted(value, R"("pa\"ss\\wo/rd\n\u00e9\ud83d\ude00 end")"), "\"***\"");
}

TEST(AValue, IsFoundPercentEncoded) {
  const std::string value = "pa ss/w+rd&x=1";
  EXPECT_EQ(redacted(value, "?q=pa%20ss%2Fw%2Brd%26x%3D1;"), "?q=***;");
  EXPECT_EQ(redacted(value, "?q=pa%20ss%2fw%2brd%26x%3d1;"), "?q=***;");
  EXPECT_EQ(redacted(value, "?q=pa+ss%2Fw%2Brd%26x%3D1;"), "?q=***;");
  EXPECT_EQ(redacted(value, "/pa%20ss/w%2Brd%26x%3D1/"), "/***/");
}

TEST(AValue, IsFoundInHex) {
  EXPECT_EQ(redacted("hunter2hunter2", "x68756e7465723268756e74657232x"), "x***x");
  EXPECT_EQ(redacted("hunter\xFFhunter2", "68756E746572FF68756E74657232"), "***");
}

// Whatever stands before and after it: of the characters that only the secret decides, none is
// left.
TEST(AValue, IsFoundInBase64AtEachOffset) {
  for (const std::string& value : {std::string("hunter2hunter2"), std::string("12345678"),
                                   std::string("\xFF\xFE\xFD\xFB\xFF\xFE\xFD\xFB?>")}) {
    for (const std::string_view before : {"", "a", "ab", "abc"}) {
      for (const std::string_view after : {"", "z", "zy", "zyx"}) {
        const std::string clear = base::to_base64(std::string(before) + value + std::string(after));
        const std::string out = redacted(value, clear);
        EXPECT_THAT(out, HasSubstr("***")) << before << "|" << after;
        const std::size_t bits_of_neighbours =
            (before.size() + 2) / 3 * 4 + (after.size() + 2) / 3 * 4;
        EXPECT_LE(out.size(), bits_of_neighbours + 3 + 4 + 3) << out;
      }
    }
  }
}

TEST(AValueOfSeveralLines, IsFoundLineByLine) {
  const std::string key =
      "-----BEGIN KEY-----\nMIIEvQIBADANBgkq\n  hkiG9w0BAQEFAASC\r\nshort\n-----END KEY-----\n";
  const std::string out = redacted(key, "log: MIIEvQIBADANBgkq\nlog: hkiG9w0BAQEFAASC\n");
  EXPECT_EQ(out, "log: ***\nlog: ***\n");
  EXPECT_EQ(redacted("token-from-a-file\n", "token-from-a-file"), "***");
}

TEST(ALongValue, IsFoundWhereItIsCut) {
  std::string value;
  for (int i = 0; i < 40; ++i) {
    value += "word" + std::to_string(i) + ",";
  }
  for (const std::size_t size : {value.size() - 1, value.size() / 2, std::size_t{30}}) {
    EXPECT_LT(redacted(value, value.substr(0, size)).size(), 3 + 12) << size;
    EXPECT_LT(redacted(value, value.substr(value.size() - size)).size(), 12 + 3) << size;
  }
  EXPECT_EQ(redacted(value, value), "***");
  EXPECT_LT(redacted(value, value.substr(0, 13) + "..." + value.substr(value.size() - 13)).size(),
            1 + 3 + 3 + 3 + 1 + 1);
}

TEST(ALongValue, OfForeignLettersIsCutBetweenThem) {
  const std::string value = "éèêëàâäîïôöùûüçñ";
  EXPECT_EQ(redacted(value, value), "***");
  EXPECT_LT(redacted(value, value.substr(0, 20)).size(), 3 + 12);
}

TEST(ALongValue, OfFewCharactersMasksNoRowOfThem) {
  const std::string value = "----------------------------------------!";
  EXPECT_EQ(redacted(value, value.substr(0, 30)), value.substr(0, 30));
}

TEST(ALongValue, IsFoundInBase64OfSeveralLines) {
  const std::string value = "a-value-that-is-longer-than-a-line-of-base64-is-and-so-it-is-in-two";
  const std::string text = base::to_base64(value);
  for (const std::size_t width : {64, 76}) {
    const std::string lines = text.substr(0, width) + "\n" + text.substr(width);
    EXPECT_EQ(redacted(value, lines).substr(0, 3), "***") << width;
    EXPECT_LT(redacted(value, lines).size(), 16) << width;
  }
}

TEST(AValueThatIsAUrl, HidesItsPasswordToo) {
  const std::string url = "postgres://app:p%40ssw0rd%2Flong@db:5432/app?x=1";
  EXPECT_EQ(redacted(url, "password=p@ssw0rd/long"), "password=***");
  EXPECT_EQ(redacted(url, "password=p%40ssw0rd%2Flong"), "password=***");
  EXPECT_EQ(redacted(url, "host db:5432"), "host db:5432");
}

TEST(SecretsThatOverlap, LeaveNoByte) {
  const auto redactor = of({{"A", "abcdefghij"}, {"B", "ghijklmnop"}});
  EXPECT_EQ(redactor->apply("<abcdefghijklmnop>"), "<***>");
  EXPECT_EQ(of({{"A", "aaaaaaaa"}})->apply("aaaaaaaaaaa"), "***");
}

TEST(SecretsInSecrets, GoWithTheLargerOne) {
  const auto redactor = of({{"A", "defghijk", "[A]"}, {"B", "abcdefghijklmnop", "[B]"}});
  EXPECT_EQ(redactor->apply("abcdefghijklmnop"), "[B]");
  EXPECT_EQ(redactor->apply("abcdefghijklmno"), "abc[A]lmno");
}

TEST(SecretsSideBySide, AreTwo) {
  const auto redactor = of({{"A", "aaaaaaab", "[A]"}, {"B", "cccccccd", "[B]"}});
  EXPECT_EQ(redactor->apply("aaaaaaabcccccccd"), "[A][B]");
}

TEST(AValueThatIsTooShort, IsRefusedByNameAndNotByValue) {
  const auto refused = Redactor::make({{"PIN", "1234567"}}, false);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("PIN"));
  EXPECT_THAT(refused.error().message, Not(HasSubstr("1234567")));
  EXPECT_FALSE(Redactor::make({{"EMPTY", ""}}, false));
}

TEST(AValueAtTheLimit, IsMaskedAndAboveItRefused) {
  const std::string value(kSecretBytesMax, 'v');
  EXPECT_EQ(redacted(value, value), "***");
  EXPECT_FALSE(Redactor::make({{"BIG", value + "v"}}, false));
}

TEST(ARedactorWithoutSecrets, LeavesTextAlone) {
  const std::string text = "sk-proj-1234567890abcdefghijkl and more\0bytes";
  EXPECT_EQ(of({})->apply(text), text);
}

TEST(AStream, HoldsBackWhatMayBeTheStartOfASecret) {
  Stream stream(of({{"S", "hunter2hunter2"}}));
  EXPECT_EQ(stream.write("a hunt"), "a ");
  EXPECT_EQ(stream.write("er2hunter"), "");
  EXPECT_EQ(stream.write("2!"), "***!");
  EXPECT_EQ(stream.finish(), "");
}

TEST(AStream, GivesBackWhatWasNoSecretAfterAll) {
  Stream stream(of({{"S", "hunter2hunter2"}}));
  EXPECT_EQ(stream.write("hunter2hun"), "");
  EXPECT_EQ(stream.write("gry"), "hunter2hungry");
  EXPECT_EQ(stream.write("hunter"), "");
  EXPECT_EQ(stream.finish(), "hunter");
}

TEST(AStream, HoldsBackNoMoreThanItSays) {
  const auto redactor = of({{"S", std::string(100, 'a') + "b"}}, true);
  Stream stream(redactor);
  std::size_t given = 0;
  std::size_t taken = 0;
  for (int i = 0; i < 20'000; ++i) {
    const std::string_view piece = i % 2 == 0 ? "sk-eyJ" : "a.-";
    given += piece.size();
    taken += stream.write(piece).size();
    if (taken > 0) {
      break;
    }
    ASSERT_LE(given - taken, redactor->bytes_held_max() + piece.size());
  }
}

}  // namespace
}  // namespace redact
