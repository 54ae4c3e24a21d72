// `harness migrate`: the file's migrations and the database that its variable points at.
#pragma once

#include "harness/verbs/verb.h"

namespace harness {

struct MigrateOptions {
  ConfigSource config = {};
};

struct MigrateStatusOptions {
  MigrateOptions migrate = {};
};

// `up`, also without a word: applies what is pending. Waits for the database first. 0 applied, 12 a
// migration failed, was changed or is dirty, 10 and 11 as `wait`, 2 none are configured or a file
// is wrong.
int migrate_verb(const MigrateOptions& options, const VerbContext& context);

// `status`: what is applied, pending, changed or dirty. Changes nothing. 0, also where some are
// pending; 12 where one is changed or dirty; else as `up`.
int migrate_status_verb(const MigrateStatusOptions& options, const VerbContext& context);

}  // namespace harness
