"""What the documents tell people to run is run by a test, and what they point to is there."""

import posixpath

import documents
import pytest
import tree

PROVED_BY = documents.read_map(tree.read("tests/tidy/doc_commands.txt"))
DOCUMENTS = tree.named(".md")


def unproved(text: str, proved: dict[str, str]) -> list[str]:
    return [command for _, command in documents.commands(text) if command not in proved]


def broken_links(path: str, text: str, exists, read) -> list[str]:
    broken = []
    for target in documents.links(text):
        file, _, anchor = target.partition("#")
        place = posixpath.normpath(posixpath.join(posixpath.dirname(path), file)) if file else path
        known = exists(place) and (not anchor or anchor in documents.anchors(read(place)))
        if not known:
            broken.append(f"{path}: {target}")
    return broken


@pytest.mark.parametrize("path", DOCUMENTS)
def test_every_command_is_run_by_a_test(path):
    missing = unproved(tree.read(path), PROVED_BY)
    assert missing == [], "name the test that runs it in tests/tidy/doc_commands.txt"


@pytest.mark.parametrize("path", DOCUMENTS)
def test_every_link_leads_somewhere(path):
    def exists(place: str) -> bool:
        return (tree.ROOT / place).exists()

    assert broken_links(path, tree.read(path), exists, tree.read) == []


@pytest.mark.parametrize("command", PROVED_BY)
def test_the_proof_is_there(command):
    file, _, test = PROVED_BY[command].partition("::")
    assert test and test in tree.read(file), f"{file} holds no {test!r}"


def test_no_proof_is_left_over():
    told = {c for path in DOCUMENTS for _, c in documents.commands(tree.read(path))}
    assert sorted(set(PROVED_BY) - told) == []


def test_a_command_that_nothing_runs_is_found():
    text = (
        "```console\n$ harness run  # all of it\nok\n$ rm -rf /\n```\n```text\nnot a command\n```\n"
    )
    assert unproved(text, {"harness run": "x"}) == ["rm -rf /"]


def test_a_command_over_two_lines_is_one():
    assert unproved("```sh\nharness run \\\n  --jobs 2\n```\n", {}) == ["harness run --jobs 2"]


def test_a_link_to_nowhere_is_found():
    text = "[a](b.md) [c](b.md#there) [d](b.md#gone) [e](none.md) [f](https://example.org) `[x](y)`"
    found = broken_links("a.md", text, lambda place: place == "b.md", lambda place: "# There\n")
    assert found == ["a.md: b.md#gone", "a.md: none.md"]
