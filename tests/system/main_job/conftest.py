"""The sample run in a place of its own, where it can be broken."""

from __future__ import annotations

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[3]
BIN_DIR = pathlib.Path(os.environ.get("DRYDOCK_BIN_DIR") or ROOT / "build/release/bin").resolve()
SAMPLE = ("harness.yaml", "fixtures", "tests/integration")
RUN_SECONDS_MAX = 300


@dataclass
class Ended:
    """How a run ended, and what it left."""

    code: int
    output: str  # both streams
    reports: pathlib.Path

    @property
    def verdict(self) -> dict:
        return json.loads((self.reports / "verdict.json").read_text())

    def cases(self) -> dict[str, str]:
        """Outcome by test name as junit.xml has it: passed, failure, error or skipped."""
        tree = ElementTree.parse(self.reports / "junit.xml")
        return {
            case.get("name", ""): next(
                (child.tag for child in case if child.tag in ("failure", "error", "skipped")),
                "passed",
            )
            for case in tree.iter("testcase")
        }

    def red(self) -> list[str]:
        return [name for name, outcome in self.cases().items() if outcome in ("failure", "error")]


class Checkout:
    """A copy of what the main job reads, with the programs that were built."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder
        for name in SAMPLE:
            source, target = ROOT / name, folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, target)
        (folder / "build/release").mkdir(parents=True)
        (folder / "build/release/bin").symlink_to(BIN_DIR)

    def read(self, name: str) -> str:
        return (self.folder / name).read_text()

    def write(self, name: str, text: str) -> None:
        (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / name).write_text(text)

    def replace(self, name: str, old: str, new: str) -> None:
        text = self.read(name)
        assert text.count(old) == 1, f"{name} holds {old!r} {text.count(old)} times"
        self.write(name, text.replace(old, new))

    def remove_fixture(self, name: str) -> None:
        """Takes one fixture out of the file that holds it."""
        block = re.compile(rf"^  - name: {re.escape(name)}\n(?:(?!  - name: ).*\n)*", re.MULTILINE)
        for file in sorted((self.folder / "fixtures").glob("*.yaml")):
            text = file.read_text()
            if block.search(text):
                file.write_text(block.sub("", text, count=1))
                return
        raise AssertionError(f"no fixture is named {name!r}")

    def run(self, *arguments: str, **environment: str) -> Ended:
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not name.endswith("_URL") and name not in ("MOCKLLM_KEY", "GITHUB_EVENT_NAME")
        }
        path = f"{pathlib.Path(sys.executable).parent}:{inherited['PATH']}"
        ended = subprocess.run(
            [str(BIN_DIR / "harness"), "run", *arguments],
            cwd=self.folder,
            env={**inherited, "PATH": path, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=RUN_SECONDS_MAX,
            check=False,
        )
        print(ended.stdout)  # shown by pytest where the test fails
        return Ended(ended.returncode, ended.stdout, self.folder / "build/reports")


@pytest.fixture
def checkout(tmp_path: pathlib.Path) -> Checkout:
    return Checkout(tmp_path)
