// isolation: what each worker of a run has for itself of a service that all of them share: a
// database of PostgreSQL, a database of Redis, or a prefix for the keys of Redis.
//
// Door: isolate(). Siblings postgres.cc, redis_databases.cc and redis_prefixes.cc know one kind
// each. Names hold the run's name, so that what a killed run left behind is found, told and removed
// by the next one; what is not known to be a run's is never touched. May include: common/base,
// harness/config.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/base/error.h"
#include "harness/config/config.h"

namespace harness {

inline constexpr int kWorkersMax = 1'000;  // that can be isolated

struct IsolationRequest {
  Isolation isolation = Isolation::kDatabase;
  ServiceKind kind = ServiceKind::kPostgres;
  std::string url;  // of the service, as the configuration has it
  std::string run;  // "r1a2b3c4d"
  int workers = 1;  // at most kWorkersMax
  // The service goes with the run: nothing to find of others, nothing to remove.
  bool is_private = false;
  // Longer than the run can last: a claim in Redis that is older is nobody's.
  std::chrono::milliseconds lease{0};
  // postgres: fills an empty database, out of which those of the workers are copied. Where it is
  // empty, they are copies of the service's own database as it is now.
  std::function<base::Result<void>(const std::string& url)> migrate = {};
};

struct WorkerPlace {
  std::string url;
  std::string prefix;  // of every key; only where isolation is prefix
};

// Owned for the run. Not thread safe. What it made stays until remove() or, of a run that is
// killed, until the next run.
class Isolated {
 public:
  virtual ~Isolated() = default;

  // By worker, as many as were asked for.
  [[nodiscard]] const std::vector<WorkerPlace>& places() const { return places_; }

  // Lines for people: what killed runs had left and is removed now, or cannot be.
  [[nodiscard]] const std::vector<std::string>& leftovers() const { return leftovers_; }

  // Takes at most about `budget`. What is left, for people; empty where nothing is.
  virtual std::string remove(std::chrono::milliseconds budget) = 0;

 protected:
  std::vector<WorkerPlace> places_;
  std::vector<std::string> leftovers_;
};

// kPermissionDenied: the user has not the right; kInvalidInput: the server has no room for so many,
// or `migrate` failed; kUnavailable: no connection. After an error nothing is left behind.
base::Result<std::unique_ptr<Isolated>> isolate(const IsolationRequest& request);

}  // namespace harness
