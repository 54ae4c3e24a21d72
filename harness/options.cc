#include "harness/options.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>

#include <CLI/CLI.hpp>

#include "common/base/text.h"
#include "harness/option_kinds.h"
#include "harness/options_setup.h"
#include "harness/suite/exit_code.h"

namespace harness {
namespace {

constexpr int kJobsMax = 1'024;
constexpr int kRetriesMax = 100;
constexpr int kRepeatMax = 100'000;
constexpr int kUntilFailTimes = 100;
constexpr int kShardsMax = 10'000;
constexpr std::size_t kRunOfShardsBytesMax = 201;  // with its colon

// Verbs whose names are taken and whose work is not done yet: refused, never ignored.
constexpr std::array kLaterVerbs{"diagnose", "gate"};

const std::map<std::string, LlmChoice> kLlmChoices{
    {"mock", LlmChoice::kMock}, {"real", LlmChoice::kReal}, {"auto", LlmChoice::kAuto}};

const std::map<std::string, StartOrder> kStartOrders{{"recorded", StartOrder::kRecorded},
                                                     {"listed", StartOrder::kListed}};

EndNow usage_error(const std::string& message) {
  return {code_of(ExitCode::kUsage),
          "harness: " + message + "\nRun 'harness --help' or 'harness VERB --help'.\n"};
}

// What flags are written into before it is known which verb was meant.
struct Parsed {
  RunOptions run;
  WaitOptions wait;
  ServicesOptions services;
  JournalOptions journal;
  LaunchOptions launch;
  SecretsOptions secrets;
  PreflightOptions preflight;
  ReportShow show;
  ReportRecover recover;
  ReportMerge merge;
  ReportDiff diff;
  ReportHistory history;
  SetupFlags setup;
  std::string key_variable = std::string(kDefaultKeyVariable);
  bool json = false;
};

using Duration = std::chrono::milliseconds;

Shard parse_shard(const std::string& text) {
  Shard shard;
  const std::vector<std::string_view> parts = base::split(text, '/');
  const auto number = [](std::string_view digits, int& value) {
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return error == std::errc{} && end == digits.data() + digits.size();
  };
  if (parts.size() != 2 || !number(parts[0], shard.index) || !number(parts[1], shard.count) ||
      shard.count < 1 || shard.count > kShardsMax || shard.index < 0 ||
      shard.index >= shard.count) {
    throw CLI::ValidationError("--shard", "'" + text + "' is not I/N with I from 0 to N-1");
  }
  return shard;
}

// PATH, "history" or "history:NAME".
DurationsSource parse_durations(const std::string& text) {
  constexpr std::string_view kHistory = "history";
  const std::string_view name =
      std::string_view(text).substr(std::min(text.size(), kHistory.size()));
  if (!text.starts_with(kHistory) || (!name.empty() && name.front() != ':')) {
    return {text, false, {}};
  }
  if (name.size() == 1 || name.size() > kRunOfShardsBytesMax) {
    throw CLI::ValidationError("--durations",
                               "'" + text + "' is not history:NAME with a name of 1 to " +
                                   std::to_string(kRunOfShardsBytesMax - 1) + " bytes");
  }
  return {{}, true, std::string(name.substr(name.empty() ? 0 : 1))};
}

// Of --fail-fast, whose number may be left out.
int parse_count(const std::string& text) {
  int count = text.empty() ? 1 : 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (!text.empty() && (error != std::errc{} || end != text.data() + text.size() || count < 1)) {
    throw CLI::ValidationError("--fail-fast", "'" + text + "' is not a number from 1");
  }
  return count;
}

void add_selection(CLI::App* app, SelectionOptions& selection) {
  add_config(app, selection.config);
  app->add_option("--gtest", selection.gtest, "A GoogleTest binary, in place of the file's suites")
      ->type_name("PATH");
  app->add_option("--pytest", selection.pytest, "A pytest folder or file, likewise")
      ->type_name("PATH");
  app->add_option("--command", selection.commands, "A command of the shell and its name, likewise")
      ->type_name("NAME=CMD");
  app->add_option_function<std::string>(
         "--filter",
         [&selection](const std::string& text) {
           base::Result<Filter> filter = Filter::parse(text);
           if (!filter) {
             throw CLI::ValidationError("--filter", filter.error().message);
           }
           selection.filter = std::move(*filter);
         },
         "As test(~log) & tag(slow); or parts and globs of ids, by commas")
      ->type_name("EXPR");
  app->add_option_function<std::string>(
         "--shard", [&selection](const std::string& text) { selection.shard = parse_shard(text); },
         "This shard of N, counted from 0")
      ->type_name("I/N");
  app->add_option_function<std::string>(
         "--durations",
         [&selection](const std::string& text) { selection.durations = parse_durations(text); },
         "For equal shards: a former run, the same for each; or history[:NAME]")
      ->type_name("PATH");
  add_duration(app, "--test-timeout", "Limit of one test, and of listing",
               [&selection](Duration duration) { selection.test_timeout = duration; });
  app->add_option("--python", selection.python, "What runs pytest")
      ->type_name("EXE")
      ->capture_default_str();
}

void add_repetition(CLI::App* app, RunOptions& run) {
  app->add_option("--repeat", run.repeat, "Run each test N times")
      ->type_name("N")
      ->check(CLI::Range(1, kRepeatMax).description(""));
  app->add_flag("--until-fail", run.until_fail,
                "Repeat until a test is red: 100 times, or --repeat");
  app->add_option_function<std::string>(
         "--order", [&run](const std::string& text) { run.order = kStartOrders.at(text); },
         "recorded: red ones first, then the longest; or listed")
      ->check(CLI::IsMember({"recorded", "listed"}).description(""))
      ->type_name("recorded|listed");
  app->add_flag("--shuffle", run.shuffle, "Start processes in another order, which is told");
  app->add_option("--seed", run.seed, "The order of an earlier --shuffle")->type_name("N");
  app->add_flag("--rerun-failed", run.rerun_failed, "Only what was red in the report folder's run");
}

void add_run_flags(CLI::App* app, Parsed& parsed) {
  RunOptions& run = parsed.run;
  add_selection(app, run.selection);
  app->add_option("--jobs,-j", run.jobs, "Test processes at a time; else as many as usable CPUs")
      ->check(CLI::Range(1, kJobsMax).description(""));
  add_duration(app, "--soft-timeout", "When a test's stacks are shown; it goes on",
               [&run](Duration duration) { run.soft_timeout = duration; });
  add_duration(app, "--run-timeout", "Limit of the whole run",
               [&run](Duration duration) { run.run_timeout = duration; });
  app->add_option("--retry", run.retries, "More attempts of a red test; passed then is flaky")
      ->check(CLI::Range(0, kRetriesMax).description(""));
  add_repetition(app, run);
  app->add_option_function<std::string>(
         "--fail-fast", [&run](const std::string& text) { run.fail_fast = parse_count(text); },
         "Start no test after N red ones (1)")
      ->expected(0, 1)
      ->type_name("[N]");
  app->add_option_function<std::string>(
         "--llm", [&run](const std::string& text) { run.llm = kLlmChoices.at(text); },
         "What answers the application's calls")
      ->check(CLI::IsMember({"mock", "real", "auto"}).description(""))
      ->type_name("mock|real|auto");
  app->add_option("--secret-env", run.secret_variables,
                  "A variable that must be set and never shown")
      ->type_name("NAME");
  app->add_option("--report-dir", run.report_directory, "Where the reports go")->type_name("DIR");
  app->add_option("--metrics-file", run.metrics_file, "Where metrics.prom goes too")
      ->type_name("FILE");
  app->add_option("--metrics-listen", run.metrics_listen, "Serve /metrics meanwhile")
      ->type_name("HOST:PORT");
  app->add_option("--mockllm", run.mockllm, "The mockllm to start")->type_name("PATH");
}

void add_cluster(CLI::App* app, KubeAccessSource& cluster, std::string& namespace_name) {
  app->add_option("--context", cluster.context, "Of the kubeconfig; in a pod not needed");
  app->add_option("--kubeconfig", cluster.kubeconfig, "Instead of KUBECONFIG")->type_name("FILE");
  app->add_option("--namespace", namespace_name, "Else the context's");
}

void add_generate_flags(CLI::App* app, SecretsOptions& secrets) {
  add_cluster(app, secrets.cluster, secrets.namespace_name);
  app->add_option("secrets", secrets.secrets, "NAME=KEY[,KEY]...")->required();
}

void add_launch_flags(CLI::App* app, LaunchOptions& launch) {
  app->add_option("--image", launch.image, "The test-runner image with the suites in it")
      ->required()
      ->type_name("IMAGE");
  add_cluster(app, launch.cluster, launch.namespace_name);
  app->add_option("--template", launch.template_file, "Of the Job")
      ->type_name("FILE")
      ->capture_default_str();
  app->add_option("--name", launch.name, "Of the Job, before a random end")->capture_default_str();
  app->add_option("--image-pull-policy", launch.image_pull_policy, "Of the pod")
      ->check(CLI::IsMember({"Always", "IfNotPresent", "Never"}).description(""))
      ->type_name("Always|IfNotPresent|Never")
      ->capture_default_str();
  app->add_option("--cpu-limit", launch.cpu_limit, "Of the pod")->capture_default_str();
  app->add_option("--memory-limit", launch.memory_limit, "Of the pod")->capture_default_str();
  app->add_option("--retries", launch.retries, "More pods where something else than tests failed")
      ->capture_default_str();
  add_duration(app, "--deadline", "Of the Job as a whole (20m)",
               [&launch](Duration time) { launch.deadline = time; });
  add_duration(app, "--pending-timeout", "For a pod that cannot start yet (30s)",
               [&launch](Duration time) { launch.pending_timeout = time; });
  app->add_option("--report-dir", launch.report_directory, "Where the reports go")
      ->type_name("DIR")
      ->capture_default_str();
  app->add_flag("--keep-on-failure", launch.keep_on_failure, "Leave the Job of a red run");
  app->add_option("arguments", launch.arguments, "After --: for `harness run` in the pod");
}

void add_preflight_flags(CLI::App* app, PreflightOptions& preflight) {
  app->add_option("--control", preflight.control, "What a policy allows and is up")
      ->required()
      ->type_name("tcp://HOST:PORT");
  app->add_option("--canary", preflight.canary, "What it closes and is up")
      ->required()
      ->type_name("tcp://HOST:PORT");
  app->add_option("--llm", preflight.llms, "A real LLM; else those of OpenAI and Anthropic")
      ->type_name("tcp://HOST:PORT");
  add_duration(app, "--timeout", "For each address (3s)",
               [&preflight](Duration duration) { preflight.timeout = duration; });
}

void add_report_verbs(CLI::App& app, Parsed& parsed) {
  CLI::App* report =
      app.add_subcommand("report", "What runs have left: show, recover, merge, diff, history");
  report->require_subcommand(1);
  report->add_subcommand("show", "The summary of a run, out of its journal")
      ->add_option("path", parsed.show.path, "A report folder, or a journal")
      ->capture_default_str();
  CLI::App* merge = report->add_subcommand("merge", "The shards of a run as one run");
  merge->add_option("dirs", parsed.merge.directories, "Their report folders")->required();
  merge->add_option("--report-dir", parsed.merge.target, "Where the reports go")
      ->type_name("DIR")
      ->capture_default_str();
  CLI::App* diff = report->add_subcommand("diff", "Newly failing, newly flaky, newly slow");
  diff->add_option("before", parsed.diff.before, "A report folder, or a journal")->required();
  diff->add_option("after", parsed.diff.after, "The later one")->required();
  CLI::App* history = report->add_subcommand("history", "How reliable tests are, since when red");
  add_config(history, parsed.history.config);
  history->add_option("test", parsed.history.part, "A part of its id; else all");
  report->add_subcommand("recover", "Write the reports of a run whose harness was killed")
      ->add_option("dir", parsed.recover.directory, "Its report folder")
      ->capture_default_str();
}

ReportOptions choose_report(const CLI::App& report, Parsed& parsed) {
  if (report.got_subcommand("show")) {
    return std::move(parsed.show);
  }
  if (report.got_subcommand("merge")) {
    return std::move(parsed.merge);
  }
  if (report.got_subcommand("diff")) {
    return std::move(parsed.diff);
  }
  if (report.got_subcommand("history")) {
    return std::move(parsed.history);
  }
  return std::move(parsed.recover);
}

void add_verbs(CLI::App& app, Parsed& parsed) {
  add_run_flags(app.add_subcommand("run", "Run the tests; reports and a verdict"), parsed);
  CLI::App* list = app.add_subcommand("list", "List the tests that would run");
  add_selection(list, parsed.run.selection);
  list->add_option("--secret-env", parsed.run.secret_variables, "A variable never to be shown")
      ->type_name("NAME");
  CLI::App* wait = app.add_subcommand("wait", "Wait until services are ready");
  add_config(wait, parsed.run.selection.config);
  wait->add_option("services", parsed.wait.services,
                   "Of the file; all whose variable is set where none is named");
  wait->add_option("--url", parsed.wait.urls,
                   "postgresql://, redis://, nats://, http://, tcp://; no file");
  add_duration(wait, "--timeout", "Over the file's ready_timeout",
               [&parsed](Duration duration) { parsed.wait.timeout = duration; });
  add_duration(wait, "--stable-for", "Ready that long without a break",
               [&parsed](Duration duration) { parsed.wait.stable_for = duration; });
  CLI::App* migrate = app.add_subcommand("migrate", "Apply the file's migrations, or tell them");
  add_config(migrate, parsed.run.selection.config);
  migrate->require_subcommand(0, 1);
  add_config(migrate->add_subcommand("up", "Apply what is pending, as without a word"),
             parsed.run.selection.config);
  add_config(migrate->add_subcommand("status", "What is applied, pending, changed or dirty"),
             parsed.run.selection.config);
  CLI::App* mode = app.add_subcommand("mode", "Mock or real LLM, as a run would decide it here");
  add_config(mode, parsed.run.selection.config);
  mode->add_option_function<std::string>(
          "--llm", [&parsed](const std::string& text) { parsed.run.llm = kLlmChoices.at(text); },
          "As for run")
      ->check(CLI::IsMember({"mock", "real", "auto"}).description(""))
      ->type_name("mock|real|auto");
  mode->add_option("--key-env", parsed.key_variable, "Variable with the real LLM's key")
      ->capture_default_str();
  CLI::App* services = app.add_subcommand("services", "The file's local services, without a run");
  services->require_subcommand(1);
  CLI::App* up = services->add_subcommand("up", "Start them, and tell their variables");
  add_config(up, parsed.services.config);
  up->add_option("services", parsed.services.services, "All where none is named");
  up->add_flag("--detach", parsed.services.detach, "Keep them in the background");
  up->add_option("--report-dir", parsed.services.report_directory, "Logs and state");
  up->add_option("--mockllm", parsed.services.mockllm, "The mockllm to start");
  CLI::App* down = services->add_subcommand("down", "End what 'up --detach' started");
  add_config(down, parsed.services.config);
  down->add_option("--report-dir", parsed.services.report_directory, "Logs and state");
  CLI::App* journal = app.add_subcommand("journal", "A run's journal, for who launched it");
  journal->add_option("--from", parsed.journal.from, "Print the records from this one on")
      ->type_name("SEQ");
  journal->add_flag("--files", parsed.journal.files, "Its logs and artifacts, as a tar");
  journal->add_option("--ack", parsed.journal.ack, "Say that all up to this one have arrived")
      ->type_name("SEQ");
  journal->add_option("--report-dir", parsed.journal.report_directory, "The run's")
      ->type_name("DIR")
      ->capture_default_str();
  CLI::App* secrets = app.add_subcommand("secrets", "The Secrets that a namespace needs");
  secrets->require_subcommand(1);
  add_generate_flags(secrets->add_subcommand("generate", "Make those that are missing"),
                     parsed.secrets);
  add_preflight_flags(app.add_subcommand("preflight", "Can a run from here reach a real LLM?"),
                      parsed.preflight);
  add_report_verbs(app, parsed);
  add_setup_verbs(app, parsed.setup);
  add_launch_flags(app.add_subcommand("launch", "Run the tests as a Job in a cluster"),
                   parsed.launch);
  for (const char* verb : kLaterVerbs) {
    app.add_subcommand(verb, "(not supported yet)")->group("")->allow_extras();
  }
}

std::optional<EndNow> check_later(const CLI::App& app, const Parsed& parsed) {
  for (const char* verb : kLaterVerbs) {
    if (app.got_subcommand(verb)) {
      return usage_error(std::string(verb) + " is not supported yet");
    }
  }
  if (parsed.run.retries.value_or(0) > 0 && (parsed.run.repeat > 1 || parsed.run.until_fail)) {
    return usage_error(
        "--retry and --repeat exclude each other: is a second attempt there to pass, "
        "or to fail?");
  }
  if (parsed.run.order && (parsed.run.shuffle || parsed.run.seed)) {
    return usage_error("--order and --shuffle exclude each other");
  }
  return std::nullopt;
}

CommandLine choose(const CLI::App& app, Parsed parsed) {
  CommandLine line;
  line.json = parsed.json;
  const ConfigSource config = parsed.run.selection.config;
  if (std::optional<EndNow> later = check_later(app, parsed)) {
    line.verb = *later;
  } else if (std::optional<CommandLine> setup = choose_setup(app, parsed.setup)) {
    line.verb = std::move(setup->verb);
  } else if (app.got_subcommand("run")) {
    if (parsed.run.until_fail && parsed.run.repeat == 1) {
      parsed.run.repeat = kUntilFailTimes;
    }
    parsed.run.shuffle |= parsed.run.seed.has_value();
    line.verb = std::move(parsed.run);
  } else if (app.got_subcommand("list")) {
    line.verb = ListOptions{std::move(parsed.run.selection), parsed.run.secret_variables};
  } else if (app.got_subcommand("wait")) {
    parsed.wait.config = config;
    line.verb = std::move(parsed.wait);
  } else if (app.got_subcommand("migrate")) {
    const bool status = app.get_subcommand("migrate")->got_subcommand("status");
    line.verb = status ? decltype(line.verb)(MigrateStatusOptions{{config}})
                       : decltype(line.verb)(MigrateOptions{config});
  } else if (app.got_subcommand("mode")) {
    line.verb = ModeOptions{config, parsed.run.llm, parsed.key_variable};
  } else if (app.got_subcommand("secrets")) {
    line.verb = std::move(parsed.secrets);
  } else if (app.got_subcommand("launch")) {
    line.verb = std::move(parsed.launch);
  } else if (app.got_subcommand("report")) {
    line.verb = choose_report(*app.get_subcommand("report"), parsed);
  } else if (app.got_subcommand("preflight")) {
    line.verb = std::move(parsed.preflight);
  } else if (app.got_subcommand("journal")) {
    line.verb = std::move(parsed.journal);
  } else if (app.get_subcommand("services")->got_subcommand("up")) {
    line.verb = std::move(parsed.services);
  } else {
    line.verb = ServicesDownOptions{std::move(parsed.services)};
  }
  return line;
}

}  // namespace

CommandLine parse_command_line(int argc, const char* const* argv) {
  CLI::App app(
      "Runs GoogleTest and pytest suites against real services, with a verdict that can be "
      "trusted.",
      "harness");
  app.set_version_flag("--version", std::string("harness ") + DRYDOCK_VERSION);
  app.require_subcommand(1);
  app.fallthrough();
  Parsed parsed;
  app.add_flag("--json", parsed.json, "Data on stdout as JSON (list, wait, migrate, doctor, ...)");
  add_verbs(app, parsed);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    std::string help = app.help();
    // A heading for what begins with "--" says nothing, and a screen has few lines.
    constexpr std::string_view kHeading = "\nOptions:\n";
    if (const std::size_t at = help.find(kHeading); at != std::string::npos) {
      help.erase(at, kHeading.size());
    }
    help.resize(help.find_last_not_of('\n') + 1);
    return {EndNow{0, help + "\n"}, false};
  } catch (const CLI::CallForVersion&) {
    return {EndNow{0, app.version() + "\n"}, false};
  } catch (const CLI::ParseError& error) {
    return {usage_error(error.what()), false};
  }
  return choose(app, std::move(parsed));
}

}  // namespace harness
