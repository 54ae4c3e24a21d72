#include "harness/options_setup.h"

#include <array>
#include <cstddef>
#include <string_view>

#include <CLI/CLI.hpp>

#include "common/base/duration.h"
#include "common/cli/describe.h"
#include "harness/config/schema.h"
#include "harness/option_kinds.h"

namespace harness {
namespace {

// The flags of a run that take the place of one value: doctor shows which is used.
struct RunFlag {
  const char* flag;
  const char* setting;
  const char* type;
  const char* help;
};

constexpr std::array<RunFlag, 6> kRunFlags{
    {{"--jobs", "jobs", "N", "As for run: each is shown in place of the file's"},
     {"--retry", "limits.retry", "N", "Likewise"},
     {"--test-timeout", "limits.test", "DURATION", "Likewise"},
     {"--run-timeout", "limits.run", "DURATION", "Likewise"},
     {"--llm", "llm.mode", "mock|real|auto", "Likewise"},
     {"--report-dir", "report.dir", "DIR", "Likewise"}}};

constexpr std::array<const char*, 3> kLlmModes{"mock", "real", "auto"};  // as LlmChoice

void add_doctor(CLI::App& app, DoctorOptions& options) {
  CLI::App* doctor =
      app.add_subcommand("doctor", "What a run would find here, and what is missing");
  add_config(doctor, options.config);
  doctor->add_option("--secret-env", options.secret_variables, "A variable that must be set")
      ->type_name("NAME");
  doctor->add_option("--python", options.python, "What runs pytest")
      ->type_name("EXE")
      ->capture_default_str();
  doctor->add_option("--mockllm", options.mockllm, "The mockllm to start")->type_name("PATH");
  for (const RunFlag& one : kRunFlags) {
    CLI::Option* option = doctor->add_option_function<std::string>(
        one.flag,
        [&options, &one](const std::string& value) {
          options.flags.push_back({one.setting, value, one.flag});
          for (std::size_t i = 0; i < kLlmModes.size(); ++i) {
            if (std::string_view(one.setting) == "llm.mode" && value == kLlmModes.at(i)) {
              options.llm = static_cast<LlmChoice>(i);
            }
          }
        },
        one.help);
    option->type_name(one.type);
    if (std::string_view(one.type) == "N") {
      option->check(CLI::NonNegativeNumber.description(""));
    } else if (std::string_view(one.type) == "DURATION") {
      option->check(CLI::Validator(
          [](const std::string& text) {
            const auto duration = base::parse_duration(text);
            return duration ? std::string() : duration.error().message;
          },
          ""));
    } else if (std::string_view(one.setting) == "llm.mode") {
      option->check(CLI::IsMember({"mock", "real", "auto"}).description(""));
    }
  }
}

}  // namespace

void add_setup_verbs(CLI::App& app, SetupFlags& flags) {
  CLI::App* init = app.add_subcommand("init", "Write a first harness.yaml from what lies here");
  init->add_option("directory", flags.init.directory, "The project's folder")
      ->type_name("DIR")
      ->capture_default_str();
  init->add_option("--output", flags.init.output, "The file's name in it")
      ->type_name("NAME")
      ->capture_default_str();
  init->add_flag("--force", flags.init.force, "Over a file that is there");
  CLI::App* import = app.add_subcommand("import", "A harness.yaml from another format: ci-config");
  import->require_subcommand(1);
  CLI::App* ci_config = import->add_subcommand("ci-config", "From a ci/config.yaml");
  ci_config->add_option("file", flags.import.file, "The file; its project is the folder above")
      ->type_name("FILE")
      ->capture_default_str();
  ci_config->add_option("--output", flags.import.output, "In the project's folder; else stdout")
      ->type_name("FILE");
  ci_config->add_flag("--force", flags.import.force, "Over a file that is there");
  add_doctor(app, flags.doctor);
  app.add_subcommand("schema", "The JSON Schema of harness.yaml");
  cli::add_describing_verbs(app, flags.shell);
}

std::optional<CommandLine> choose_setup(const CLI::App& app, const SetupFlags& flags) {
  CommandLine line;
  if (app.got_subcommand("init")) {
    line.verb = flags.init;
  } else if (app.got_subcommand("doctor")) {
    line.verb = flags.doctor;
  } else if (app.got_subcommand("import")) {
    line.verb = flags.import;
  } else if (app.got_subcommand("schema")) {
    line.verb = EndNow{0, std::string(config_schema())};
  } else if (std::optional<std::string> text = cli::description(app, flags.shell)) {
    line.verb = EndNow{0, *std::move(text)};
  } else {
    return std::nullopt;
  }
  return line;
}

}  // namespace harness
