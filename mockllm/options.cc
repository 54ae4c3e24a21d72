#include "mockllm/options.h"

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include <CLI/CLI.hpp>

#include "common/base/error.h"
#include "common/base/text.h"
#include "common/cli/describe.h"
#include "mockllm/config_file.h"
#include "mockllm/exit_code.h"
#include "mockllm/limit_flags.h"

namespace mockllm {
namespace {

// Flags whose words are taken and whose work is not done yet: refused, never ignored.
struct Later {
  std::string openapi, state, tokenizer;
  std::string validation = "lenient";
};

const std::map<std::string, Mode> kModes{{"replay", Mode::kReplay},
                                         {"auto", Mode::kAuto},
                                         {"record", Mode::kRecord},
                                         {"record-missing", Mode::kRecordMissing},
                                         {"passthrough", Mode::kPassthrough}};

EndNow usage_error(const std::string& message) {
  return {static_cast<int>(ExitCode::kUsage),
          "mockllm: " + message + "\nRun 'mockllm --help' or 'mockllm VERB --help'.\n"};
}

EndNow not_supported(const std::string& what) {
  return usage_error(what + " is not supported yet");
}

void add_server_flags(CLI::App& app, ServeOptions& options) {
  app.add_option("--host", options.host, "Address to listen on")
      ->capture_default_str()
      ->group("Server");
  app.add_option("--port", options.port, "0 picks a free one")
      ->capture_default_str()
      ->group("Server");
  app.add_option("--seed", options.seed, "Of ids, chunk borders and jitter")
      ->capture_default_str()
      ->group("Server");
  app.add_option("--api-keys-env", options.api_keys_env,
                 "Variable with the keys to accept, separated by commas; any key without it")
      ->type_name("NAME")
      ->group("Server");
  app.add_option_function<std::string>(
         "--log-format",
         [&options](const std::string& text) {
           options.log_format = text == "json" ? base::LogFormat::kJson : base::LogFormat::kText;
         },
         "Of what is said on stderr")
      ->type_name("text|json")
      ->check(CLI::IsMember({"text", "json"}).description(""))
      ->default_str("text")
      ->group("Server");
  app.add_flag_callback(
         "--debug", [&options] { options.log_level = base::LogLevel::kDebug; }, "Log every call")
      ->group("Server");
  app.add_option("--config", "YAML file with any of these flags, without their dashes")
      ->type_name("FILE")
      ->group("Server");
}

// "auto|passthrough|..."
std::string mode_names() {
  std::vector<std::string> names;
  names.reserve(kModes.size());
  for (const auto& [name, mode] : kModes) {
    names.push_back(name);
  }
  return base::join(names, "|");
}

void add_answer_flags(CLI::App& app, ServeOptions& options, Later& later, bool with_mode) {
  if (with_mode) {
    app.add_option("--mode", options.mode_name,
                   "What is done where no fixture and no cassette matches")
        ->type_name(mode_names())
        ->check(CLI::IsMember(&kModes).description(""))
        ->capture_default_str()
        ->group("Answers");
  }
  app.add_option("--fixtures", options.fixtures, "File or folder; may be repeated")
      ->type_name("PATH")
      ->group("Answers");
  app.add_option("--cassettes", options.cassettes, "Folder of recordings")
      ->type_name("DIR")
      ->group("Answers");
  app.add_option("--cassette-speed", options.cassette_speed,
                 "Of recorded times: 1 as recorded, 0 at once")
      ->check(CLI::Range(0.0, 1e6).description(""))
      ->capture_default_str()
      ->group("Answers");
  app.add_option("--upstream", options.upstream, "Real service, such as https://api.openai.com/v1")
      ->type_name("URL")
      ->group("Answers");
  app.add_option("--upstream-key-env", options.upstream_key_env,
                 "Variable with the key that replaces the application's")
      ->type_name("NAME")
      ->group("Answers");
  app.add_option("--upstream-ca", options.upstream_ca_file, "Certificates instead of the system's")
      ->type_name("FILE")
      ->group("Answers");
  app.add_option("--validation", later.validation, "lenient or strict")
      ->check(CLI::IsMember({"lenient", "strict"}).description(""))
      ->group("");
  app.add_option("--openapi", later.openapi)->group("");
  app.add_option("--state", later.state)->group("");
  app.add_option("--tokenizer", later.tokenizer)->group("");
}

std::optional<EndNow> check_later(const Later& later) {
  const std::array<std::pair<const char*, bool>, 4> asked{
      {{"--openapi", !later.openapi.empty()},
       {"--state", !later.state.empty()},
       {"--tokenizer", !later.tokenizer.empty()},
       {"--validation strict", later.validation == "strict"}}};
  for (const auto& [flag, given] : asked) {
    if (given) {
      return not_supported(flag);
    }
  }
  return std::nullopt;
}

std::optional<EndNow> check_serve(ServeOptions& options) {
  options.mode = kModes.at(options.mode_name);
  if (!is_supported(options.mode)) {
    return not_supported("--mode " + options.mode_name);
  }
  const bool asks_upstream = options.mode != Mode::kReplay && options.mode != Mode::kAuto;
  const bool records = options.mode == Mode::kRecord || options.mode == Mode::kRecordMissing;
  if (asks_upstream && options.upstream.empty()) {
    return usage_error("--mode " + options.mode_name + " needs --upstream URL, the service to ask");
  }
  if (records && options.cassettes.empty()) {
    return usage_error("--mode " + options.mode_name +
                       " needs --cassettes DIR, the folder to record into");
  }
  if (!asks_upstream && !options.upstream.empty()) {
    return usage_error("--upstream is of no use with --mode " + options.mode_name +
                       ": choose --mode record, record-missing or passthrough");
  }
  return std::nullopt;
}

// The program with all its verbs. Members are what CLI11 writes into.
class CommandLine {
 public:
  CommandLine() {
    app_.require_subcommand(1);
    app_.set_version_flag("--version", std::string("mockllm ") + DRYDOCK_VERSION);
    app_.get_formatter()->column_width(30);
    app_.failure_message(CLI::FailureMessage::simple);
    add_serving_verb(*serve_, true);
    add_serving_verb(*record_, false);
    lint_->add_option("PATH", lint_options_.paths, "Files or folders")->required();
    explain_->add_option("FIXTURES", explain_options_.fixtures, "File or folder")->required();
    explain_->add_option("REQUEST", explain_options_.request, "A request's body, JSON")->required();
    cli::add_describing_verbs(app_, shell_);
    for (CLI::App* later : later_) {
      later->allow_extras();
    }
  }

