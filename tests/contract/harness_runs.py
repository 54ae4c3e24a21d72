"""Runs of the real harness on suites that a test writes."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from drydock_programs import program

RUN_TIMEOUT_S = 120
# What steers a run: a test of the harness says itself what is set.
STEERING = ("GITHUB_", "CI", "DRYDOCK_", "OPENAI_", "MOCKLLM_", "PYTEST_", "APP_URL", "TOKEN_")


def clean_environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(STEERING) and name not in ("DATABASE_URL", "REDIS_URL")
    }
    return {**kept, "PYTHONDONTWRITEBYTECODE": "1", **(more or {})}


@dataclass
class Run:
    ended: subprocess.CompletedProcess[str]
    reports: pathlib.Path

    @property
    def code(self) -> int:
        return self.ended.returncode

    @property
    def speech(self) -> str:
        """Everything that a person would see."""
        return self.ended.stdout + self.ended.stderr

    @property
    def verdict(self) -> Any:
        return json.loads((self.reports / "verdict.json").read_text())

    @property
    def journal(self) -> list[Any]:
        lines = (self.reports / "journal.jsonl").read_text().splitlines()
        return [json.loads(line) for line in lines]


class Folder:
    """A folder of suites and a harness.yaml, and the harness run in it."""

    def __init__(self, path: pathlib.Path) -> None:
        self.path = path

    def write(self, name: str, text: str) -> pathlib.Path:
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def harness(
        self, *arguments: object, environment: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [program("harness"), *map(str, arguments)],
            cwd=self.path,
            env=clean_environment(environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=RUN_TIMEOUT_S,
            check=False,
        )

    def run(self, *arguments: object, environment: Mapping[str, str] | None = None) -> Run:
        reports = self.path / "reports"
        ended = self.harness(
            "run",
            "--python",
            sys.executable,
            "--report-dir",
            reports,
            *arguments,
            environment=environment,
        )
        return Run(ended, reports)
