"""Suites that are commands: exit code, TAP and JUnit, each against the other."""

import shutil

import model
import pytest
from conftest import ROOT, left_running

PASSES = '<testsuite><testcase name="sails"/></testsuite>'


@pytest.fixture
def run_samples(harness):
    shutil.copytree(ROOT / "tests/samples/command", harness.folder, dirs_exist_ok=True)
    # From an earlier run, and all green.
    (harness.folder / "stale.xml").write_text(PASSES)
    return lambda *arguments: harness.run("--jobs", "4", *arguments)


def last_outcomes(run):
    return {record["test"]: record["outcome"] for record in run.of("attempt_finished")}


def test_every_way_to_end_of_a_command(run_samples):
    run = run_samples()

    assert last_outcomes(run) == model.COMMANDS
    assert run.code == 1
    assert run.verdict["counts"]["total"] == len(model.COMMANDS)
    assert len(run.junit.findall(".//testcase")) == len(model.COMMANDS)
    for said in (
        "exit code 0 and TAP disagree",
        "exit code 1 and TAP disagree",
        "its plan says 3 tests and 1 came",
        "stale.xml: it was not written",
        "its JUnit file: it is not whole",
    ):
        assert said in run.out, run.out
    assert left_running("sleep 98") == []
    whose = [
        record["test"] + leak
        for record in run.of("attempt_finished")
        for leak in record["leaks"]
        if "sleep 985" in leak or "setsid" in leak
    ]
    assert len(whose) == 1, "told once, beside its own test or with its name"
    assert "leaves-a-child/command" in whose[0]


def test_a_command_named_by_a_flag(harness):
    run = harness.run("--command", "greets=echo hello; echo oops >&2", "--command", "fails=exit 3")

    assert last_outcomes(run) == {"greets/command": "passed", "fails/command": "failed"}
    assert "exit code 3" in run.out
    assert (run.reports / "logs/greets~2Fcommand.1.log").read_text() == "hello\noops\n"


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--command", "no-equals"], 2, "is not NAME=CMD"),
        (["--command", "a/b=true"], 2, "is not NAME=CMD"),
        (["--command", "a=true", "--command", "a=true"], 2, "a second suite named a"),
        (["--command", "a=true"], 0, "1 passed"),
        (["--command", "a=no-such-program-of-ours"], 1, "exit code 127"),
    ],
)
def test_what_a_flag_may_say(harness, arguments, code, said):
    run = harness.run(*arguments)
    assert run.code == code, run.out + run.err
    assert said in run.out + run.err


def test_a_program_that_is_not_there_is_a_discovery_error(harness):
    (harness.folder / "harness.yaml").write_text(
        "drydock: harness/v1\nname: x\n"
        "suites: [{name: s, kind: command, run: [no-such-program-of-ours, --now]}]\n"
    )
    run = harness.run()
    assert run.code == 4
    assert "no program no-such-program-of-ours" in run.out + run.err


def test_a_command_is_tried_again_for_a_red_case(harness):
    (harness.folder / "harness.yaml").write_text(
        "drydock: harness/v1\nname: x\n"
        "suites: [{name: s, kind: command, results: tap, run: [sh, tap.sh]}]\n"
    )
    (harness.folder / "tap.sh").write_text(
        "echo 1..2; echo ok 1 - sails\n"
        'test "$DRYDOCK_ATTEMPT" = 2 && echo ok 2 - comes round && exit 0\n'
        "echo not ok 2 - comes round; exit 1\n"
    )
    run = harness.run("--retry", "1")
    assert (run.code, run.verdict["counts"]["flaky"]) == (5, 1), run.out + run.err
    assert run.verdict["counts"]["passed"] == 2
    assert harness.run().code == 1
