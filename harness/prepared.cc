#include "harness/prepared.h"

#include <memory>
#include <set>
#include <utility>

#include "harness/discover/pytest_plugin.h"
#include "harness/history/former_run.h"
#include "harness/process/process.h"
#include "harness/process/strays.h"
#include "harness/report/folder.h"
#include "harness/report/scrape.h"
#include "harness/selection.h"

namespace harness {
namespace {

base::Error as_usage(base::Error error) {
  return base::invalid_input(std::move(error.message));
}

base::Error as_internal(base::Error error) {
  return base::internal_error(std::move(error.message));
}

// Null where nobody asks for it.
base::Result<std::shared_ptr<Scrape>> scrape_of(const RunOptions& options,
                                                const SessionContext& context) {
  if (options.metrics_listen.empty()) {
    return std::shared_ptr<Scrape>();
  }
  base::Result<Scrape> listening = Scrape::listen(options.metrics_listen);
  if (!listening) {
    return base::invalid_input("--metrics-listen: " + listening.error().message);
  }
  (void)base::write_all(context.err, "metrics: " + listening->url() + "\n");
  return std::make_shared<Scrape>(std::move(*listening));
}

}  // namespace

base::Result<Prepared> prepare(const RunOptions& options, const SessionContext& context) {
  base::Result<Config> config = load_selection(options.selection);
  if (!config) {
    return as_usage(config.error());
  }
  const std::string reports = options.report_directory.empty()
                                  ? path_beside(*config, config->report_directory)
                                  : options.report_directory;
  base::Result<std::optional<Handover>> handover =
      Handover::from_environment(context.environment, context.clock, context.out, reports);
  if (!handover) {
    return as_usage(handover.error());
  }
  base::Result<PlanChoices> choices = choices_of(options.selection, *config);
  if (!choices) {
    return as_usage(choices.error());
  }
  base::Result<std::optional<RunHistory>> history =
      history_of(options.selection, *config, context.environment);
  if (!history) {
    return as_usage(history.error());
  }
  base::Result<std::shared_ptr<Scrape>> scrape = scrape_of(options, context);
  if (!scrape) {
    return as_usage(scrape.error());
  }
  if (options.rerun_failed) {
    base::Result<std::set<std::string>> red = tests_to_rerun(reports);
    if (!red) {
      return as_usage(red.error());
    }
    choices->only = std::move(*red);
  }
  std::optional<PastTests> past;
  // A seed means the same order whatever earlier runs have left.
  if (!options.shuffle && options.order.value_or(config->order) == StartOrder::kRecorded) {
    past = past_tests_of(reports);
    past->insert(choices->durations.begin(), choices->durations.end());
  }
  if (const base::Result<void> cleared = clear_report_folder(reports); !cleared) {
    return as_usage(cleared.error());
  }
  base::Result<base::TemporaryDirectory> folder = base::TemporaryDirectory::make("drydock-");
  if (!folder) {
    return as_internal(folder.error());
  }
  for (const base::Result<void>& step :
       {write_pytest_plugin(folder->path().string()), become_subreaper()}) {
    if (!step) {
      return as_internal(step.error());
    }
  }
  base::Result<Journal> journal =
      Journal::create(reports + "/journal.jsonl", context.clock, nullptr);
  if (!journal) {
    return as_usage(journal.error());
  }
  if (*scrape) {
    journal->follow([scrape = *scrape](const Record& record) { scrape->on(record); });
  }
  return Prepared{std::move(*config),  reports,
                  std::move(*choices), std::move(past),
                  std::move(*history), std::move(*handover),
                  std::move(*folder),  std::move(*journal)};
}

}  // namespace harness
