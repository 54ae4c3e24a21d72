"""tree: the files of this checkout, as the house rules read them.

Everything that git knows or would add, so that a new file is checked before it is committed.
"""

from __future__ import annotations

import functools
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
CODE_FOLDERS = ("common", "mockllm", "harness")


@functools.cache
def files(root: pathlib.Path = ROOT) -> tuple[str, ...]:
    """Paths relative to `root`, sorted; deleted ones left out."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        check=True,
        stdout=subprocess.PIPE,
    ).stdout.decode()
    return tuple(sorted({path for path in listed.split("\0") if path and (root / path).is_file()}))


def named(*endings: str, under: tuple[str, ...] = ()) -> list[str]:
    """The files with one of these endings, below one of these folders (anywhere without one)."""
    return [
        path
        for path in files()
        if path.endswith(endings)
        and (not under or path.startswith(tuple(folder + "/" for folder in under)))
    ]


def read(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def scripts() -> list[str]:
    """Every shell script, by its name or its first line."""

    def is_shell(path: str) -> bool:
        if path.endswith(".sh"):
            return True
        if "." in path.rsplit("/", 1)[-1]:
            return False
        with open(ROOT / path, "rb") as file:
            return b"sh" in file.readline(64).partition(b"#!")[2]

    return [path for path in files() if is_shell(path)]
