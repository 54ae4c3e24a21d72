// The way from a request to its session, and the aliases that a harness moves between attempts.
#pragma once

#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "common/base/error.h"
#include "mockllm/conversation/selected_by.h"
#include "mockllm/session/session.h"

namespace mockllm {

// What a request says about its session; empty where it says nothing.
struct SelectionInput {
  std::string_view prefix;   // of the URL
  std::string_view header;   // x-mock-session
  std::string_view baggage;  // the whole header
  std::string_view key;      // the bearer token
};

// The time that an alias spends on one session: it may move on when none of its calls is open.
// Calls that a forced move left open stay with the former tenure and hold up nobody.
struct Tenure {
  std::shared_ptr<Session> session;
  int calls_in_flight = 0;
  std::vector<std::function<void()>> waiting;  // called once when calls_in_flight is 0 again
};

// Counts a call as in flight, of its session and of the alias it came by, until it is destroyed:
// the answer's Exchange owns it. Outlives the Sessions it came from without harm.
class OpenCall {
 public:
  OpenCall() = default;
  // `tenure` is null where the call came by no alias, or late.
  OpenCall(std::shared_ptr<Session> session, std::shared_ptr<Tenure> tenure);
  OpenCall(OpenCall&& other) noexcept = default;
  OpenCall& operator=(OpenCall&& other) noexcept;
  OpenCall(const OpenCall&) = delete;
  OpenCall& operator=(const OpenCall&) = delete;

  ~OpenCall() { end(); }

  void end();

 private:
  std::shared_ptr<Session> session_;
  std::shared_ptr<Tenure> tenure_;
};

class Sessions {
 public:
  explicit Sessions(SessionLimits limits);

  struct Selection {
    std::shared_ptr<Session> session;
    SelectedBy selected_by = SelectedBy::kDefault;
    OpenCall open;
  };

  // Makes the session that is named, counts the call and remembers its messages there. `messages`
  // is empty where the request could not be read. kInvalidInput: a name that is none, or two that
  // disagree (the message then starts with kSessionConflict). kUnavailable: sessions_max, and none
  // of them idle.
  base::Result<Selection> select(const SelectionInput& input,
                                 const std::vector<MessageView>& messages);
  static constexpr std::string_view kSessionConflict = "session_conflict";

  // The session, made where it is not there; `parent` may be empty. kInvalidInput: no such parent,
  // a parent other than the session already has, or more than kParentsMax above each other.
  base::Result<std::shared_ptr<Session>> make(std::string_view name, std::string_view parent);
  static constexpr int kParentsMax = 8;

  [[nodiscard]] std::shared_ptr<Session> find(std::string_view name) const;
  // Its open calls end as they would have. Aliases that point at it are erased. `default` is
  // emptied.
  bool erase(std::string_view name);
  // All sessions and aliases but `default`, which is emptied.
  void reset();
  [[nodiscard]] std::vector<std::string> names() const;  // sorted

  [[nodiscard]] std::size_t size() const { return sessions_.size(); }

  // Points a key at a session, which is made where needed. kUnavailable where a call by this alias
  // is in flight and not `force`; kInvalidInput: a key that is none, or that starts with
  // "sk-mock-".
  base::Result<void> point_alias(std::string_view key, std::string_view session, bool force);
  bool erase_alias(std::string_view key);
  // nullptr where there is no such alias.
  [[nodiscard]] std::shared_ptr<Tenure> tenure_of(std::string_view key) const;

 private:
  struct Entry {
    std::shared_ptr<Session> session;
    std::list<std::string>::iterator age;
  };

  // A key that is no session's own: the harness points it at one attempt after another.
  struct Alias {
    std::shared_ptr<Tenure> tenure;
    std::shared_ptr<Session>
        former;  // who gets the late calls that continue a conversation of its own
  };

  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };

  struct Named {
    std::string name;  // empty: the request names none of the first four
    SelectedBy selected_by = SelectedBy::kDefault;
  };

  static base::Result<Named> named_by(const SelectionInput& input);
  base::Result<std::shared_ptr<Session>> find_or_make(std::string_view name);
  base::Result<std::shared_ptr<Session>> insert(std::string_view name,
                                                std::shared_ptr<Session> parent);
  Selection by_key(std::string_view key, const std::vector<MessageView>& messages) const;
  bool make_room();
  [[nodiscard]] bool is_alias_target(const Session& session) const;
  [[nodiscard]] std::shared_ptr<Session> make_default() const;

  SessionLimits limits_;
  std::shared_ptr<Session> default_;
  std::list<std::string> ages_;  // names, the longest unused first
  std::unordered_map<std::string, Entry, Hash, std::equal_to<>> sessions_;  // without `default`
  std::unordered_map<std::string, Alias, Hash, std::equal_to<>> aliases_;
};

}  // namespace mockllm
