"""docs/verdicts.md and docs/exit-codes.md as a reader takes them: files, and every command."""

import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import time

import pytest
from conftest import BIN, ROOT

EXIT_CODES = (ROOT / "docs/exit-codes.md").read_text()
VERDICTS = (ROOT / "docs/verdicts.md").read_text()
FENCE = re.compile(r"^```(\w+)\n(.*?)^```", re.DOTALL | re.MULTILINE)
NAME = re.compile(r"(?:#|--) (\S+/?\S+\.\w+)\n")
REDIS_PORT = "6379"


def commands_of(page):
    """(command, the code that its comment says)."""
    found = []
    for kind, text in FENCE.findall(page):
        if kind == "sh":
            for line in text.splitlines():
                command, _, code = line.partition("  # ")
                found.append((command.strip(), int(code) if code else None))
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with the pages' files."""
    folder = tmp_path_factory.mktemp("pages")
    for _, text in FENCE.findall(EXIT_CODES + VERDICTS):
        if name := NAME.match(text):
            (folder / name[1]).parent.mkdir(parents=True, exist_ok=True)
            (folder / name[1]).write_text(text)
    (folder / "build/release").mkdir(parents=True)
    (folder / "build/release/bin").symlink_to(BIN)
    return folder


@pytest.fixture
def run(folder, harness):
    def run(command):
        path = f"{pathlib.Path(sys.executable).parent}:{os.environ['PATH']}"
        return subprocess.run(
            ["bash", "-c", command],
            cwd=folder,
            env=harness.environment(PATH=path),
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
        )

    return run


@pytest.fixture
def redis(tmp_path):
    """The port of a server that wants another password."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [shutil.which("redis-server"), "--port", str(port), "--requirepass", "right"]
    with subprocess.Popen(
        [*command, "--bind", "127.0.0.1", "--save", ""], cwd=tmp_path, stdout=subprocess.DEVNULL
    ) as server:
        try:
            deadline = time.monotonic() + 20
            while socket.socket().connect_ex(("127.0.0.1", port)) != 0:
                assert time.monotonic() < deadline, "Redis does not listen"
            yield str(port)
        finally:
            server.terminate()


@pytest.mark.parametrize(("command", "code"), commands_of(EXIT_CODES))
def test_a_command_ends_with_the_code_beside_it(run, request, command, code):
    if REDIS_PORT in command:
        command = command.replace(REDIS_PORT, request.getfixturevalue("redis"))
    ended = run(command)
    assert ended.returncode == code, ended.stdout + ended.stderr


def test_every_code_is_shown_but_that_of_launch():
    table = {int(code) for code in re.findall(r"^\| (\d+) \|", EXIT_CODES, re.MULTILINE)}
    assert table - {code for _, code in commands_of(EXIT_CODES)} == {31}
    order = re.search(r"this order .*?: ([\d, \n]+)\.", EXIT_CODES, re.DOTALL)[1]
    assert {int(code) for code in order.split(",")} == table


def test_the_words_are_those_of_the_verdict(run, folder):
    words = dict(re.findall(r"^\| (\d+) \| `(\w+)`", EXIT_CODES, re.MULTILINE))
    for command, code in commands_of(EXIT_CODES)[:6]:
        if code == 2:  # no run, and so no verdict
            continue
        run(command)
        verdict = json.loads((folder / "build/reports/verdict.json").read_text())
        assert (verdict["exit_code"], verdict["verdict"]) == (code, words[str(code)])


def test_each_test_of_the_page_has_its_outcome(run, folder):
    (first, _), (second, _) = commands_of(VERDICTS)
    assert run(first).returncode == 1
    declared = dict(re.findall(r"^\| `(test_\w+)` \| `(\w+)` \|$", VERDICTS, re.MULTILINE))
    lines = (folder / "build/reports/journal.jsonl").read_text().splitlines()
    found = {
        record["test"].partition("::")[2]: record["outcome"]
        for record in map(json.loads, lines)
        if record["event"] == "attempt_finished"
    }
    assert found == declared
    shown = run(second)
    assert shown.returncode == json.loads(shown.stdout)["exit_code"] == 1


def test_every_outcome_is_told(run):
    run(commands_of(VERDICTS)[0][0])
    counts = json.loads(run(commands_of(VERDICTS)[1][0]).stdout)["counts"]
    table = re.findall(r"^\| `(\w+)` \| (?:red)? ?\|", VERDICTS, re.MULTILINE)
    assert sorted(table) == sorted(counts.keys() - {"total"})
