// Folders of migrations, right and wrong.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "common/base/digest.h"
#include "common/base/file.h"
#include "harness/migrate/migrate.h"

namespace harness {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class ReadMigrations : public ::testing::Test {
 protected:
  void write(const std::string& file, const std::string& sql) {
    ASSERT_TRUE(base::write_file(folder_->path() / file, sql).has_value());
  }

  base::Result<std::vector<Migration>> read() { return read_migrations(folder_->path().string()); }

  std::string fault() {
    const auto migrations = read();
    return migrations ? "accepted" : migrations.error().message;
  }

  base::Result<base::TemporaryDirectory> folder_ = base::TemporaryDirectory::make("migrations-");
};

TEST_F(ReadMigrations, SortsByNumberNotByName) {
  write("10_c.up.sql", "select 3");
  write("9_b.up.sql", "select 2");
  write("0001_a.up.sql", "select 1");
  write("0001_a.down.sql", "not read");
  write("README.md", "not read");

  const auto migrations = read();

  ASSERT_TRUE(migrations.has_value()) << migrations.error().message;
  ASSERT_EQ(migrations->size(), 3U);
  EXPECT_EQ((*migrations)[0].file, "0001_a.up.sql");
  EXPECT_EQ((*migrations)[0].sha256, base::sha256_hex("select 1"));
  EXPECT_EQ((*migrations)[1].version, 9);
  EXPECT_EQ((*migrations)[2].version, 10);
}

TEST_F(ReadMigrations, RefusesAFolderWithoutAny) {
  EXPECT_THAT(fault(), HasSubstr("no migrations, expected files such as 0001_name.up.sql"));
  EXPECT_EQ(read_migrations("no/such/folder").error().kind, base::ErrorKind::kNotFound);
}

TEST_F(ReadMigrations, TellsEveryMistakeAtOnce) {
  write("first.up.sql", "select 1");
  write("2_a.up.sql", "select 1");
  write("02_b.up.sql", "select 1");
  write("3_c.up.sql", "select 1;\n  commit;\n");
  write("4_d.up.sql", std::string("select '\0'", 10));

  EXPECT_THAT(fault(),
              AllOf(HasSubstr("first.up.sql: the name must begin with a number"),
                    HasSubstr("2_a.up.sql: has the same number as 02_b.up.sql"),
                    HasSubstr("3_c.up.sql:2:3: 'COMMIT': each migration already runs in a"),
                    HasSubstr("4_d.up.sql: is not UTF-8 text")));
}

TEST_F(ReadMigrations, LeavesSavepointsAndBlocksAlone) {
  write("1_a.up.sql", "savepoint s; rollback to s; do $$ begin null; end $$;");

  EXPECT_EQ(fault(), "accepted");
}

TEST_F(ReadMigrations, RefusesWhatCannotRunInATransaction) {
  write("1_a.up.sql", "create table a(x int);\ncreate unique index concurrently i on a (x);");
  write("2_b.up.sql", "vacuum (analyze) a");
  write("3_c.up.sql", "reindex index concurrently i");
  write("4_d.up.sql", "drop database old");

  EXPECT_THAT(fault(),
              AllOf(HasSubstr("1_a.up.sql:2:1: 'CREATE INDEX CONCURRENTLY' cannot run in a "
                              "transaction: put it into a file of its own whose first line "
                              "is `-- drydock: no transaction`"),
                    HasSubstr("2_b.up.sql:1:1: 'VACUUM'"),
                    HasSubstr("3_c.up.sql:1:1: 'REINDEX CONCURRENTLY'"),
                    HasSubstr("4_d.up.sql:1:1: 'DROP DATABASE'")));
}

TEST_F(ReadMigrations, TakesThoseThatSayTheyRunInNone) {
  write("1_a.up.sql", "-- Drydock: no transaction \r\ncreate index concurrently i on a (x);");
  write("2_b.up.sql", "-- about: drydock: no transaction\nselect 1");
  write("3_c.up.sql", "refresh materialized view concurrently v");

  const auto migrations = read();

  ASSERT_TRUE(migrations.has_value()) << migrations.error().message;
  EXPECT_FALSE((*migrations)[0].transactional);
  EXPECT_TRUE((*migrations)[1].transactional);
  EXPECT_TRUE((*migrations)[2].transactional);
}

TEST_F(ReadMigrations, PassesOverAByteOrderMark) {
  write("1_a.up.sql", "\xEF\xBB\xBFselect 1");

  EXPECT_EQ((*read())[0].sql, "select 1");
}

}  // namespace
}  // namespace harness
