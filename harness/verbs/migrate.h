// `harness migrate`: the file's migrations, applied to the database that its variable points at.
#pragma once

#include "harness/verbs/verb.h"

namespace harness {

struct MigrateOptions {
  ConfigSource config = {};
};

// Waits for the database first. 0 applied, 12 a migration failed, 10 and 11 as `wait`, 2 none are
// configured or a file is wrong.
int migrate_verb(const MigrateOptions& options, const VerbContext& context);

}  // namespace harness
