#include "mockllm/control/control.h"

#include <utility>

#include "common/base/digest.h"
#include "common/base/text.h"
#include "mockllm/control/alias_move.h"
#include "mockllm/control/answers.h"
#include "mockllm/control/body.h"
#include "mockllm/control/follow.h"
#include "mockllm/control/guard.h"
#include "mockllm/control/verify.h"

namespace mockllm {
namespace {

constexpr std::string_view kRoot = "/_mock";
constexpr std::string_view kSessionKey = "sk-mock-";
constexpr std::int64_t kAdvanceMsMax = 365LL * 24 * 3600 * 1000;

// The segments of a path below /_mock, decoded; a slash at the end counts for nothing.
std::vector<std::string> segments_of(std::string_view path) {
  std::vector<std::string> segments;
  path.remove_prefix(kRoot.size());
  for (const std::string_view part : base::split(path, '/')) {
    if (!part.empty()) {
      segments.push_back(base::percent_decoded(part));
    }
  }
  return segments;
}

// A test may read what it asked, and holds no token: the key of its session opens that session's
// journal, and nothing else. `default` is everybody's, and so nobody's own.
bool asks_own_journal(const http::Request& request, const std::vector<std::string>& path) {
  return request.method == "GET" && path.size() == 3 && path[0] == "sessions" &&
         path[1] != kDefaultSession && path[2] == "journal";
}

bool has_parameter(std::string_view query, std::string_view parameter) {
  for (const std::string_view part : base::split(query, '&')) {
    if (part == parameter) {
      return true;
    }
  }
  return false;
}

bool is_media_type(std::string_view header, std::string_view type) {
  return base::equals_ignoring_case(base::trimmed(header.substr(0, header.find(';'))), type);
}

bool is_json(std::string_view content_type) {
  return is_media_type(content_type, "application/json");
}

bool is_yaml(std::string_view content_type) {
  for (const std::string_view type :
       {"application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml"}) {
    if (is_media_type(content_type, type)) {
      return true;
    }
  }
  return false;
}

http::Response invalid(const base::Error& error) {
  const bool full = error.kind == base::ErrorKind::kUnavailable;
  return error_response(full ? 503 : 400, full ? "limit_reached" : "invalid_request",
                        error.message);
}

http::Response unknown_path() {
  return error_response(
      404, "unknown_path",
      "no such path; there are /_mock/sessions, /_mock/aliases/{key}, /_mock/journal "
      "and /_mock/reset");
}

http::Response unknown_session(std::string_view id) {
  return error_response(404, "unknown_session",
                        "no session is called " + base::json_quoted(base::shortened(id, 160)));
}

std::size_t fixtures_of(const Session& session) {
  std::size_t count = 0;
  for (const std::shared_ptr<const FixtureSet>& set : session.fixtures) {
    count += set->size();
  }
  return count;
}

std::string to_json(const Session& session) {
  return "{\"id\":" + base::json_quoted(session.name()) + ",\"parent\":" +
         (session.parent() == nullptr ? "null" : base::json_quoted(session.parent()->name())) +
         ",\"fixtures\":" + std::to_string(fixtures_of(session)) +
         ",\"calls\":" + std::to_string(session.calls_total) +
         ",\"in_flight\":" + std::to_string(session.calls_in_flight) +
         ",\"clock_offset_ms\":" + std::to_string(session.clock_offset.count()) + "}";
}

}  // namespace

// One method per resource; each says which HTTP methods it knows.
class Control::Impl {
 public:
  Impl(Sessions& sessions, Journal& journal, const base::Clock& clock, ControlOptions options)
      : sessions_(sessions),
        journal_(journal),
        clock_(clock),
        options_(std::move(options)),
        followers_(journal, options_.limits.followers_max, options_.limits.follower_bytes_max) {}

