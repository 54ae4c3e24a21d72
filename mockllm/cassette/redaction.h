// What is kept of an answer: without secrets, without headers that nobody needs.
#pragma once

#include <memory>
#include <vector>

#include "common/redact/redactor.h"
#include "mockllm/cassette/cassette.h"

namespace mockllm {

// The chunks without secrets: those that stand in one chunk, over the border of two, and those
// whose text comes in pieces, a few characters per server-sent event. Where an answer holds none,
// every byte stays.
std::vector<RecordedChunk> redacted(std::vector<RecordedChunk> chunks, bool stream,
                                    const std::shared_ptr<const redact::Redactor>& redactor);

// The same for what people read of it.
std::shared_ptr<const Reply> redacted(Reply reply, const redact::Redactor& redactor);

// Of an allowlist, in their order, their values redacted.
std::vector<std::pair<std::string, std::string>> kept_headers(
    const std::vector<std::pair<std::string, std::string>>& headers,
    const redact::Redactor& redactor);

}  // namespace mockllm
