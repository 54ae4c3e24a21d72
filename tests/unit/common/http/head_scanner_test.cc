#include "common/http/head_scanner.h"

#include <gtest/gtest.h>

#include <string>

namespace http {
namespace {

using Progress = HeadScanner::Progress;

TEST(TheHeadScanner, FindsTheEndWhereverItIsCut) {
  const std::string head = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
  for (std::size_t cut = 0; cut < head.size(); ++cut) {
    const Limits limits;
    HeadScanner scanner(limits);

    EXPECT_EQ(scanner.scan(head.substr(0, cut)), Progress::kNeedMore);
    EXPECT_EQ(scanner.scan(head + "body"), Progress::kWhole);
    EXPECT_EQ(scanner.head_size(), head.size());
  }
}

TEST(TheHeadScanner, RefusesALongMethodBeforeABlank) {
  const Limits limits;
  HeadScanner scanner(limits);

  EXPECT_EQ(scanner.scan(std::string(100, 'A')), Progress::kRefused);
  EXPECT_EQ(scanner.refusal().status, 400);
}

TEST(TheHeadScanner, RefusesALineFeedAtOnce) {
  const Limits limits;
  HeadScanner scanner(limits);

  EXPECT_EQ(scanner.scan("GET / HTTP/1.1\n"), Progress::kRefused);
  EXPECT_EQ(scanner.refusal().status, 400);
}

TEST(AnotherProtocol, IsNotSeenInOrdinaryBeginnings) {
  EXPECT_FALSE(refuse_other_protocol(""));
  EXPECT_FALSE(refuse_other_protocol("GET"));
  EXPECT_FALSE(refuse_other_protocol("GET / HTTP/1.1\r\n"));
  EXPECT_FALSE(refuse_other_protocol("PRI * HTTP/1.1\r\n"));
}

}  // namespace
}  // namespace http
