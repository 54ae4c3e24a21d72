#include "harness/isolation/isolated.h"

#include "common/base/check.h"
#include "harness/isolation/siblings.h"

namespace harness {

base::Result<std::unique_ptr<Isolated>> isolate(const IsolationRequest& request) {
  CHECK(request.isolation != Isolation::kNone);
  if (request.workers > kWorkersMax) {
    return base::invalid_input("at most " + std::to_string(kWorkersMax) +
                               " workers can be isolated, not " + std::to_string(request.workers) +
                               ": fewer --jobs");
  }
  if (request.kind == ServiceKind::kPostgres) {
    return isolate_postgres(request);
  }
  return request.isolation == Isolation::kDatabase ? isolate_redis_databases(request)
                                                   : isolate_redis_prefixes(request);
}

}  // namespace harness
