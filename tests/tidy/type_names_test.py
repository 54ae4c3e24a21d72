"""No two headers define a type of one name in one namespace.

Two rooms may be linked into one program without ever meeting in one file: then nothing tells that
the linker has taken the destructor of one type for the other's.
"""

import re

import tree

NAMESPACE = re.compile(r"^namespace ([\w:]+) \{", re.MULTILINE)
TYPE = re.compile(r"^(?:struct|class|enum class) (\w+)(?: final)?(?: :[^{;]*)? \{", re.MULTILINE)


def types_of(text: str) -> list[str]:
    """With their namespace, those that are defined at its level: that begin a line."""
    begun = [(found.start(), found[1]) for found in NAMESPACE.finditer(text)]
    return [
        f"{[name for start, name in begun if start < found.start()][-1]}::{found[1]}"
        for found in TYPE.finditer(text)
        if begun
    ]


def defined_twice(headers: dict[str, str]) -> list[str]:
    places: dict[str, list[str]] = {}
    for path, text in headers.items():
        for name in types_of(text):
            places.setdefault(name, []).append(path)
    return [f"{name}: {' and '.join(found)}" for name, found in places.items() if len(found) > 1]


def test_every_type_has_a_name_of_its_own():
    headers = {
        path: tree.read(path)
        for path in tree.named(".h")
        if path.startswith(("common/", "mockllm/", "harness/"))
    }
    assert headers and defined_twice(headers) == []


def test_a_name_that_is_taken_is_found():
    one = "namespace harness {\n\nstruct Finding {\n  int a;\n};\n\n}\n"
    other = "namespace harness {\nclass Finding final : public Thing {\n};\n}\n"
    elsewhere = one.replace("harness", "http")
    assert defined_twice({"a.h": one, "b.h": other}) == ["harness::Finding: a.h and b.h"]
    assert defined_twice({"a.h": one, "b.h": elsewhere}) == []
    assert defined_twice({"a.h": one, "b.h": "namespace harness {\nstruct Finding;\n}\n"}) == []
