#include "mockllm/session/sessions.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "common/base/digest.h"
#include "common/base/text.h"

namespace mockllm {
namespace {

constexpr std::string_view kKeyPrefix = "sk-mock-";
constexpr std::string_view kBaggageMember = "mockllm.session";
constexpr std::size_t kAliasBytesMax = 256;

// The value of our member of a W3C baggage header: "a=1;p, mockllm.session=NAME;q".
std::string session_in_baggage(std::string_view baggage) {
  while (!baggage.empty()) {
    const std::size_t comma = baggage.find(',');
    const std::string_view member = baggage.substr(0, baggage.find_first_of(",;"));
    const std::size_t equals = member.find('=');
    if (equals != std::string_view::npos &&
        base::trimmed(member.substr(0, equals)) == kBaggageMember) {
      return base::percent_decoded(base::trimmed(member.substr(equals + 1)));
    }
    baggage = comma == std::string_view::npos ? std::string_view() : baggage.substr(comma + 1);
  }
  return {};
}

base::Error bad_name(std::string_view name, std::string_view where) {
  return base::invalid_input(
      "the session name " + base::json_quoted(base::shortened(name, 160)) + " of the " +
      std::string(where) + " is none: 1 to 128 characters out of A-Z a-z 0-9 . _ ~ - are expected");
}

bool is_alias_key(std::string_view key) {
  return !key.empty() && key.size() <= kAliasBytesMax &&
         std::all_of(key.begin(), key.end(), [](char c) { return c > ' ' && c < 0x7F; });
}

}  // namespace

OpenCall::OpenCall(std::shared_ptr<Session> session, std::shared_ptr<Tenure> tenure)
    : session_(std::move(session)),
      tenure_(std::move(tenure)) {
  ++session_->calls_in_flight;
  ++session_->calls_total;
  if (tenure_ != nullptr) {
    ++tenure_->calls_in_flight;
  }
}

OpenCall& OpenCall::operator=(OpenCall&& other) noexcept {
  if (this != &other) {
    end();
    session_ = std::move(other.session_);
    tenure_ = std::move(other.tenure_);
  }
  return *this;
}

void OpenCall::end() {
  if (session_ != nullptr) {
    --session_->calls_in_flight;
    session_.reset();
  }
  const std::shared_ptr<Tenure> tenure = std::move(tenure_);
  if (tenure != nullptr && --tenure->calls_in_flight == 0) {
    // Whoever is called may wait again.
    const std::vector<std::function<void()>> waiting = std::exchange(tenure->waiting, {});
    for (const std::function<void()>& wake : waiting) {
      wake();
    }
  }
}

Sessions::Sessions(SessionLimits limits) : limits_(limits), default_(make_default()) {}

std::shared_ptr<Session> Sessions::make_default() const {
  return std::make_shared<Session>(std::string(kDefaultSession), nullptr, limits_.hashes_max);
}

base::Result<Sessions::Named> Sessions::named_by(const SelectionInput& input) {
  const bool own_key = input.key.starts_with(kKeyPrefix);
  const std::array<std::pair<SelectedBy, std::string>, 4> says = {{
      {SelectedBy::kPrefix, std::string(input.prefix)},
      {SelectedBy::kHeader, std::string(input.header)},
      {SelectedBy::kBaggage, session_in_baggage(input.baggage)},
      {SelectedBy::kKey, std::string(own_key ? input.key.substr(kKeyPrefix.size()) : "")},
  }};
  Named named;
  for (const auto& [selected_by, name] : says) {
    if (name.empty()) {
      continue;
    }
    if (!is_session_name(name)) {
      return bad_name(name, name_of(selected_by));
    }
    if (named.name.empty()) {
      named = {name, selected_by};
    } else if (named.name != name) {
      return base::invalid_input(std::string(kSessionConflict) + ": the " +
                                 std::string(name_of(named.selected_by)) + " names session " +
                                 named.name + ", the " + std::string(name_of(selected_by)) +
                                 " names " + name);
    }
  }
  return named;
}

base::Result<Sessions::Selection> Sessions::select(const SelectionInput& input,
                                                   const std::vector<MessageView>& messages) {
  base::Result<Named> named = named_by(input);
  if (!named) {
    return std::move(named).error();
  }
  Selection selection;
  if (named->name.empty()) {
    selection = by_key(input.key, messages);
  } else {
    base::Result<std::shared_ptr<Session>> session = find_or_make(named->name);
    if (!session) {
      return std::move(session).error();
    }
    selection.session = *session;
    selection.selected_by = named->selected_by;
    selection.open = OpenCall(*session, nullptr);
  }
  selection.session->remember(messages);
  return selection;
}

Sessions::Selection Sessions::by_key(std::string_view key,
                                     const std::vector<MessageView>& messages) const {
  const auto found = key.empty() ? aliases_.end() : aliases_.find(key);
  if (found == aliases_.end()) {
    return {default_, SelectedBy::kDefault, OpenCall(default_, nullptr)};
  }
  const Alias& alias = found->second;
  const std::shared_ptr<Session>& current = alias.tenure->session;
  const bool late =
      alias.former != nullptr && alias.former->continues(messages) && !current->continues(messages);
  if (late) {
    return {alias.former, SelectedBy::kAlias, OpenCall(alias.former, nullptr)};
  }
  return {current, SelectedBy::kAlias, OpenCall(current, alias.tenure)};
}

base::Result<std::shared_ptr<Session>> Sessions::find_or_make(std::string_view name) {
  if (name == kDefaultSession) {
    return default_;
  }
  const auto found = sessions_.find(name);
  if (found == sessions_.end()) {
    return insert(name, nullptr);
  }
  ages_.splice(ages_.end(), ages_, found->second.age);
  return found->second.session;
}

base::Result<std::shared_ptr<Session>> Sessions::insert(std::string_view name,
                                                        std::shared_ptr<Session> parent) {
  if (!is_session_name(name)) {
    return bad_name(name, "request");
  }
  if (sessions_.size() >= limits_.sessions_max && !make_room()) {
    return base::unavailable("sessions_max: " + std::to_string(limits_.sessions_max) +
                             " sessions are in use, none of them idle");
  }
  auto session =
      std::make_shared<Session>(std::string(name), std::move(parent), limits_.hashes_max);
  const auto age = ages_.insert(ages_.end(), std::string(name));
  sessions_.emplace(std::string(name), Entry{session, age});
  return session;
}

bool Sessions::make_room() {
  for (auto name = ages_.begin(); name != ages_.end(); ++name) {
    const auto entry = sessions_.find(*name);
    const Session& session = *entry->second.session;
    if (session.calls_in_flight == 0 && !is_alias_target(session)) {
      sessions_.erase(entry);
      ages_.erase(name);
      return true;
    }
  }
  return false;
}

bool Sessions::is_alias_target(const Session& session) const {
  return std::any_of(aliases_.begin(), aliases_.end(), [&](const auto& alias) {
    return alias.second.tenure->session.get() == &session;
  });
}

base::Result<std::shared_ptr<Session>> Sessions::make(std::string_view name,
                                                      std::string_view parent_name) {
  std::shared_ptr<Session> parent = parent_name.empty() ? nullptr : find(parent_name);
  if (!parent_name.empty() && parent == nullptr) {
    return base::invalid_input("no session is called " +
                               base::json_quoted(base::shortened(parent_name, 160)));
  }
  const std::shared_ptr<Session> known = find(name);
  if (known != nullptr) {
    if (parent != nullptr && known->parent() != parent) {
      return base::invalid_input("session " + std::string(name) +
                                 " is there already, and its parent is " +
                                 (known->parent() == nullptr ? "none" : known->parent()->name()));
    }
    return find_or_make(name);
  }
  int parents = 0;
  for (const Session* above = parent.get(); above != nullptr; above = above->parent().get()) {
    ++parents;
  }
  if (parents > kParentsMax) {
    return base::invalid_input("more than " + std::to_string(kParentsMax) +
                               " sessions above each other");
  }
  return insert(name, std::move(parent));
}

std::shared_ptr<Session> Sessions::find(std::string_view name) const {
  if (name == kDefaultSession) {
    return default_;
  }
  const auto found = sessions_.find(name);
  return found == sessions_.end() ? nullptr : found->second.session;
}

bool Sessions::erase(std::string_view name) {
  if (name == kDefaultSession) {
    default_ = make_default();
    return true;
  }
  const auto found = sessions_.find(name);
  if (found == sessions_.end()) {
    return false;
  }
  const std::shared_ptr<Session> session = found->second.session;
  if (is_alias_target(*session)) {
    found->second.session =
        std::make_shared<Session>(session->name(), session->parent(), limits_.hashes_max);
    for (auto& [key, alias] : aliases_) {
      if (alias.tenure->session == session) {
        alias.tenure->session = found->second.session;
      }
    }
    return true;
  }
  ages_.erase(found->second.age);
  sessions_.erase(found);
  return true;
}

void Sessions::reset() {
  aliases_.clear();
  sessions_.clear();
  ages_.clear();
  default_ = make_default();
}

std::vector<std::string> Sessions::names() const {
  std::vector<std::string> names = {std::string(kDefaultSession)};
  for (const auto& [name, entry] : sessions_) {
    names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

base::Result<void> Sessions::point_alias(std::string_view key, std::string_view session_name,
                                         bool force) {
  if (!is_alias_key(key)) {
    return base::invalid_input("an alias is 1 to " + std::to_string(kAliasBytesMax) +
                               " printable characters without spaces");
  }
  if (key.starts_with(kKeyPrefix)) {
    return base::invalid_input("a key that starts with " + std::string(kKeyPrefix) +
                               " names its session itself and can be no alias");
  }
  const auto found = aliases_.find(key);
  if (found == aliases_.end() && aliases_.size() >= limits_.aliases_max) {
    return base::unavailable("aliases_max: " + std::to_string(limits_.aliases_max) +
                             " aliases are in use");
  }
  if (found != aliases_.end() && found->second.tenure->session->name() == session_name) {
    return {};
  }
  if (found != aliases_.end() && found->second.tenure->calls_in_flight > 0 && !force) {
    return base::unavailable(
        "alias_busy: " + std::to_string(found->second.tenure->calls_in_flight) +
        " calls of session " + found->second.tenure->session->name() + " are open");
  }
  base::Result<std::shared_ptr<Session>> session = find_or_make(session_name);
  if (!session) {
    return std::move(session).error();
  }
  auto tenure = std::make_shared<Tenure>(Tenure{*session, 0, {}});
  if (found == aliases_.end()) {
    aliases_.emplace(std::string(key), Alias{std::move(tenure), nullptr});
  } else {
    found->second.former = found->second.tenure->session;
    found->second.tenure = std::move(tenure);
  }
  return {};
}

bool Sessions::erase_alias(std::string_view key) {
  const auto found = aliases_.find(key);
  if (found == aliases_.end()) {
    return false;
  }
  aliases_.erase(found);
  return true;
}

std::shared_ptr<Tenure> Sessions::tenure_of(std::string_view key) const {
  const auto found = aliases_.find(key);
  return found == aliases_.end() ? nullptr : found->second.tenure;
}

}  // namespace mockllm
