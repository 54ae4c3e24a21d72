#include "mockllm/cassette/redaction.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "common/base/text.h"
#include "mockllm/cassette/event_texts.h"

namespace mockllm {
namespace {

// What clients read of an answer's head. Ids of an organisation, cookies and traces stay out.
constexpr std::array<std::string_view, 5> kKeptHeaders = {
    "content-type", "retry-after", "retry-after-ms", "x-should-retry", "openai-version"};

struct Replacement {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string bytes;
};

// What changes where the texts of a stream, each put together from all events, are redacted: a
// secret that is spread over ten events is replaced in the first of them and gone from the others.
std::vector<Replacement> replacements_in(std::string_view body,
                                         const std::shared_ptr<const redact::Redactor>& redactor) {
  std::vector<Replacement> replacements;
  for (const auto& [path, texts] : texts_of_events(body)) {
    std::string joined;
    for (const EventText& text : texts) {
      joined += text.text;
    }
    if (texts.size() < 2 || redactor->apply(joined) == joined) {
      continue;
    }
    redact::Stream stream(redactor);
    for (const EventText& text : texts) {
      std::string clean = stream.write(text.text);
      if (&text == &texts.back()) {
        clean += stream.finish();
      }
      if (clean != text.text) {
        replacements.push_back({text.begin, text.end, base::json_quoted(clean)});
      }
    }
  }
  std::sort(replacements.begin(), replacements.end(),
            [](const Replacement& a, const Replacement& b) { return a.begin < b.begin; });
  return replacements;
}

// Cuts the new body where the old one was cut: a border inside of what was replaced goes to its
// end.
std::vector<RecordedChunk> with_replacements(const std::vector<RecordedChunk>& chunks,
                                             std::string_view body,
                                             const std::vector<Replacement>& replacements) {
  std::vector<RecordedChunk> out;
  auto next = replacements.begin();
  std::size_t at = 0;
  std::size_t border = 0;
  for (const RecordedChunk& chunk : chunks) {
    border += chunk.bytes.size();
    std::string bytes;
    while (next != replacements.end() && next->begin < border) {
      bytes += body.substr(at, next->begin - at);
      bytes += next->bytes;
      at = next->end;
      ++next;
    }
    if (border > at) {
      bytes += body.substr(at, border - at);
      at = border;
    }
    out.push_back({chunk.at, std::move(bytes)});
  }
  return out;
}

std::string joined(const std::vector<RecordedChunk>& chunks) {
  std::string body;
  for (const RecordedChunk& chunk : chunks) {
    body += chunk.bytes;
  }
  return body;
}

}  // namespace

std::vector<RecordedChunk> redacted(std::vector<RecordedChunk> chunks, bool stream,
                                    const std::shared_ptr<const redact::Redactor>& redactor) {
  std::string body = joined(chunks);
  if (stream) {
    const std::vector<Replacement> replacements = replacements_in(body, redactor);
    if (!replacements.empty()) {
      chunks = with_replacements(chunks, body, replacements);
      body = joined(chunks);
    }
  }
  if (redactor->apply(body) == body) {
    return chunks;
  }
  redact::Stream bytes(redactor);
  for (RecordedChunk& chunk : chunks) {
    chunk.bytes = bytes.write(chunk.bytes);
  }
  if (!chunks.empty()) {
    chunks.back().bytes += bytes.finish();
  }
  std::erase_if(chunks, [](const RecordedChunk& chunk) { return chunk.bytes.empty(); });
  return chunks;
}

std::shared_ptr<const Reply> redacted(Reply reply, const redact::Redactor& redactor) {
  for (ReplyChoice& choice : reply.choices) {
    for (std::optional<std::string>* text : {&choice.text, &choice.reasoning, &choice.refusal}) {
      if (text->has_value()) {
        *text = redactor.apply(**text);
      }
    }
    for (ToolCall& call : choice.tool_calls) {
      call.arguments = redactor.apply(call.arguments);
    }
  }
  return std::make_shared<const Reply>(std::move(reply));
}

std::vector<std::pair<std::string, std::string>> kept_headers(
    const std::vector<std::pair<std::string, std::string>>& headers,
    const redact::Redactor& redactor) {
  std::vector<std::pair<std::string, std::string>> kept;
  for (const std::pair<std::string, std::string>& header : headers) {
    const bool known = std::any_of(
        kKeptHeaders.begin(), kKeptHeaders.end(),
        [&](std::string_view keep) { return base::equals_ignoring_case(header.first, keep); });
    if (known) {
      kept.emplace_back(base::to_lower(header.first), redactor.apply(header.second));
    }
  }
  return kept;
}

}  // namespace mockllm
