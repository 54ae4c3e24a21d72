"""The harness is killed at random moments: what it left never says more than what has happened.

DRYDOCK_KILLS says how often; the count that matters is that of the soak tier.
"""

import collections
import json
import os
import random
import subprocess
import sys
import time

from conftest import GTEST_SAMPLES, Run

KILLS = int(os.environ.get("DRYDOCK_KILLS", "6"))
CUTS = 12
SUITE = """
import os

import pytest


def tell(what):
    with open(os.environ["RECORD"], "a") as record:
        record.write(f"{what} {os.environ['DRYDOCK_TEST']}\\n")


@pytest.mark.parametrize("number", range(20))
def test_tells(number):
    tell("begin")
    tell("end")
"""
TELLS = 'echo "begin $DRYDOCK_TEST" >> "$RECORD"; echo "end $DRYDOCK_TEST" >> "$RECORD"'
CONFIG = """\
drydock: harness/v1
name: kills
suites:
  - {{name: gtest, kind: gtest, path: {binary}}}
  - {{name: pytest, kind: pytest, path: tests}}
  - {{name: command, kind: command, run: [sh, tells.sh]}}
  - {{name: tap, kind: command, results: tap, run: [sh, tap.sh]}}
"""
TAP_CASES = {f"tap/sails {n}" for n in range(3)}


def write_suites(folder):
    (folder / "tests").mkdir()
    for name in "abc":
        (folder / f"tests/test_{name}.py").write_text(SUITE)
    (folder / "tells.sh").write_text(TELLS)
    cases = "".join(f"echo ok {n + 1} - sails {n}\n" for n in range(3))
    (folder / "tap.sh").write_text(f"{cases}echo 1..3\n{TELLS}\n")
    (folder / "harness.yaml").write_text(CONFIG.format(binary=GTEST_SAMPLES / "records"))


def run_and_kill(harness, name, seconds):
    """What a run of at most so long has left: its report folder, and what its tests recorded."""
    reports, record = harness.folder / f"reports-{name}", harness.folder / f"record-{name}"
    process = subprocess.Popen(
        harness.command("run", "--python", sys.executable, "--jobs", "3", "--report-dir", reports),
        cwd=harness.folder,
        env=harness.environment(RECORD=str(record)),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    told = record.read_text().splitlines() if record.exists() else []
    return reports, {line.partition(" ")[2] for line in told if line.startswith("end ")}


def records_of(reports):
    """Those of the journal that are whole, by this test's own reading."""
    journal = reports / "journal.jsonl"
    records = []
    for line in journal.read_bytes().split(b"\n") if journal.exists() else []:
        try:
            records.append(json.loads(line))
        except ValueError:
            break
    return records


def passed_in(reports):
    """Ids of what each report shows as passed."""
    ctrf = json.loads((reports / "ctrf.json").read_text())["results"]["tests"]
    told = {f"{test['suite'][0]}/{test['name']}" for test in ctrf if test["status"] == "passed"}
    cases = Run(0, "", "", reports).junit.findall(".//testcase")
    quiet = [
        case for case in cases if not {node.tag for node in case} & {"failure", "error", "skipped"}
    ]
    assert len(quiet) == len(told)
    return told


def check(harness, reports, ended):
    """How far the run came, after everything that must hold for it."""
    records = records_of(reports)
    events = collections.Counter(record["event"] for record in records)
    run = harness("report", "recover", str(reports))
    if not records:
        assert run.code == 2, run.err
        return "before its journal"
    verdict = json.loads((reports / "verdict.json").read_text())
    counts = verdict["counts"]
    passed = passed_in(reports)
    whole = events["run_finished"] > 0
    assert run.code == verdict["exit_code"] == (0 if whole else 30), run.out
    assert (verdict["verdict"] == "passed") == whole
    # The witness: a case of TAP is as good as its command.
    ended = ended | (TAP_CASES if "tap/command" in ended else set())
    assert passed <= ended, passed - ended
    # Each test that the journal has begun and not ended is shown as that.
    begun = {r["test"] for r in records if r["event"] == "attempt_started"}
    finished = {r["test"] for r in records if r["event"] == "attempt_finished"}
    assert counts["vanished"] == len(begun - finished)
    assert passed == finished
    listed = next((len(r["tests"]) for r in records if r["event"] == "tests_listed"), 0)
    cases_of_tap = len((begun | finished) & TAP_CASES)
    assert counts["total"] == listed + cases_of_tap
    assert counts["not_run"] == counts["total"] - counts["vanished"] - counts["passed"]
    for test in begun - finished:
        assert f"vanished {test}" in run.out
    assert (reports / "report.html").stat().st_size > 0
    return "to its end" if whole else "amid its tests" if begun else "before its tests"


def test_no_test_passes_that_had_not_ended(harness, capsys):
    write_suites(harness.folder)
    began = time.monotonic()
    reports, ended = run_and_kill(harness, "whole", 60)
    seconds = time.monotonic() - began
    assert check(harness, reports, ended) == "to its end"
    generator = random.Random(30_000)
    came = collections.Counter()
    for number in range(KILLS):
        moment = (number + generator.random()) / KILLS * seconds
        came[check(harness, *run_and_kill(harness, number, moment))] += 1
    with capsys.disabled():
        print(f"\nof {KILLS} runs that were killed: {dict(sorted(came.items()))}")
    assert came["amid its tests"] > 0

    journal = (reports / "journal.jsonl").read_bytes()
    cut = harness.folder / "cut"
    cut.mkdir()
    for _ in range(CUTS):
        size = generator.randrange(1, len(journal))
        (cut / "journal.jsonl").write_bytes(journal[:size])
        check(harness, cut, ended)
