"""What mockllm tells of its own command line: the page in docs/, and completion in a shell."""

from __future__ import annotations

import pathlib
import re
import subprocess

import pytest
import server
from server import run

PAGE = server.ROOT / "docs/command-line-mockllm.md"


def test_the_page_of_the_command_line_is_what_the_program_says() -> None:
    assert run("reference").stdout == PAGE.read_text(), (
        f"build/release/bin/mockllm reference >{PAGE.relative_to(server.ROOT)}"
    )


def completed(line: str, folder: pathlib.Path) -> list[str]:
    """What bash offers at the end of `line`."""
    words = line.split(" ")
    script = (
        'eval "$(mockllm completion bash)" && complete -p mockllm >&2 && '
        f"COMP_WORDS=({' '.join(words[:-1])} '{words[-1]}') && COMP_CWORD={len(words) - 1} && "
        '_mockllm && printf "%s\\n" "${COMPREPLY[@]}"'
    )
    ended = subprocess.run(
        ["bash", "-o", "nounset", "-c", script],
        cwd=folder,
        env={"PATH": f"{pathlib.Path(server.binary()).parent}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "complete -o default -o filenames -F _mockllm mockllm" in ended.stderr
    return ended.stdout.split()


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("mockllm ser", ["serve"]),
        ("mockllm --v", ["--version"]),
        ("mockllm serve --v", []),
        ("mockllm serve --port 0 --mode rec", ["record", "record-missing"]),
        ("mockllm record --mode", []),
        ("mockllm serve --fixtures we", ["weather.yaml"]),
        ("mockllm serve --log-format j", ["json"]),
        ("mockllm serve --body-bytes-m", ["--body-bytes-max"]),
        ("mockllm completion ", ["bash", "zsh", "fish", "--help", "-h"]),
    ],
)
def test_bash_completes(line: str, offered: list[str], tmp_path: pathlib.Path) -> None:
    (tmp_path / "weather.yaml").write_text("")

    assert completed(line, tmp_path) == offered


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_every_verb_and_flag_is_in_every_script(shell: str) -> None:
    script = run("completion", shell).stdout
    page = PAGE.read_text()

    for verb in re.findall(r"^## `mockllm ([\w -]+)`", page, re.MULTILINE):
        assert verb in script
    for flag in set(re.findall(r"`--([\w-]+)", page)):
        assert (f"-l {flag} " if shell == "fish" else f"--{flag}") in script, flag


def test_a_shell_that_is_unknown_is_refused() -> None:
    ended = run("completion", "tcsh")

    assert (ended.returncode, ended.stdout) == (2, "")
    assert "tcsh" in ended.stderr
