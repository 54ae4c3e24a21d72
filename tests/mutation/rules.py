"""The rules that make a verdict, each with the change that removes it and a proof that misses it.

A proof is a sample with a declared outcome (tests/system/harness/samples.py, model.py), or a test
of tests/system/harness. mutate.py makes the change, builds, and runs the proof: it must turn red.
"""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(frozen=True)
class Rule:
    name: str
    file: str
    old: str  # occurs once in the file
    new: str
    proof: str  # "gtest:SUITE", "pytest:FILE", "command:SUITE", or "test_file.py::test"


VERDICT = "harness/verdict/verdict.cc"
RESULTS = "harness/verdict/results.cc"
CASE = "harness/suite/test_case.cc"
GTEST = "harness/run/gtest_result.cc"
PYTEST = "harness/run/pytest_result.cc"
PYTEST_RUN = "harness/run/pytest_run.cc"
COMMAND = "harness/run/command_result.cc"
TAP = "harness/run/tap.cc"
JUNIT = "harness/run/junit_cases.cc"
ATTEMPTS = "harness/run/attempts.cc"

ENDS = "test_ends.py::test_the_exit_code_and_what_is_said"
MODELS = "test_outcomes.py::test_every_way_to_end_of"


def not_red(outcome: str, proof: str) -> Rule:
    """Of the outcomes that make a run red, one no longer does."""
    head = "bool is_red(Outcome outcome) {\n"
    exempt = f"  if (outcome == Outcome::{outcome}) {{\n    return false;\n  }}\n"
    return Rule(f"{outcome} is red", CASE, head, head + exempt, proof)


def never(name: str, file: str, condition: str, proof: str) -> Rule:
    """The condition `condition`, with its parentheses, never holds."""
    return Rule(name, file, condition, f"(false && {condition})", proof)


OF_A_RUN = [
    not_red("kFailed", "gtest:FailsInSetUp"),
    not_red("kCrashed", "gtest:AbortsAtExit"),
    not_red("kTimedOut", "gtest:StopsItself"),
    not_red("kVanished", "gtest:ExitsQuickly"),
    not_red("kNotRun", "test_rules.py::test_what_was_not_run_is_red"),
    not_red("kEnvironment", "test_rules.py::test_a_test_whose_service_is_lost_is_environment"),
    not_red("kDiscoveryError", ENDS),
    not_red("kLlmMiss", "test_late_calls.py::test_a_late_call_that_misses_is_its_own_test_s"),
    Rule(
        "a service that was lost has a code of its own",
        VERDICT,
        "outcome == Outcome::kEnvironment ? ExitCode::kServiceNotReady : ExitCode::kTestsFailed",
        "ExitCode::kTestsFailed",
        "test_rules.py::test_a_test_whose_service_is_lost_is_environment",
    ),
    Rule(
        "what --fail-fast did not run is not red for it",
        VERDICT,
        "return test.by_fail_fast && test.outcome == Outcome::kNotRun;",
        "return test.by_fail_fast && test.outcome == Outcome::kPassed;",
        "test_rules.py::test_what_fail_fast_left_out_is_no_reason",
    ),
    Rule(
        "a call that nobody owns is red",
        VERDICT,
        '    if (calls.session == "default") {\n      findings',
        '    if (false && (calls.session == "default")) {\n      findings',
        "test_rules.py::test_a_call_that_nobody_owns_is_red",
    ),
    Rule(
        "a miss before the first test is red",
        VERDICT,
        "} else if (calls.misses > 0) {",
        "} else if (false && (calls.misses > 0)) {",
        "test_rules.py::test_a_miss_before_the_first_test_is_red",
    ),
    Rule(
        "only a service that says so may have calls of nobody",
        VERDICT,
        "    if (calls.warn_only) {\n",
        "    if (true || calls.warn_only) {\n",
        "test_rules.py::test_a_call_that_nobody_owns_is_red",
    ),
    never(
        "nothing could be listed",
        VERDICT,
        "(results.list.listed == 0 && !results.listing_errors.empty())",
        ENDS,
    ),
    Rule(
        "a suite without a test",
        VERDICT,
        "for (const std::string& suite : results.list.empty_suites) {",
        "for (const std::string& suite : std::vector<std::string>()) {",
        ENDS,
    ),
    never(
        "no test was selected",
        VERDICT,
        "(results.tests.empty() && (only_shard || results.list.listed == 0))",
        ENDS,
    ),
    Rule(
        "a shard may have nothing to do",
        VERDICT,
        "(only_shard || results.list.listed == 0)",
        "(true || only_shard)",
        "test_rules.py::test_a_shard_without_a_test_is_not_red",
    ),
    Rule(
        "what failed beside the tests",
        VERDICT,
        "for (const RunFailed& failure : results.failures) {",
        "for (const RunFailed& failure : std::vector<RunFailed>()) {",
        ENDS,
    ),
    Rule(
        "an interruption",
        VERDICT,
        "for (const RunInterrupted& event : results.interruptions) {",
        "for (const RunInterrupted& event : std::vector<RunInterrupted>()) {",
        "test_ends.py::test_an_interrupted_run_tells_what_it_knows",
    ),
    Rule(
        "out of time is not interrupted",
        VERDICT,
        "event.out_of_time ? ExitCode::kOutOfTime : ExitCode::kInterrupted",
        "ExitCode::kInterrupted",
        "test_ends.py::test_a_run_out_of_time",
    ),
    Rule(
        "a service that is not ready",
        VERDICT,
        "for (const ServiceFailed& failure : results.service_failures) {",
        "for (const ServiceFailed& failure : std::vector<ServiceFailed>()) {",
        "test_ends.py::test_a_database_that_nobody_serves",
    ),
    never(
        "a journal without an end",
        VERDICT,
        "(!results.finished && findings.empty())",
        "test_rules.py::test_a_journal_without_an_end_is_red",
    ),
    never(
        "flaky has a code of its own",
        VERDICT,
        "(verdict.count(Outcome::kFlaky) > 0)",
        "test_ends.py::test_a_test_that_passes_at_its_second_attempt_is_flaky",
    ),
    Rule(
        "the weightiest code is the run's",
        VERDICT,
        "return rank(a.code) < rank(b.code);",
        "return rank(a.code) > rank(b.code);",
        "test_rules.py::test_the_weightiest_code_is_the_run_s",
    ),
    Rule(
        "an attempt without an end is vanished",
        RESULTS,
        "event.outcome = Outcome::kVanished;",
        "event.outcome = Outcome::kPassed;",
        "test_recover.py::test_a_killed_run_is_recovered",
    ),
    never(
        "a pass after a failure is flaky",
        RESULTS,
        "(last.outcome == Outcome::kPassed && red != result.attempts.end())",
        "test_ends.py::test_a_test_that_passes_at_its_second_attempt_is_flaky",
    ),
    Rule(
        "the last attempt decides",
        RESULTS,
        "const AttemptFinished& last = result.attempts.back();",
        "const AttemptFinished& last = result.attempts.front();",
        "test_ends.py::test_a_test_that_passes_at_its_second_attempt_is_flaky",
    ),
    Rule(
        "an outcome is revised by a late miss",
        RESULTS,
        "attempt.outcome = event.outcome;",
        "",
        "test_late_calls.py::test_a_late_call_that_misses_is_its_own_test_s",
    ),
    Rule(
        "a case that no list has counts",
        RESULTS,
        "    if (find(event.test) == nullptr) {\n      add_found(event.test);\n    }\n",
        "",
        "command:tap-fails",
    ),
]

