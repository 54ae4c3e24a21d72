"""Every sample suite against its declared outcome, and beside it what a plain reading says."""

import model
import pytest
import samples
from conftest import GTEST_SAMPLES, PYTEST_SAMPLES, left_running

LIMIT = ("--test-timeout", "12s")
SUITES_MIN = 100


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    from conftest import Harness

    def run(name, *arguments):
        return Harness(tmp_path_factory.mktemp(name)).run(
            *arguments, "--jobs", "4", *LIMIT, timeout=300
        )

    return {
        "gtest": run("gtest", "--gtest", GTEST_SAMPLES / "hostile"),
        "pytest": run("pytest", "--pytest", PYTEST_SAMPLES / "hostile"),
    }


def test_every_suite_of_googletest_has_its_declared_outcome(runs):
    declared = samples.gtest_outcomes()
    assert runs["gtest"].outcomes() == declared
    assert runs["gtest"].code == 1
    assert left_running("sleep 982") == []


def test_every_file_of_pytest_has_its_declared_outcome(runs):
    found = {
        record["test"].partition("/")[2]: record["outcome"]
        for record in runs["pytest"].of("attempt_finished")
    }
    assert found == samples.pytest_outcomes()
    assert runs["pytest"].code == 1
    assert runs["pytest"].verdict["counts"]["discovery_error"] == 1
    assert "no_such_name_of_ours" in runs["pytest"].out
    assert [left_running(f"sleep {n}") for n in (978, 979)] == [[], []]


def test_a_plugin_that_finds_everything_good_changes_nothing(harness):
    run = harness.run("--pytest", PYTEST_SAMPLES / "green_exit_status")
    assert (run.code, run.outcomes()) == (1, {"test_here": "failed"})


def test_a_hundred_suites_and_what_a_plain_reading_says_of_them(tmp_path, capsys):
    plain = samples.read_plainly(tmp_path, GTEST_SAMPLES / "hostile", PYTEST_SAMPLES / "hostile")
    commands = {test.partition("/")[0] for test in model.COMMANDS}
    apart = {test.partition(".")[0] for test in model.GTEST} | {
        path.name for path in PYTEST_SAMPLES.iterdir() if path.name != "hostile"
    }
    total = len(plain) + len(commands) + len(apart)
    right = sum(reading.right for reading in plain.values())
    lies = sorted(name for name, reading in plain.items() if reading.lies)
    with capsys.disabled():
        print(
            f"\n{total} sample suites; of {len(plain)} that have a report, a plain reading is right"
            f" on {right} and green on {len(lies)} that are red: {', '.join(lies)}"
        )
    assert total >= SUITES_MIN
    # The samples are hostile: where a plain reading sees through them, they prove nothing.
    assert len(lies) >= 10
