"""The source's own rules hold in every file, and each rule finds a planted defect."""

import re

import layering
import pytest
import source_rules
import tree

TEXT_ENDINGS = (
    ".h",
    ".cc",
    ".py",
    ".sh",
    ".bats",
    ".md",
    ".txt",
    ".cmake",
    ".yaml",
    ".yml",
    ".json",
    ".mjs",
    ".sql",
    ".toml",
    ".in",
)
GENERATED = re.compile(
    r"(^|/)(build|node_modules|__pycache__|\.venv|\.pytest_cache)/|\.(pyc|o|a|so|log)$"
)


def findings_of(rule: source_rules.Rule) -> list[str]:
    return [
        finding
        for path in tree.files()
        if path.endswith(TEXT_ENDINGS)
        for finding in rule(path, tree.read(path))
    ]


@pytest.mark.parametrize("rule", source_rules.RULES, ids=lambda rule: rule.__name__)
def test_every_file_keeps_the_rule(rule):
    findings = findings_of(rule)
    assert not findings, "\n" + "\n".join(findings)


def test_nothing_generated_is_committed():
    assert [path for path in tree.files() if GENERATED.search(path)] == []


def test_every_room_says_what_it_turns_into_what():
    """One header of each room begins with "<room>: ..." and says what the room may include."""
    layers = layering.read_layers(tree.read("tests/tidy/layers.txt"))
    silent = []
    for room in layers.allowed:
        headers = [
            " ".join(
                re.findall(r"^//\s?(.*)$", tree.read(path).partition("#pragma")[0], re.MULTILINE)
            )
            for path in tree.named(".h")
            if path.rsplit("/", 1)[0] == room
        ]
        name = room.rsplit("/", 1)[-1]
        if (
            headers
            and room not in ("mockllm", "harness")
            and not any(
                re.match(rf"(?:\S+/)?{name}: ", text) and "May include: " in text
                for text in headers
            )
        ):
            silent.append(room)
    assert silent == []


LONG_FUNCTION = "int f(int a) {\n" + "  a += 1;\n" * 80 + "}\n"
SCRIPT = (
    "#!/usr/bin/env bash\n# Does it.\n#\n# Usage: it\n# Exit: 0\n"
    "set -o errexit -o nounset -o pipefail\n\n"
    'if [[ "${BASH_SOURCE[0]}" == "$0" ]]; then\n  main "$@"\nfi\n'
)


@pytest.mark.parametrize(
    "rule, path, text",
    [
        ("banned_words", "common/a.cc", "std::cout << 1;\n"),
        ("banned_words", "common/a.cc", "#include <regex>\n"),
        ("banned_words", "common/a.cc", "x = strtol(text, nullptr, 10);\n"),
        ("banned_words", "common/a.cc", "throw 1;\n"),
        ("banned_words", "common/a.cc", "// TODO(now): it\n"),
        ("banned_words", "common/a.cc", "// TODO it\n"),
        ("banned_words", "scripts/a.sh", "# XXX\n"),
        ("banned_words", "tests/unit/a_test.cc", "std::this_thread::sleep_for(1ms);\n"),
        ("environment_only_from_main", "common/http/a.cc", 'auto x = getenv("HOME");\n'),
        ("libraries_behind_their_door", "harness/run/a.cc", "#include <httplib.h>\n"),
        ("libraries_behind_their_door", "mockllm/fixture/a.cc", "#include <yaml-cpp/yaml.h>\n"),
        ("libraries_behind_their_door", "common/http/a.cc", "#include <nlohmann/json.hpp>\n"),
        ("columns", "common/a.cc", "x" * 101 + "\n"),
        ("whitespace", "common/a.cc", "\tint a;\n"),
        ("whitespace", "common/a.cc", "int a; \n"),
        ("whitespace", "common/a.cc", "int a;"),
        ("header_shape", "common/a.h", "// a\nint a;\n"),
        ("header_shape", "common/a.h", "#pragma once\nint a;\n"),
        ("file_length", "common/a.h", "\n" * 251),
        ("file_length", "scripts/a.sh", "\n" * 151),
        ("file_name", "common/ParserThing.cc", ""),
        ("cpp_function_length", "common/a.cc", LONG_FUNCTION),
        (
            "cpp_function_length",
            "tests/unit/a_test.cc",
            LONG_FUNCTION.replace("int f(int a)", "TEST(A, B)"),
        ),
        ("cpp_function_length", "a.cc", LONG_FUNCTION.replace("(int a)", "(int a,\n      int b)")),
        ("cpp_function_length", "a.cc", LONG_FUNCTION.replace("(int a)", "(int a) : a_{a}, b_{1}")),
        ("cpp_function_length", "a.h", "class A {\n public:\n" + LONG_FUNCTION + "};\n"),
        ("python_function_length", "tests/a.py", "def f():\n" + "    a = 1\n" * 80),
        ("paths_of_one_machine", "tests/a.py", 'X = "/home/somebody/x"\n'),
        ("paths_of_one_machine", "a/package-lock.json", '"resolved": "https://x/y.tgz"\n'),
        ("script_shape", "scripts/a.sh", SCRIPT.replace("-o nounset ", "")),
        ("script_shape", "scripts/a.sh", SCRIPT.replace("# Exit", "# Ends")),
        ("script_shape", "scripts/a.sh", SCRIPT.replace("BASH_SOURCE", "X")),
        ("script_shape", "scripts/lib/a.sh", "f() { :; }\n"),
    ],
)
def test_a_planted_defect_is_found(rule, path, text):
    assert list(getattr(source_rules, rule)(path, text)) != []


@pytest.mark.parametrize(
    "rule, path, text",
    [
        (
            "banned_words",
            "common/a.cc",
            "// it never uses std::cout\nauto x = \"throw\";\nint million = 1'000'000;\n",
        ),
        ("banned_words", "common/a.cc", "// TODO(security): check it.\n"),
        ("environment_only_from_main", "mockllm/main.cc", 'getenv("HOME");\n'),
        ("libraries_behind_their_door", "common/yaml/a.cc", "#include <yaml-cpp/yaml.h>\n"),
        ("cpp_function_length", "common/a.cc", "int f(int a) {\n  return a;\n}\n" * 40),
        ("cpp_function_length", "a.h", "class A {\n" + "  int f() { return 1; }\n" * 90 + "};\n"),
        (
            "cpp_function_length",
            "a.h",
            "namespace a {\n" + "struct B {\n  int b{1};\n};\n" * 40 + "}\n",
        ),
        ("script_shape", "scripts/a.sh", SCRIPT),
    ],
)
def test_what_is_in_order_is_left_alone(rule, path, text):
    assert list(getattr(source_rules, rule)(path, text)) == []
