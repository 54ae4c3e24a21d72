#include "harness/setup/project.h"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>
#include <system_error>
#include <utility>

#include "common/base/file.h"
#include "harness/discover/binaries.h"

namespace harness {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBinaryBytesMax = 64 * 1024 * 1024;
constexpr std::array<std::string_view, 8> kForeignFolders{
    "node_modules", "venv",  "site-packages", "__pycache__",
    "CMakeFiles",   "_deps", "vendor",        "dist-packages"};
constexpr std::array<std::string_view, 12> kReadEndings{
    ".py", ".ts", ".js", ".go", ".cc", ".cpp", ".yaml", ".yml", ".env", ".sh", ".toml", ".txt"};
constexpr std::array<std::string_view, 4> kReadyPaths{"/healthz", "/readyz", "/health", "/ready"};

struct Mark {
  std::string_view text;
  Hint hint;
};

// In the order in which they are told: what says most comes first.
constexpr std::array<Mark, 14> kMarks{{{"DATABASE_URL", Hint::kPostgres},
                                       {"POSTGRES_HOST", Hint::kPostgres},
                                       {"image: postgres", Hint::kPostgres},
                                       {"REDIS_URL", Hint::kRedis},
                                       {"REDIS_HOST", Hint::kRedis},
                                       {"DRAGONFLY_HOST", Hint::kRedis},
                                       {"image: redis", Hint::kRedis},
                                       {"image: docker.dragonflydb.io", Hint::kRedis},
                                       {"OPENAI_BASE_URL", Hint::kLlm},
                                       {"OPENAI_API_KEY", Hint::kLlm},
                                       {"import openai", Hint::kLlm},
                                       {"from openai", Hint::kLlm},
                                       {"langchain_openai", Hint::kLlm},
                                       {"APP_URL", Hint::kApplication}}};

bool starts_with(std::string_view text, std::string_view start) {
  return text.substr(0, start.size()) == start;
}

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

bool is_foreign(const std::string& folder) {
  return starts_with(folder, ".") ||
         std::find(kForeignFolders.begin(), kForeignFolders.end(), folder) != kForeignFolders.end();
}

bool may_hold_hints(const std::string& name) {
  return starts_with(name, ".env") ||
         std::any_of(kReadEndings.begin(), kReadEndings.end(),
                     [&](std::string_view ending) { return ends_with(name, ending); });
}

bool is_pytest_file(const std::string& name) {
  return ends_with(name, ".py") && (starts_with(name, "test_") || ends_with(name, "_test.py"));
}

bool is_below(const std::string& path, const std::string& folder) {
  return folder.empty() || path == folder || starts_with(path, folder + "/");
}

void add_hints(Hints& hints, std::string_view text, const std::string& where) {
  for (const Mark& mark : kMarks) {
    if (text.find(mark.text) != std::string_view::npos) {
      hints.emplace(mark.hint, where + ": " + std::string(mark.text));
    }
  }
}

// The one that is nearest to the root; empty where there is none.
std::string topmost(const std::set<std::string>& folders) {
  const auto depth = [](const std::string& path) {
    return std::count(path.begin(), path.end(), '/');
  };
  const auto top =
      std::min_element(folders.begin(), folders.end(),
                       [&](const auto& a, const auto& b) { return depth(a) < depth(b); });
  return top == folders.end() ? std::string() : *top;
}

// One walk over the tree; afterwards what was found is put together.
class Look {
 public:
  explicit Look(fs::path root) : root_(std::move(root)) {}

  Project look();

 private:
  struct Text {
    std::string path;
    std::string content;
  };

  void walk();
  void visit(const fs::directory_entry& entry);
  void binaries();
  void pytest_folders();
  void application();
  void environment();

  [[nodiscard]] std::string relative(const fs::path& path) const {
    return path.lexically_relative(root_).string();
  }

