#include "common/base/digest.h"

#include <gtest/gtest.h>

#include <string>

namespace base {
namespace {

// FIPS 180-2, RFC 4648 and RFC 3720 (appendix B.4) give these pairs.
TEST(Digest, Sha256OfTheStandardsExamples) {
  EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Digest, Base64OfTheStandardsExamples) {
  EXPECT_EQ(to_base64(""), "");
  EXPECT_EQ(to_base64("f"), "Zg==");
  EXPECT_EQ(to_base64("fo"), "Zm8=");
  EXPECT_EQ(to_base64("foobar"), "Zm9vYmFy");
}

TEST(Digest, Base64IsReadBack) {
  for (const std::string text : {"", "f", "fo", "foo", "foobar"}) {
    EXPECT_EQ(from_base64(to_base64(text)), text);
  }
  EXPECT_EQ(from_base64("Zg="), std::nullopt);
  EXPECT_EQ(from_base64(" Zm9"), std::nullopt);
  EXPECT_EQ(from_base64("Zm9*"), std::nullopt);
  EXPECT_EQ(from_base64("===="), std::nullopt);
  EXPECT_EQ(from_base64("Zh=="), std::nullopt) << "bits behind the last byte";
}

TEST(Digest, Crc32cOfTheStandardsExamples) {
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8A9136AAU);
  EXPECT_EQ(crc32c("123456789"), 0xE3069283U);
}

TEST(Digest, HexWritesEveryByteInTwoDigits) {
  EXPECT_EQ(to_hex(std::string("\x00\x0f\xff", 3)), "000fff");
}

TEST(Digest, AHexDigitHasItsValueInEitherCase) {
  EXPECT_EQ(hex_digit('0'), 0);
  EXPECT_EQ(hex_digit('a'), 10);
  EXPECT_EQ(hex_digit('F'), 15);
  EXPECT_EQ(hex_digit('g'), -1);
  EXPECT_EQ(hex_digit('-'), -1);
  EXPECT_EQ(hex_digit('\0'), -1);
}

TEST(PercentDecoded, TurnsTriplesIntoTheirBytes) {
  EXPECT_EQ(percent_decoded("ft%3Agpt%2d4"), "ft:gpt-4");
  EXPECT_EQ(percent_decoded("%41%00"), std::string("A\0", 2));
}

TEST(PercentDecoded, LeavesWhatIsNoTriple) {
  EXPECT_EQ(percent_decoded("%"), "%");
  EXPECT_EQ(percent_decoded("a%4"), "a%4");
  EXPECT_EQ(percent_decoded("%zz%41"), "%zzA");
  EXPECT_EQ(percent_decoded("%-1"), "%-1");
}

}  // namespace
}  // namespace base
