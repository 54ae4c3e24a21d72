#include "harness/process/memory_group.h"

#include <gtest/gtest.h>

#include "common/base/file.h"

namespace harness {
namespace {

constexpr std::int64_t kMebibyte = 1024 * 1024;

// A machine of files: /proc/self/cgroup, its mounts, and the groups' folders.
class MemoryGroupTest : public ::testing::Test {
 protected:
  void write(const std::string& path, const std::string& text) {
    ASSERT_TRUE(base::write_file(folder_.path().string() + path, text));
  }

  void version_1(const std::string& path, const std::string& mounted_root) {
    write("/proc/self/cgroup", "9:cpu,cpuacct:/\n4:memory:" + path + "\n0::/\n");
    write("/proc/self/mountinfo",
          "31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755\n"
          "32 31 0:29 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu,cpuacct\n"
          "35 31 0:32 " +
              mounted_root +
              " /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
              "41 31 0:38 / /sys/fs/cgroup/unified rw shared:3 - cgroup2 cgroup2 rw\n");
  }

  void group_1(const std::string& folder, std::int64_t limit, int hits, const std::string& kills) {
    const std::string at = "/sys/fs/cgroup/memory" + folder;
    write(at + "/memory.limit_in_bytes", std::to_string(limit) + "\n");
    write(at + "/memory.failcnt", std::to_string(hits) + "\n");
    write(at + "/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\n" + kills);
  }

  void version_2(const std::string& path) {
    write("/proc/self/cgroup", "0::" + path + "\n");
    write("/proc/self/mountinfo", "41 31 0:38 / /sys/fs/cgroup rw shared:3 - cgroup2 cgroup2 rw\n");
  }

  void group_2(const std::string& folder, const std::string& limit, int hits, int kills) {
    const std::string at = "/sys/fs/cgroup" + folder;
    write(at + "/memory.max", limit + "\n");
    write(at + "/memory.events", "low 0\nhigh 0\nmax 7\noom " + std::to_string(hits) +
                                     "\noom_kill " + std::to_string(kills) +
                                     "\noom_group_kill 0\n");
  }

  [[nodiscard]] MemoryGroup group() const {
    return MemoryGroup::of_this_process(folder_.path().string());
  }

