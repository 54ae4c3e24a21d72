"""docs/seed.md names proofs that are there, for files that are there, and says what has none."""

import re

import tree

PAGE = tree.read("docs/seed.md")
PROOF = re.compile(r"`((?:tests|scripts|\.github)/[^`:]+)(?:::([^`]+))?`")
WORDS = {"next", "open"}


def rows(text: str) -> list[list[str]]:
    """The cells of each row of each table, without heads and rules."""
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [row for row in cells if row[0] != "asked" and not row[0].startswith("---")]


def findings(row: list[str], read) -> list[str]:
    asked, proofs, remark = row
    named = PROOF.findall(proofs)
    found = []
    if not named and remark not in WORDS:
        found.append(f"{asked}: neither a proof nor {' nor '.join(sorted(WORDS))}")
    for file, test in named:
        text = read(file)
        if text is None:
            found.append(f"{asked}: no file {file}")
        elif test and test not in text:
            found.append(f"{asked}: {file} holds no {test!r}")
    return found


def read(path: str) -> str | None:
    return tree.read(path) if (tree.ROOT / path).is_file() else None


def test_every_row_has_a_proof_that_is_there_or_says_that_it_has_none():
    assert [finding for row in rows(PAGE) for finding in findings(row, read)] == []


def test_a_script_that_is_asked_for_and_not_open_is_there():
    for asked, _, remark in rows(PAGE):
        for file, _ in PROOF.findall(asked):
            assert remark in WORDS or (tree.ROOT / file).exists(), asked


def test_a_row_without_a_proof_is_found():
    assert findings(["x", "", ""], read) and findings(["x", "it is obvious", ""], read)
    assert findings(["x", "`tests/no/such.py::test_x`", ""], read)
    assert findings(["x", "`tests/tidy/seed_test.py::test_no_such" + "_thing`", ""], read)
    assert not findings(["x", "", "next"], read)
    assert not findings(["x", "`tests/tidy/seed_test.py::test_a_row_without`", ""], read)
