"""A harness that is killed at any moment leaves a journal that still tells the truth."""

import json
import signal
import subprocess

import pytest

SUITE = """
import pathlib
import time

import pytest

HERE = pathlib.Path(__file__).parent


@pytest.mark.parametrize("number", range(6))
def test_waits_for_the_end(number):
    deadline = time.monotonic() + 20
    while number >= 2 and not (HERE / "go").exists() and time.monotonic() < deadline:
        time.sleep(0.01)
"""
TESTS = 6


def killed_run(harness, lines):
    """Starts a run and kills it once it has said this many lines."""
    suite = harness.folder / "suite"
    suite.mkdir()
    (suite / "test_waits.py").write_text(SUITE)
    process = harness.start("--pytest", "suite")
    try:
        for _ in range(lines):
            assert process.stderr.readline(), "the run ended before it was killed"
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=20)
    finally:
        (suite / "go").touch()
    return harness.folder / "build/reports"


def cases_of(run):
    return [case.get("name") for case in run.junit.iter("testcase")]


# 1: nothing is listed; 2: all are; 3 and 4: one and two have passed, and the third waits.
@pytest.mark.parametrize(("lines", "passed"), [(1, 0), (2, 0), (3, 1), (4, 2)])
def test_a_killed_run_is_recovered(harness, lines, passed):
    reports = killed_run(harness, lines)
    assert not (reports / "verdict.json").exists()

    run = harness("report", "recover")

    assert run.code == 30, run.out + run.err
    counts = run.verdict["counts"]
    names = cases_of(run)
    assert len(names) == len(set(names)) == counts["total"]
    if counts["total"] == 0:
        assert not run.of("tests_listed")
        return
    finished = {record["test"] for record in run.of("attempt_finished")}
    begun = {record["test"] for record in run.of("attempt_started")} - finished
    assert counts["total"] == TESTS
    assert counts["passed"] == len(finished) >= passed
    assert counts["vanished"] == len(begun)
    assert counts["not_run"] == TESTS - len(finished) - len(begun)
    for test in begun:
        assert f"vanished {test}" in run.out
    assert not begun or "not finished" in (reports / "junit.xml").read_text()


def test_a_recovered_run_is_shown_the_same(harness):
    killed_run(harness, 4)
    recovered = harness("report", "recover")
    shown = harness("report", "show")
    assert shown.code == recovered.code == 30
    assert recovered.out.startswith(shown.out)


def test_what_stands_after_the_journal_is_said_and_left(harness):
    reports = killed_run(harness, 4)
    journal = reports / "journal.jsonl"
    with journal.open("a") as file:
        file.write('{"seq":99,"event":"run_finished"}\n{"seq":100')
    before = journal.read_bytes()

    run = harness("report", "recover")

    assert run.code == 30
    assert "bytes that are no record" in run.err
    assert journal.read_bytes() == before


def test_a_run_that_ended_is_recovered_to_the_same_reports(harness):
    suite = harness.folder / "suite"
    suite.mkdir()
    (suite / "test_waits.py").write_text(SUITE)
    (suite / "go").touch()
    run = harness.run("--pytest", "suite")
    assert run.code == 0, run.out + run.err
    before = {name: (run.reports / name).read_bytes() for name in ("verdict.json", "junit.xml")}
    for name in before:
        (run.reports / name).unlink()

    assert harness("report", "recover").code == 0

    assert {name: (run.reports / name).read_bytes() for name in before} == before
    shown = subprocess.run(
        harness.command("report", "show", "--json"),
        cwd=harness.folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert json.loads(shown.stdout) == run.verdict
