"""A history in a real PostgreSQL: kept by runs, asked afterwards, and asked by later runs."""

import itertools
import json
import re

import pytest
from conftest import Harness

SUITE = "def test_sails(): pass\n\ndef test_sinks(): assert 0, 'leak'\n"
SERVER = """\
drydock: harness/v1
name: server
services:
  db: {kind: postgres, url_env: DB_URL, local: {database: history}}
"""
AWAY = "postgresql://a:sesame-open-3@127.0.0.1:1/x"
NUMBERS = itertools.count()


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    """Of a database for all tests, each of which is a project of its own."""
    harness = Harness(tmp_path_factory.mktemp("server"))
    (harness.folder / "harness.yaml").write_text(SERVER)
    up = harness("services", "up", "--detach")
    assert up.code == 0, up.err
    yield re.search(r"postgresql://[^\s'\"]+", up.out).group(0)
    assert harness("services", "down").code == 0


def configure(harness, *suites):
    (harness.folder / "harness.yaml").write_text(
        "\n".join(
            [
                "drydock: harness/v1",
                f"name: ship-{next(NUMBERS)}",
                "history: {url_env: HISTORY_URL}",
                "suites:",
                *(f"  - {suite}" for suite in suites),
            ]
        )
    )
    return harness


@pytest.fixture
def project(harness):
    (harness.folder / "py").mkdir()
    (harness.folder / "py/test_it.py").write_text(SUITE)
    return configure(harness, "{name: py, kind: pytest, path: py}")


@pytest.fixture
def four(harness):
    """Commands, each of which is red where a file says so and slow where another does."""
    script = "test ! -e {0}.slow || sleep 0.2; test ! -e {0}.red"
    return configure(
        harness,
        *(f"{{name: {n}, kind: command, run: [sh, -c, '{script.format(n)}']}}" for n in "abcd"),
    )


def phase(run, name):
    return next((r["detail"] for r in run.of("phase_finished") if r["phase"] == name), None)


def started(run):
    return "".join(record["test"].partition("/")[0] for record in run.of("attempt_started"))


def run_in(harness, folder, *arguments, **variables):
    run = harness.run("--jobs", "1", "--report-dir", folder, *arguments, **variables)
    run.reports = harness.folder / folder
    return run


def test_runs_are_kept_and_tell_since_when_a_test_is_red(project, url):
    for commit in ("c1", "c2"):
        run = project.run(HISTORY_URL=url, GITHUB_SHA=commit)
        assert run.code == 1, run.out + run.err
        assert phase(run, "history") == "2 attempts kept"
    asked = project("report", "history", "--json", HISTORY_URL=url)
    assert asked.code == 0, asked.err
    sinks, sails = json.loads(asked.out)
    assert (sinks["test"], sinks["runs"], sinks["red"]) == ("py/test_it.py::test_sinks", 2, 2)
    assert sinks["first_bad_commit"] == "c1"
    assert (sails["red"], sails["first_bad_commit"]) == (0, "")
    assert 0 < sails["p50_ms"] <= sails["p95_ms"]
    table = project("report", "history", "sinks", HISTORY_URL=url)
    assert "red since c1" in table.out
    assert "test_sails" not in table.out


def test_a_history_that_is_away_changes_nothing(project):
    (project.folder / "py/test_it.py").write_text(
        "import os\ndef test_it(): assert 'HISTORY_URL' not in os.environ\n"
    )
    run = project.run(HISTORY_URL=AWAY)
    assert run.code == 0, run.out + run.err
    assert phase(run, "order").startswith("without the history: cannot connect")
    assert phase(run, "history").startswith("not kept: cannot connect")
    assert len([line for line in run.err.splitlines() if "without the history" in line]) == 1
    assert run.verdict["verdict"] == "passed"
    for path in run.reports.rglob("*"):
        assert not path.is_file() or b"sesame-open-3" not in path.read_bytes()
    asked = project("report", "history", HISTORY_URL="postgresql://127.0.0.1:1/x")
    assert asked.code == 10
    assert "the history cannot be read" in asked.err
    assert project("report", "history").code == 2
    for unset in ({}, {"HISTORY_URL": ""}):
        run = project.run(**unset)
        assert (phase(run, "order"), phase(run, "history")) == (None, None)


def test_tests_are_in_the_order_of_the_history_in_a_folder_that_knows_nothing(four, url):
    (four.folder / "c.red").touch()
    (four.folder / "d.slow").touch()
    first = run_in(four, "first", HISTORY_URL=url)
    assert (first.code, started(first)) == (1, "abcd")
    assert phase(first, "order") == "the history knows 0 tests"
    (four.folder / "c.red").unlink()

    second = run_in(four, "second", HISTORY_URL=url)
    assert second.code == 0, second.out + second.err
    assert started(second)[:2] == "cd"
    assert phase(second, "order") == "the history knows 4 tests"

    for folder, arguments in {
        "listed": ["--order", "listed"],
        "seed": ["--seed", "7"],
        "named": ["--durations", "first"],
    }.items():
        assert phase(run_in(four, folder, *arguments, HISTORY_URL=url), "order") in (
            None,
            "shuffled: --seed 7",
        )
    (four.folder / "b.red").touch()
    assert run_in(four, "second", "--filter", "suite(b)").code == 1
    assert started(run_in(four, "second", HISTORY_URL=url))[:2] == "bd", "red here, told to nobody"


