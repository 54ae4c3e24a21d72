"""source_rules: from the text of one file to what in it breaks a rule of STYLE.md.

Pure: each rule is a function (path, text) -> findings, so that each can be tried on a planted
defect. A finding is "path:line: what is wrong". RULES at the end is the list of them all.
"""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Callable, Iterator

COLUMNS_MAX = 100
FUNCTION_LINES_MAX = 70
FILE_LINES_MAX = {".h": 250, ".cc": 450, ".py": 450, ".sh": 150}
TEST_FILE_LINES_MAX = 700
CODE = (".h", ".cc")
PROGRAM_FOLDERS = ("common/", "mockllm/", "harness/")

# What no file of C++ says, and why. Text in comments and string literals is not looked at.
BANNED_IN_CODE = (
    (r"\bstd::cout\b", "speech goes through base::Log or the writer that main hands down"),
    (r"\bstd::regex\b|#include <regex>", "RE2 has a linear bound, std::regex has a stack overflow"),
    (r"\bstrto(l|ll|ul|ull|d|f)\b|\bato[if]\b", "std::from_chars skips no blanks, reads no locale"),
    (r"\busing namespace std\b", "names of the library keep their std::"),
    (r"\b(sprintf|strcpy|strcat|gets)\s*\(", "it knows no limit"),
    (r"\bstd::system\b|\bpopen\s*\(", "processes are started by harness/process"),
    (r"#include <boost/asio.hpp>", "it does not compile alone: take the granular headers"),
)
# A client's header has no base::Result, and GoogleTest makes a failure of what is thrown.
BANNED_OUTSIDE_CLIENTS = (
    (r"\bthrow\b(?! CLI::)", "what can fail returns base::Result; what cannot is a CHECK"),
)
BANNED_IN_TESTS = (
    (
        r"\bsleep_for\b|\bsleep_until\b|\b(u|nano)?sleep\s*\(",
        "a test waits for a condition with a deadline",
    ),
)
BANNED_ANYWHERE = (
    (r"\bTODO\(now\)", "it was to be done before this was committed"),
    (r"\bTODO\b(?!\([a-z]+\): \S)", "write TODO(topic): sentence"),
    (r"\bXXX\b|\bFIXME\b", "write TODO(topic): sentence"),
)
# Libraries that stay behind one door.
WRAPPED = {
    "httplib.h": ("common/http/client/",),
    "yaml-cpp/": ("common/yaml/",),
    "boost/": (
        "common/http/",
        "mockllm/upstream/",
        "mockllm/server_program.cc",
        "harness/kube/",
    ),
    "pugixml.hpp": ("harness/run/", "harness/report/"),
    "hiredis": ("harness/ready/", "harness/isolation/"),
    "pqxx/": ("harness/ready/", "harness/migrate/", "harness/service/postgres.cc"),
    "CLI/": ("common/cli/", "mockllm/", "harness/"),
}
JSON_FREE = ("common/base/", "common/http/")


def without_comments_and_literals(text: str) -> str:
    """The same lines with comments, strings and character literals blanked."""
    pattern = re.compile(
        r'//[^\n]*|/\*.*?\*/|R"([^(\s]*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'',
        re.DOTALL,
    )

    def blank(match: re.Match[str]) -> str:
        if match.group(0).startswith("'") and text[max(match.start() - 1, 0)].isdigit():
            return match.group(0)  # a digit separator
        return re.sub(r"[^\n]", " ", match.group(0))

    lines = text.split("\n")
    return "\n".join(
        line if line.lstrip().startswith("#include") else blanked
        for line, blanked in zip(lines, pattern.sub(blank, text).split("\n"), strict=True)
    )


def is_test(path: str) -> bool:
    return path.startswith("tests/")


def search(path: str, text: str, banned: tuple[tuple[str, str], ...]) -> Iterator[str]:
    for number, line in enumerate(text.split("\n"), start=1):
        for pattern, reason in banned:
            match = re.search(pattern, line)
            if match:
                yield f"{path}:{number}: '{match.group(0).strip()}': {reason}"


