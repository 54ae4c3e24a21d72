#include "harness/llm_setup.h"

#include <filesystem>
#include <utility>

#include "harness/run/llm_link.h"

namespace harness {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kOpenAi = "https://api.openai.com/v1";

}  // namespace

std::string mockllm_program(const std::string& flag, const std::string& own_path) {
  if (!flag.empty()) {
    return flag;
  }
  const fs::path beside = fs::path(own_path).parent_path() / "mockllm";
  std::error_code ignored;
  return fs::exists(beside, ignored) ? beside.string() : "";
}

base::Result<void> pass_to_real_llm(Config& config, const base::Environment& environment,
                                    const std::string& reason) {
  for (ServiceConfig& service : config.services) {
    if (service.kind != ServiceKind::kMockllm) {
      continue;
    }
    if (!service.local || environment.has(service.url_env)) {
      return base::invalid_input(service.place + ": the mockllm of " + service.url_env +
                                 " is not started by this run, so it cannot be told to ask a "
                                 "real LLM (" +
                                 reason + "): unset " + service.url_env + ", or --llm mock");
    }
    service.local->fixtures.clear();
    service.local->cassettes.clear();
  }
  return {};
}

Services::Ready pointing_to_start(std::string control_token, std::string run) {
  return [token = std::move(control_token),
          run = std::move(run)](const ServiceAddress& address) -> base::Result<void> {
    if (address.kind != ServiceKind::kMockllm) {
      return {};
    }
    base::Result<LlmLink> link = LlmLink::make(address.url, token);
    if (!link) {
      return std::move(link).error();
    }
    return link->point_to_start(address, run);
  };
}

void ask_upstream(Services::Options& options, const base::Environment& environment,
                  const std::string& key_variable) {
  const std::string upstream = environment.get("OPENAI_BASE_URL").value_or(std::string(kOpenAi));
  options.mockllm_arguments = {"--mode", "passthrough",        "--upstream",
                               upstream, "--upstream-key-env", key_variable};
  options.mockllm_environment = {{key_variable, *environment.get(key_variable)}};
  options.upstream_key_variable = key_variable;
}

}  // namespace harness
