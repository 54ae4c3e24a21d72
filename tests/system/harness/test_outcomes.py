"""Suites with every way to end: what the harness says of each is declared in model.py."""

import hashlib
import json

import model
import pytest
from conftest import GTEST_SAMPLES, PYTEST_SAMPLES, SECRET, left_running

TIMEOUT = ("--test-timeout", "3s")


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    from conftest import Harness

    def make(name, *arguments):
        return Harness(tmp_path_factory.mktemp(name)).run(*arguments)

    return make


@pytest.fixture(scope="module")
def gtest_run(shared):
    return shared("gtest", "--gtest", GTEST_SAMPLES / "outcomes", *TIMEOUT, "--jobs", "4")


@pytest.fixture(scope="module")
def pytest_run(shared):
    return shared("pytest", "--pytest", PYTEST_SAMPLES / "outcomes", "--test-timeout", "20s")


def test_every_way_to_end_of_googletest(gtest_run):
    assert gtest_run.outcomes() == model.GTEST
    assert gtest_run.code == 1


def test_every_way_to_end_of_pytest(pytest_run):
    assert pytest_run.outcomes() == model.PYTEST
    assert pytest_run.code == 1


def test_a_hanging_file_costs_only_its_hanging_tests(harness):
    run = harness.run("--pytest", PYTEST_SAMPLES / "hangs", *TIMEOUT)
    assert run.outcomes() == model.PYTEST_HANGS
    logs = {record["test"]: record["log"] for record in run.of("attempt_finished")}
    for test in ("test_hangs", "test_hangs_without_an_ear_for_signals"):
        log = (run.reports / logs[f"hangs/test_hangs.py::{test}"]).read_text()
        assert "over its limit of 3s; what it was doing" in log, log
        assert "-m pytest" in log
        assert f" in {test}\n" in log.partition("over its limit")[2]


def test_a_hanging_test_is_shown_with_its_threads(harness):
    run = harness.run(
        "--gtest", GTEST_SAMPLES / "outcomes", "--filter", "test(=Hangs.Forever)", *TIMEOUT
    )
    (record,) = run.of("attempt_finished")
    assert record["outcome"] == "timed_out"
    assert "over its limit of 3s; what it was doing" in record["output_tail"]
    assert "/outcomes --gtest_filter=Hangs.Forever" in record["output_tail"]
    assert "S (sleeping)" in record["output_tail"]


@pytest.mark.parametrize("which", ["gtest_run", "pytest_run"])
def test_the_reports_say_the_same(which, request):
    run = request.getfixturevalue(which)
    verdict = run.verdict
    outcomes = list(run.outcomes().values())
    assert {name: outcomes.count(name) for name in set(outcomes)} == {
        name: count for name, count in verdict["counts"].items() if count and name != "total"
    }
    assert verdict["exit_code"] == run.code
    assert (
        verdict["journal_sha256"]
        == hashlib.sha256((run.reports / "journal.jsonl").read_bytes()).hexdigest()
    )
    cases = run.junit.findall(".//testcase")
    assert len(cases) == verdict["counts"]["total"] == int(run.junit.get("tests"))
    red = verdict["counts"]["failed"]
    assert len(run.junit.findall(".//failure")) == red == int(run.junit.get("failures"))


@pytest.mark.parametrize("which", ["gtest_run", "pytest_run"])
def test_a_failure_is_shown_with_its_place(which, request):
    run = request.getfixturevalue(which)
    assert "outcomes.cc:" in run.out or "test_outcomes.py:" in run.out
    assert "arithmetic" in run.out


def test_no_secret_is_in_any_report(gtest_run, pytest_run):
    for run in (gtest_run, pytest_run):
        assert SECRET not in run.out + run.err
        for file in run.reports.rglob("*"):
            if file.is_file():
                assert SECRET not in file.read_text(errors="replace"), file


def test_leaks_are_named_and_ended(gtest_run, pytest_run):
    leaks = [
        leak
        for run in (gtest_run, pytest_run)
        for record in run.of("attempt_finished")
        for leak in record["leaks"]
    ]
    assert any("sleep 987" in leak for leak in leaks)
    assert any("sleep 986" in leak for leak in leaks)
    assert left_running("sleep 987") == left_running("sleep 986") == []


def test_artifacts_are_collected(gtest_run, pytest_run):
    for run in (gtest_run, pytest_run):
        assert [note.read_text() for note in (run.reports / "artifacts").rglob("note.txt")] == [
            "kept"
        ]


def test_a_test_that_passes_at_the_second_attempt_is_flaky(harness):
    run = harness.run("--gtest", GTEST_SAMPLES / "outcomes", "--filter", "Flaky", "--retry", "1")
    assert (run.code, run.verdict["verdict"]) == (5, "flaky")
    assert run.junit.find(".//flakyFailure") is not None


def test_a_pytest_that_passes_at_the_second_attempt_is_flaky(harness):
    run = harness.run(
        "--pytest", PYTEST_SAMPLES / "outcomes", "--filter", "test_is_flaky", "--retry", "1"
    )
    assert run.code == 5


def test_forged_messages_change_nothing(harness):
    run = harness.run("--pytest", PYTEST_SAMPLES / "forges")
    assert set(run.outcomes().values()) == {"failed"}


def test_a_failing_suite_set_up_is_red(harness):
    run = harness.run("--gtest", GTEST_SAMPLES / "failing_suite_setup")
    assert run.outcomes() == {"FailingSuite.Here": "failed", "FineSuite.Here": "passed"}
    assert "the suite cannot be set up" in run.out


def test_a_process_that_ends_at_import_takes_its_tests_with_it(harness):
    run = harness.run("--pytest", PYTEST_SAMPLES / "exits")
    assert run.outcomes() == {"test_one": "vanished", "test_two": "vanished"}


def test_listing_as_json(harness):
    run = harness("list", "--json", "--gtest", GTEST_SAMPLES / "outcomes", "--filter", "Fails")
    listed = json.loads(run.out)
    assert run.code == 0
    assert [test["id"] for test in listed["tests"]] == ["outcomes/Fails.AnExpectation"]
    assert listed["tests"][0]["line"] > 0