  http::Answer handle(const http::Request& request, const http::Waker& waker) {
    const std::vector<std::string> path = segments_of(request.path);
    std::optional<Refusal> refusal = refuse_caller(request, options_.token, options_.hosts);
    if (refusal.has_value() && !options_.token.empty() && asks_own_journal(request, path)) {
      refusal = refuse_caller(request, std::string(kSessionKey) + path[1], options_.hosts);
    }
    if (refusal.has_value()) {
      return error_response(refusal->status, refusal->code, refusal->message);
    }
    if (path.size() == 2 && path[0] == "aliases") {
      return alias(request, path[1], waker);
    }
    if (path.size() == 1 && path[0] == "journal") {
      return journal(request, waker);
    }
    return plain(request, path);
  }

  void end_followers() { followers_.end_all(); }

 private:
  // What needs no waiting.
  http::Response plain(const http::Request& request, const std::vector<std::string>& path) {
    if (path.size() == 1 && path[0] == "sessions") {
      return all_sessions(request);
    }
    if (path.size() == 2 && path[0] == "sessions") {
      return one_session(request, path[1]);
    }
    if (path.size() == 3 && path[0] == "sessions") {
      return part_of_session(request, path[1], path[2]);
    }
    if (path.size() == 1 && path[0] == "reset") {
      return reset(request);
    }
    return unknown_path();
  }

  http::Response part_of_session(const http::Request& request, const std::string& id,
                                 const std::string& part) {
    if (part == "journal") {
      return request.method == "GET" ? json_response(200, journal_.to_json(id))
                                     : method_not_allowed({"GET"});
    }
    if (part == "fixtures") {
      return fixtures(request, id);
    }
    if (part == "verify") {
      return verify_session(request, id);
    }
    if (part == "clock") {
      return clock(request, id);
    }
    return unknown_path();
  }

  // The body as JSON of the known keys, or the response that refuses it.
  std::optional<http::Response> read_body(const http::Request& request,
                                          std::vector<std::string> known_keys,
                                          std::optional<Body>& body) const {
    std::optional<http::Response> refused = refuse_json(request);
    if (refused.has_value()) {
      return refused;
    }
    base::Result<Body> read = Body::read(request.body, std::move(known_keys));
    if (!read) {
      return invalid(read.error());
    }
    body = *std::move(read);
    return std::nullopt;
  }

  std::optional<http::Response> refuse_json(const http::Request& request) const {
    if (request.body.size() > options_.limits.body_bytes_max) {
      return error_response(413, "limit_reached",
                            "body_bytes_max: a body has at most " +
                                std::to_string(options_.limits.body_bytes_max) + " bytes");
    }
    if (!request.body.empty() && !is_json(request.header("content-type"))) {
      return error_response(415, "json_expected", "content-type: application/json is expected");
    }
    return std::nullopt;
  }

  http::Response all_sessions(const http::Request& request) {
    if (request.method == "GET") {
      std::string names;
      for (const std::string& name : sessions_.names()) {
        names += (names.empty() ? "" : ",") + base::json_quoted(name);
      }
      return json_response(200, "{\"sessions\":[" + names + "]}");
    }
    return request.method == "POST" ? make_session(request) : method_not_allowed({"GET", "POST"});
  }

  http::Response make_session(const http::Request& request) {
    std::optional<Body> body;
    if (std::optional<http::Response> refused = read_body(request, {"id", "parent"}, body)) {
      return *std::move(refused);
    }
    const base::Result<std::optional<std::string>> id = body->text("id");
    const base::Result<std::optional<std::string>> parent = body->text("parent");
    if (!id || !parent) {
      return invalid(!id ? id.error() : parent.error());
    }
    const std::string name = id->has_value() ? **id : free_name();
    const bool known = sessions_.find(name) != nullptr;
    const base::Result<std::shared_ptr<Session>> made = sessions_.make(name, parent->value_or(""));
    if (!made) {
      return invalid(made.error());
    }
    return json_response(known ? 200 : 201, to_json(**made));
  }

