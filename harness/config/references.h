// The "${service.attribute}" of a value.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/error.h"

namespace harness {

struct Reference {
  std::size_t at = 0;  // of "${" in the text
  std::size_t length = 0;
  std::string service;
  std::string attribute;
};

// In their order. "$${" is a literal "${" and not one of them.
base::Result<std::vector<Reference>> references_in(std::string_view text);

}  // namespace harness
