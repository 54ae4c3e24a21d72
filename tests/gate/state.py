"""state: what a soak run has behind it, so that it can go on where it was ended.

Kept per state of the sources: any change of a file starts over. The document that soak itself
writes is no source.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import pathlib
import subprocess

from results import Case

WRITTEN_BY_SOAK = "docs/measurements.md"


def sources_digest(root: pathlib.Path) -> str:
    """Changes when any file changes that git knows or would add."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        check=True,
        stdout=subprocess.PIPE,
    ).stdout.decode()
    digest = hashlib.sha256()
    for path in sorted(set(filter(None, listed.split("\0"))) - {WRITTEN_BY_SOAK}):
        content = (root / path).read_bytes() if (root / path).is_file() else b""
        digest.update(f"{path}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


@dataclasses.dataclass
class Done:
    cases: list[Case]
    seconds: float


class Progress:
    """The steps that have passed, written after each. Without a digest nothing is kept."""

    def __init__(self, file: pathlib.Path, digest: str) -> None:
        self.file = file
        self.digest = digest
        self.done: dict[str, Done] = {}
        if digest and file.is_file():
            self._read(json.loads(file.read_text(encoding="utf-8")))

    def _read(self, kept: dict) -> None:
        if kept["digest"] != self.digest:
            return
        for name, step in kept["steps"].items():
            self.done[name] = Done([Case(*case) for case in step["cases"]], step["seconds"])

    def add(self, name: str, done: Done) -> None:
        self.done[name] = done
        if not self.digest:
            return
        steps = {
            name: {
                "cases": [dataclasses.astuple(case) for case in step.cases],
                "seconds": step.seconds,
            }
            for name, step in self.done.items()
        }
        self.file.parent.mkdir(parents=True, exist_ok=True)
        beside = self.file.with_suffix(".new")
        beside.write_text(json.dumps({"digest": self.digest, "steps": steps}), encoding="utf-8")
        beside.replace(self.file)
