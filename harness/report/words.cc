#include "harness/report/words.h"

#include <charconv>
#include <chrono>

#include "common/base/text.h"
#include "harness/report/style.h"

namespace harness {
namespace {

constexpr std::string_view kCut = "\n...\n";

bool continues_character(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

// "\x1b[...m" and its like: up to the letter that ends it.
std::size_t after_escape(std::string_view text, std::size_t at) {
  at += 2;
  while (at < text.size() && (text[at] < '@' || text[at] > '~')) {
    ++at;
  }
  return at;
}

std::string without_controls(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte == 0x1B && i + 1 < text.size() && text[i + 1] == '[') {
      i = after_escape(text, i);
    } else if ((byte >= 0x20 && byte != 0x7F) || byte == '\t' || byte == '\n') {
      out += text[i];
    }
  }
  return out;
}

std::string head_and_tail(const std::string& text, std::size_t bytes_max) {
  const std::size_t half = (bytes_max - std::min(bytes_max, kCut.size())) / 2;
  std::size_t head = half;
  while (head > 0 && continues_character(text[head])) {
    --head;
  }
  std::size_t tail = text.size() - half;
  while (tail < text.size() && continues_character(text[tail])) {
    ++tail;
  }
  return text.substr(0, head) + std::string(kCut) + text.substr(tail);
}

// The digits of `text` from `at` on.
int number_at(std::string_view text, std::size_t at, std::size_t digits) {
  int value = -1;
  const std::string_view part = text.substr(at, digits);
  const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), value);
  return error == std::errc{} && end == part.data() + part.size() ? value : -1;
}

}  // namespace

std::string plain_text(std::string_view text, std::size_t bytes_max) {
  std::string out = without_controls(text);
  if (!base::is_utf8(out)) {
    std::string lines;
    for (const std::string_view line : base::split(out, '\n')) {
      lines += base::printable(line) + "\n";
    }
    lines.pop_back();
    out = std::move(lines);
  }
  return out.size() <= bytes_max ? out : head_and_tail(out, bytes_max);
}

std::string first_line(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

std::string problem_text(const AttemptFinished& attempt) {
  std::string text;
  for (const Failure& failure : attempt.failures) {
    text += failure.file.empty() ? "" : failure.file + ":" + std::to_string(failure.line) + "\n";
    text += failure.text + "\n";
  }
  std::size_t number = 0;  // within the attempt: mockllm's own goes on from test to test
  for (const LlmCall& call : attempt.calls) {
    text += "llm call " + std::to_string(++number) + ": asked '" + call.asked +
            "': " + call.outcome + " " + call.source + "\n";
    for (const std::string& nearest : call.nearest) {
      text += "  nearest " + nearest + "\n";
    }
  }
  return text;
}

std::string left_out_text(const Artifacts& artifacts) {
  std::string text;
  for (const ArtifactsLeftOut& each : artifacts.left_out) {
    text += (text.empty() ? "" : ", ") + std::to_string(each.files) + " " + each.reason;
  }
  return text;
}

std::string artifacts_text(const Artifacts& artifacts) {
  if (artifacts.folder.empty()) {
    return "";
  }
  std::int64_t bytes = 0;
  for (const ArtifactFile& file : artifacts.files) {
    bytes += file.bytes;
  }
  const std::size_t files = artifacts.files.size();
  return std::to_string(files) + (files == 1 ? " file, " : " files, ") + readable_bytes(bytes) +
         ", in " + artifacts.folder +
         (artifacts.left_out.empty() ? "" : "; left out: " + left_out_text(artifacts));
}

std::int64_t epoch_ms(std::string_view rfc3339) {
  if (rfc3339.size() != std::string_view("2026-11-22T10:00:00.123Z").size()) {
    return 0;
  }
  const int year = number_at(rfc3339, 0, 4);
  const int month = number_at(rfc3339, 5, 2);
  const int day = number_at(rfc3339, 8, 2);
  const int hour = number_at(rfc3339, 11, 2);
  const int minute = number_at(rfc3339, 14, 2);
  const int second = number_at(rfc3339, 17, 2);
  const int milli = number_at(rfc3339, 20, 3);
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok() || hour < 0 || minute < 0 || second < 0 || milli < 0) {
    return 0;
  }
  const std::chrono::milliseconds time = std::chrono::sys_days(date).time_since_epoch() +
                                         std::chrono::hours(hour) + std::chrono::minutes(minute) +
                                         std::chrono::seconds(second) +
                                         std::chrono::milliseconds(milli);
  return time.count();
}

}  // namespace harness
