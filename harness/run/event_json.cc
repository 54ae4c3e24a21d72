#include <type_traits>

#include <nlohmann/json.hpp>

#include "harness/run/event.h"

namespace harness {
namespace {

using nlohmann::json;

// Each event names its fields once, in each(): Writer and Reader both follow that list.
template <typename Archive>
void each(Archive& archive, TestCase& e) {
  archive("suite", e.suite);
  archive("name", e.name);
  archive("file", e.file);
  archive("line", e.line);
  archive("disabled", e.disabled);
  archive("note", e.note);
  archive("tags", e.tags);
}

template <typename Archive>
void each(Archive& archive, Failure& e) {
  archive("message", e.message);
  archive("text", e.text);
  archive("file", e.file);
  archive("line", e.line);
}

template <typename Archive>
void each(Archive& archive, LlmCall& e) {
  archive("seq", e.seq);
  archive("endpoint", e.endpoint);
  archive("model", e.model);
  archive("outcome", e.outcome);
  archive("source", e.source);
  archive("status", e.status);
  archive("asked", e.asked);
  archive("answered", e.answered);
  archive("nearest", e.nearest);
  archive("suggestion", e.suggestion);
}

template <typename Archive>
void each(Archive& archive, ArtifactFile& e) {
  archive("name", e.name);
  archive("bytes", e.bytes);
}

template <typename Archive>
void each(Archive& archive, ArtifactsLeftOut& e) {
  archive("reason", e.reason);
  archive("files", e.files);
}

template <typename Archive>
void each(Archive& archive, Artifacts& e) {
  archive("folder", e.folder);
  archive("files", e.files);
  archive("left_out", e.left_out);
}

template <typename Archive>
void each(Archive& archive, RunStarted& e) {
  archive("run", e.run);
  archive("name", e.name);
  archive("version", e.version);
  archive("llm_mode", e.llm_mode);
  archive("llm_reason", e.llm_reason);
  archive("shard_index", e.shard_index);
  archive("shard_count", e.shard_count);
}

template <typename Archive>
void each(Archive& archive, PhaseFinished& e) {
  archive("phase", e.phase);
  archive("detail", e.detail);
  archive("duration_ms", e.duration_ms);
}

template <typename Archive>
void each(Archive& archive, ServiceReady& e) {
  archive("service", e.service);
  archive("url", e.url);
  archive("waited_ms", e.waited_ms);
}

template <typename Archive>
void each(Archive& archive, ServiceFailed& e) {
  archive("service", e.service);
  archive("reason", e.reason);
  archive("log", e.log);
  archive("exit_code", e.exit_code);
}

template <typename Archive>
void each(Archive& archive, TestsListed& e) {
  archive("tests", e.tests);
  archive("listed", e.listed);
  archive("list_sha256", e.list_sha256);
  archive("empty_suites", e.empty_suites);
  archive("elsewhere", e.elsewhere);
  archive("durations_sha256", e.durations_sha256);
}

template <typename Archive>
void each(Archive& archive, DiscoveryFailed& e) {
  archive("suite", e.suite);
  archive("path", e.path);
  archive("reason", e.reason);
  archive("output", e.output);
}

template <typename Archive>
void each(Archive& archive, AttemptStarted& e) {
  archive("test", e.test);
  archive("attempt", e.attempt);
  archive("session", e.session);
}

template <typename Archive>
void each(Archive& archive, AttemptFinished& e) {
  archive("test", e.test);
  archive("attempt", e.attempt);
  archive("outcome", e.outcome);
  archive("reason", e.reason);
  archive("failures", e.failures);
  archive("duration_ms", e.duration_ms);
  archive("log", e.log);
  archive("artifacts", e.artifacts);
  archive("output_tail", e.output_tail);
  archive("calls", e.calls);
  archive("calls_total", e.calls_total);
  archive("misses", e.misses);
  archive("peak_memory_bytes", e.peak_memory_bytes);
  archive("cpu_ms", e.cpu_ms);
  archive("harness_ms", e.harness_ms);
  archive("leaks", e.leaks);
  archive("will_retry", e.will_retry);
}

template <typename Archive>
void each(Archive& archive, AttemptRevised& e) {
  archive("test", e.test);
  archive("attempt", e.attempt);
  archive("outcome", e.outcome);
  archive("reason", e.reason);
  archive("calls", e.calls);
  archive("calls_total", e.calls_total);
  archive("misses", e.misses);
}

template <typename Archive>
void each(Archive& archive, TestNotRun& e) {
  archive("test", e.test);
  archive("reason", e.reason);
  archive("fail_fast", e.fail_fast);
}

template <typename Archive>
void each(Archive& archive, UnattributedCalls& e) {
  archive("session", e.session);
  archive("calls", e.calls);
  archive("calls_total", e.calls_total);
  archive("misses", e.misses);
  archive("warn_only", e.warn_only);
}

template <typename Archive>
void each(Archive& archive, RunInterrupted& e) {
  archive("reason", e.reason);
  archive("out_of_time", e.out_of_time);
}

template <typename Archive>
void each(Archive& archive, RunFailed& e) {
  archive("exit_code", e.exit_code);
  archive("reason", e.reason);
}

template <typename Archive>
void each(Archive& archive, RunFinished& e) {
  archive("duration_ms", e.duration_ms);
  archive("llm_calls", e.llm_calls);
}

// In the order of the variant.
constexpr std::array<std::string_view, std::variant_size_v<Event>> kEventNames{
    "run_started",        "phase_finished",  "service_ready",    "service_failed",  "tests_listed",
    "discovery_failed",   "attempt_started", "attempt_finished", "attempt_revised", "test_not_run",
    "unattributed_calls", "run_interrupted", "run_failed",       "run_finished"};

template <typename T>
inline constexpr bool kIsList = false;
template <typename T>
inline constexpr bool kIsList<std::vector<T>> = true;

template <typename T>
inline constexpr bool kIsStruct =
    std::is_class_v<T> && !kIsList<T> && !std::is_same_v<T, std::string>;

class Writer {
 public:
  explicit Writer(json& out) : out_(out) {}

