// A call as contracts 5 shows it. Written when somebody reads the journal, so the path of a call
// pays for one copy of its request and nothing more.
#include <charconv>
#include <cmath>

#include "common/base/text.h"
#include "mockllm/conversation/canonical_json.h"
#include "mockllm/journal/journal.h"

namespace mockllm {
namespace {

// Appends `"key":` with the comma that separates it from what stands before.
void append_key(std::string& out, std::string_view key) {
  if (out.back() != '{') {
    out += ',';
  }
  base::append_json_quoted(out, key);
  out += ':';
}

void append_text(std::string& out, std::string_view key, std::string_view value) {
  append_key(out, key);
  base::append_json_quoted(out, value);
}

void append_literal(std::string& out, std::string_view key, std::string_view literal) {
  append_key(out, key);
  out += literal;
}

void append_bool(std::string& out, std::string_view key, bool value) {
  append_literal(out, key, value ? "true" : "false");
}

// Thousandths are kept: microseconds of a millisecond, and three digits of a score.
void append_number(std::string& out, std::string_view key, double value) {
  char digits[32];
  const double rounded = std::isfinite(value) ? std::round(value * 1000) / 1000 : 0;
  const std::to_chars_result end = std::to_chars(std::begin(digits), std::end(digits), rounded);
  append_literal(out, key, {digits, static_cast<std::size_t>(end.ptr - digits)});
}

// JSON text as a value: as it is meant where it is JSON, else as the text that it is, null where
// empty. The canonical form has no line breaks, so a call is one line whatever a client sends.
void append_json(std::string& out, std::string_view key, std::string_view json) {
  append_key(out, key);
  if (json.empty()) {
    out += "null";
    return;
  }
  base::Result<std::string> canonical = canonical_json(json);
  if (canonical) {
    out += *canonical;
  } else {
    base::append_json_quoted(out, json);
  }
}

void append_optional(std::string& out, std::string_view key,
                     const std::optional<std::string>& text) {
  if (text.has_value()) {
    append_text(out, key, *text);
  }
}

void append_choice(std::string& out, const ReplyChoice& choice) {
  append_key(out, "text");
  out += choice.text.has_value() ? base::json_quoted(*choice.text) : "null";
  append_literal(out, "tool_calls", "[");
  for (const ToolCall& call : choice.tool_calls) {
    out += &call == &choice.tool_calls.front() ? "{" : ",{";
    append_text(out, "name", call.name);
    append_json(out, "arguments", call.arguments);
    out += '}';
  }
  out += ']';
  const std::string_view usual = choice.tool_calls.empty() ? "stop" : "tool_calls";
  append_text(out, "finish_reason", choice.finish_reason.empty() ? usual : choice.finish_reason);
  append_optional(out, "reasoning", choice.reasoning);
  append_optional(out, "refusal", choice.refusal);
}

void append_error(std::string& out, const ReplyError& error) {
  append_literal(out, "error", "{");
  append_literal(out, "status", std::to_string(error.status));
  append_text(out, "code", error.code);
  append_text(out, "message", error.message);
  out += '}';
}

// The first choice as contracts 5 shows it; all of them besides where there are several.
void append_reply(std::string& out, const Reply& reply) {
  out += '{';
  if (reply.error.has_value()) {
    append_error(out, *reply.error);
  } else if (!reply.choices.empty()) {
    append_choice(out, reply.choices.front());
  }
  if (reply.choices.size() > 1) {
    append_literal(out, "choices", "[");
    for (const ReplyChoice& choice : reply.choices) {
      out += &choice == &reply.choices.front() ? "{" : ",{";
      append_choice(out, choice);
      out += '}';
    }
    out += ']';
  }
  out += '}';
}

void append_usage(std::string& out, const std::optional<Usage>& usage) {
  if (!usage.has_value()) {
    out += "null";
    return;
  }
  out += '{';
  append_literal(out, "input", std::to_string(usage->input));
  append_literal(out, "output", std::to_string(usage->output));
  if (usage->cached != 0) {
    append_literal(out, "cached", std::to_string(usage->cached));
  }
  if (usage->reasoning != 0) {
    append_literal(out, "reasoning", std::to_string(usage->reasoning));
  }
  out += '}';
}

void append_nearest(std::string& out, const std::vector<NearestEntry>& nearest) {
  append_literal(out, "nearest", "[");
  for (const NearestEntry& entry : nearest) {
    out += &entry == &nearest.front() ? "{" : ",{";
    append_text(out, "fixture", entry.fixture);
    append_number(out, "score", entry.score);
    append_literal(out, "differences", "[");
    for (const NearestEntry::Line& line : entry.differences) {
      out += &line == &entry.differences.front() ? "{" : ",{";
      append_text(out, "field", line.field);
      append_text(out, "expected", line.expected);
      append_text(out, "actual", line.actual);
      out += '}';
    }
    out += "]}";
  }
  out += ']';
}

void append_request(std::string& out, const Call& call) {
  append_json(out, "request", call.request);
  append_text(out, "request_hash", request_hash(call.request));
  append_literal(out, "ordinal", std::to_string(call.ordinal));
  append_literal(out, "client_retry", std::to_string(call.client_retry));
}

void append_delivery(std::string& out, const Call& call) {
  append_literal(out, "ms", "{");
  append_number(out, "first_byte", call.first_byte_ms);
  append_number(out, "total", call.total_ms);
  out += '}';
  append_bool(out, "client_gone", call.client_gone);
  if (call.open) {
    append_bool(out, "open", true);
  }
}

}  // namespace

std::string Journal::to_json(const Call& call) {
  std::string out = "{";
  append_literal(out, "seq", std::to_string(call.seq));
  append_text(out, "session", call.session);
  append_text(out, "selected_by", name_of(call.selected_by));
  append_text(out, "at", base::to_rfc3339(call.at));
  append_text(out, "endpoint", journal_name_of(call.endpoint));
  append_text(out, "model", call.model);
  append_bool(out, "stream", call.stream);
  append_request(out, call);
  append_text(out, "outcome", name_of(call.outcome));
  append_text(out, "source", call.source);
  append_nearest(out, call.nearest);
  append_literal(out, "masked", "[]");
  append_literal(out, "status", std::to_string(call.status));
  append_key(out, "reply");
  if (call.reply == nullptr) {
    out += "null";
  } else {
    append_reply(out, *call.reply);
  }
  append_key(out, "usage");
  append_usage(out, call.usage);
  append_delivery(out, call);
  out += '}';
  return out;
}

}  // namespace mockllm
