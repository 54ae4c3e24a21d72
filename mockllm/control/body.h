// A small JSON object that a client sent, read key by key; what is not known is refused by name.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "common/base/error.h"

namespace mockllm {

class Body {
 public:
  // An empty text is an empty object. kInvalidInput: not JSON, not an object, a key that is not in
  // `known_keys` (the nearest one is named), nested too deep.
  static base::Result<Body> read(std::string_view text, std::vector<std::string> known_keys);

  // nullopt where the key is absent or null; kInvalidInput, with the key, where it is of another
  // type.
  [[nodiscard]] base::Result<std::optional<std::string>> text(std::string_view key) const;
  [[nodiscard]] base::Result<std::optional<bool>> boolean(std::string_view key) const;
  [[nodiscard]] base::Result<std::optional<std::int64_t>> integer(std::string_view key,
                                                                  std::int64_t least,
                                                                  std::int64_t most) const;
  [[nodiscard]] base::Result<std::optional<std::vector<std::string>>> texts(
      std::string_view key) const;
  [[nodiscard]] base::Result<std::optional<std::map<std::string, std::int64_t>>> counts(
      std::string_view key) const;

 private:
  explicit Body(nlohmann::json object) : object_(std::move(object)) {}

  [[nodiscard]] const nlohmann::json* find(std::string_view key) const;

  nlohmann::json object_;
};

}  // namespace mockllm
