// What was seen of a service, in words for a person: where it is, what it said and when, and what
// to run next. Nothing here holds a credential of a URL; a command's own words may, so that whoever
// prints them redacts.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "harness/config/config.h"
#include "harness/ready/waiter.h"

namespace harness {

// "3.2s"
std::string seconds(std::chrono::milliseconds time);

// "postgres at postgresql://app:***@db/app (DATABASE_URL)", "kubernetes deployment/app".
std::string whereabouts(const ServiceConfig& service, const std::string& url);

// Lines such as "  0.1s  not yet  connection refused (12 times)\n".
std::string history_lines(const std::vector<Observation>& history);

// Command lines that show more of it. A variable's name stands for its value.
std::vector<std::string> suggested_commands(const ServiceConfig& service, const std::string& url);

// All of it: why a service is not ready, in a few lines.
std::string diagnosis(const ServiceConfig& service, const std::string& url,
                      const WaitReport& report);

}  // namespace harness