  std::string free_name() {
    std::string name;
    do {
      name = "session-" + std::to_string(++made_);
    } while (sessions_.find(name) != nullptr);
    return name;
  }

  http::Response one_session(const http::Request& request, const std::string& id) {
    if (request.method != "GET" && request.method != "DELETE") {
      return method_not_allowed({"GET", "DELETE"});
    }
    const std::shared_ptr<Session> session = sessions_.find(id);
    if (session == nullptr) {
      return unknown_session(id);
    }
    if (request.method == "DELETE") {
      sessions_.erase(id);
      journal_.erase(id);
      return json_response(200, "{\"deleted\":" + base::json_quoted(id) + "}");
    }
    return json_response(200, to_json(*session));
  }

  http::Response fixtures(const http::Request& request, const std::string& id) {
    if (request.method == "POST") {
      return add_fixtures(request, id);
    }
    if (request.method != "GET" && request.method != "DELETE") {
      return method_not_allowed({"GET", "POST", "DELETE"});
    }
    const std::shared_ptr<Session> session = sessions_.find(id);
    if (session == nullptr) {
      return unknown_session(id);
    }
    const std::string counted = "{\"sets\":" + std::to_string(session->fixtures.size()) +
                                ",\"fixtures\":" + std::to_string(fixtures_of(*session)) + "}";
    if (request.method == "DELETE") {
      session->fixtures.clear();
    }
    return json_response(200, counted);
  }

  // Makes the session where it is not there, as a call of it would.
  http::Response add_fixtures(const http::Request& request, const std::string& id) {
    const std::string_view type = request.header("content-type");
    if (!is_json(type) && !is_yaml(type)) {
      return error_response(415, "fixtures_expected",
                            "content-type: application/yaml or application/json is expected");
    }
    if (request.body.size() > options_.limits.fixtures_bytes_max) {
      return error_response(413, "limit_reached",
                            "fixtures_bytes_max: a fixture file has at most " +
                                std::to_string(options_.limits.fixtures_bytes_max) + " bytes");
    }
    base::Result<std::shared_ptr<Session>> session = sessions_.make(id, "");
    if (!session) {
      return invalid(session.error());
    }
    std::vector<std::shared_ptr<const FixtureSet>>& sets = (*session)->fixtures;
    if (sets.size() >= options_.limits.fixture_sets_max) {
      return error_response(503, "limit_reached",
                            "fixture_sets_max: a session has at most " +
                                std::to_string(options_.limits.fixture_sets_max) +
                                " fixture files");
    }
    const std::string name = id + "/fixtures-" + std::to_string(sets.size() + 1);
    base::Result<std::shared_ptr<const FixtureSet>> parsed = parse_fixtures(name, request.body);
    if (!parsed) {
      return error_response(400, "invalid_fixtures", parsed.error().message);
    }
    sets.insert(sets.begin(), *parsed);
    return json_response(201, "{\"name\":" + base::json_quoted(name) +
                                  ",\"fixtures\":" + std::to_string((*parsed)->size()) + "}");
  }

  http::Response verify_session(const http::Request& request, const std::string& id) {
    if (request.method != "POST") {
      return method_not_allowed({"POST"});
    }
    if (std::optional<http::Response> refused = refuse_json(request)) {
      return *std::move(refused);
    }
    const base::Result<std::vector<std::string>> failures = verify(request.body, journal_, id);
    if (!failures) {
      return invalid(failures.error());
    }
    std::string lines;
    for (const std::string& failure : *failures) {
      lines += (lines.empty() ? "" : ",") + base::json_quoted(failure);
    }
    return json_response(200, std::string("{\"ok\":") + (failures->empty() ? "true" : "false") +
                                  ",\"failures\":[" + lines + "]}");
  }

