#include "harness/verbs/findings.h"

#include <fcntl.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <system_error>
#include <utility>

#include "common/base/file.h"
#include "common/base/text.h"
#include "harness/config/url.h"
#include "harness/migrate/migrate.h"
#include "harness/process/process.h"
#include "harness/ready/told.h"
#include "harness/secret/secret.h"
#include "harness/service/base_environment.h"
#include "harness/service/program.h"
#include "harness/verbs/mode.h"

namespace harness {
namespace {

constexpr std::chrono::milliseconds kVersionTimeout{5'000};
constexpr std::size_t kVersionBytesMax = 64 * 1024;
constexpr std::size_t kShownBytesMax = 120;

// The first line that `argv` prints, or why it does not.
base::Result<std::string> first_line_of(std::vector<std::string> argv, const VerbContext& context) {
  const base::Result<base::TemporaryDirectory> folder =
      base::TemporaryDirectory::make("drydock-doctor-");
  if (!folder) {
    return folder.error();
  }
  const std::string path = (folder->path() / "output").string();
  const base::UniqueFd output(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  ProcessSpec spec;
  spec.argv = std::move(argv);
  spec.environment = context.environment.entries();
  spec.output = output.get();
  base::Result<Process> child = Process::spawn(spec);
  if (!child) {
    return child.error();
  }
  const auto status = child->wait_until(context.clock, context.clock.mono() + kVersionTimeout);
  if (!status || !status->clean()) {
    return base::unavailable(status ? "ended with " + to_string(*status)
                                    : "did not answer in time");
  }
  const base::Result<std::string> text = base::read_file(path, kVersionBytesMax);
  return text ? base::shortened(base::printable(text->substr(0, text->find('\n'))), kShownBytesMax)
              : text;
}

Finding program(std::string name, const base::Result<std::string>& path,
                const std::vector<std::string>& arguments, const VerbContext& context) {
  Finding finding{"program", std::move(name), true, "", ""};
  if (!path) {
    finding.ok = false;
    finding.text = path.error().message;
    return finding;
  }
  finding.origin = *path;
  std::vector<std::string> argv{*path};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  const base::Result<std::string> version = first_line_of(std::move(argv), context);
  finding.ok = version.has_value();
  finding.text = version ? *version : version.error().message;
  return finding;
}

bool has_suite(const Config& config, SuiteKind kind) {
  return std::any_of(config.suites.begin(), config.suites.end(),
                     [&](const SuiteConfig& suite) { return suite.kind == kind; });
}

base::Result<std::string> named_program(const std::string& name, const VerbContext& context) {
  return find_program(name,
                      context.environment.get("PATH").value_or("/usr/local/bin:/usr/bin:/bin"));
}

Finding program_of(const ServiceConfig& service, const DoctorOptions& options,
                   const VerbContext& context) {
  switch (service.kind) {
    case ServiceKind::kPostgres:
      return program(
          "postgres",
          need_program("postgres", context.environment, postgres_folders(), "postgresql"),
          {"--version"}, context);
    case ServiceKind::kRedis:
      return program("redis-server",
                     need_program("redis-server", context.environment, {}, "redis-server"),
                     {"--version"}, context);
    case ServiceKind::kMockllm:
      return program("mockllm", find_mockllm(options.mockllm, context.environment), {"--version"},
                     context);
    case ServiceKind::kNats:
      return program("nats-server",
                     need_program("nats-server", context.environment, {"/usr/sbin"}, "nats-server"),
                     {"--version"}, context);
    default:  // whatever has a `run` of the user's
      break;
  }
  const base::Result<std::string> path = named_program(service.local->run.front(), context);
  return {"program", service.name + ": " + service.local->run.front(), path.has_value(),
          path ? "found" : path.error().message, path ? *path : service.place};
}

// What a file says in the clear of a variable that is secret by its name is not told again; a
// reference to a service is none of its values.
std::string shown_value(const Setting& setting) {
  const std::string variable = setting.name.substr(setting.name.rfind('.') + 1);
  const bool reference = setting.value.find("${") != std::string::npos;
  if (is_secret_by_name(variable) && !reference) {
    return "***";
  }
  return base::shortened(base::printable(masked_url(setting.value)), kShownBytesMax);
}

std::string first_line(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

}  // namespace

std::vector<Finding> find_programs(const Config& config, const DoctorOptions& options,
                                   const VerbContext& context) {
  std::vector<Finding> findings;
  for (const ServiceConfig& service : config.services) {
    if (service.local && !is_found(service, context.environment)) {
      findings.push_back(program_of(service, options, context));
    }
  }
  if (has_suite(config, SuiteKind::kPytest)) {
    const base::Result<std::string> python = named_program(options.python, context);
    findings.push_back(program("python", python, {"--version"}, context));
    findings.push_back(program("pytest", python, {"-m", "pytest", "--version"}, context));
  }
  return findings;
}

std::vector<Finding> find_settings(const Config& config, const DoctorOptions& options,
                                   const VerbContext& context) {
  std::vector<Setting> settings = config.settings;
  for (const Setting& flag : options.flags) {
    const auto same = std::find_if(settings.begin(), settings.end(), [&](const Setting& setting) {
      return setting.name == flag.name;
    });
    if (same == settings.end()) {
      settings.push_back(flag);
    } else {
      *same = flag;
    }
  }
  std::vector<Finding> findings;
  findings.reserve(settings.size());
  for (const Setting& setting : settings) {
    findings.push_back({"setting", setting.name, true, shown_value(setting), setting.origin});
  }
  for (const ServiceConfig& service : config.services) {
    if (has_url(service.kind) && is_found(service, context.environment)) {
      findings.push_back({"setting", "services." + service.name + ".url", true,
                          masked_url(*context.environment.get(service.url_env)),
                          "variable " + service.url_env});
    }
  }
  if (config.migrations) {
    const base::Result<std::vector<Migration>> migrations =
        read_migrations(path_beside(config, config.migrations->directory));
    findings.push_back(
        {"setting", "migrations", migrations.has_value(),
         migrations ? std::to_string(migrations->size()) + " in " + config.migrations->directory
                    : first_line(migrations.error().message),
         config.migrations->place});
  }
  return findings;
}

std::vector<Finding> find_secrets(const Config& config, const DoctorOptions& options,
                                  const VerbContext& context) {
  std::vector<Finding> findings;
  for (const SecretConfig& secret : with_variables(config.secrets, options.secret_variables)) {
    const base::Result<std::vector<Secret>> loaded = load_secrets({secret}, context.environment);
    findings.push_back({"secret", secret.name, loaded.has_value(),
                        loaded ? std::string(loaded->front().shown()) : loaded.error().message,
                        secret.env.empty() ? secret.file : secret.env});
  }
  return findings;
}

std::vector<Finding> find_services(const Config& config, const VerbContext& context) {
  std::vector<Finding> findings;
  for (const ServiceConfig& service : config.services) {
    Finding finding{"service", service.name, true, "will be started for a run", service.place};
    if (is_found(service, context.environment)) {
      const std::string url = context.environment.get(service.url_env).value_or("");
      const base::Environment inherited = base_environment(context.environment);
      const ProbeResult result = probe(service, url, {inherited, context.clock, config.directory});
      finding.ok = result.readiness == Readiness::kReady;
      finding.text = whereabouts(service, url) + ": " + std::string(name_of(result.readiness)) +
                     ": " + result.reason;
      finding.origin = service.url_env.empty() ? service.place : service.url_env;
    } else if (!service.local) {
      finding.ok = false;
      finding.text = service.url_env + " is not set, and there is no `local` to start it";
    }
    findings.push_back(std::move(finding));
  }
  return findings;
}

std::vector<Finding> find_suites(const Config& config) {
  std::vector<Finding> findings;
  for (const SuiteConfig& suite : config.suites) {
    const std::filesystem::path path = path_beside(config, suite.path);
    std::error_code ignored;
    const bool exists = std::filesystem::exists(path, ignored);
    findings.push_back({"suite", suite.name, exists,
                        std::string(name_of(suite.kind)) + " " + path.string() +
                            (exists ? "" : ": does not exist"),
                        suite.place});
  }
  return findings;
}

std::vector<Finding> find_llm(const Config& config, const DoctorOptions& options,
                              const VerbContext& context) {
  const base::Result<ModeDecision> decision =
      mode_of(options.llm.value_or(config.llm), context.environment);
  if (!decision) {
    return {{"llm", "mode", false, decision.error().message, ""}};
  }
  return {{"llm", "mode", !decision->missing_key, std::string(name_of(decision->mode)),
           decision->reason}};
}

}  // namespace harness
