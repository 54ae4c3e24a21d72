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

TEST(Digest, Crc32cOfTheStandardsExamples) {
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8A9136AAU);
  EXPECT_EQ(crc32c("123456789"), 0xE3069283U);
}

TEST(Digest, HexWritesEveryByteInTwoDigits) {
  EXPECT_EQ(to_hex(std::string("\x00\x0f\xff", 3)), "000fff");
}

}  // namespace
}  // namespace base
