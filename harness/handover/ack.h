// The launcher's word that it has the journal: a file beside it, written by `harness journal --ack`
// in the same container.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "common/base/error.h"

namespace harness {

base::Result<void> write_ack(const std::string& report_directory, std::uint64_t seq);
// The highest seq that was acknowledged; nullopt where none was.
[[nodiscard]] std::optional<std::uint64_t> read_ack(const std::string& report_directory);

}  // namespace harness
