// A recording from the disk, refused where it is not what was written.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "common/yaml/mistakes.h"
#include "mockllm/cassette/cassette.h"

namespace mockllm {

struct ReadCassette {
  std::string test;
  std::vector<std::shared_ptr<const Interaction>> interactions;
};

// The YAML and the files that it names. What is wrong with them is in `mistakes`, with
// file:line:column.
ReadCassette read_cassette(const std::filesystem::path& yaml, const CassetteLimits& limits,
                           yaml::Mistakes& mistakes);

}  // namespace mockllm
