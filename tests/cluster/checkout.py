"""A copy of the work tree as it is, in which a test breaks things, and how a run there ended."""

from __future__ import annotations

import dataclasses
import json
import os
import pathlib
import re
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree

ROOT = pathlib.Path(__file__).resolve().parents[2]
RUN_TIMEOUT_S = 600
# Of the run that calls these tests, and of a machine's own services: no part of another run.
LEFT_OUT = ("CCACHE_BASEDIR", "GITHUB_EVENT_NAME", "MOCKLLM_KEY")
# What no two runs share: times, and addresses of objects.
OWN = re.compile(r"\b(in )?\d+(\.\d+)? (ms|s|min)\b|\b0x[0-9a-f]+\b")


@dataclasses.dataclass
class Ended:
    code: int
    out: str
    err: str
    reports: pathlib.Path

    @property
    def verdict(self) -> dict:
        return json.loads((self.reports / "verdict.json").read_text())

    @property
    def said(self) -> str:
        return self.out + self.err

    def cases(self) -> dict[str, tuple[str, str, str]]:
        """Of junit.xml, by class and name: what became of it, the message, and the details."""
        found = {}
        for case in ElementTree.parse(self.reports / "junit.xml").iter("testcase"):
            wrong = [child for child in case if child.tag in ("failure", "error", "skipped")]
            told = wrong[0] if wrong else None
            found[f"{case.get('classname')} {case.get('name')}"] = (
                (told.tag, told.get("message") or "", without_own(told.text or ""))
                if told is not None
                else ("passed", "", "")
            )
        return found

    def files(self) -> set[str]:
        """Of the report folder. Not the logs of local services: in a cluster pods keep them. Not
        those with nothing but pytest's own dots, which may come a moment after their test."""
        found = set()
        for path in self.reports.rglob("*"):
            name = str(path.relative_to(self.reports))
            own = path.is_file() and not re.fullmatch(r"logs/[a-z]+\.log", name)
            if own and not (name.startswith("logs/") and path.read_text().strip(".") == ""):
                found.add(name)
        return found

    def summary(self) -> list[str]:
        """What a person reads last: each red test with its place and its calls, and the counts.
        Not the end of a crashed test's output, which is Python's and the C library's own."""
        lines = without_own(self.out).splitlines()
        (end,) = [i for i, line in enumerate(lines) if " (exit code " in line]
        head = lines[:end]
        progress = [i for i, line in enumerate(head) if re.match(r"\[\d+/\d+\] |list: ", line)]
        told = lines[progress[-1] + 1 if progress else 0 : end + 1]
        found, in_output = [], False
        for line in told:
            in_output = line == "  the end of its output:" or (in_output and line[:4] == "    ")
            if not in_output:
                found.append(line)
        return found


def without_own(text: str) -> str:
    return OWN.sub("OWN", text)


class Checkout:
    """What git knows or would add is copied and known here; what a test writes is untracked."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            check=True,
            stdout=subprocess.PIPE,
        ).stdout.decode()
        for name in filter(None, listed.split("\0")):
            if (ROOT / name).is_file():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / name, folder / name)
        for command in (["init", "--quiet"], ["add", "--all"]):
            subprocess.run(["git", *command], cwd=folder, check=True)

        self._before: dict[pathlib.Path, str | None] = {}

    def __enter__(self) -> Checkout:
        return self

    def __exit__(self, *_: object) -> None:
        """Takes back what was written since."""
        for path, text in self._before.items():
            if text is None:
                path.unlink()
            else:
                path.write_text(text)
        self._before.clear()

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        self._before.setdefault(path, path.read_text() if path.is_file() else None)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def append(self, name: str, text: str) -> None:
        self.write(name, (self.folder / name).read_text() + text)

    def replace(self, name: str, old: str, new: str) -> None:
        text = (self.folder / name).read_text()
        assert text.count(old) == 1, f"{name} holds {old!r} {text.count(old)} times"
        self.write(name, text.replace(old, new))

    def run(self, script: str, *arguments: str, **environment: str) -> Ended:
        inherited = {
            name: value
            for name, value in os.environ.items()
            if name not in LEFT_OUT and not name.endswith("_URL")
        }
        done = subprocess.run(
            [str(self.folder / script), *arguments],
            cwd=self.folder,
            env={**inherited, **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=RUN_TIMEOUT_S,
            check=False,
        )
        print(done.stdout, done.stderr, sep="\n")  # shown by pytest where the test fails
        return Ended(done.returncode, done.stdout, done.stderr, self.folder / "build/reports")

    def keep_reports(self, ended: Ended, name: str) -> Ended:
        """Out of the way of the next run's."""
        kept = self.folder / "build" / name
        shutil.rmtree(kept, ignore_errors=True)
        shutil.copytree(ended.reports, kept)
        return dataclasses.replace(ended, reports=kept)
