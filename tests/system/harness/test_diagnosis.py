"""What a run tells of a test that is slow, hangs, leaves something behind, or measures coverage."""

import re
import shutil
import sys

import pytest

# Goes on when a tracer has been seen at its shell, which that has stopped meanwhile.
SLOW = (
    "(until grep -q 'TracerPid:[[:space:]]*[1-9]' /proc/$$/status; do sleep 0.02; done); "
    "sleep 1; echo done"
)


def suites(harness, *lines, limits=""):
    text = "drydock: harness/v1\nsuites:\n" + "".join(f"  - {{{line}}}\n" for line in lines)
    (harness.folder / "harness.yaml").write_text(text + limits)


def log_of(run, name):
    return (run.reports / f"logs/{name}.log").read_text()


def without_gdb(harness, tmp_path):
    """A PATH with what the suites need and nothing else."""
    folder = tmp_path / "few"
    folder.mkdir()
    for program in ("sh", "sleep"):
        (folder / program).symlink_to(shutil.which(program))
    return str(folder)


def test_a_slow_test_shows_its_stacks_at_the_soft_limit_and_goes_on(harness):
    assert shutil.which("gdb"), "gdb is one of the packages that this project is tested with"
    (harness.folder / "slow.sh").write_text(SLOW)
    suites(harness, "name: slow, kind: command, run: [sh, slow.sh]")

    run = harness.run("--soft-timeout", "1s")

    assert run.code == 0, run.out + run.err
    log = log_of(run, "slow~2Fcommand.1")
    assert "over its limit of 1s; what it was doing" in log
    assert re.search(r"Thread 1 .*\n#0 ", log), log
    assert log.count("what it was doing") == 1
    assert log.endswith("done\n"), "it went on after gdb had looked at it"


def test_the_file_has_the_soft_limit_too_and_the_hard_one_still_ends_it(harness):
    suites(
        harness,
        "name: hangs, kind: command, run: [sleep, '60'], timeout: 3s",
        limits="limits: {soft: 500ms}\n",
    )

    run = harness.run()

    assert run.outcomes() == {"command": "timed_out"}
    log = log_of(run, "hangs~2Fcommand.1")
    assert log.count("what it was doing") == 1
    assert "over its limit of 500ms" in log


def test_without_gdb_proc_has_to_do_and_nothing_waits(harness, tmp_path):
    suites(harness, "name: hangs, kind: command, run: [sleep, '60'], timeout: 1s")

    run = harness.run(PATH=without_gdb(harness, tmp_path))

    assert run.outcomes() == {"command": "timed_out"}
    log = log_of(run, "hangs~2Fcommand.1")
    assert "no stacks: gdb is not installed" in log
    assert re.search(r"process \d+: sleep 60\n  thread ", log)
    (attempt,) = run.of("attempt_finished")
    assert attempt["duration_ms"] < 3_000


def test_pytest_shows_pythons_stacks_at_the_soft_limit(harness):
    (harness.folder / "test_slow.py").write_text(
        "import time\ndef test_dawdles():\n    time.sleep(2)\n"
    )

    run = harness.run("--pytest", "test_slow.py", "--soft-timeout", "500ms")

    assert run.code == 0, run.out + run.err
    (log,) = (run.reports / "logs").glob("*dawdles*.log")
    assert re.search(r'File ".*test_slow.py", line 3 in test_dawdles', log.read_text())


LISTENER = """
import os, socket, sys, time
server = socket.create_server(("127.0.0.1", 0))
print("port", server.getsockname()[1], flush=True)
if os.fork() == 0:
    os.setsid()
    time.sleep(60)
"""


def test_a_port_that_was_left_open_is_told(harness):
    (harness.folder / "listen.py").write_text(LISTENER)
    suites(
        harness, f"name: leaves, kind: command, run: [{sys.executable}, {harness.folder}/listen.py]"
    )

    run = harness.run()

    port = re.search(r"port (\d+)", log_of(run, "leaves~2Fcommand.1")).group(1)
    (attempt,) = run.of("attempt_finished")
    (leak,) = attempt["leaks"]
    assert f"listening on tcp 127.0.0.1:{port}" in leak
    assert f"tcp 127.0.0.1:{port}" in run.err, "it is told on the console too"


GCOV = """
set -e
echo 'int main(void) { return 0; }' >ship.c
cc --coverage -o ship ship.c
./ship
"""


@pytest.mark.parametrize("wanted", [True, False])
def test_coverage_files_of_gcov_are_collected_where_asked_for(harness, wanted):
    (harness.folder / "build.sh").write_text(GCOV)
    suites(
        harness,
        f"name: cover, kind: command, run: [sh, build.sh], coverage: {str(wanted).lower()}",
    )

    run = harness.run()

    assert run.code == 0, run.out + run.err
    found = list((run.reports / "artifacts").rglob("*.gcda"))
    assert len(found) == (1 if wanted else 0)
    assert len(list(harness.folder.glob("*.gcda"))) == (0 if wanted else 1)
    if wanted:
        assert found[0].is_relative_to(run.reports / "artifacts/cover~2Fcommand.1/coverage")


def test_coverage_files_of_a_pytest_process_go_to_its_last_test(harness):
    (harness.folder / "test_cover.py").write_text(
        "import os, pathlib\n"
        "def test_one(): pass\n"
        "def test_two(): pathlib.Path(os.environ['COVERAGE_FILE']).write_text('data')\n"
    )
    suites(harness, "name: cover, kind: pytest, path: test_cover.py, coverage: true")

    run = harness.run()

    assert run.code == 0, run.out + run.err
    (found,) = (run.reports / "artifacts").rglob(".coverage")
    assert "test_two" in str(found) and found.read_text() == "data"