  fs::path root_;
  Project project_;
  std::vector<Text> texts_;
  std::set<std::string> program_folders_;  // that hold a file with the right to be run
  std::set<std::string> test_folders_;     // that hold a test file or a conftest.py
  std::set<std::string> fixture_folders_;
  std::set<std::string> migration_folders_;
};

void Look::walk() {
  std::error_code error;
  fs::recursive_directory_iterator at(root_, fs::directory_options::skip_permission_denied, error);
  std::size_t seen = 0;
  while (!error && at != fs::recursive_directory_iterator()) {
    if (++seen > kProjectEntriesMax) {
      project_.cut = true;
      return;
    }
    std::error_code ignored;
    if (at->is_directory(ignored) &&
        (is_foreign(at->path().filename().string()) ||
         fs::exists(at->path() / "pyvenv.cfg", ignored) || at.depth() >= kProjectDepthMax)) {
      at.disable_recursion_pending();
    } else if (at->is_regular_file(ignored)) {
      visit(*at);
    }
    at.increment(error);
  }
}

void Look::visit(const fs::directory_entry& entry) {
  const std::string name = entry.path().filename().string();
  const std::string path = relative(entry.path());
  const std::string folder = relative(entry.path().parent_path());
  std::error_code ignored;
  if (is_pytest_file(name) || name == "conftest.py") {
    test_folders_.insert(folder == "." ? "" : folder);
  }
  if (ends_with(name, ".up.sql")) {
    migration_folders_.insert(folder);
  }
  if (may_hold_hints(name)) {
    if (base::Result<std::string> text = base::read_file(entry.path(), kHintFileBytesMax)) {
      if (text->find("\ndrydock: fixtures/v1") != std::string::npos ||
          starts_with(*text, "drydock: fixtures/v1")) {
        fixture_folders_.insert(folder == "." ? path : folder);
        return;
      }
      texts_.push_back({path, *std::move(text)});
    }
    return;
  }
  using fs::perms;
  if ((entry.status(ignored).permissions() & perms::owner_exec) != perms::none &&
      name.find('.') == std::string::npos) {
    program_folders_.insert(folder);
  }
}

// The same program may lie in several build folders: the one that was built last is meant.
void Look::binaries() {
  std::map<std::string, std::string> newest;  // file name to its folder
  std::map<std::string, std::size_t> found;   // folder to how many it holds
  for (const std::string& folder : program_folders_) {
    const auto files = find_googletest_binaries((fs::path(folder) / "*").string(), root_.string());
    if (!files) {
      continue;
    }
    for (const std::string& file : *files) {
      ++found[folder];
      const std::string name = fs::path(file).filename().string();
      const auto [other, first] = newest.emplace(name, folder);
      std::error_code ignored;
      if (!first && fs::last_write_time(root_ / file, ignored) >
                        fs::last_write_time(root_ / other->second / name, ignored)) {
        other->second = folder;
      }
    }
  }
  std::map<std::string, std::vector<std::string>> kept;
  for (const auto& [name, folder] : newest) {
    kept[folder].push_back((fs::path(folder) / name).string());
  }
  for (const auto& [folder, files] : kept) {
    Hints hints;
    for (const std::string& file : files) {
      if (const auto bytes = base::read_file(root_ / file, kBinaryBytesMax)) {
        add_hints(hints, *bytes, file);
      }
    }
    if (files.size() > 1 && files.size() == found[folder]) {
      project_.gtest.push_back({(fs::path(folder) / "*").string(), hints});
      continue;
    }
    for (const std::string& file : files) {
      project_.gtest.push_back({file, hints});
    }
  }
}

// The topmost of the folders: pytest goes into those below by itself.
void Look::pytest_folders() {
  for (const std::string& folder : test_folders_) {
    const auto covers = [&](const FoundSuite& suite) { return is_below(folder, suite.path); };
    if (std::any_of(project_.pytest.begin(), project_.pytest.end(), covers)) {
      continue;
    }
    FoundSuite suite{folder, {}};
    bool has_tests = false;
    for (const Text& text : texts_) {
      if (is_below(text.path, folder) && ends_with(text.path, ".py")) {
        add_hints(suite.hints, text.content, text.path);
        has_tests |= is_pytest_file(fs::path(text.path).filename().string());
      }
    }
    if (has_tests) {
      project_.pytest.push_back(std::move(suite));
    }
  }
  for (FoundSuite& suite : project_.pytest) {
    suite.path = suite.path.empty() ? "." : suite.path;
  }
}

void Look::application() {
  for (const Text& main : texts_) {
    const fs::path path(main.path);
    if (path.filename() != "__main__.py" || path.parent_path().empty()) {
      continue;
    }
    const std::string package = path.parent_path().string();
    FoundApplication found;
    found.directory = path.parent_path().parent_path().string();
    found.module = path.parent_path().filename().string();
    bool serves = false;
    for (const Text& text : texts_) {
      if (!is_below(text.path, package)) {
        continue;
      }
      add_hints(found.hints, text.content, text.path);
      serves |= text.content.find("\"PORT\"") != std::string::npos ||
                text.content.find("'PORT'") != std::string::npos;
      for (const std::string_view ready : kReadyPaths) {
        if (found.ready == "/" &&
            text.content.find("\"" + std::string(ready) + "\"") != std::string::npos) {
          found.ready = ready;
        }
      }
    }
    if (serves) {
      project_.application = std::move(found);
      return;
    }
  }
}

// What a compose file starts and an .env file sets is there for the application; where none was
// found, for the tests.
void Look::environment() {
  Hints hints;
  for (const Text& text : texts_) {
    const std::string name = fs::path(text.path).filename().string();
    if (starts_with(name, ".env") || starts_with(name, "compose.") ||
        starts_with(name, "docker-compose")) {
      add_hints(hints, text.content, text.path);
    }
  }
  if (project_.application) {
    project_.application->hints.merge(hints);
    return;
  }
  for (FoundSuite& suite : project_.pytest) {
    suite.hints.insert(hints.begin(), hints.end());
  }
}

Project Look::look() {
  walk();
  // A walk has no order of its own; what is told first must not depend on the file system.
  std::sort(texts_.begin(), texts_.end(),
            [](const Text& a, const Text& b) { return a.path < b.path; });
  project_.fixtures = topmost(fixture_folders_);
  project_.migrations = topmost(migration_folders_);
  binaries();
  pytest_folders();
  application();
  environment();
  return std::move(project_);
}

}  // namespace

Project look_around(const std::filesystem::path& root) {
  return Look(root).look();
}

}  // namespace harness
