#include "mockllm/wire/openai/models.h"

#include "common/base/text.h"

namespace mockllm::openai {

const std::vector<std::string>& default_models() {
  static const std::vector<std::string> kModels{
      "gpt-4.1", "gpt-4.1-mini", "gpt-4o", "gpt-4o-mini", "gpt-5", "gpt-5-mini", "o4-mini",
  };
  return kModels;
}

void Models::encode_list(const std::vector<std::string>& models, std::string& out) const {
  out += R"({"object":"list","data":[)";
  for (const std::string& model : models) {
    out += &model == &models.front() ? "" : ",";
    encode_one(model, out);
  }
  out += "]}";
}

void Models::encode_one(std::string_view model, std::string& out) const {
  out += R"({"id":)";
  base::append_json_quoted(out, model);
  out += R"(,"object":"model","created":1767225600,"owned_by":"mockllm"})";
}

WireError Models::unknown(std::string_view model) const {
  WireError error;
  error.status = 404;
  error.code = "model_not_found";
  error.message =
      "The model `" + std::string(model) + "` does not exist or you do not have access to it.";
  return error;
}

}  // namespace mockllm::openai
