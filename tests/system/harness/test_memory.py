"""A test that the kernel kills for want of memory: the reason names the control group's limit."""

import os
import pathlib
import subprocess
import sys

import pytest
from conftest import GTEST_SAMPLES, PYTEST_SAMPLES, Run

GROUPS = pathlib.Path("/sys/fs/cgroup")
MEBIBYTE = 1024 * 1024


def make_group(limit):
    """A new control group of that much memory, in whichever version the machine has."""
    name = f"drydock-test-{os.getpid()}"
    if (GROUPS / "memory").is_dir():
        folder = GROUPS / "memory" / name
        folder.mkdir()
        limits = ["memory.limit_in_bytes", "memory.memsw.limit_in_bytes"]
    else:
        (GROUPS / "cgroup.subtree_control").write_text("+memory")
        folder = GROUPS / name
        folder.mkdir()
        limits = ["memory.max"]
        if (folder / "memory.swap.max").exists():
            (folder / "memory.swap.max").write_text("0")
    for file in limits:
        if (folder / file).exists():
            (folder / file).write_text(str(limit))
    return folder


@pytest.fixture
def in_group(harness):
    """Runs the harness in a control group of its own with so many MiB."""
    folders = []

    def run(mebibytes, *arguments):
        try:
            folder = make_group(mebibytes * MEBIBYTE)
        except OSError as refused:
            pytest.skip(f"only who may make a control group can try one: {refused}")
        folders.append(folder)
        done = subprocess.run(
            ["sh", "-c", f'echo $$ > {folder}/cgroup.procs && exec "$@"', "sh"]
            + harness.command("run", "--python", sys.executable, *arguments),
            cwd=harness.folder,
            env=harness.environment(),
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
        )
        return Run(done.returncode, done.stdout, done.stderr, harness.folder / "build/reports")

    yield run
    for folder in folders:
        folder.rmdir()


def attempts(run):
    return {
        record["test"].partition("/")[2].rpartition("::")[2]: record
        for record in run.of("attempt_finished")
    }


LIMIT_OF_64 = "its control group is over its memory limit of 64 MiB (oom_kill rose from"


def test_the_limit_is_named_where_a_test_is_over_it(in_group):
    # One at a time: the counters are those of the group, not of a test.
    run = in_group(64, "--gtest", GTEST_SAMPLES / "memory", "--jobs", "1")
    records = attempts(run)

    eaten = records["Memory.IsEatenByTheTest"]
    assert eaten["outcome"] == "crashed"
    assert eaten["reason"].startswith(f"killed: {LIMIT_OF_64}"), eaten["reason"]
    assert eaten["peak_memory_bytes"] > 16 * MEBIBYTE
    assert eaten["cpu_ms"] > 0
    lost = records["Memory.IsEatenByItsChild"]
    assert lost["outcome"] == "failed"
    assert f"(meanwhile the kernel killed a process: {LIMIT_OF_64}" in lost["reason"]
    killed = records["Memory.IsNotTheReason"]
    assert killed["outcome"] == "crashed"
    assert killed["reason"] == "signal 9 (Killed), which the harness did not send"
    assert records["Memory.IsPlenty"]["outcome"] == "passed"
    assert LIMIT_OF_64 in run.out
    assert run.code == 1


def test_the_other_tests_of_a_killed_pytest_process_run(in_group):
    records = attempts(in_group(128, "--pytest", PYTEST_SAMPLES / "memory"))

    assert {name: record["outcome"] for name, record in records.items()} == {
        "test_before": "passed",
        "test_eats": "crashed",
        "test_after": "passed",
    }
    assert "its memory limit of 128 MiB" in records["test_eats"]["reason"]


def test_a_kill_by_somebody_else_is_not_blamed_on_memory(harness):
    run = harness.run("--gtest", GTEST_SAMPLES / "memory", "--filter", "IsNotTheReason")
    assert run.outcomes() == {"Memory.IsNotTheReason": "crashed"}
    assert "signal 9 (Killed), which the harness did not send" in run.out