def banned_words(path: str, text: str) -> Iterator[str]:
    if path.endswith((".md",)) or path.startswith("tests/tidy/"):
        return
    yield from search(path, text, BANNED_ANYWHERE)
    if path.endswith(CODE):
        code = without_comments_and_literals(text)
        if not path.startswith(("tests/samples/", "tests/bench/")):
            yield from search(path, code, BANNED_IN_CODE)
            if not path.startswith("clients/"):
                yield from search(path, code, BANNED_OUTSIDE_CLIENTS)
        if is_test(path) and not path.startswith(("tests/samples/", "tests/bench/")):
            yield from search(path, code, BANNED_IN_TESTS)


def environment_only_from_main(path: str, text: str) -> Iterator[str]:
    if not path.endswith(CODE) or not path.startswith(PROGRAM_FOLDERS):
        return
    if path in ("common/base/env.cc", "mockllm/main.cc", "harness/main.cc"):
        return
    yield from search(
        path,
        without_comments_and_literals(text),
        (
            (
                r"\b(secure_)?getenv\s*\(|\benviron\b",
                "main reads the environment once and hands it down",
            ),
        ),
    )


def libraries_behind_their_door(path: str, text: str) -> Iterator[str]:
    if not path.endswith(CODE) or not path.startswith(PROGRAM_FOLDERS):
        return
    for number, line in enumerate(text.split("\n"), start=1):
        match = re.match(r'\s*#\s*include\s+[<"]([^>"]+)[>"]', line)
        if not match:
            continue
        for library, doors in WRAPPED.items():
            if match.group(1).startswith(library) and not path.startswith(doors):
                yield f"{path}:{number}: {match.group(1)} is included only in {', '.join(doors)}"
        if re.match(r"nlohmann/|simdjson", match.group(1)) and path.startswith(JSON_FREE):
            yield f"{path}:{number}: there is no JSON below the seam of common/http"


def without_long_literals(path: str, text: str) -> list[str]:
    if path.endswith(CODE):
        return [
            re.sub(r" {2,}", " ", line) for line in without_comments_and_literals(text).split("\n")
        ]
    return [re.sub(r'^ *f?"[^"].*', "", line) for line in text.split("\n")]


def columns(path: str, text: str) -> Iterator[str]:
    if not path.endswith((".h", ".cc", ".py", ".bats", ".sh")):
        return
    measured = text.split("\n")
    if is_test(path):  # a text that a test expects may be one long literal
        measured = without_long_literals(path, text)
    for number, line in enumerate(measured, start=1):
        if len(line) > COLUMNS_MAX and "http" not in line:
            yield f"{path}:{number}: {len(line)} columns, at most {COLUMNS_MAX}"


def whitespace(path: str, text: str) -> Iterator[str]:
    if path.endswith((".md", ".patch", ".body", ".sql", ".lock", ".json", ".txt")):
        return
    for number, line in enumerate(text.split("\n"), start=1):
        if "\t" in line:
            yield f"{path}:{number}: a tab"
        if line != line.rstrip():
            yield f"{path}:{number}: blanks at the end of the line"
    if text and not text.endswith("\n"):
        yield f"{path}: no newline at its end"


def header_shape(path: str, text: str) -> Iterator[str]:
    if not path.endswith(".h"):
        return
    lines = text.split("\n")
    if "#pragma once" not in lines:
        yield f"{path}: no #pragma once"
    if not lines[0].startswith("// "):
        yield f"{path}:1: a header begins with a comment that says what it is for"


def file_length(path: str, text: str) -> Iterator[str]:
    ending = path[path.rfind(".") :]
    limit = FILE_LINES_MAX.get(ending)
    if limit is None:
        return
    if is_test(path) and ending != ".sh":
        limit = TEST_FILE_LINES_MAX
    lines = text.count("\n")
    if lines > limit:
        yield f"{path}: {lines} lines, at most {limit}: perhaps two things in one"


def file_name(path: str, text: str) -> Iterator[str]:
    del text
    name = path.rsplit("/", 1)[-1]
    snake_case = re.fullmatch(r"[a-z][a-z0-9_]*\.\w+|__\w+__\.py", name)
    if name.endswith((".h", ".cc", ".py")) and not snake_case:
        yield f"{path}: files are named in snake_case"


