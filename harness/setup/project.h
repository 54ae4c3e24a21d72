// What a project's folder tells about its tests and services: read, never run. Private to the room.
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace harness {

// A folder is looked at this deep, and no further than so many entries; files that are larger are
// not read.
inline constexpr int kProjectDepthMax = 10;
inline constexpr std::size_t kProjectEntriesMax = 200'000;
inline constexpr std::size_t kHintFileBytesMax = 256 * 1024;

// What a variable or an image stands for.
enum class Hint { kPostgres, kRedis, kLlm, kApplication };

using Hints = std::map<Hint, std::string>;  // to where it was seen: "compose.yaml: image postgres"

struct FoundSuite {
  std::string path;  // relative to the project; a pattern where a folder holds several binaries
  Hints hints;       // what its tests mention
};

// A Python package that serves HTTP at PORT: `python3 -m module` in `directory`.
struct FoundApplication {
  std::string directory;
  std::string module;
  std::string ready = "/";
  Hints hints;
};

struct Project {
  std::vector<FoundSuite> gtest;
  std::vector<FoundSuite> pytest;
  std::optional<FoundApplication> application;
  std::string migrations;  // a folder of *.up.sql
  std::string fixtures;    // a folder or a file of fixtures/v1
  bool cut = false;        // more entries than kProjectEntriesMax
};

// What cannot be read is passed over: a first file is a guess that a person corrects.
Project look_around(const std::filesystem::path& root);

}  // namespace harness
