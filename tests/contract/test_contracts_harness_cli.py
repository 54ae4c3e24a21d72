"""harness on the command line: verbs, flags, and each exit code with what leads to it."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time

import pytest
from drydock_programs import program, run
from harness_runs import Folder, clean_environment

RUN_FLAGS = [
    "--config",
    "--gtest",
    "--pytest",
    "--filter",
    "--jobs",
    "--test-timeout",
    "--run-timeout",
    "--retry",
    "--shard",
    "--llm",
    "--secret-env",
    "--python",
    "--report-dir",
    "--fail-fast",
    "--command",
    "--rerun-failed",
]
VERBS = (
    *("run", "list", "wait", "migrate", "doctor", "init", "import", "mode", "services", "report"),
    *("schema", "completion", "reference"),
)
LATER_VERBS = ("diagnose", "gate")
PASSES = "def test_passes():\n    assert True\n"
FAILS = "def test_fails():\n    assert 1 == 2\n"
# A port that nobody listens on: ports below 1024 are for the system, and this one is unused.
NOBODY = "127.0.0.1:9"


def test_help_names_every_verb() -> None:
    shown = run("harness", "--help")

    assert shown.returncode == 0
    for verb in VERBS:
        assert re.search(rf"^ +{verb}\b", shown.stdout, re.MULTILINE), verb


@pytest.mark.parametrize("flag", RUN_FLAGS)
def test_the_help_of_run_names_the_flag(flag: str) -> None:
    assert re.search(rf"{flag}\b", run("harness", "run", "--help").stdout)


@pytest.mark.parametrize("verb", LATER_VERBS)
def test_a_verb_for_later_says_so(verb: str) -> None:
    ended = run("harness", verb)

    assert ended.returncode == 2
    assert "not supported yet" in ended.stderr


def test_0_all_passed(folder: Folder) -> None:
    folder.write("suite/test_it.py", PASSES)

    assert folder.run("--pytest", "suite").code == 0


def test_a_command_is_named_and_what_was_red_is_run_again(folder: Folder) -> None:
    assert folder.run("--command", "lint=exit 1", "--command", "fine=true").code == 1

    again = folder.run("--command", "lint=exit 0", "--command", "fine=true", "--rerun-failed")

    assert again.code == 0
    assert again.verdict["counts"]["total"] == 1


def test_1_a_test_failed(folder: Folder) -> None:
    folder.write("suite/test_it.py", PASSES + FAILS)

    ended = folder.run("--pytest", "suite")

    assert ended.code == 1
    assert "suite/test_it.py::test_fails" in ended.speech
    assert "test_it.py:4" in ended.speech


def test_1_a_discovery_error_beside_tests_that_run(folder: Folder) -> None:
    folder.write("suite/test_it.py", PASSES)
    folder.write("suite/test_broken.py", "import no_such_module\n")

    ended = folder.run("--pytest", "suite")

    assert ended.code == 1
    assert ended.verdict["counts"]["discovery_error"] == 1
    assert ended.verdict["counts"]["passed"] == 1


@pytest.mark.parametrize(
    "arguments", [["--no-such-flag"], ["--jobs", "many"], ["--config", "none.yaml"]]
)
def test_2_usage(folder: Folder, arguments: list[str]) -> None:
    folder.write("suite/test_it.py", PASSES)

    assert folder.run("--pytest", "suite", *arguments).code == 2


def test_2_a_configuration_with_a_mistake(folder: Folder) -> None:
    config = folder.write("harness.yaml", "drydock: harness/v1\nname: a\nsuits: []\n")

    ended = folder.run()

    assert ended.code == 2
    assert f"{config.name}:3:1" in ended.speech
    assert "suits" in ended.speech
    assert "suites" in ended.speech


def test_3_nothing_to_run(folder: Folder) -> None:
    assert folder.run().code in (2, 3)  # no suite is named at all: usage, or nothing to run
    folder.write("suite/test_it.py", "X = 1\n")
    assert folder.run("--pytest", "suite").code == 3


def test_3_a_named_suite_that_lists_no_test_beside_one_that_does(folder: Folder) -> None:
    folder.write("empty/test_it.py", "X = 1\n")
    folder.write("suite/test_it.py", PASSES)

    assert folder.run("--pytest", "empty", "--pytest", "suite").code == 3


def test_4_nothing_could_be_listed(folder: Folder) -> None:
    folder.write("suite/test_it.py", "import no_such_module\n")

    assert folder.run("--pytest", "suite").code == 4
    missing = folder.run("--gtest", "no/such/binary")
    assert missing.code == 4
    assert "no/such/binary" in missing.speech
    assert missing.verdict["counts"]["discovery_error"] == 1
    assert "<error" in (missing.reports / "junit.xml").read_text()


def service(kind: str, variable: str, timeout: str = "1s") -> str:
    return (
        "drydock: harness/v1\nname: a\nservices:\n"
        f"  it: {{kind: {kind}, url_env: {variable}, ready_timeout: {timeout}}}\n"
        "suites:\n  - {name: suite, kind: pytest, path: suite, uses: [it]}\n"
    )


def test_10_a_service_that_is_not_ready_in_time(folder: Folder) -> None:
    folder.write("suite/test_it.py", PASSES)
    folder.write("harness.yaml", service("postgres", "DATABASE_URL"))

    ended = folder.run(environment={"DATABASE_URL": f"postgresql://app:s3cret@{NOBODY}/app"})

    assert ended.code == 10
    assert NOBODY in ended.speech
    assert "s3cret" not in ended.speech


def test_13_a_missing_secret(folder: Folder) -> None:
    folder.write("suite/test_it.py", PASSES)
    folder.write(
        "harness.yaml",
        "drydock: harness/v1\nname: a\nsecrets:\n  - {name: PEPPER, env: TOKEN_PEPPER}\n"
        "suites:\n  - {name: suite, kind: pytest, path: suite}\n",
    )

    assert folder.run().code == 13
    assert folder.run(environment={"TOKEN_PEPPER": "grains-of-pepper"}).code == 0


def test_13_a_real_llm_without_a_key(folder: Folder) -> None:
    folder.write("suite/test_it.py", PASSES)

    assert folder.run("--pytest", "suite", "--llm", "real").code == 13


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_20_interrupted(folder: Folder, sign: signal.Signals) -> None:
    begun = folder.path / "begun"
    folder.write(
        "suite/test_it.py",
        f"import signal, pathlib\n\ndef test_waits():\n    pathlib.Path({str(begun)!r}).touch()\n"
        "    signal.pause()\n",
    )
    command = [program("harness"), "run", "--pytest", "suite", "--python", sys.executable]
    with subprocess.Popen(
        [*command, "--report-dir", "reports"],
        cwd=folder.path,
        env=clean_environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as harness:
        deadline = time.monotonic() + 30
        while not begun.exists():
            assert time.monotonic() < deadline, "the test did not begin"
        harness.send_signal(sign)
        assert harness.wait(15) == 20

    verdict = json.loads((folder.path / "reports/verdict.json").read_text())
    assert verdict["exit_code"] == 20


def test_21_out_of_time(folder: Folder) -> None:
    folder.write("suite/test_it.py", "import signal\n\ndef test_waits():\n    signal.pause()\n")

    assert folder.run("--pytest", "suite", "--run-timeout", "2s").code == 21


def test_a_test_over_its_limit_is_red(folder: Folder) -> None:
    folder.write("suite/test_it.py", "import signal\n\ndef test_waits():\n    signal.pause()\n")

    ended = folder.run("--pytest", "suite", "--test-timeout", "5s")

    assert ended.code == 1
    assert ended.verdict["counts"]["timed_out"] == 1


def test_list_names_what_would_run(folder: Folder) -> None:
    folder.write("suite/test_it.py", PASSES + FAILS)

    listed = folder.harness("list", "--pytest", "suite", "--python", sys.executable)

    assert listed.returncode == 0
    for name in ("suite/test_it.py::test_passes", "suite/test_it.py::test_fails"):
        assert name in listed.stdout


@pytest.mark.parametrize(
    ("event", "mode"), [("push", "mock"), ("pull_request", "mock"), (None, "mock")]
)
def test_mode_says_mock_where_no_key_is(folder: Folder, event: str | None, mode: str) -> None:
    environment = {"GITHUB_EVENT_NAME": event} if event else {}

    shown = folder.harness("mode", environment=environment)

    assert shown.returncode == 0
    assert shown.stdout.split()[0] == mode


def test_wait_ends_10_and_0(folder: Folder) -> None:
    folder.write("harness.yaml", service("redis", "REDIS_URL"))

    assert folder.harness("wait", environment={"REDIS_URL": f"redis://{NOBODY}/0"}).returncode == 10


def test_doctor_shows_no_secret(folder: Folder) -> None:
    folder.write("suite/test_it.py", PASSES)
    folder.write(
        "harness.yaml",
        "drydock: harness/v1\nname: a\nsecrets:\n  - {name: PEPPER, env: TOKEN_PEPPER}\n"
        "suites:\n  - {name: suite, kind: pytest, path: suite}\n",
    )

    seen = folder.harness("doctor", environment={"TOKEN_PEPPER": "gr4ins-of-pepper"})

    assert "PEPPER" in seen.stdout + seen.stderr
    assert "gr4ins-of-pepper" not in seen.stdout + seen.stderr
