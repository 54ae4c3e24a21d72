#include "harness/launch/job.h"

#include <chrono>
#include <utility>

#include "common/base/file.h"
#include "harness/launch/parameters.h"
#include "harness/launch/template.h"

namespace harness {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::size_t kTemplateBytesMax = 1024 * 1024;

std::int64_t whole_seconds(milliseconds time) {
  return std::chrono::duration_cast<seconds>(time).count();
}

// The kubelet expands $(NAME); $$( stands for itself.
std::string kept_as_it_is(std::string argument) {
  for (std::size_t at = argument.find("$("); at != std::string::npos;
       at = argument.find("$(", at + 3)) {
    argument.insert(at, "$");
  }
  return argument;
}

}  // namespace

base::Result<json> job_of(const LaunchOptions& options, const std::string& name,
                          const std::string& namespace_name, const std::string& nonce) {
  const base::Result<std::string> text = base::read_file(options.template_file, kTemplateBytesMax);
  if (!text) {
    return text.error();
  }
  json arguments = {"run", "--report-dir", options.pod_report_directory};
  for (const std::string& argument : options.arguments) {
    arguments.push_back(kept_as_it_is(argument));
  }
  const TemplateValues values{{"name", name},
                              {"namespace", namespace_name},
                              {"nonce", nonce},
                              {"image", options.image},
                              {"image_pull_policy", options.image_pull_policy},
                              {"args", arguments},
                              {"deadline_seconds", whole_seconds(options.deadline)},
                              {"retries", options.retries},
                              {"keep_seconds", whole_seconds(std::chrono::hours(1))},
                              {"cpu_limit", options.cpu_limit},
                              {"memory_limit", options.memory_limit}};
  if (base::Result<void> checked = check_parameters(values); !checked) {
    return std::move(checked).error();
  }
  return render_job(options.template_file, *text, values);
}

std::string remedy_for(const KubeError& error, const LaunchOptions& options,
                       const std::string& namespace_name) {
  if (error.reason == "NotFound") {
    return "make the namespace and what is in it first: kubectl apply -k manifests/overlays/ci";
  }
  if (error.reason == "Invalid" || error.reason == "BadRequest") {
    return "correct the field that is named in " + options.template_file;
  }
  if (error.reason == "Forbidden") {
    return "ask who runs the cluster: a quota or a policy of namespace " + namespace_name +
           " forbids it";
  }
  return "";
}

}  // namespace harness