OF_GTEST = [
    never("a signal is a crash", GTEST, "(run.status.signal != 0)", "gtest:AbortsAtExit"),
    Rule(
        "a report beside the premature-exit file is none",
        GTEST,
        "run.report && !run.premature_exit ?",
        "run.report ?",
        "gtest:ForgesItsReportAndExits",
    ),
    Rule(
        "no report and exit code 0 is vanished",
        GTEST,
        '    return red(Outcome::kVanished,\n               "the process',
        '    return red(Outcome::kPassed,\n               "the process',
        "gtest:ExitsQuickly",
    ),
    never(
        "a failure whose report is lost is one",
        GTEST,
        "(run.status.code == 1 && transcript_says_failed(run))",
        "gtest:FailsAndLosesItsReport",
    ),
    never(
        "a failure of the report is one",
        GTEST,
        "(!report->failures.empty())",
        "gtest:FailsBehindItsOwnPrinter",
    ),
    Rule(
        "the exit code must agree with the report",
        GTEST,
        "} else if (!run.status.clean()) {",
        "} else if (false && (!run.status.clean())) {",
        "gtest:ExitsWithOneAtExit",
    ),
    Rule(
        "a test that the report does not have is vanished",
        GTEST,
        "} else if (!report->found) {",
        "} else if (false && (!report->found)) {",
        "gtest:ForgesTheReportOfAnother",
    ),
    Rule(
        "a binary that runs more than it was asked for is red",
        GTEST,
        "} else if (report->ran > 1 && gtest_filter_for(run.test) == run.test) {",
        "} else if (false && (report->ran > 1 && gtest_filter_for(run.test) == run.test)) {",
        "test_rules.py::test_a_binary_that_ignores_its_filter_is_red",
    ),
    Rule(
        "the output must not say that it failed",
        GTEST,
        "} else if (transcript_says_failed(run)) {",
        "} else if (false && (transcript_says_failed(run))) {",
        "gtest:SaysThatItPassed",
    ),
    Rule(
        "the output must not say that the suite failed",
        GTEST,
        "} else if (transcript_says_suite_failed(run)) {",
        "} else if (false && (transcript_says_suite_failed(run))) {",
        "gtest:FailsInSetUpAndExitsWithZero",
    ),
    Rule(
        "the output must say that it ended",
        GTEST,
        "} else if (transcript_leaves_it_open(run)) {",
        "} else if (false && (transcript_leaves_it_open(run))) {",
        "gtest:ForgesAllAndExits",
    ),
    Rule(
        "a skip is no pass",
        GTEST,
        "} else if (report->skipped) {",
        "} else if (false && (report->skipped)) {",
        "gtest:SkipsInSetUp",
    ),
]