  http::Response clock(const http::Request& request, const std::string& id) {
    if (request.method != "POST") {
      return method_not_allowed({"POST"});
    }
    std::optional<Body> body;
    if (std::optional<http::Response> refused = read_body(request, {"advance_ms"}, body)) {
      return *std::move(refused);
    }
    const base::Result<std::optional<std::int64_t>> advance =
        body->integer("advance_ms", 0, kAdvanceMsMax);
    if (!advance) {
      return invalid(advance.error());
    }
    if (!advance->has_value()) {
      return invalid(base::invalid_input("advance_ms is missing"));
    }
    const std::shared_ptr<Session> session = sessions_.find(id);
    if (session == nullptr) {
      return unknown_session(id);
    }
    const std::chrono::milliseconds offset =
        session->clock_offset + std::chrono::milliseconds(**advance);
    if (offset.count() > kAdvanceMsMax) {
      return invalid(base::invalid_input("the clock of a session goes at most a year ahead"));
    }
    session->clock_offset = offset;
    return json_response(200, to_json(*session));
  }

  http::Answer alias(const http::Request& request, const std::string& key,
                     const http::Waker& waker) {
    if (request.method == "DELETE") {
      return sessions_.erase_alias(key)
                 ? json_response(200, "{\"deleted\":" + base::json_quoted(key) + "}")
                 : error_response(404, "unknown_alias", "there is no such alias");
    }
    if (request.method != "PUT") {
      return method_not_allowed({"PUT", "DELETE"});
    }
    std::optional<Body> body;
    if (std::optional<http::Response> refused = read_body(request, {"session", "force"}, body)) {
      return *std::move(refused);
    }
    const base::Result<std::optional<std::string>> session = body->text("session");
    const base::Result<std::optional<bool>> force = body->boolean("force");
    if (!session || !force) {
      return invalid(!session ? session.error() : force.error());
    }
    if (!session->has_value()) {
      return invalid(base::invalid_input("session is missing"));
    }
    const base::MonoTime now = clock_.mono();
    return move_alias(sessions_,
                      {key, **session, force->value_or(false), now + options_.limits.alias_wait},
                      now, waker);
  }

  http::Answer journal(const http::Request& request, const http::Waker& waker) {
    if (request.method != "GET") {
      return method_not_allowed({"GET"});
    }
    if (has_parameter(request.query, "follow=1")) {
      return followers_.follow(waker);
    }
    return json_response(200, journal_.to_json(std::string_view()));
  }

  http::Response reset(const http::Request& request) {
    if (request.method != "POST") {
      return method_not_allowed({"POST"});
    }
    std::optional<Body> body;
    if (std::optional<http::Response> refused = read_body(request, {"session"}, body)) {
      return *std::move(refused);
    }
    const base::Result<std::optional<std::string>> session = body->text("session");
    if (!session) {
      return invalid(session.error());
    }
    if (!session->has_value()) {
      sessions_.reset();
      journal_.clear();
      return json_response(200, "{\"reset\":\"all\"}");
    }
    if (!sessions_.erase(**session)) {
      return unknown_session(**session);
    }
    journal_.erase(**session);
    return json_response(200, "{\"reset\":" + base::json_quoted(**session) + "}");
  }

  Sessions& sessions_;
  Journal& journal_;
  const base::Clock& clock_;
  ControlOptions options_;
  Followers followers_;
  std::uint64_t made_ = 0;
};

Control::Control(Sessions& sessions, Journal& journal, const base::Clock& clock,
                 ControlOptions options)
    : impl_(std::make_unique<Impl>(sessions, journal, clock, std::move(options))) {}

Control::~Control() = default;

bool Control::owns(std::string_view path) {
  return path.starts_with(kRoot) && (path.size() == kRoot.size() || path[kRoot.size()] == '/');
}

http::Answer Control::handle(const http::Request& request, const http::Waker& waker) {
  return impl_->handle(request, waker);
}

void Control::end_followers() {
  impl_->end_followers();
}

}  // namespace mockllm
