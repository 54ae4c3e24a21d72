// A recording onto the disk, complete or not at all.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/error.h"
#include "mockllm/cassette/cassette.h"

namespace mockllm {

// Writes the bodies and requests, each whole; then the YAML, which is the moment from which the new
// recording is the one; then removes what the former one left behind.
base::Result<void> write_cassette(
    const std::string& directory, std::string_view test,
    const std::vector<std::shared_ptr<const Interaction>>& interactions);

// "cassettes/weather.yaml#3"
std::string source_of(const std::string& directory, std::string_view test, std::size_t number);

}  // namespace mockllm
