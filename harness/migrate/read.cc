// From a folder to the list of its migrations, checked before the database is touched.
#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "common/base/digest.h"
#include "common/base/file.h"
#include "common/base/text.h"
#include "harness/migrate/migrate.h"
#include "harness/migrate/statements.h"

namespace harness {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSuffix = ".up.sql";
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::size_t kMistakesMax = 20;
constexpr std::size_t kLookedAtWordsMax = 6;

// The file is run in a transaction together with its record; one that ends it would be applied
// unrecorded.
constexpr std::array<std::string_view, 7> kTransactionWords{
    "BEGIN", "COMMIT", "ROLLBACK", "END", "ABORT", "START TRANSACTION", "PREPARE TRANSACTION"};

bool ends_a_transaction(std::string_view first_words) {
  if (first_words == "ROLLBACK TO") {
    return false;
  }
  return std::any_of(
      kTransactionWords.begin(), kTransactionWords.end(), [&](std::string_view word) {
        return (first_words == word || first_words.starts_with(std::string(word) + " "));
      });
}

// The first words of a statement, in upper case.
std::vector<std::string> words_of(std::string_view sql) {
  std::vector<std::string> words;
  std::string word;
  for (const char c : sql) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    if (letter) {
      word += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    } else if (!word.empty()) {
      words.push_back(std::exchange(word, ""));
    }
    if (words.size() == kLookedAtWordsMax) {
      break;
    }
  }
  if (!word.empty()) {
    words.push_back(word);
  }
  return words;
}

// What PostgreSQL refuses inside a transaction; nullopt for all else.
std::optional<std::string> refused_in_transaction(std::string_view sql) {
  const std::vector<std::string> words = words_of(sql);
  const auto word = [&](std::size_t at) { return at < words.size() ? words[at] : std::string(); };
  const bool concurrently = std::find(words.begin(), words.end(), "CONCURRENTLY") != words.end() &&
                            (word(0) == "REINDEX" || word(1) == "INDEX" || word(2) == "INDEX") &&
                            (word(0) == "REINDEX" || word(0) == "CREATE" || word(0) == "DROP");
  if (concurrently) {
    return word(0) == "REINDEX" ? "REINDEX CONCURRENTLY" : word(0) + " INDEX CONCURRENTLY";
  }
  if (word(0) == "VACUUM") {
    return word(0);
  }
  for (const std::string_view second : {"DATABASE", "TABLESPACE"}) {
    if ((word(0) == "CREATE" || word(0) == "DROP") && word(1) == second) {
      return word(0) + " " + word(1);
    }
  }
  return word(0) == "ALTER" && word(1) == "SYSTEM" ? std::optional(word(0) + " " + word(1))
                                                   : std::nullopt;
}

// The directive is a comment of its own at the head of the file.
bool has_directive(std::string_view sql) {
  const std::string_view line = base::trimmed(sql.substr(0, sql.find_first_of("\r\n")));
  return base::equals_ignoring_case(line, kNoTransaction);
}

base::Result<std::vector<fs::path>> up_files(const std::string& directory) {
  std::vector<fs::path> files;
  std::error_code code;
  for (fs::directory_iterator entry(directory, code), end; !code && entry != end;
       entry.increment(code)) {
    if (entry->path().filename().string().ends_with(kSuffix)) {
      files.push_back(entry->path());
    }
  }
  if (code) {
    return base::system_error("cannot list " + directory, code.value());
  }
  if (files.empty()) {
    return base::invalid_input(directory + ": no migrations, expected files such as 0001_name" +
                               std::string(kSuffix));
  }
  if (files.size() > kMigrationsMax) {
    return base::invalid_input(directory + ": more than " + std::to_string(kMigrationsMax) +
                               " migrations");
  }
  std::sort(files.begin(), files.end());
  return files;
}

base::Result<long> version_of(const std::string& file) {
  long version = 0;
  const auto [end, code] = std::from_chars(file.data(), file.data() + file.size(), version);
  if (code != std::errc{} || version < 0 || (*end != '_' && *end != '-' && *end != '.')) {
    return base::invalid_input("the name must begin with a number, such as 0001_name" +
                               std::string(kSuffix));
  }
  return version;
}

base::Result<void> check_text(const Migration& migration) {
  if (migration.sql.find('\0') != std::string::npos || !base::is_utf8(migration.sql)) {
    return base::invalid_input(migration.path + ": is not UTF-8 text");
  }
  for (const Statement& statement : split_statements(migration.sql)) {
    if (ends_a_transaction(statement.first_words)) {
      return base::invalid_input(migration.path + ":" +
                                 line_and_column(migration.sql, statement.begin) + ": '" +
                                 statement.first_words.substr(0, statement.first_words.find(' ')) +
                                 "': each migration already runs in a transaction of its own");
    }
    const auto refused = refused_in_transaction(
        std::string_view(migration.sql).substr(statement.begin, statement.end - statement.begin));
    if (refused && migration.transactional) {
      return base::invalid_input(
          migration.path + ":" + line_and_column(migration.sql, statement.begin) + ": '" +
          *refused + "' cannot run in a transaction: put it into a file of its own whose first " +
          "line is `" + std::string(kNoTransaction) + "`");
    }
  }
  return {};
}

base::Result<Migration> read_migration(const fs::path& path) {
  Migration migration;
  migration.file = path.filename().string();
  migration.path = path.string();
  base::Result<long> version = version_of(migration.file);
  if (!version) {
    return std::move(version).error().within(migration.path);
  }
  base::Result<std::string> sql = base::read_file(path, kMigrationBytesMax);
  if (!sql) {
    return sql.error();
  }
  migration.version = *version;
  migration.sha256 = base::sha256_hex(*sql);
  migration.sql =
      sql->starts_with(kByteOrderMark) ? sql->substr(kByteOrderMark.size()) : *std::move(sql);
  migration.transactional = !has_directive(migration.sql);
  if (base::Result<void> checked = check_text(migration); !checked) {
    return checked.error();
  }
  return migration;
}

}  // namespace

base::Result<std::vector<Migration>> read_migrations(const std::string& directory) {
  const base::Result<std::vector<fs::path>> files = up_files(directory);
  if (!files) {
    return files.error();
  }
  std::vector<Migration> migrations;
  std::vector<std::string> mistakes;
  for (const fs::path& file : *files) {
    base::Result<Migration> migration = read_migration(file);
    if (migration) {
      migrations.push_back(*std::move(migration));
    } else if (mistakes.size() < kMistakesMax) {
      mistakes.push_back(migration.error().message);
    }
  }
  std::stable_sort(migrations.begin(), migrations.end(),
                   [](const Migration& a, const Migration& b) { return a.version < b.version; });
  for (std::size_t i = 1; i < migrations.size(); ++i) {
    if (migrations[i].version == migrations[i - 1].version) {
      mistakes.push_back(migrations[i].path + ": has the same number as " + migrations[i - 1].file);
    }
  }
  if (!mistakes.empty()) {
    return base::invalid_input(base::join(mistakes, "\n"));
  }
  return migrations;
}

}  // namespace harness
