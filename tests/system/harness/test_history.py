"""A history in a real PostgreSQL, kept by runs and asked afterwards."""

import json
import re

import pytest

SUITE = "def test_sails(): pass\n\ndef test_sinks(): assert 0, 'leak'\n"
CONFIG = """\
drydock: harness/v1
name: ship
services:
  db: {kind: postgres, url_env: DB_URL, local: {database: history}}
suites:
  - {name: py, kind: pytest, path: py}
history: {url_env: HISTORY_URL}
"""


@pytest.fixture
def project(harness):
    (harness.folder / "py").mkdir()
    (harness.folder / "py/test_it.py").write_text(SUITE)
    (harness.folder / "harness.yaml").write_text(CONFIG)
    return harness


def history_phase(run):
    return next(r["detail"] for r in run.of("phase_finished") if r["phase"] == "history")


def test_runs_are_kept_and_tell_since_when_a_test_is_red(project):
    up = project("services", "up", "--detach")
    assert up.code == 0, up.err
    try:
        url = re.search(r"postgresql://[^\s'\"]+", up.out).group(0)
        for commit in ("c1", "c2"):
            run = project.run(HISTORY_URL=url, GITHUB_SHA=commit)
            assert run.code == 1, run.out + run.err
            assert history_phase(run) == "2 attempts kept"
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
    finally:
        assert project("services", "down").code == 0


def test_a_history_that_is_away_changes_nothing(project):
    (project.folder / "py/test_it.py").write_text(
        "import os\ndef test_it(): assert 'HISTORY_URL' not in os.environ\n"
    )
    run = project.run(HISTORY_URL="postgresql://a:sesame-open-3@127.0.0.1:1/x")
    assert run.code == 0, run.out + run.err
    assert history_phase(run).startswith("not kept: cannot connect")
    assert run.verdict["verdict"] == "passed"
    for path in run.reports.rglob("*"):
        assert not path.is_file() or b"sesame-open-3" not in path.read_bytes()
    asked = project("report", "history", HISTORY_URL="postgresql://127.0.0.1:1/x")
    assert asked.code == 10
    assert "the history cannot be read" in asked.err
    assert project("report", "history").code == 2
    assert not any(r["phase"] == "history" for r in project.run().of("phase_finished"))
