"""scripts/local/report-picture.sh: the picture of report.html that a page shows."""

import os
import struct
import subprocess
import zlib

from conftest import ROOT

SCRIPT = ROOT / "scripts/local/report-picture.sh"
SHOWN = ROOT / "docs/report.png"
SIZE = (1200, 760)
# Of a page without anything on it all are the same but for its borders.
LINES_MIN = 200


def draw(folder, target, **variables):
    return subprocess.run(
        [SCRIPT, target],
        cwd=folder,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )


def chunks(png):
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    at = 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        yield png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        at += 12 + length


def size_and_lines(png):
    """How wide and high it is, and how many of its lines are unlike every other."""
    size = next(struct.unpack(">II", data[:8]) for kind, data in chunks(png) if kind == b"IHDR")
    pixels = zlib.decompress(b"".join(data for kind, data in chunks(png) if kind == b"IDAT"))
    width = len(pixels) // size[1]
    return size, len({pixels[at : at + width] for at in range(0, len(pixels), width)})


def test_the_picture_shows_a_report(tmp_path):
    before = SHOWN.read_bytes()

    ended = draw(tmp_path, "report.png")

    assert ended.returncode == 0, ended.stdout + ended.stderr
    size, lines = size_and_lines((tmp_path / "report.png").read_bytes())
    assert size == SIZE == size_and_lines(before)[0]
    assert lines > LINES_MIN
    assert SHOWN.read_bytes() == before


def test_a_browser_that_draws_nothing_leaves_no_picture(tmp_path):
    """It ends with 0 all the same, as Chromium does."""
    (tmp_path / "chromium").write_text("#!/bin/sh\necho cannot draw >&2\n")
    (tmp_path / "chromium").chmod(0o755)
    (tmp_path / "report.png").write_text("of before")

    ended = draw(tmp_path, "report.png", PATH=f"{tmp_path}:{os.environ['PATH']}")

    assert ended.returncode != 0
    assert "cannot draw" in ended.stderr
    assert (tmp_path / "report.png").read_text() == "of before"
