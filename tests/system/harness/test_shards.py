"""The shards of one run, put together again: they add up, or the run is red."""

import json
import shutil

import pytest
from conftest import GTEST_SAMPLES, Harness
from model import GTEST

SHARDS = 3
# Some of the samples: all ways to end but those that take their time.
QUICK = "Passes,Fails,Crashes,Exits,Skips,Values"
CHOSEN = {name for name in GTEST if any(part in name for part in QUICK.split(","))}


@pytest.fixture(scope="module")
def shards(tmp_path_factory):
    harness = Harness(tmp_path_factory.mktemp("shards"))
    for index in range(SHARDS):
        run = harness.run(
            "--gtest", GTEST_SAMPLES / "outcomes", "--filter", QUICK,
            "--shard", f"{index}/{SHARDS}", "--report-dir", f"shard-{index}",
        )  # fmt: skip
        assert run.code in (0, 1), run.out + run.err
    return harness


def merge(harness, *folders):
    run = harness("report", "merge", *folders, "--report-dir", "merged")
    run.reports = harness.folder / "merged"
    return run


def test_the_shards_add_up_to_the_whole(shards):
    run = merge(shards, *(f"shard-{index}" for index in range(SHARDS)))

    assert run.code == 1, run.out + run.err
    assert run.verdict["counts"]["total"] == len(CHOSEN)
    assert run.outcomes() == {name: GTEST[name] for name in run.outcomes()}
    assert set(run.outcomes()) == CHOSEN
    assert run.verdict["shard"] == {"index": 0, "count": 1}
    for record in run.of("attempt_finished"):
        assert not record["log"] or (run.reports / record["log"]).is_file()


@pytest.mark.parametrize("missing", range(SHARDS))
def test_a_missing_shard_is_red_and_its_tests_are_named(shards, missing):
    run = merge(shards, *(f"shard-{index}" for index in range(SHARDS) if index != missing))

    assert run.code == 22
    assert f"shard {missing} of {SHARDS} is missing" in run.out
    lost = json.loads(
        (shards.folder / f"shard-{missing}/journal.jsonl").read_text().splitlines()[1]
    )
    names = [test["name"] for test in lost["tests"]]
    assert names and run.verdict["counts"]["total"] == len(CHOSEN)
    assert run.verdict["counts"]["not_run"] == len(names)
    for name in names:
        assert f"not_run outcomes/{name}" in run.out


def test_a_shard_that_is_there_twice_is_red(shards):
    shutil.copytree(shards.folder / "shard-1", shards.folder / "again", dirs_exist_ok=True)

    run = merge(shards, "shard-0", "shard-1", "shard-2", "again")

    assert run.code == 22
    assert "shard 1 is there more than once" in run.out


def test_a_shard_of_another_list_is_red(shards):
    other = shards.run(
        "--gtest", GTEST_SAMPLES / "failing_suite_setup", "--shard", "2/3", "--report-dir", "other"
    )
    assert other.code in (0, 1), other.out + other.err

    run = merge(shards, "shard-0", "shard-1", "other")

    assert run.code == 22
    assert "shard 2 has another list of tests than shard 0" in run.out


def test_what_changed_is_told(shards):
    whole = merge(shards, "shard-0", "shard-1", "shard-2")
    assert whole.code == 1

    same = shards("report", "diff", "merged", "merged")
    shard = shards("report", "diff", "merged", "shard-0")
    assert (same.code, shard.code) == (0, 0)
    assert "newly" not in same.out
    assert "gone (" in shard.out
    back = shards("report", "diff", "shard-0", "merged")
    assert back.code == 1
    assert "newly failing (" in back.out and "  new -> " in back.out
