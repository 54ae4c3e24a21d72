// GET /models and GET /models/{id}.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mockllm/wire/protocol.h"

namespace mockllm::openai {

// The models that are listed beside those that fixtures name.
[[nodiscard]] const std::vector<std::string>& default_models();

class Models final : public ModelPages {
 public:
  [[nodiscard]] std::string_view path() const override { return "/models"; }

  void encode_list(const std::vector<std::string>& models, std::string& out) const override;
  void encode_one(std::string_view model, std::string& out) const override;
  [[nodiscard]] WireError unknown(std::string_view model) const override;
};

}  // namespace mockllm::openai
