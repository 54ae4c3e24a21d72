"""Every file is as its formatter leaves it. `tests/tidy/format.sh` formats them all."""

import pathlib
import shutil
import subprocess
import sys

import pytest
import tree

PINNED = pathlib.Path(sys.executable).parent  # of requirements.txt


def tool(name: str, package: str) -> str:
    """A tool of the machine; a missing one is an error that names its package."""
    found = shutil.which(name)
    assert found, f"{name} is missing: apt-get install {package}"
    return found


def run(*command: str) -> tuple[int, str]:
    ended = subprocess.run(
        command,
        cwd=tree.ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return ended.returncode, ended.stdout


def clang_format(*arguments: str) -> tuple[int, str]:
    return run(str(PINNED / "clang-format"), *arguments)


def ruff(*arguments: str) -> tuple[int, str]:
    return run(str(PINNED / "ruff"), *arguments)


def test_cpp_is_formatted():
    code, output = clang_format("--dry-run", "--Werror", *tree.named(".h", ".cc"))
    assert code == 0, output


def test_python_is_formatted():
    code, output = ruff("format", "--check", "--no-cache", *tree.named(".py"))
    assert code == 0, output


def test_python_has_no_findings():
    code, output = ruff("check", "--no-cache", "--output-format=concise", *tree.named(".py"))
    assert code == 0, output


def test_shell_is_formatted():
    code, output = run(tool("shfmt", "shfmt"), "-i", "2", "-ci", "-d", *tree.scripts())
    assert code == 0, output


@pytest.mark.parametrize("script", tree.scripts())
def test_shellcheck_finds_nothing(script):
    code, output = run(tool("shellcheck", "shellcheck"), script)
    assert code == 0, output


def test_yaml_is_in_order():
    code, output = run(tool("yamllint", "yamllint"), "--strict", *tree.named(".yaml", ".yml"))
    assert code == 0, output


def test_one_command_formats_everything(tmp_path):
    untidy = {
        "a.cc": "int  f( ) {return 1;}\n",
        "a.py": "x = { 1:2 }\n",
        "a.sh": "if x; then\ny\nfi\n",
    }
    for name, text in untidy.items():
        (tmp_path / name).write_text(text)
    (tmp_path / ".ci").mkdir()
    (tmp_path / ".ci/run").write_text("x\n")
    (tmp_path / "tests/tidy").mkdir(parents=True)
    shutil.copy(tree.ROOT / "tests/tidy/format.sh", tmp_path / "tests/tidy")
    (tmp_path / "build/venv-tidy").mkdir(parents=True)
    (tmp_path / "build/venv-tidy/bin").symlink_to(PINNED)
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)

    code, output = run(str(tmp_path / "tests/tidy/format.sh"))

    assert code == 0, output
    assert all((tmp_path / name).read_text() != text for name, text in untidy.items())


@pytest.mark.parametrize(
    "check, name, text",
    [
        (
            lambda path: clang_format("--dry-run", "--Werror", path),
            "a.cc",
            "int  f( ) {return 1;}\n",
        ),
        (lambda path: ruff("format", "--check", "--no-cache", path), "a.py", "x = { 1:2 }\n"),
        (lambda path: ruff("check", "--no-cache", path), "a.py", "import os\n"),
        (
            lambda path: run("shfmt", "-i", "2", "-ci", "-d", path),
            "a.sh",
            "if true\nthen\n x\nfi\n",
        ),
        (lambda path: run("shellcheck", path), "a.sh", "#!/bin/bash\nrm $1\n"),
        (lambda path: run("yamllint", "--strict", path), "a.yaml", "a:  1\n"),
    ],
    ids=["clang-format", "ruff-format", "ruff", "shfmt", "shellcheck", "yamllint"],
)
def test_a_planted_defect_is_found(tmp_path, check, name, text):
    (tmp_path / name).write_text(text)
    code, _ = check(str(tmp_path / name))
    assert code != 0
