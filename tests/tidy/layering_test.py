"""The layers hold, and the check of the layers finds what it should."""

import pathlib
import textwrap

import layering
import pytest
import tree


def test_no_room_includes_what_it_may_not():
    assert layering.check(tree.ROOT) == []


@pytest.fixture
def house(tmp_path: pathlib.Path):
    """A small house that is in order: a shared room, and a room that uses it."""

    def write(path: str, text: str) -> None:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(textwrap.dedent(text))

    write(
        "tests/tidy/layers.txt",
        """\
        common/base:
        mockllm/wire: common/base
        harness/run: common/base
        """,
    )
    write("common/base/CMakeLists.txt", "room(common/base HEADERS error.h)\n")
    write("common/base/error.h", "// base\n")
    write(
        "mockllm/wire/CMakeLists.txt",
        "room(mockllm/wire SOURCES a.cc USES common/base LIBRARIES x)\n",
    )
    write("mockllm/wire/a.cc", '#include "common/base/error.h"\n')
    write("harness/run/CMakeLists.txt", "room(harness/run USES common/base)\n")
    write("harness/run/run.h", "// run\n")
    return tmp_path, write


def test_a_house_in_order_has_no_findings(house):
    root, _ = house
    assert layering.check(root) == []


@pytest.mark.parametrize(
    "path, text, finding",
    [
        ("common/base/error.h", '#include "mockllm/wire/a.h"\n', "common/base may not include"),
        ("harness/run/run.h", '#include "mockllm/wire/a.h"\n', "harness/run may not include"),
        ("common/stray.h", "\n", "has no line in tests/tidy/layers.txt"),
        ("mockllm/new/a.h", "\n", "has no line in tests/tidy/layers.txt"),
        (
            "harness/run/CMakeLists.txt",
            "room(harness/run USES common/base mockllm/wire)",
            "USES mockllm/wire",
        ),
        ("harness/run/CMakeLists.txt", "", "is not made by a room()"),
        (
            "mockllm/wire/CMakeLists.txt",
            "room(mockllm/wire SOURCES a.cc)",
            "does not reach common/base",
        ),
        (
            "tests/tidy/layers.txt",
            "mockllm/wire: common/base\ncommon/base:\n",
            "has no line above it",
        ),
        (
            "tests/tidy/layers.txt",
            "common/base:\ncommon/base:\n",
            "expected `room: rooms` with a new room",
        ),
        (
            "tests/tidy/layers.txt",
            "common/base:\nmockllm/wire: common/base\nharness/run: mockllm/wire\n",
            "of another program",
        ),
        (
            "tests/tidy/layers.txt",
            "common/base:\nmockllm/wire/a:\nmockllm/wire/b: mockllm/wire/a\n",
            "its sibling",
        ),
    ],
)
def test_a_planted_defect_is_found(house, path, text, finding):
    root, write = house
    write(path, text)
    assert any(finding in line for line in layering.check(root)), layering.check(root)
