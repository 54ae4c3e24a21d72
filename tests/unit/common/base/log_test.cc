#include "common/base/log.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <string>

#include "common/base/file.h"

namespace base {
namespace {

class FixedClock final : public Clock {
 public:
  [[nodiscard]] MonoTime mono() const override { return {}; }

  [[nodiscard]] WallTime wall() const override {
    return WallTime(std::chrono::milliseconds(1'763'805'600'123));
  }
};

class LogLine : public testing::Test {
 protected:
  LogLine() {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe(ends.data()), 0);
    read_ = UniqueFd(ends[0]);
    write_ = UniqueFd(ends[1]);
  }

  std::string logged() {
    write_.reset();
    std::string text(4096, '\0');
    const ssize_t got = ::read(read_.get(), text.data(), text.size());
    text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return text;
  }

  FixedClock clock_;
  UniqueFd read_;
  UniqueFd write_;
};

TEST_F(LogLine, IsOneLineWhateverAClientSends) {
  const Log log(clock_, write_.get(), LogFormat::kText, LogLevel::kInfo);

  log.info("call", {{"path", "/v1\r\nforged"}, {"model", "a b"}, {"n", "1"}});

  EXPECT_EQ(logged(),
            "2025-11-22T10:00:00.123Z info call path=/v1\\x0d\\x0aforged model=\"a b\" n=1\n");
}

TEST_F(LogLine, IsJsonForMachines) {
  const Log log(clock_, write_.get(), LogFormat::kJson, LogLevel::kInfo);

  log.error("say \"no\"", {{"bytes", std::string("\x1b[31m\xff", 6)}});

  EXPECT_EQ(
      logged(),
      R"({"time":"2025-11-22T10:00:00.123Z","level":"error","message":"say \"no\"","bytes":"\u001b[31m)"
      "\xEF\xBF\xBD\"}\n");
}

TEST_F(LogLine, IsLeftOutBelowTheLevel) {
  const Log log(clock_, write_.get(), LogFormat::kText, LogLevel::kWarning);

  log.info("quiet");

  EXPECT_EQ(logged(), "");
}

}  // namespace
}  // namespace base
