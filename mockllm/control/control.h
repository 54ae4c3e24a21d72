// control: the API under /_mock/, by which a harness or a test prepares sessions and reads their
// journals. From an http::Request to an http::Answer; nothing here runs a program, reads a path or
// sets an upstream.
//
// Doors: Control::handle(). Contract: contracts 5. Every answer is JSON; an error is
// {"error": {"code": "...", "message": "..."}}.
// May include: common/{base,http}, mockllm/{conversation,fixture,session,journal}. Loop thread
// only.
//
//   POST   /_mock/sessions                 {"id"?, "parent"?} -> 201 {"id", "created", ...}, 200
//   where it is there GET    /_mock/sessions                 {"sessions": ["default", ...]} GET
//   /_mock/sessions/{id}            DELETE too GET    /_mock/sessions/{id}/journal    {"calls":
//   [...], "dropped": 0}; an unknown session has no calls POST   /_mock/sessions/{id}/fixtures   a
//   fixture file's body, YAML or JSON; GET; DELETE POST   /_mock/sessions/{id}/verify     see
//   verify.h POST   /_mock/sessions/{id}/clock      {"advance_ms": 1000} PUT /_mock/aliases/{key}
//   {"session": id, "force"?: true}; DELETE GET    /_mock/journal                  of all sessions;
//   ?follow=1 as server-sent events, one per call POST   /_mock/reset                    every
//   session, alias and call; {"session": id}? for one
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/clock.h"
#include "common/http/handler.h"
#include "mockllm/journal/journal.h"
#include "mockllm/session/session.h"
#include "mockllm/session/sessions.h"

namespace mockllm {

struct ControlLimits {
  std::size_t body_bytes_max = 1024 * 1024;           // of a JSON body
  std::size_t fixtures_bytes_max = 16 * 1024 * 1024;  // of one fixture file
  std::size_t fixture_sets_max = 1'000;               // of one session
  std::chrono::milliseconds alias_wait{2'000};        // for the calls that an alias has in flight
  std::size_t followers_max = 64;
  std::size_t follower_bytes_max = 4 * 1024 * 1024;  // queued for one follower; above it is cut off
};

struct ControlOptions {
  std::string token;  // empty: none is asked for
  // Names, besides the loopback ones, by which a Host header may call this server where no token
  // guards it.
  std::vector<std::string> hosts;
  ControlLimits limits;
};

class Control {
 public:
  // All outlive it.
  Control(Sessions& sessions, Journal& journal, const base::Clock& clock, ControlOptions options);
  ~Control();

  // Whether the path is this room's: "/_mock" and all below it.
  [[nodiscard]] static bool owns(std::string_view path);

  // `request.path` is one that owns() is true for.
  http::Answer handle(const http::Request& request, const http::Waker& waker);
  // Ends the streams of /_mock/journal?follow=1: a server that drains need not wait for them.
  void end_followers();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mockllm
