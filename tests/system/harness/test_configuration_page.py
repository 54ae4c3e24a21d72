"""docs/configuration.md as a reader takes it: its file, and every command of it."""

import json
import re
import shlex
import shutil

import pytest
from conftest import GTEST_SAMPLES, ROOT

PAGE = (ROOT / "docs/configuration.md").read_text()
COMMANDS = [
    line
    for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
    for line in block.splitlines()
    if line
]


@pytest.fixture
def example(harness):
    """The page's file, with suites for it. The gtest binary is a sample of ours."""
    (harness.folder / "harness.yaml").write_text(
        re.search(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
        .group(1)
        .replace("build/unit_test", str(GTEST_SAMPLES / "unit"))
    )
    for name, text in {
        "tests/agent/test_ship.py": "def test_sails(): pass\n\ndef test_lighthouse(): assert 0\n",
        "web/test.sh": "echo 1..1; echo ok 1 - sails\n",
        "lint.sh": "exit 0\n",
    }.items():
        (harness.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (harness.folder / name).write_text(text)
    run = harness.run()  # what --rerun-failed reads
    assert run.code == 0
    shutil.copy(run.reports / "durations.json", harness.folder)
    return harness


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_the_page_does_what_it_says(example, command):
    program, *arguments = shlex.split(command)
    assert program == "build/release/bin/harness"
    if arguments[0] == "list":
        run = example(*arguments)
        assert (run.code, len(run.out.splitlines())) == (0, 5)
        return
    run = example.run(*arguments[1:])
    if "--shard" in arguments:
        assert run.code == 0, run.out + run.err
        verdict = json.loads((example.folder / arguments[-1] / "verdict.json").read_text())
        assert 0 < verdict["counts"]["total"] < 6
        assert verdict["durations_sha256"]
        return
    nothing_was_red = arguments[-1] == "--rerun-failed"
    assert run.code == (3 if nothing_was_red else 0), run.out + run.err
    attempts = {record["test"] for record in run.of("attempt_finished")}
    if "--filter" in arguments:
        assert attempts == {"unit/Ship.Sails"}
    elif "--command" in arguments:
        assert attempts == {"lint/command"}
    elif not nothing_was_red:
        assert len(attempts) == 6
        assert run.verdict["counts"]["xfailed"] == 1
