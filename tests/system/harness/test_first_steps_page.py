"""docs/first-steps.md as a reader takes it; the page of the command line; completion in a shell."""

import re
import subprocess

import pytest
from conftest import BIN, ROOT

PAGE = (ROOT / "docs/first-steps.md").read_text()
COMMANDS = [
    line
    for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
    for line in block.splitlines()
    if line
]
SAYS = {
    "init": (0, "wrote  "),
    "doctor": (0, "nothing is missing"),
    "import": (0, "drydock: harness/v1"),
    "schema": (0, '"$schema"'),
    "completion": (0, ""),
}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_the_page_does_what_it_says(harness, command):
    (harness.folder / "ci").mkdir()
    (harness.folder / "test_ship.py").write_text("def test_sails(): pass\n")
    (harness.folder / "ci/config.yaml").write_text("service: {name: ship}\n")
    assert "build/release/bin/harness " in command
    line = command.replace("build/release/bin/harness", str(BIN / "harness"))

    ended = subprocess.run(
        ["bash", "-c", line],
        cwd=harness.folder,
        env=harness.environment(),
        capture_output=True,
        text=True,
        check=False,
    )

    code, said = SAYS[re.search(r"bin/harness (\w+)", command)[1]]
    assert ended.returncode == code, ended.stdout + ended.stderr
    assert said in ended.stdout + ended.stderr


def test_the_page_of_the_command_line_is_what_the_program_says(harness):
    page = (ROOT / "docs/command-line.md").read_text()

    assert harness("reference").out == page, (
        "build/release/bin/harness reference >docs/command-line.md"
    )


def completed(harness, line):
    """What bash offers at the end of `line`."""
    words = line.split(" ")
    script = (
        'eval "$(harness completion bash)" && complete -p harness >&2 && '
        f"COMP_WORDS=({' '.join(words[:-1])} '{words[-1]}') && COMP_CWORD={len(words) - 1} && "
        '_harness && printf "%s\\n" "${COMPREPLY[@]}"'
    )
    ended = subprocess.run(
        ["bash", "-o", "nounset", "-c", script],
        cwd=harness.folder,
        env=harness.environment(PATH=f"{BIN}:/usr/bin:/bin"),
        capture_output=True,
        text=True,
        check=True,
    )
    assert "complete -o default -o filenames -F _harness harness" in ended.stderr
    return ended.stdout.split()


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("harness ru", ["run"]),
        ("harness run --test-t", ["--test-timeout"]),
        ("harness run --gtest x --llm m", ["mock"]),
        ("harness --json report me", ["merge"]),
        ("harness report merge --rep", ["--report-dir"]),
        ("harness list --retr", []),
        ("harness completion ", ["bash", "zsh", "fish"]),
        ("harness run --config harn", ["harness.yaml"]),
        ("harness launch --image-pull-policy If", ["IfNotPresent"]),
        ("harness run --js", ["--json"]),
    ],
)
def test_bash_completes(harness, line, offered):
    (harness.folder / "harness.yaml").write_text("")

    assert [word for word in completed(harness, line) if not word.startswith("-h")][
        : max(len(offered), 1)
    ] == offered


def test_a_shell_that_is_unknown_is_refused(harness):
    run = harness("completion", "tcsh")
    assert (run.code, run.out) == (2, "")
    assert "tcsh" in run.err


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_every_verb_and_flag_is_in_every_script(harness, shell):
    page = (ROOT / "docs/command-line.md").read_text()
    script = harness("completion", shell).out

    for verb in re.findall(r"^## `harness ([\w -]+)`", page, re.MULTILINE):
        assert verb.rpartition(" ")[2] in script
    for flag in set(re.findall(r"`--([\w-]+)", page)):
        assert (f"-l {flag} " if shell == "fish" else f"--{flag}") in script, flag
