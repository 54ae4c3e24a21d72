#include "harness/config/url.h"

#include <gtest/gtest.h>

namespace harness {
namespace {

TEST(SplitUrl, FindsEveryPart) {
  const UrlParts parts = split_url("PostgreSQL://app:p%40ss@db.local:5433/shop?sslmode=require");

  EXPECT_EQ(parts.scheme, "postgresql");
  EXPECT_EQ(parts.user, "app");
  EXPECT_EQ(parts.password, "p@ss");
  EXPECT_EQ(parts.raw_password, "p%40ss");
  EXPECT_EQ(parts.host, "db.local");
  EXPECT_EQ(parts.port, 5433);
  EXPECT_EQ(parts.path, "/shop?sslmode=require");
}

TEST(SplitUrl, TakesAPasswordWithoutUser) {
  const UrlParts parts = split_url("redis://:secret@127.0.0.1:6379/0");

  EXPECT_EQ(parts.user, "");
  EXPECT_EQ(parts.password, "secret");
  EXPECT_EQ(parts.port, 6379);
}

TEST(SplitUrl, TakesAnIpv6Host) {
  const UrlParts parts = split_url("http://[::1]:8080/x");

  EXPECT_EQ(parts.host, "::1");
  EXPECT_EQ(parts.port, 8080);
  EXPECT_EQ(split_url("http://[::1]/x").host, "::1");
  EXPECT_EQ(split_url("http://[::1]/x").port, 0);
}

TEST(SplitUrl, TakesTheLastAtOfTheAuthority) {
  EXPECT_EQ(split_url("redis://u:p@ss@h:1").password, "p@ss");
  EXPECT_EQ(split_url("redis://u:p@ss@h:1").host, "h");
}

TEST(SplitUrl, HasNoSchemeWhereThereIsNone) {
  EXPECT_EQ(split_url("localhost:80").scheme, "");
}

TEST(MaskedUrl, HidesThePassword) {
  EXPECT_EQ(masked_url("postgresql://app:hunter2@h:1/app"), "postgresql://app:***@h:1/app");
  EXPECT_EQ(masked_url("redis://:hunter2@h"), "redis://:***@h");
}

TEST(MaskedUrl, LeavesAUrlWithoutPasswordAlone) {
  EXPECT_EQ(masked_url("http://127.0.0.1:8080/x"), "http://127.0.0.1:8080/x");
  EXPECT_EQ(masked_url("http://user@h/x"), "http://user@h/x");
}

TEST(MaskedUrl, HidesPasswordsThatShouldHaveBeenEscaped) {
  EXPECT_EQ(masked_url("postgresql://app:a/b@c@h:1/app"), "postgresql://app:***@h:1/app");
}

TEST(MaskedUrl, HidesPasswordsInParameters) {
  EXPECT_EQ(masked_url("postgresql://h/app?user=a&password=hunter2&x=1"),
            "postgresql://h/app?user=a&password=***&x=1");
  EXPECT_EQ(masked_url("host=h password='hun ter2' user=a"), "host=h password=*** user=a");
  EXPECT_EQ(masked_url("host=h password=hunter2"), "host=h password=***");
}

TEST(WithDatabase, ChangesThatAndNothingElse) {
  EXPECT_EQ(with_database("postgresql://a:p%40@h:1/app?sslmode=require", "b"),
            "postgresql://a:p%40@h:1/b?sslmode=require");
  EXPECT_EQ(with_database("postgresql://h", "b"), "postgresql://h/b");
  EXPECT_EQ(with_database("postgresql://h?x=1", "b"), "postgresql://h/b?x=1");
  EXPECT_EQ(with_database("redis://:p@h:1/0", "12"), "redis://:p@h:1/12");
  EXPECT_EQ(with_database("host=h dbname=app", "b"), "host=h dbname=app dbname=b");
}

}  // namespace
}  // namespace harness