OF_PYTEST = [
    Rule(
        "every phase may fail a test",
        PYTEST,
        '  if (phase.outcome == "failed") {',
        '  if (phase.outcome == "failed" && phase.when == "call") {',
        "pytest:fails_in_teardown_and_exits_with_zero",
    ),
    Rule(
        "a later phase makes no test better",
        PYTEST,
        "} else if (judgement.outcome != Outcome::kPassed) {",
        "} else if (false && (judgement.outcome != Outcome::kPassed)) {",
        "pytest:skips_after_a_failure_and_exits_with_zero",
    ),
    Rule(
        "an expected failure is no skip",
        PYTEST,
        "phase.xfail ? Outcome::kXfailed : Outcome::kSkipped",
        "Outcome::kSkipped",
        "pytest:unittest_cases",
    ),
    Rule(
        "a pass against the expectation is told",
        PYTEST,
        '} else if (phase.xfail && phase.when == "call") {',
        '} else if (false && (phase.xfail && phase.when == "call")) {',
        MODELS + "_pytest",
    ),
    Rule(
        "a test whose end was not told has vanished",
        PYTEST,
        "if (!torn_down && judgement.outcome != Outcome::kFailed) {",
        "if (false && (!torn_down && judgement.outcome != Outcome::kFailed)) {",
        "test_rules.py::test_a_plugin_that_hides_the_phases_makes_its_tests_vanish",
    ),
    Rule(
        "a process that hangs after its last test is late",
        PYTEST_RUN,
        '  if (late_) {\n    return timed_out("the process, after its last test,", limit_);\n  }\n',
        "",
        "pytest:leaves_a_thread",
    ),
    Rule(
        "a process that ends wrongly takes its last test with it",
        PYTEST_RUN,
        "if (!end->signalled && (end->status.signal != 0 || end->status.code != expected)) {",
        "if (false && (!end->signalled && (end->status.signal != 0 || end->status.code != expected))) {",
        "pytest:exits_with_three_at_exit",
    ),
    Rule(
        "exit code 0 before the end is vanished",
        PYTEST_RUN,
        "    judgement.outcome = Outcome::kVanished;\n",
        "    judgement.outcome = Outcome::kPassed;\n",
        "pytest:exits_at_once",
    ),
    Rule(
        "another end before the end is a crash",
        PYTEST_RUN,
        "    judgement.outcome = Outcome::kCrashed;\n",
        "    judgement.outcome = Outcome::kPassed;\n",
        "pytest:segfaults",
    ),
    Rule(
        "what a test says after its time does not count",
        PYTEST_RUN,
        "  if (child_->signalled() || late_) {\n    return;",
        "  if (false && (child_->signalled() || late_)) {\n    return;",
        "pytest:passes_when_it_is_ended",
    ),
]

