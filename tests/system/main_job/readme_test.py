"""The commands of README.md do what it says."""

from __future__ import annotations

import os
import subprocess
import urllib.request

from conftest import BIN_DIR, ROOT, Checkout

README_COMMANDS = (
    "build/release/bin/mockllm serve --fixtures fixtures",
    "build/release/bin/harness run --pytest tests/integration",
    "build/release/bin/harness doctor",
)


def test_readme_holds_these_commands():
    readme = (ROOT / "README.md").read_text()
    assert all(command in readme for command in README_COMMANDS)


def test_mockllm_serves_the_fixtures(checkout: Checkout):
    command = [*README_COMMANDS[0].split(), "--port", "0"]
    with subprocess.Popen(
        command, cwd=checkout.folder, stdout=subprocess.PIPE, text=True
    ) as server:
        try:
            said = server.stdout.readline()
            assert said.startswith("listening on http://127.0.0.1:")
            with urllib.request.urlopen(said.split()[-1] + "/readyz", timeout=10) as answer:
                assert answer.status == 200
        finally:
            server.terminate()
        assert server.wait(20) == 0


def test_one_suite_named_by_a_flag_is_run(checkout: Checkout):
    ended = checkout.run(*README_COMMANDS[1].split()[2:])

    assert ended.code == 0
    assert any("test_finds_a_container" in name for name in ended.cases())
    assert not any("DeckAgent" in name for name in ended.cases())


def test_doctor_says_what_it_sees(checkout: Checkout):
    ended = subprocess.run(
        [str(BIN_DIR / "harness"), "doctor"],
        cwd=checkout.folder,
        env={**os.environ, "DATABASE_URL": "postgresql://app:hunter2secret@127.0.0.1:1/app"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert "postgres" in ended.stdout and "redis" in ended.stdout
    assert "hunter2secret" not in ended.stdout
