// All that is wrong with some files, said at once: a person repairs ten lines in one go, not in ten
// runs.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/base/error.h"

namespace yaml {

// Readers go on after a mistake and put each here. Past kMistakesMax they are counted, not kept.
class Mistakes {
 public:
  static constexpr std::size_t kMistakesMax = 100;

  void add(base::Error error);

  // The value, or nullopt and one more mistake.
  template <typename T>
  std::optional<T> keep(base::Result<T> result) {
    if (result) {
      return std::move(result).value();
    }
    add(std::move(result).error());
    return std::nullopt;
  }

  [[nodiscard]] std::size_t count() const { return count_; }

  [[nodiscard]] bool empty() const { return count_ == 0; }

  // One error of the first mistake's kind, a line each. Only where not empty().
  [[nodiscard]] base::Error error() const;

 private:
  std::vector<base::Error> errors_;
  std::size_t count_ = 0;
};

}  // namespace yaml
