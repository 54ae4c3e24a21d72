#include "harness/process/cpus.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/file.h"

namespace harness {
namespace {

using ::testing::Optional;

class Quota : public ::testing::Test {
 protected:
  void write(const std::string& path, const std::string& text) {
    ASSERT_TRUE(base::write_file(folder_.path().string() + path, text));
  }

  [[nodiscard]] std::optional<double> quota() const { return cpu_quota(folder_.path().string()); }

  base::TemporaryDirectory folder_ = *base::TemporaryDirectory::make("cpus-test-");
};

TEST_F(Quota, IsTheSmallestOfTheChainInVersionTwo) {
  write("/proc/self/cgroup", "0::/pod/box\n");
  write("/proc/self/mountinfo", "41 31 0:38 / /sys/fs/cgroup rw shared:3 - cgroup2 cgroup2 rw\n");
  write("/sys/fs/cgroup/pod/box/cpu.max", "max 100000\n");
  EXPECT_FALSE(quota());

  write("/sys/fs/cgroup/pod/cpu.max", "250000 100000\n");
  EXPECT_THAT(quota(), Optional(2.5));

  write("/sys/fs/cgroup/pod/box/cpu.max", "50000 100000\n");
  EXPECT_THAT(quota(), Optional(0.5));
}

TEST_F(Quota, IsReadInVersionOneWhereTheControllerSharesItsMount) {
  write("/proc/self/cgroup", "3:cpu,cpuacct:/kubepods/box\n");
  write("/proc/self/mountinfo",
        "32 31 0:29 /kubepods/box /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n");
  write("/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n");
  write("/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "-1\n");
  EXPECT_FALSE(quota());

  write("/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "150000\n");
  EXPECT_THAT(quota(), Optional(1.5));
}

TEST(UsableCpus, AreOneAtLeast) {
  EXPECT_GE(usable_cpus(), 1);
}

}  // namespace
}  // namespace harness