OF_COMMANDS = [
    Rule(
        "an exit code is a failure",
        COMMAND,
        "  if (run.status.clean()) {\n    return {};\n  }\n",
        "  return {};\n",
        "command:code-1",
    ),
    never(
        "a signal is a crash, whatever was told",
        COMMAND,
        "(run.status.signal != 0)",
        "command:tap-crashes",
    ),
    never(
        "a source that is not whole", COMMAND, "(!list.trouble.empty())", "command:tap-ends-early"
    ),
    never(
        "exit code 0 beside a red case",
        COMMAND,
        "(run.status.clean() && red_cases > 0)",
        "command:tap-fails-with-code-0",
    ),
    never(
        "another exit code beside none",
        COMMAND,
        "(!run.status.clean() && red_cases == 0)",
        "command:tap-passes-with-code-1",
    ),
    never("a source without a case", COMMAND, "(list.cases.empty())", "command:junit-empty"),
    Rule(
        "a source that was not written",
        COMMAND,
        "} else if (!run.source) {",
        "} else if (false && (!run.source)) {",
        "test_commands.py::test_every_way_to_end_of_a_command",
    ),
    Rule(
        "a name twice is two tests",
        COMMAND,
        "!taken.insert(entry.name).second;",
        "false;",
        "command:tap-of-twins",
    ),
    Rule(
        "a plan",
        TAP,
        "  if (!planned_) {\n",
        "  if (false && !planned_) {\n",
        "command:tap-without-a-plan",
    ),
    Rule(
        "as many as the plan says",
        TAP,
        "} else if (*planned_ != came) {",
        "} else if (false && *planned_ != came) {",
        "command:tap-ends-early",
    ),
    Rule(
        "no number beyond the plan",
        TAP,
        "} else if (!numbers_.empty() && *numbers_.rbegin() > *planned_) {",
        "} else if (false && (!numbers_.empty() && *numbers_.rbegin() > *planned_)) {",
        "command:tap-beyond-its-plan",
    ),
    never("one plan", TAP, "(planned_)", "command:tap-with-two-plans"),
    never(
        "no number twice",
        TAP,
        "(number < 1 || !numbers_.insert(number).second)",
        "command:tap-of-one-number",
    ),
    Rule(
        "a bail-out",
        TAP,
        '    distrust("it bailed out"',
        '    (void)("it bailed out"',
        "command:tap-bails-out-at-its-end",
    ),
    Rule(
        "not ok",
        TAP,
        "  } else if (!good) {",
        "  } else if (false && !good) {",
        "command:tap-fails",
    ),
    Rule(
        "a failure that is to do is none",
        TAP,
        "good ? Outcome::kXpassed : Outcome::kXfailed",
        "good ? Outcome::kXpassed : Outcome::kFailed",
        "command:tap",
    ),
    Rule(
        "a file that is not whole",
        JUNIT,
        "  if (!parsed) {",
        "  if (false && (!parsed)) {",
        "command:junit-cut-short",
    ),
    Rule(
        "a root that is JUnit's",
        JUNIT,
        '} else if (name != "testsuites" && name != "testsuite") {',
        '} else if (false && (name != "testsuites" && name != "testsuite")) {',
        "command:junit-of-another-root",
    ),
    Rule(
        "a failure or an error",
        JUNIT,
        '(kind == "failure" || kind == "error")',
        '(kind == "failure")',
        "command:junit-errors",
    ),
    never(
        "a case without a name",
        JUNIT,
        "(base::trimmed(name).empty())",
        "command:junit-without-a-name",
    ),
    never("counts above its cases", JUNIT, "(told > 0 && red_ == before)", "command:junit-owns-up"),
]

OF_SERVICES = [
    Rule(
        "a failure while a service was away is the environment's",
        ATTEMPTS,
        "  if (inquiry.lost && a_lost_service_explains(judgement.outcome)) {",
        "  if (false && (inquiry.lost && a_lost_service_explains(judgement.outcome))) {",
        "test_rules.py::test_a_test_whose_service_is_lost_is_environment",
    ),
    Rule(
        "an application that dies is a failure",
        ATTEMPTS,
        "application ? Outcome::kFailed : Outcome::kEnvironment",
        "Outcome::kEnvironment",
        "test_ends.py::test_an_application_that_dies_fails_its_test",
    ),
    Rule(
        "a miss is red whatever the test says",
        ATTEMPTS,
        "  if (misses && a_miss_replaces(judgement.outcome)) {",
        "  if (false && (misses && a_miss_replaces(judgement.outcome))) {",
        "test_rules.py::test_a_miss_that_the_test_swallows_is_red",
    ),
    Rule(
        "a test may expect misses",
        ATTEMPTS,
        "inquiry.calls.misses > 0 && !attempt.expects_misses && !judgement.expects_misses",
        "inquiry.calls.misses > 0 && !(false && attempt.expects_misses) && "
        "!(false && judgement.expects_misses)",
        "test_rules.py::test_a_test_that_expects_misses_may_have_them",
    ),
    Rule(
        "a late miss is red",
        ATTEMPTS,
        "calls->misses > 0 && !past.expects_misses && a_miss_replaces(past.outcome)",
        "false",
        "test_late_calls.py::test_a_late_call_that_misses_is_its_own_test_s",
    ),
    Rule(
        "a call still open is red",
        ATTEMPTS,
        "} else if (taken && !is_red(past.outcome)) {",
        "} else if (false && (taken && !is_red(past.outcome))) {",
        "test_late_calls.py::test_a_call_that_does_not_end_fails_its_test_and_not_the_next",
    ),
]

RULES = [*OF_A_RUN, *OF_GTEST, *OF_PYTEST, *OF_COMMANDS, *OF_SERVICES]
