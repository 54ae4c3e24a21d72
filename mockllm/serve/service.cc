#include "mockllm/serve/service.h"

#include <algorithm>
#include <string>
#include <utility>

#include "common/base/hash.h"
#include "common/base/random.h"
#include "common/base/text.h"
#include "mockllm/delivery/timeline.h"
#include "mockllm/serve/exchanges.h"
#include "mockllm/serve/miss.h"
#include "mockllm/serve/passage.h"

namespace mockllm {
namespace {

bool is_read(std::string_view method) {
  return method == "GET" || method == "HEAD";
}

// A session that is not one, or two that disagree.
WireError session_error(const base::Error& error) {
  const std::string_view conflict = Sessions::kSessionConflict;
  const bool disagree = error.message.compare(0, conflict.size(), conflict) == 0;
  WireError refusal;
  refusal.status = error.kind == base::ErrorKind::kUnavailable ? 503 : 400;
  refusal.type = refusal.status == 503 ? "" : refusal.type;
  refusal.code = disagree ? std::string(conflict) : "invalid_session";
  refusal.message = error.message;
  return refusal;
}

// As many choices as were asked for: those that the fixture says, again from the first where it
// says fewer.
std::shared_ptr<const Reply> with_choices(std::shared_ptr<const Reply> reply, int choices) {
  const auto wanted = static_cast<std::size_t>(choices);
  if (reply->choices.size() == wanted || reply->choices.empty()) {
    return reply;
  }
  auto copy = std::make_shared<Reply>();
  copy->usage = reply->usage;
  copy->choices.reserve(wanted);
  for (std::size_t i = 0; i < wanted; ++i) {
    copy->choices.push_back(reply->choices[i % reply->choices.size()]);
  }
  return copy;
}

}  // namespace

Service::Service(ServiceParts parts, ServiceOptions options)
    : parts_(std::move(parts)),
      options_(std::move(options)) {
  CHECK(!parts_.protocols.empty());
}

void Service::loaded(std::size_t fixtures, std::vector<std::string> models) {
  fixtures_ = fixtures;
  models_ = std::move(models);
  reload_error_.clear();
}

void Service::reload_failed(std::string message) {
  reload_error_ = std::move(message);
  ++reload_errors_;
}

http::Answer Service::handle(const http::Request& request, const http::Waker& waker) {
  const Route route = route_of(request.path);
  switch (route.kind) {
    case Route::Kind::kControl:
      return parts_.control->handle(request, waker);
    case Route::Kind::kApi:
      return api(route, request, waker);
    default:
      break;
  }
  if (!is_read(request.method)) {
    http::Response response =
        error_response(*parts_.protocols.front(), wrong_method("GET"), head_of(request));
    response.headers.emplace_back("allow", "GET, HEAD");
    return response;
  }
  switch (route.kind) {
    case Route::Kind::kMetrics:
      return metrics();
    case Route::Kind::kReady:
      return ready();
    default:
      return page(200, kJsonType, R"({"ok":true})");
  }
}

http::Answer Service::api(const Route& route, const http::Request& request,
                          const http::Waker& waker) {
  Protocol* protocol = protocol_for(route.path);
  const bool is_models =
      parts_.models != nullptr && (route.path == parts_.models->path() ||
                                   item_of(route.path, parts_.models->path()).has_value());
  if (is_models && is_read(request.method)) {
    return models(route, request);
  }
  if (protocol == nullptr && !is_models) {
    return error_response(*parts_.protocols.front(), unknown_url(request.method, request.path),
                          head_of(request));
  }
  if (is_models || request.method != "POST") {
    const std::string_view allowed = is_models ? "GET" : "POST";
    http::Response response =
        error_response(*parts_.protocols.front(), wrong_method(allowed), head_of(request));
    response.headers.emplace_back("allow", is_models ? "GET, HEAD" : "POST");
    return response;
  }
  Way way;
  way.request = &request;
  way.waker = &waker;
  way.protocol = protocol;
  way.start = parts_.clock->mono();
  way.incoming = read_incoming(request, route.session);
  return call(way);
}

// The way of a call, step by step. Each step that says no ends it with an answer of its own.
http::Answer Service::call(Way& way) {
  const std::optional<WireError> refusal = way.protocol->decode(way.request->body, prompt_);
  if (refusal) {
    prompt_.messages.clear();  // What was read of them finds no conversation.
  }
  base::Result<Sessions::Selection> selection =
      parts_.sessions->select(way.incoming.selection, prompt_.messages);

  Call& entry = way.call;
  entry.at = parts_.clock->wall();
  entry.endpoint = way.protocol->endpoint();
  entry.model = prompt_.model;
  entry.stream = prompt_.stream;
  entry.request = way.request->body;
  entry.session = kDefaultSession;
  if (!selection) {
    return refused(way, session_error(selection.error()));
  }
  way.session = std::move(selection->session);
  way.open = std::move(selection->open);
  entry.session = way.session->name();
  entry.selected_by = selection->selected_by;
  if (!is_good_key(way.incoming.selection.key)) {
    const WireError error = wrong_key(way.incoming.selection.key);
    return refused(way, error);
  }
  if (refusal) {
    return refused(way, *refusal);
  }

  way.ordinal = way.session->ordinal(prompt_.canonical_hash, way.incoming.retry,
                                     way.incoming.idempotency_key);
  entry.ordinal = way.ordinal.value;
  entry.client_retry = way.ordinal.client_retry;
  way.seed =
      base::mix(base::mix(options_.seed, way.session->test_seed()),
                base::mix(prompt_.canonical_hash, static_cast<std::uint64_t>(way.ordinal.value)));
  Decision decision = parts_.answerer->decide(prompt_, RequestHeaders(*way.request), *way.session,
                                              way.ordinal.value);
  return std::visit([&](auto& chosen) { return answer(way, std::move(chosen)); }, decision);
}

http::Answer Service::answer(Way& way, const FixtureAnswer& answer) {
  way.call.outcome = Outcome::kFixture;
  way.call.source = answer.fixture->source;
  const std::chrono::milliseconds delay = answer.fixture->pace.delay;
  const base::MonoTime start = way.start;
  http::Answer said = say(way, answer);
  auto* response = std::get_if<http::Response>(&said);
  if (delay.count() <= 0 || response == nullptr) {
    return said;
  }
  return std::make_unique<DelayedResponse>(std::move(*response), start + delay);
}

http::Answer Service::say(Way& way, const FixtureAnswer& answer) {
  if (answer.reply->error) {
    return fixture_error(way, *answer.reply->error);
  }
  const std::shared_ptr<const Reply> reply = with_choices(answer.reply, prompt_.choices);
  const Usage usage = reply->usage ? *reply->usage : estimate_usage(prompt_, *reply);
  const Identity identity{way.seed};
  way.call.reply = reply;
  way.call.usage = usage;
  if (!prompt_.stream) {
    http::Response response = api_response(200, kJsonType, head_of(way));
    response.body.reserve(1024);
    way.protocol->encode(prompt_, *reply, usage, identity, response.body);
    return plain(way, std::move(response));
  }
  const Pace& pace = answer.fixture->pace;
  http::Response response = api_response(200, way.protocol->stream_type(), head_of(way));
  response.headers.emplace_back("cache-control", "no-cache");
  response.streamed = true;
  const base::MonoTime start = way.start + pace.delay;
  auto encoder = way.protocol->new_frame_encoder(prompt_, reply, usage, identity);
  response.exchange = std::make_unique<ReplyStream>(
      record(way), Timeline(reply, pace, base::mix(way.seed, 2)), std::move(encoder), start);
  return response;
}

http::Response Service::fixture_error(Way& way, const ReplyError& error) {
  way.session->answered(prompt_.canonical_hash, way.ordinal, true);
  way.call.status = error.status;
  http::Response response = error_response(*way.protocol, wire_error_of(error), head_of(way));
  for (const auto& header : error.headers) {
    response.headers.push_back(header);
  }
  return plain(way, std::move(response));
}

http::Answer Service::answer(Way& way, CassetteAnswer answer) {
  const std::shared_ptr<const Interaction> interaction = std::move(answer.interaction);
  way.call.outcome = Outcome::kCassette;
  way.call.source = interaction->source;
  way.call.status = interaction->status;
  way.call.reply = interaction->reply;
  if (interaction->reply != nullptr) {
    way.call.usage = interaction->reply->usage;
  }
  http::Response response;
  response.status = interaction->status;
  response.headers = interaction->headers;
  if (!interaction->stream) {
    for (const RecordedChunk& chunk : interaction->chunks) {
      response.body += chunk.bytes;
    }
    return plain(way, std::move(response));
  }
  response.streamed = true;
  const base::MonoTime start = way.start;
  response.exchange =
      std::make_unique<RecordedStream>(record(way), interaction, options_.cassette_speed, start);
  return response;
}

http::Answer Service::answer(Way& way, UpstreamAnswer answer) {
  CHECK(upstream_ != nullptr);  // main.cc asks for one in the modes that need it.
  way.call.outcome = Outcome::kUpstream;
  Recorder recorder;
  if (answer.record) {
    recorder.cassettes = parts_.cassettes;
    recorder.test = std::string(test_of(way.session->name()));
  }
  const UpstreamRequest request{way.request->method, way.protocol->path(), &way.request->headers,
                                way.request->body};
  auto passage =
      std::make_shared<Passage>(record(way), *way.protocol, std::move(recorder),
                                std::string(way.request->body), prompt_.stream, *way.waker);
  passage->start(*upstream_, request);
  return wait_for(std::move(passage));
}

http::Answer Service::answer(Way& way, const MissAnswer& answer) {
  const WireError error = miss_error(answer);
  way.call.outcome = Outcome::kMiss;
  way.call.status = error.status;
  way.call.nearest = journal_entries(answer);
  http::Response response =
      error_response(*way.protocol, error, head_of(way), miss_members(answer, way.session->name()));
  response.headers.emplace_back("x-should-retry", "false");
  return plain(way, std::move(response));
}

// A call that is wrong in itself.
http::Response Service::refused(Way& way, const WireError& error) {
  way.seed = base::mix(options_.seed, base::hash64(way.request->body));
  way.call.outcome = Outcome::kInvalid;
  way.call.status = error.status;
  http::Response response = error_response(*way.protocol, error, head_of(way));
  return plain(way, std::move(response));
}

http::Response Service::plain(Way& way, http::Response response) {
  response.exchange = std::make_unique<PlainExchange>(record(way));
  return response;
}

CallRecord Service::record(Way& way) {
  if (options_.log_calls) {
    parts_.log->write(base::LogLevel::kDebug, "call",
                      {{"session", way.call.session},
                       {"outcome", std::string(name_of(way.call.outcome))},
                       {"source", way.call.source},
                       {"status", std::to_string(way.call.status)}});
  }
  return {*parts_.journal, metrics_, std::move(way.call), std::move(way.open)};
}

Protocol* Service::protocol_for(std::string_view path) const {
  for (Protocol* protocol : parts_.protocols) {
    if (protocol->path() == path) {
      return protocol;
    }
  }
  return nullptr;
}

bool Service::is_good_key(std::string_view key) const {
  return options_.api_keys.empty() ||
         std::any_of(
             options_.api_keys.begin(), options_.api_keys.end(),
             [&](const std::string& good) { return base::equals_in_constant_time(good, key); });
}

ApiHead Service::head_of(const Way& way) const {
  return {way.seed, parts_.clock->mono() - way.start};
}

ApiHead Service::head_of(const http::Request& request) const {
  return {base::mix(options_.seed, base::hash64(request.target)), base::Nanoseconds(0)};
}

http::Response Service::models(const Route& route, const http::Request& request) const {
  const std::optional<std::string> wanted = item_of(route.path, parts_.models->path());
  if (wanted && std::find(models_.begin(), models_.end(), *wanted) == models_.end()) {
    return error_response(*parts_.protocols.front(), parts_.models->unknown(*wanted),
                          head_of(request));
  }
  http::Response response = api_response(200, kJsonType, head_of(request));
  if (wanted) {
    parts_.models->encode_one(*wanted, response.body);
  } else {
    parts_.models->encode_list(models_, response.body);
  }
  return response;
}

http::Response Service::metrics() {
  MetricsSnapshot snapshot;
  snapshot.engine = stats_ == nullptr ? http::Stats{} : *stats_;
  snapshot.sessions = parts_.sessions->size();
  snapshot.fixtures = fixtures_;
  snapshot.journal_dropped = parts_.journal->dropped();
  snapshot.reload_errors = reload_errors_;
  snapshot.reload_failed = !reload_error_.empty();
  return page(200, "text/plain; version=0.0.4; charset=utf-8", metrics_.text(snapshot));
}

http::Response Service::ready() const {
  std::string body = R"({"ready":true,"mode":)";
  base::append_json_quoted(body, options_.mode);
  body += R"(,"fixtures":)" + std::to_string(fixtures_);
  body += R"(,"reload_error":)";
  if (reload_error_.empty()) {
    body += "null";
  } else {
    base::append_json_quoted(body, reload_error_);
  }
  body += '}';
  return page(200, kJsonType, std::move(body));
}

http::Response Service::refuse(int status, std::string_view limit, std::string_view message) {
  WireError error;
  error.status = status;
  error.type.clear();
  error.message = message;
  if (!limit.empty()) {
    error.code = std::string(limit);
  }
  http::Response response = page(status, kJsonType, {});
  parts_.protocols.front()->encode_error(error, {}, response.body);
  return response;
}

}  // namespace mockllm
