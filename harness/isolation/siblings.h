// The kinds of isolation. Private to the room.
#pragma once

#include "harness/isolation/isolated.h"

namespace harness {

base::Result<std::unique_ptr<Isolated>> isolate_postgres(const IsolationRequest& request);
base::Result<std::unique_ptr<Isolated>> isolate_redis_databases(const IsolationRequest& request);
base::Result<std::unique_ptr<Isolated>> isolate_redis_prefixes(const IsolationRequest& request);

}  // namespace harness
