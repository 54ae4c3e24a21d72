"""Runs the real harness in a folder of its own and reads what it left behind."""

import dataclasses
import json
import os
import pathlib
import subprocess
import sys
import xml.etree.ElementTree

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[3]
BIN = pathlib.Path(os.environ.get("DRYDOCK_BIN_DIR", ROOT / "build/release/bin")).resolve()
GTEST_SAMPLES = BIN.parent / "samples"
PYTEST_SAMPLES = ROOT / "tests/samples/pytest"
SECRET = "tok-314159265358"


@dataclasses.dataclass
class Run:
    code: int
    out: str
    err: str
    reports: pathlib.Path

    @property
    def verdict(self):
        return json.loads((self.reports / "verdict.json").read_text())

    @property
    def records(self):
        return [
            json.loads(line) for line in (self.reports / "journal.jsonl").read_text().splitlines()
        ]

    @property
    def junit(self):
        return xml.etree.ElementTree.parse(self.reports / "junit.xml").getroot()

    def of(self, event):
        return [record for record in self.records if record["event"] == event]

    def outcomes(self):
        """The test's name, without its suite and file, to the outcome of its last attempt."""
        found = {}
        for record in self.of("attempt_finished"):
            name = record["test"].partition("/")[2]
            found[name.partition("::")[2] or name] = record["outcome"]
        return found


class Harness:
    def __init__(self, folder):
        self.folder = folder

    def command(self, *arguments):
        return [str(BIN / "harness"), *map(str, arguments)]

    def environment(self, **variables):
        ours = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("PYTEST_", "GITHUB_", "DRYDOCK_", "OPENAI_"))
        }
        return ours | {"SAMPLE_TOKEN": SECRET, "GITHUB_TOKEN": "ghs_not_for_tests"} | variables

    def __call__(self, *arguments, timeout=90, **variables):
        done = subprocess.run(
            self.command(*arguments),
            cwd=self.folder,
            env=self.environment(**variables),
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
        return Run(done.returncode, done.stdout, done.stderr, self.folder / "build/reports")

    def run(self, *arguments, **variables):
        return self("run", "--python", sys.executable, *arguments, **variables)

    def start(self, *arguments):
        return subprocess.Popen(
            self.command("run", "--python", sys.executable, *arguments),
            cwd=self.folder,
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )


@pytest.fixture
def harness(tmp_path):
    return Harness(tmp_path)


def left_running(marker):
    """Command lines of live processes that hold `marker`."""
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                line = (
                    (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                )
            except OSError:
                continue
            if marker in line:
                found.append(line)
    return found