def too_long(path: str, line: int, length: int) -> str:
    return f"{path}:{line}: a function of {length} lines, at most {FUNCTION_LINES_MAX}"


def cpp_functions(code: str) -> Iterator[tuple[int, int]]:
    """First and last line (from 0) of every function in code without comments and literals.

    A block is a function where its parent is a file, namespace or class and its head has
    parameters. `head` is the text since the last statement or block.
    """
    blocks: list[tuple[str, int]] = []
    head = ""
    line = first = 0
    for position, sign in enumerate(code):
        line += sign == "\n"
        if sign == "{":
            blocks.append((kind_of_block(head, blocks), first))
            head = ""
        elif sign == "}" and blocks:
            kind, began = blocks.pop()
            more = code[position + 1 : position + 40].lstrip()[:1]
            if kind == "function" and more in (",", "{"):  # of a list of members: f() : a_{1} {
                head, first = "f()", began
                continue
            if kind == "function":
                yield began, line
            head = ""
        elif sign == ";" and head.count("(") == head.count(")"):
            head = ""
        else:
            if not head.strip():
                first = line
            head += sign


def kind_of_block(head: str, parents: list[tuple[str, int]]) -> str:
    if parents and parents[-1][0] != "scope":
        return "inner"
    bare = re.sub(r"\([^()]*\)", "()", re.sub(r"<[^<>]*>", "", head))
    if re.search(r"\b(namespace|class|struct|union|enum|extern)\b", bare):
        return "scope"
    return "function" if "(" in bare else "inner"


def cpp_function_length(path: str, text: str) -> Iterator[str]:
    """The rows of a table (`case kA:` and its `return`, `{value, value},`) do not count."""
    if not path.endswith(CODE):
        return
    code = re.sub(r"^ *#.*$", "", without_comments_and_literals(text), flags=re.MULTILINE)
    lines = code.split("\n")
    for first, last in cpp_functions(code):
        length = last - first + 1
        for before, line in itertools.pairwise(lines[first : last + 1]):
            length -= bool(re.match(r" *(case .*:|\{)", line)) or (
                "case " in before and "return" in line
            )
        if length > FUNCTION_LINES_MAX:
            yield too_long(path, first + 1, length)


def python_function_length(path: str, text: str) -> Iterator[str]:
    if not path.endswith(".py"):
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.end_lineno:
            length = node.end_lineno - node.lineno + 1
            if length > FUNCTION_LINES_MAX:
                yield too_long(path, node.lineno, length)


def paths_of_one_machine(path: str, text: str) -> Iterator[str]:
    if path.startswith("tests/tidy/"):
        return
    yield from search(
        path,
        text,
        (
            (
                r"/root/[\w.]|/home/\w+/|/Users/\w+/|C:\\\\Users",
                "a path of one machine",
            ),
            (
                r'"resolved": "http',
                "a lock file names no registry: set omit-lockfile-registry-resolved",
            ),
        ),
    )


def script_shape(path: str, text: str) -> Iterator[str]:
    """A header, strict mode, a guarded main. Sourced files say what they are."""
    if not path.endswith(".sh"):
        return
    if "/lib/" in path:
        if not text.startswith("# shellcheck shell=bash\n# "):
            yield f"{path}:1: a sourced file begins with '# shellcheck shell=bash' and what it is"
        return
    for needed, what in (
        ("#!/usr/bin/env bash\n# ", "a first line and what the script does"),
        ("\n# Usage: ", "a Usage line"),
        ("\n# Exit: ", "an Exit line"),
        ("\nset -o errexit -o nounset -o pipefail\n", "strict mode"),
        ('\nif [[ "${BASH_SOURCE[0]}" == "$0" ]]; then\n  main "$@"\nfi\n', "a guarded main"),
    ):
        if needed not in text:
            yield f"{path}: it lacks {what}"


Rule = Callable[[str, str], Iterator[str]]
RULES: tuple[Rule, ...] = (
    banned_words,
    environment_only_from_main,
    libraries_behind_their_door,
    columns,
    whitespace,
    header_shape,
    file_length,
    file_name,
    cpp_function_length,
    python_function_length,
    paths_of_one_machine,
    script_shape,
)