  base::TemporaryDirectory folder_ = *base::TemporaryDirectory::make("memory-group-test-");
};

TEST_F(MemoryGroupTest, NamesTheLimitOfItsOwnGroupInVersionTwo) {
  version_2("/pod/box");
  group_2("/pod/box", "67108864", 0, 0);
  group_2("/pod", "max", 0, 0);
  const MemoryGroup box = group();
  const MemoryCounts before = box.counts();

  group_2("/pod/box", "67108864", 1, 1);
  group_2("/pod", "max", 1, 1);

  EXPECT_EQ(out_of_memory(before, box.counts()),
            "its control group is over its memory limit of 64 MiB (oom_kill rose from 0 to 1)");
}

TEST_F(MemoryGroupTest, NamesTheLimitOfTheGroupAboveThatWasHit) {
  version_2("/pod/box");
  group_2("/pod/box", "max", 0, 2);
  group_2("/pod", "1073741824", 4, 2);
  const MemoryGroup box = group();
  const MemoryCounts before = box.counts();

  group_2("/pod/box", "max", 0, 3);
  group_2("/pod", "1073741824", 5, 3);

  EXPECT_EQ(out_of_memory(before, box.counts()),
            "the control group /pod above it is over its memory limit of 1 GiB (oom_kill rose from "
            "2 to 3)");
}

TEST_F(MemoryGroupTest, NamesTheMachineWhereNoLimitWasHit) {
  version_2("/box");
  group_2("/box", "67108864", 0, 0);
  const MemoryGroup box = group();
  const MemoryCounts before = box.counts();

  group_2("/box", "67108864", 0, 1);

  EXPECT_EQ(out_of_memory(before, box.counts()),
            "the machine, or a control group above those that can be seen, is out of memory "
            "(oom_kill rose from 0 to 1)");
}

TEST_F(MemoryGroupTest, SaysNothingWhereNobodyWasKilled) {
  version_2("/box");
  group_2("/box", "67108864", 0, 5);
  const MemoryGroup box = group();
  const MemoryCounts before = box.counts();

  group_2("/box", "67108864", 3, 5);

  EXPECT_EQ(out_of_memory(before, box.counts()), "");
}

TEST_F(MemoryGroupTest, ReadsVersionOneBelowWhatAContainerSeesOfIt) {
  version_1("/kubepods/pod1/box", "/kubepods/pod1/box");
  group_1("", 64 * kMebibyte, 7, "oom_kill 0\n");
  const MemoryGroup box = group();
  const MemoryCounts before = box.counts();
  ASSERT_EQ(before.size(), 1U);
  EXPECT_EQ(before[0].limit_bytes, 64 * kMebibyte);

  group_1("", 64 * kMebibyte, 90, "oom_kill 1\n");

  EXPECT_EQ(out_of_memory(before, box.counts()),
            "its control group is over its memory limit of 64 MiB (oom_kill rose from 0 to 1)");
}

TEST_F(MemoryGroupTest, CountsTheHitsOfMemoryWithSwapToo) {
  version_1("/box", "/");
  group_1("/box", 64 * kMebibyte, 0, "oom_kill 0\n");
  write("/sys/fs/cgroup/memory/box/memory.memsw.failcnt", "0\n");
  const MemoryGroup box = group();
  const MemoryCounts before = box.counts();

  group_1("/box", 64 * kMebibyte, 0, "oom_kill 1\n");
  write("/sys/fs/cgroup/memory/box/memory.memsw.failcnt", "31\n");

  EXPECT_EQ(out_of_memory(before, box.counts()),
            "its control group is over its memory limit of 64 MiB (oom_kill rose from 0 to 1)");
}

// Seen with Linux 6.18: memory.failcnt stays 0.
TEST_F(MemoryGroupTest, TakesThePeakWhereHitsAreNoLongerCounted) {
  version_1("/box", "/");
  group_1("/box", 64 * kMebibyte, 0, "oom_kill 0\n");
  const MemoryGroup box = group();
  const MemoryCounts before = box.counts();

  group_1("/box", 64 * kMebibyte, 0, "oom_kill 1\n");
  write("/sys/fs/cgroup/memory/box/memory.max_usage_in_bytes", "66900000\n");

  EXPECT_EQ(out_of_memory(before, box.counts()),
            "its control group is over its memory limit of 64 MiB (oom_kill rose from 0 to 1)");
}

TEST_F(MemoryGroupTest, FindsALimitAboveInVersionOne) {
  version_1("/pod/box", "/");
  group_1("/pod/box", 9223372036854771712, 0, "oom_kill 0\n");
  group_1("/pod", 100'000'000, 1, "oom_kill 0\n");
  group_1("", 9223372036854771712, 0, "oom_kill 0\n");
  const MemoryGroup box = group();
  const MemoryCounts before = box.counts();
  EXPECT_EQ(before[0].limit_bytes, 0);

  group_1("/pod/box", 9223372036854771712, 0, "oom_kill 1\n");
  group_1("/pod", 100'000'000, 9, "oom_kill 0\n");

  EXPECT_EQ(out_of_memory(before, box.counts()),
            "the control group /pod above it is over its memory limit of 100000000 bytes (oom_kill "
            "rose from 0 to 1)");
}

// Kernels before 4.13 count no kills: then the limit that was hit is all there is to tell.
TEST_F(MemoryGroupTest, TellsTheHitsWhereKillsAreNotCounted) {
  version_1("/box", "/");
  group_1("/box", 64 * kMebibyte, 0, "");
  group_1("", 9223372036854771712, 0, "");
  const MemoryGroup box = group();
  const MemoryCounts before = box.counts();

  EXPECT_EQ(out_of_memory(before, box.counts()), "");
  group_1("/box", 64 * kMebibyte, 12, "");

  EXPECT_EQ(out_of_memory(before, box.counts()),
            "its control group is over its memory limit of 64 MiB (failcnt rose from 0 to 12)");
}

TEST_F(MemoryGroupTest, HasNoFactsOfAMachineWithoutGroups) {
  EXPECT_TRUE(group().counts().empty());
  version_2("/../..");
  EXPECT_TRUE(group().counts().empty());
  EXPECT_EQ(out_of_memory({}, {}), "");
}

}  // namespace
}  // namespace harness
