"""measurements: adds the results of a soak run to docs/measurements.md."""

from __future__ import annotations

import datetime
import os
import pathlib
import platform
import subprocess

import results
import state
import steps

COMMAND = "scripts/local/ci/test.sh --tier soak"


def commit_of(root: pathlib.Path) -> str:
    asked = subprocess.run(
        ["git", "rev-parse", "--short=12", "HEAD"],
        cwd=root,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    return asked.stdout.strip() or "unknown"


def section(
    root: pathlib.Path,
    table: list[steps.Step],
    progress: state.Progress,
    cases: list[results.Case],
    now: datetime.datetime,
) -> str:
    lines = [
        "",
        f"## {now:%Y-%m-%d %H:%M} UTC: {results.sentence(cases)}",
        "",
        f"`{COMMAND}` at {commit_of(root)}, {os.cpu_count()} cores, {platform.machine()}.",
        "",
        "| step | passed | skipped | seconds |",
        "| --- | --- | --- | --- |",
    ]
    for step in table:
        done = progress.done.get(step.name)
        if done is None:
            lines.append(f"| {step.name} | red | | |")
            continue
        counts = results.count(done.cases)
        lines.append(
            f"| {step.name} | {counts[results.PASSED]} | {counts[results.SKIPPED]} "
            f"| {done.seconds:.0f} |"
        )
    bench = root / "build/gate/soak/bench.table/output.log"
    if bench.is_file():
        lines += ["", "```text", bench.read_text(encoding="utf-8").rstrip(), "```"]
    return "\n".join(lines) + "\n"


def append(
    root: pathlib.Path,
    table: list[steps.Step],
    progress: state.Progress,
    cases: list[results.Case],
) -> None:
    now = datetime.datetime.now(datetime.UTC)
    with (root / state.WRITTEN_BY_SOAK).open("a", encoding="utf-8") as document:
        document.write(section(root, table, progress, cases, now))
