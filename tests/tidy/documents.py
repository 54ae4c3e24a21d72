"""documents: from Markdown to the commands that it tells people to run, and where it points to.

A fence ```sh holds a command per line. In a fence ```console the lines that begin with "$ " are
commands and the others are what they print. A line that ends in a backslash goes on in the next.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

FENCE = re.compile(r"^```(\S*)\s*$")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#{1,6} +(.*)$", re.MULTILINE)
CODE_SPAN = re.compile(r"`[^`\n]*`")


def commands(text: str) -> Iterator[tuple[int, str]]:
    """Line number and command, comments left out."""
    language = None
    held = ""
    for number, line in enumerate(text.split("\n"), start=1):
        fence = FENCE.match(line)
        if fence:
            language = fence.group(1) if language is None else None
            continue
        if language not in ("sh", "console"):
            continue
        if not held and language == "console":
            if not line.startswith("$ "):
                continue
            line = line[2:]
        held += re.sub(r"(^|\s)#.*$", "", line).rstrip()
        if held.endswith("\\"):
            held = held[:-1]
            continue
        if held.strip():
            yield number, " ".join(held.split())
        held = ""


def without_fences(text: str) -> str:
    return re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)


def links(text: str) -> list[str]:
    """Targets inside the checkout: no addresses of the web."""
    found = LINK.findall(CODE_SPAN.sub("", without_fences(text)))
    return [target for target in found if not re.match(r"[a-z]+:", target)]


def anchors(text: str) -> set[str]:
    """The names that GitHub gives to headings."""
    return {
        re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")
        for heading in HEADING.findall(without_fences(text))
    }


def read_map(text: str) -> dict[str, str]:
    """doc_commands.txt: `command => file::test` per line."""
    pairs = {}
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            command, _, test = line.partition(" => ")
            pairs[command.strip()] = test.strip()
    return pairs
