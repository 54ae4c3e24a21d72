#include "common/yaml/mistakes.h"

namespace yaml {

void Mistakes::add(base::Error error) {
  ++count_;
  if (errors_.size() < kMistakesMax) {
    errors_.push_back(std::move(error));
  }
}

base::Error Mistakes::error() const {
  CHECK(!errors_.empty());
  base::Error all{errors_.front().kind, {}};
  for (const base::Error& error : errors_) {
    all.message += all.message.empty() ? "" : "\n";
    all.message += error.message;
  }
  if (count_ > errors_.size()) {
    all.message += "\nand " + std::to_string(count_ - errors_.size()) + " more mistakes";
  }
  return all;
}

}  // namespace yaml
