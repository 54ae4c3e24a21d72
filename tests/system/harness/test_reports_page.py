"""The commands of docs/reports.md do what it says, in its order, in one folder."""

import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys

import pytest
from conftest import BIN, ROOT

PAGE = (ROOT / "docs/reports.md").read_text()
PROGRAM = "build/release/bin/harness"
# Each command of the page and how it ends in a folder whose run passed.
COMMANDS = {
    f"{PROGRAM} report show": 0,
    f"{PROGRAM} report show some/folder/journal.jsonl": 0,
    f"{PROGRAM} report recover": 0,
    f"{PROGRAM} run --shard 0/3 --report-dir shard-0": 0,
    f"{PROGRAM} run --shard 1/3 --report-dir shard-1": 0,
    f"{PROGRAM} run --shard 2/3 --report-dir shard-2": 0,
    f"{PROGRAM} report merge shard-0 shard-1 shard-2 --report-dir build/reports": 0,
    f"{PROGRAM} report diff before/reports build/reports": 0,
    f"{PROGRAM} run --metrics-file textfile/drydock.prom": 0,
    f"{PROGRAM} run --metrics-listen 127.0.0.1:0": 0,
}
FILE_OF_THE_TABLE = re.compile(r"^\| `([\w.]+)/?`", re.MULTILINE)


def test_the_page_holds_these_commands():
    fences = re.findall(r"^```sh\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    assert "".join(fences).splitlines() == list(COMMANDS)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A checkout with three files of tests, and the reports of its last run."""
    folder = tmp_path_factory.mktemp("page")
    for name in "abc":
        (folder / f"tests/test_{name}.py").parent.mkdir(exist_ok=True)
        (folder / f"tests/test_{name}.py").write_text(f"def test_{name}():\n    pass\n")
    (folder / "harness.yaml").write_text(
        "drydock: harness/v1\nname: page\nsuites:\n  - {name: t, kind: pytest, path: tests}\n"
    )
    (folder / "build/release").mkdir(parents=True)
    (folder / "build/release/bin").symlink_to(BIN)
    assert run_in(folder, f"{PROGRAM} run").returncode == 0
    shutil.copytree(folder / "build/reports", folder / "some/folder")
    shutil.copytree(folder / "build/reports", folder / "before/reports")
    return folder


def run_in(folder, command):
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTEST_", "GITHUB_", "DRYDOCK_", "OPENAI_"))
    }
    path = f"{pathlib.Path(sys.executable).parent}:{os.environ['PATH']}"
    return subprocess.run(
        shlex.split(command),
        cwd=folder,
        env={**kept, "PATH": path},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_commands_end_as_the_page_says(folder):
    for command, code in COMMANDS.items():
        ended = run_in(folder, command)
        assert ended.returncode == code, command + ended.stdout + ended.stderr


def test_a_run_leaves_the_files_of_the_table(folder):
    run_in(folder, f"{PROGRAM} run --report-dir all")
    assert run_in(folder, f"{PROGRAM} report recover all").returncode == 0
    promised = set(FILE_OF_THE_TABLE.findall(PAGE)) - {"logs"}  # quiet tests leave an empty folder
    assert promised <= {path.name for path in (folder / "all").iterdir()}


def test_the_merged_run_is_the_whole(folder):
    for command in list(COMMANDS)[3:7]:
        ended = run_in(folder, command)
    assert "3 tests: 3 passed" in ended.stdout
    assert (folder / "build/reports/shards/2/journal.jsonl").is_file()


def test_the_copy_of_the_metrics_is_there(folder):
    assert run_in(folder, f"{PROGRAM} run --metrics-file textfile/drydock.prom").returncode == 0
    copy = (folder / "textfile/drydock.prom").read_text()
    assert copy == (folder / "build/reports/metrics.prom").read_text()
