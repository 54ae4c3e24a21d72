"""results: from what a test runner wrote to cases that can be counted.

Counts are taken from the cases, never from a summary line or an attribute.
"""

from __future__ import annotations

import dataclasses
import itertools
import pathlib
import re
import xml.etree.ElementTree as ElementTree

PASSED, FAILED, SKIPPED = "passed", "failed", "skipped"


@dataclasses.dataclass(frozen=True)
class Case:
    name: str
    outcome: str
    reason: str = ""


def count(cases: list[Case]) -> dict[str, int]:
    return {kind: sum(case.outcome == kind for case in cases) for kind in (PASSED, FAILED, SKIPPED)}


def sentence(cases: list[Case]) -> str:
    counts = count(cases)
    return f"{counts[PASSED]} passed, {counts[FAILED]} failed, {counts[SKIPPED]} skipped"


def read_junit(text: str) -> list[Case]:
    """JUnit as pytest, ctest, bats and the harness write it."""
    cases = []
    for element in ElementTree.fromstring(text).iter("testcase"):
        name = "::".join(filter(None, (element.get("classname"), element.get("name"))))
        outcome, reason = PASSED, ""
        for child in element:
            kind = child.tag.rpartition("}")[2]
            if kind in ("failure", "error"):
                outcome, reason = FAILED, child.get("message") or ""
                break
            if kind == "skipped":
                outcome, reason = SKIPPED, child.get("message") or ""
        if element.get("status") in ("fail", "notrun", "disabled") and outcome == PASSED:
            outcome = FAILED if element.get("status") == "fail" else SKIPPED
        cases.append(Case(name, outcome, reason.split("\n")[0]))
    return cases


def deeper(points: list[tuple[int, Case]], depth: int) -> int:
    """How many points at the end are below `depth`."""
    return len(list(itertools.takewhile(lambda point: point[0] > depth, reversed(points))))


def read_tap(text: str) -> list[Case]:
    """TAP as bats and node:test write it. A point that closes points of its own is their sum."""
    plan = None
    tops = 0
    points: list[tuple[int, Case]] = []
    for line in text.splitlines():
        if top := re.match(r"1\.\.(\d+)", line):
            plan = int(top.group(1))
        match = re.match(r"( *)(not )?ok \d+(?: - | )?(.*)$", line)
        if not match:
            continue
        depth = len(match.group(1))
        name, _, directive = match.group(3).partition(" # ")
        outcome = FAILED if match.group(2) else PASSED
        if directive.lower().startswith("skip"):
            outcome = SKIPPED
        tops += depth == 0
        children = points[len(points) - deeper(points, depth) :]
        if children:
            points[-len(children) :] = [(depth, case) for _, case in children]
        told = any(case.outcome == FAILED for _, case in children)
        if not children or (outcome == FAILED and not told):
            points.append((depth, Case(name, outcome, directive)))
    cases = [case for _, case in points]
    if tops != plan:
        cases.append(
            Case("the end of the TAP stream", FAILED, f"{tops} points of a plan of {plan}")
        )
    return cases


def read_files(paths: list[pathlib.Path]) -> list[Case]:
    """The cases of every file that is there; an unreadable one is a failed case of its own."""
    cases = []
    for path in paths:
        reader = read_tap if path.suffix == ".tap" else read_junit
        try:
            cases += reader(path.read_text(encoding="utf-8", errors="replace"))
        except (ElementTree.ParseError, OSError) as error:
            cases.append(Case(str(path), FAILED, f"cannot be read: {error}"))
    return cases
