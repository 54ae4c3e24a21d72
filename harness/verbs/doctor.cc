#include "harness/verbs/doctor.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include <nlohmann/json.hpp>

#include "harness/secret/secret.h"
#include "harness/verbs/findings.h"

namespace harness {
namespace {

using Json = nlohmann::ordered_json;

void append(std::vector<Finding>& all, std::vector<Finding> more) {
  all.insert(all.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

std::vector<Finding> examine(const Config& config, const DoctorOptions& options,
                             const VerbContext& context) {
  std::vector<Finding> findings{
      {"setting", "file", true,
       config.file.empty() ? "none: suites are named by flags" : config.file, ""}};
  append(findings, find_settings(config, options, context));
  append(findings, find_programs(config, options, context));
  append(findings, find_secrets(config, options, context));
  append(findings, find_services(config, context));
  append(findings, find_suites(config));
  append(findings, find_llm(config, options, context));
  return findings;
}

std::string line_of(const Finding& finding) {
  return std::string(finding.ok ? "ok       " : "missing  ") + finding.group + " " + finding.name +
         ": " + finding.text + (finding.origin.empty() ? "" : "  [" + finding.origin + "]");
}

Json json_of(const std::vector<Finding>& findings, bool ok) {
  Json list = Json::array();
  for (const Finding& finding : findings) {
    list.push_back({{"group", finding.group},
                    {"name", finding.name},
                    {"ok", finding.ok},
                    {"text", finding.text},
                    {"origin", finding.origin}});
  }
  return {{"ok", ok}, {"findings", std::move(list)}};
}

}  // namespace

int doctor_verb(const DoctorOptions& options, const VerbContext& context) {
  const base::Result<Config> config = load_if_there(options.config);
  if (!config) {
    tell(context, config.error().message);
    return kVerbUsage;
  }
  // A setting, a program's version or a service's reason may quote a secret.
  const auto redactor = make_redactor(
      known_secrets(with_variables(config->secrets, options.secret_variables), context.environment),
      {}, context.environment);
  if (!redactor) {
    tell(context, "nothing can be shown: " + redactor.error().message);
    return kVerbUsage;
  }
  const std::vector<Finding> findings = examine(*config, options, context);
  const auto missing =
      std::count_if(findings.begin(), findings.end(), [](const Finding& f) { return !f.ok; });
  if (context.json) {
    print(
        context,
        (*redactor)->apply(
            json_of(findings, missing == 0).dump(-1, ' ', false, Json::error_handler_t::replace)));
  } else {
    for (const Finding& finding : findings) {
      print(context, (*redactor)->apply(line_of(finding)));
    }
  }
  tell(context, missing == 0 ? "nothing is missing" : std::to_string(missing) + " missing");
  return missing == 0 ? kVerbOk : kVerbUsage;
}

}  // namespace harness
