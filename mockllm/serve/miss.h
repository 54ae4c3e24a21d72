// What a request gets that nothing answers: the nearest fixtures, what differs, and a fixture to
// paste. Contract: contracts 4.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mockllm/answer/answer.h"
#include "mockllm/journal/journal.h"
#include "mockllm/wire/protocol.h"

namespace mockllm {

[[nodiscard]] WireError miss_error(const MissAnswer& miss);
// ,"mockllm":{...}: beside the vendor's error.
[[nodiscard]] std::string miss_members(const MissAnswer& miss, std::string_view session);
[[nodiscard]] std::vector<NearestEntry> journal_entries(const MissAnswer& miss);

}  // namespace mockllm