  Options parse(std::vector<std::string> arguments) {
    std::reverse(arguments.begin(), arguments.end());  // CLI11 takes them from the back.
    try {
      app_.parse(std::move(arguments));
    } catch (const CLI::CallForAllHelp&) {
      return EndNow{0, help(true)};
    } catch (const CLI::CallForHelp&) {
      return EndNow{0, help(false)};
    } catch (const CLI::CallForVersion& version) {
      return EndNow{0, std::string(version.what()) + "\n"};
    } catch (const CLI::Error& error) {
      return refused(error);
    }
    return chosen();
  }

 private:
  void add_serving_verb(CLI::App& verb, bool with_mode) {
    verb.set_help_all_flag("--help-all", "These, and a flag for every limit");
    add_server_flags(verb, options_);
    add_answer_flags(verb, options_, later_flags_, with_mode);
    add_limit_flags(verb, options_);
  }

  // Of the verb that was named, else of the program.
  std::string help(bool with_limits) {
    for (CLI::App* verb : app_.get_subcommands()) {
      for (CLI::Option* option : verb->get_options()) {
        if (!with_limits && option->get_group() == kLimitsGroup) {
          option->group("");
        }
      }
      return verb->help("mockllm");
    }
    return app_.help();
  }

  EndNow refused(const CLI::Error& error) {
    for (CLI::App* verb : later_) {
      if (verb->parsed()) {
        return not_supported("'" + verb->get_name() + "'");
      }
    }
    return usage_error(error.what());
  }

  Options chosen() {
    if (lint_->parsed()) {
      return lint_options_;
    }
    if (explain_->parsed()) {
      return explain_options_;
    }
    if (schema_->parsed()) {
      return SchemaOptions{};
    }
    if (std::optional<std::string> text = cli::description(app_, shell_)) {
      return EndNow{0, *std::move(text)};
    }
    for (CLI::App* verb : later_) {
      if (verb->parsed()) {
        return not_supported("'" + verb->get_name() + "'");
      }
    }
    return serving(record_->parsed() ? *record_ : *serve_);
  }

  Options serving(CLI::App& verb) {
    const CLI::Option* config = verb.get_option("--config");
    if (config->count() > 0) {
      const base::Result<void> applied = apply_config_file(config->as<std::string>(), verb);
      if (!applied) {
        return EndNow{static_cast<int>(ExitCode::kUsage),
                      "mockllm: " + applied.error().message + "\n"};
      }
    }
    if (&verb == record_) {
      options_.mode_name = "record";
    }
    if (std::optional<EndNow> end = check_later(later_flags_); end) {
      return *end;
    }
    if (std::optional<EndNow> end = check_serve(options_); end) {
      return *end;
    }
    return options_;
  }

  CLI::App app_{"An LLM server that answers from fixtures and recordings.", "mockllm"};
  ServeOptions options_;
  Later later_flags_;
  LintOptions lint_options_;
  ExplainOptions explain_options_;
  std::string shell_;
  CLI::App* serve_ = app_.add_subcommand("serve", "Serve the OpenAI API on this machine");
  CLI::App* record_ = app_.add_subcommand("record", "The same as serve --mode record");
  CLI::App* lint_ = app_.add_subcommand("lint", "Check fixture files: mistakes, ties, dead ones");
  CLI::App* explain_ =
      app_.add_subcommand("explain", "Say which fixture answers a request, or what is nearest");
  CLI::App* schema_ = app_.add_subcommand("schema", "Print the JSON Schema of fixture files");
  std::array<CLI::App*, 4> later_{
      app_.add_subcommand("import", "Make fixtures of other tools' files (not supported yet)"),
      app_.add_subcommand("diff", "Compare two recordings (not supported yet)"),
      app_.add_subcommand("scan", "Look for secrets in recordings (not supported yet)"),
      app_.add_subcommand("bench", "Measure this machine (not supported yet)")};
};

}  // namespace

Options parse_options(std::vector<std::string> arguments) {
  return CommandLine().parse(std::move(arguments));
}

}  // namespace mockllm