  template <typename T>
  void operator()(const char* name, T& value) {
    out_[name] = to_value(value);
  }

 private:
  template <typename T>
  static json to_value(T& value) {
    if constexpr (kIsList<T>) {
      json list = json::array();
      for (auto& item : value) {
        list.push_back(to_value(item));
      }
      return list;
    } else if constexpr (std::is_same_v<T, Outcome>) {
      return std::string(name_of(value));
    } else if constexpr (kIsStruct<T>) {
      json object = json::object();
      Writer writer(object);
      each(writer, value);
      return object;
    } else {
      return value;
    }
  }

  json& out_;
};

// A field that is missing keeps its default; one of another type is a mistake, and so is an outcome
// that is not there: a default of it would be made up.
class Reader {
 public:
  Reader(const json& in, bool& good) : in_(in), good_(good) {}

  template <typename T>
  void operator()(const char* name, T& value) {
    if (const auto found = in_.find(name); found != in_.end()) {
      from_value(*found, value);
    } else if (std::is_same_v<T, Outcome>) {
      good_ = false;
    }
  }

 private:
  template <typename T>
  void from_value(const json& in, T& value) {
    if constexpr (kIsList<T>) {
      read_list(in, value);
    } else if constexpr (std::is_same_v<T, std::string>) {
      take(in.is_string(), in, value);
    } else if constexpr (std::is_same_v<T, bool>) {
      take(in.is_boolean(), in, value);
    } else if constexpr (std::is_same_v<T, Outcome>) {
      const std::optional<Outcome> outcome =
          in.is_string() ? outcome_named(in.get_ref<const std::string&>()) : std::nullopt;
      good_ = good_ && outcome.has_value();
      value = outcome.value_or(Outcome::kFailed);
    } else if constexpr (kIsStruct<T>) {
      good_ = good_ && in.is_object();
      Reader reader(in, good_);
      each(reader, value);
    } else {
      take(in.is_number(), in, value);
    }
  }

  template <typename T>
  void read_list(const json& in, T& list) {
    good_ = good_ && in.is_array();
    if (!good_) {
      return;
    }
    for (const json& item : in) {
      from_value(item, list.emplace_back());
    }
  }

  template <typename T>
  void take(bool fits, const json& in, T& value) {
    good_ = good_ && fits;
    if (fits) {
      value = in.get<T>();
    }
  }

  const json& in_;
  bool& good_;
};

template <std::size_t I = 0>
std::optional<Event> read_event(const json& object, bool& good) {
  if constexpr (I == std::variant_size_v<Event>) {
    return std::nullopt;
  } else {
    const auto name = object.find("event");
    if (name == object.end() || !name->is_string() || *name != kEventNames[I]) {
      return read_event<I + 1>(object, good);
    }
    std::variant_alternative_t<I, Event> event;
    Reader reader(object, good);
    each(reader, event);
    return event;
  }
}

}  // namespace

std::string to_json(const Record& record) {
  json object = {{"seq", record.seq},
                 {"at", record.at},
                 {"mono_ms", record.mono_ms},
                 {"event", kEventNames[record.event.index()]}};
  Event event =
      record.event;  // each() is one list for reading and writing, so it wants a mutable value
  std::visit(
      [&](auto& value) {
        Writer writer(object);
        each(writer, value);
      },
      event);
  return object.dump(-1, ' ', false, json::error_handler_t::replace);
}

base::Result<Record> record_from_json(std::string_view line) {
  const json object = json::parse(line, nullptr, false);
  if (!object.is_object()) {
    return base::invalid_input("not a record of a run's journal");
  }
  Record record;
  bool good = true;
  Reader reader(object, good);
  reader("seq", record.seq);
  reader("at", record.at);
  reader("mono_ms", record.mono_ms);
  std::optional<Event> event = read_event(object, good);
  if (!event || !good || record.seq == 0) {
    return base::invalid_input("not a record of a run's journal");
  }
  record.event = std::move(*event);
  return record;
}

}  // namespace harness
