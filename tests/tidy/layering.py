#!/usr/bin/env python3
"""layering: from layers.txt and the includes of every room to the edges that are not allowed.

layers.txt names each room and the rooms it may include. A room may name only rooms above its own
line, so the order of the file proves that there is no circle. `*` stands for every room of the own
program and of common/: it is for the files beside a program's main.

Usage: layering.py [ROOT]     prints what it finds, one per line; exit 1 where there is something
"""

from __future__ import annotations

import dataclasses
import pathlib
import re
import sys

CODE_FOLDERS = ("common", "mockllm", "harness")
INCLUDE = re.compile(
    r'^\s*#\s*include\s+"((?:common|mockllm|harness|tests|clients)/[^"]+)"', re.MULTILINE
)
ROOM_CALL = re.compile(r"^\s*room\(\s*(\S+)(.*?)\)", re.MULTILINE | re.DOTALL)
USES = re.compile(r"\bUSES\b(.*?)(?:\b(?:HEADERS|SOURCES|LIBRARIES)\b|$)", re.DOTALL)


@dataclasses.dataclass
class Layers:
    allowed: dict[str, set[str]]  # by room, in the file's order
    findings: list[str]


def program_of(room: str) -> str:
    return room.split("/", 1)[0]


def read_layers(text: str) -> Layers:
    allowed: dict[str, set[str]] = {}
    findings = []
    for number, line in enumerate(text.splitlines(), start=1):
        line = line.partition("#")[0].strip()
        if not line:
            continue
        room, colon, uses = line.partition(":")
        if not colon or room in allowed:
            findings.append(
                f"layers.txt:{number}: expected `room: rooms` with a new room, got '{line}'"
            )
            continue
        named = set(uses.split())
        if named == {"*"}:
            named = {
                other for other in allowed if program_of(other) in ("common", program_of(room))
            }
        for other in sorted(named - set(allowed)):
            findings.append(
                f"layers.txt:{number}: {room} names {other}, which has no line above it"
            )
        allowed[room] = named
    return Layers(allowed, findings)


def sibling_findings(layers: Layers) -> list[str]:
    """Vendors below wire never include each other; the two programs never include each other."""
    findings = []
    for room, uses in layers.allowed.items():
        for other in sorted(uses):
            if room.startswith("mockllm/wire/") and other.startswith("mockllm/wire/"):
                findings.append(f"layers.txt: {room} may not name its sibling {other}")
            if program_of(other) not in ("common", program_of(room)):
                findings.append(f"layers.txt: {room} may not name {other} of another program")
    return findings


def room_of(path: str, rooms: dict[str, set[str]]) -> str | None:
    """The room whose folder holds `path`: a folder is a room or no code is in it."""
    folder = path.rsplit("/", 1)[0]
    return folder if folder in rooms else None


def sources_of(root: pathlib.Path) -> list[str]:
    return sorted(
        str(path.relative_to(root))
        for folder in CODE_FOLDERS
        for path in (root / folder).rglob("*")
        if path.suffix in (".h", ".cc")
    )


def include_findings(root: pathlib.Path, layers: Layers, uses: dict[str, set[str]]) -> list[str]:
    findings = []
    for path in sources_of(root):
        room = room_of(path, layers.allowed)
        if room is None:
            findings.append(f"{path}: its folder has no line in tests/tidy/layers.txt")
            continue
        for included in INCLUDE.findall((root / path).read_text(encoding="utf-8")):
            other = room_of(included, layers.allowed)
            if other == room:
                continue
            if other is None or other not in layers.allowed[room]:
                findings.append(f"{path}: {room} may not include {included}")
            elif room in uses and other not in reachable(room, uses):
                findings.append(
                    f"{path}: includes {included}, but USES of {room} does not reach {other}"
                )
    return findings


def reachable(room: str, uses: dict[str, set[str]]) -> set[str]:
    """Rooms that come with `room` when it is linked."""
    found: set[str] = set()
    waiting = [room]
    while waiting:
        for other in uses.get(waiting.pop(), set()) - found:
            found.add(other)
            waiting.append(other)
    return found


def cmake_uses(root: pathlib.Path) -> dict[str, set[str]]:
    """What each room's CMakeLists.txt says it uses."""
    uses: dict[str, set[str]] = {}
    for folder in CODE_FOLDERS:
        for path in sorted((root / folder).rglob("CMakeLists.txt")):
            for room, arguments in ROOM_CALL.findall(path.read_text(encoding="utf-8")):
                match = USES.search(arguments)
                uses[room] = set(match.group(1).split()) if match else set()
    return uses


def cmake_findings(layers: Layers, uses: dict[str, set[str]]) -> list[str]:
    findings = []
    for room, named in uses.items():
        if room not in layers.allowed:
            findings.append(f"{room}/CMakeLists.txt: the room has no line in tests/tidy/layers.txt")
            continue
        for other in sorted(named - layers.allowed[room]):
            findings.append(f"{room}/CMakeLists.txt: USES {other}, which layers.txt does not allow")
    programs = set(CODE_FOLDERS)
    for room in layers.allowed:
        if room not in uses and room not in programs:
            findings.append(f"layers.txt: {room} is not made by a room() in its CMakeLists.txt")
    return findings


def check(root: pathlib.Path) -> list[str]:
    layers = read_layers((root / "tests/tidy/layers.txt").read_text(encoding="utf-8"))
    uses = cmake_uses(root)
    return (
        layers.findings
        + sibling_findings(layers)
        + cmake_findings(layers, uses)
        + include_findings(root, layers, uses)
    )


def main() -> int:
    root = (
        pathlib.Path(sys.argv[1])
        if len(sys.argv) > 1
        else pathlib.Path(__file__).resolve().parents[2]
    )
    findings = check(root)
    for finding in findings:
        print(finding)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
