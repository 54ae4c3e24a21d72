"""What a person sees of a run: on a terminal, and where lines are kept."""

import fcntl
import os
import re
import struct
import subprocess
import termios

from conftest import GTEST_SAMPLES

COLUMNS = 60
CHOSEN = "Passes.,Fails.,Values."  # five tests, two of which fail
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def terminal_of(harness, *arguments, **variables):
    """All that a run writes to a terminal that stands for both of its streams."""
    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, COLUMNS, 0, 0))
    environment = harness.environment(TERM="xterm-256color", **variables)
    if "CI" not in variables:
        environment.pop("CI", None)
    with subprocess.Popen(
        harness.command("run", *arguments),
        cwd=harness.folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
    ):
        os.close(theirs)
        told = b""
        while True:
            try:
                told += os.read(ours, 65536)
            except OSError:  # the other end is closed
                break
    os.close(ours)
    return told.decode().replace("\r\n", "\n")


def left_on(terminal):
    """The lines that stand there in the end."""
    return [COLOUR.sub("", line.rpartition("\r\x1b[K")[2]) for line in terminal.split("\n")]


def test_a_terminal_keeps_one_line_for_what_passes(harness):
    told = terminal_of(harness, "--gtest", GTEST_SAMPLES / "outcomes", "--filter", CHOSEN)

    lines = left_on(told)
    assert "running outcomes/Passes.AtOnce" in told
    assert not [line for line in lines if "Passes.AtOnce" in line or " running " in line]
    drawn = [COLOUR.sub("", part.split("\n")[0]) for part in told.split("\r\x1b[K")[1:]]
    assert max(len(line) for line in drawn if " running " in line) < COLUMNS


def test_a_failure_is_shown_once_on_a_terminal(harness):
    lines = left_on(terminal_of(harness, "--gtest", GTEST_SAMPLES / "outcomes", "--filter", CHOSEN))

    assert len([line for line in lines if "outcomes.cc:" in line and "1 + 1" in line]) == 1
    ends = [line for line in lines if line.startswith("failed outcomes/Fails.AnExpectation")]
    assert len(ends) == 1
    assert lines[-3].startswith("failed (exit code 1): 2 tests failed")


def test_continuous_integration_keeps_every_line(harness):
    told = terminal_of(
        harness, "--gtest", GTEST_SAMPLES / "outcomes", "--filter", CHOSEN, CI="true"
    )

    assert "\r" not in told
    assert "passed" in told and "outcomes/Passes.AtOnce" in told
    assert "running" not in told


def test_a_failure_is_told_as_it_happens(harness):
    # One at a time: of two that run side by side either may be told first.
    run = harness.run("--gtest", GTEST_SAMPLES / "outcomes", "--filter", CHOSEN, "--jobs", 1)

    failed = run.err.index("failed outcomes/Fails.AnExpectation")
    assert failed < run.err.index("arithmetic", failed) < run.err.index("outcomes/Some")
    assert "arithmetic" in run.out  # and again in the summary, which may be kept on its own
