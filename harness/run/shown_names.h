// What a test is called where people can see it: its id without secrets, for a parameter may be
// one. Two tests are never called the same, or one's result would hide the other's.
//
// Owned by the journal, on the run's thread.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>

#include "common/redact/redactor.h"

namespace harness {

class ShownNames {
 public:
  // From now on; null: every id is shown as it is.
  void redact_with(std::shared_ptr<const redact::Redactor> redactor) {
    redactor_ = std::move(redactor);
  }

  // "suite/test[***]", and "suite/test[***] #2" for the second test that would be called so. The
  // same id gets the same name in every call; shards agree where they ask in the same order.
  std::string of(const std::string& id);

 private:
  std::shared_ptr<const redact::Redactor> redactor_;
  std::map<std::string, std::string> changed_;  // by id, those that hold a secret
  std::set<std::string> taken_;                 // the names of those
};

}  // namespace harness