def test_a_branch_is_believed_before_others(four, url):
    (four.folder / "c.red").touch()
    assert run_in(four, "1", HISTORY_URL=url, GITHUB_REF_NAME="topic").code == 1
    (four.folder / "c.red").unlink()
    assert run_in(four, "2", HISTORY_URL=url, GITHUB_REF_NAME="main").code == 0

    assert started(run_in(four, "3", HISTORY_URL=url, GITHUB_REF_NAME="topic"))[0] == "c"


def shard(harness, index, run_name, **variables):
    source = f"history:{run_name}" if run_name else "history"
    return run_in(
        harness, f"shard-{index}", "--shard", f"{index}/2", "--durations", source, **variables
    )


def test_shards_of_the_history_add_up_though_one_is_kept_before_another_begins(four, url):
    (four.folder / "a.slow").touch()
    assert run_in(four, "before", HISTORY_URL=url).code == 0

    (four.folder / "b.slow").touch()
    runs = []
    for index, variables in enumerate(({}, {"GITHUB_RUN_ID": "r1"})):
        run = shard(four, index, "" if variables else "r1", HISTORY_URL=url, **variables)
        assert run.code == 0, run.out + run.err
        assert phase(run, "order") == "the history knows 4 tests"
        listed = four("list", "--shard", f"{index}/2", "--durations", "history:r1", HISTORY_URL=url)
        assert "".join(line[0] for line in listed.out.splitlines()) == "".join(sorted(started(run)))
        runs.append(run)
    assert sorted(started(runs[0]) + started(runs[1])) == list("abcd")
    assert "a" in (started(runs[0]), started(runs[1])), "as long as the three others"
    assert len(runs[0].verdict["durations_sha256"]) == 64
    assert runs[0].verdict["durations_sha256"] == runs[1].verdict["durations_sha256"]
    merged = four("report", "merge", "shard-0", "shard-1", "--report-dir", "merged")
    assert merged.code == 0, merged.out + merged.err


def test_shards_of_two_readings_are_refused(four, url):
    (four.folder / "a.slow").touch()
    assert run_in(four, "before", HISTORY_URL=url).code == 0
    (four.folder / "a.slow").unlink()
    assert shard(four, 0, "r1", HISTORY_URL=url).code == 0
    assert shard(four, 1, "r2", HISTORY_URL=url).code == 0

    merged = four("report", "merge", "shard-0", "shard-1", "--report-dir", "merged")

    assert merged.code == 22
    assert "shard 1 was divided by other recorded durations than shard 0" in merged.out


def test_a_shard_that_cannot_read_the_history_does_not_run(four):
    run = shard(four, 0, "r1", HISTORY_URL=AWAY)

    assert run.code == 10, run.out + run.err
    assert run.verdict["reasons"][0].startswith("--durations history: cannot connect")
    assert not run.of("attempt_started")
    listed = four("list", "--shard", "0/2", "--durations", "history:r1", HISTORY_URL=AWAY)
    assert (listed.code, listed.out) == (10, "")
    assert "--durations history: cannot connect" in listed.err
    whole = run_in(four, "whole", "--durations", "history", HISTORY_URL=AWAY)
    assert whole.code == 0, "without shards it is an order"


def test_shards_that_nothing_keeps_together_are_a_usage_error(four, url):
    unnamed = shard(four, 0, "", HISTORY_URL=url)
    assert unnamed.code == 2
    assert "GITHUB_RUN_ID is not set" in unnamed.err
    assert "--durations history:NAME" in unnamed.err
    unset = shard(four, 0, "r1")
    assert unset.code == 2
    assert "HISTORY_URL, the history's URL, is not set" in unset.err
    for name in ("history:", "history:" + "x" * 201):
        wrong = four.run("--durations", name)
        assert wrong.code == 2
        assert "is not history:NAME" in wrong.err
    (four.folder / "harness.yaml").write_text(
        "drydock: harness/v1\nname: x\nsuites: [{name: a, kind: command, run: ['true']}]\n"
    )
    none = four.run("--durations", "history")
    assert none.code == 2
    assert "harness.yaml names no history: {url_env: NAME}" in none.err


def test_a_former_run_in_a_folder_called_history_is_still_one(four):
    assert run_in(four, "history").code == 0
    for path in ("./history", "history/durations.json"):
        assert run_in(four, "again", "--durations", path).code == 0
