"""`harness init`: the first file of a project is written from what lies there, and it runs."""

import os
import shutil
import sys

import pytest
from conftest import BIN, GTEST_SAMPLES, ROOT


def put(folder, name, text):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


@pytest.fixture
def ship(harness):
    """Two binaries in a build folder, an older copy in another, pytest, and what is no test."""
    folder = harness.folder
    for target in ("build/bin/deck", "build/bin/mast", "old/bin/mast"):
        (folder / target).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(GTEST_SAMPLES / "unit", folder / target)
    os.utime(folder / "old/bin/mast", (1, 1))
    shutil.copy("/bin/true", folder / "build/bin/no_test")
    put(folder, "tests/unit/test_ship.py", "def test_sails(): pass\n")
    put(folder, "tests/unit/deep/test_keel.py", "def test_holds(): pass\n")
    put(folder, "node_modules/x/test_foreign.py", "def test_foreign(): assert 0\n")
    put(folder, "venv/pyvenv.cfg", "")
    put(folder, "venv/lib/test_foreign.py", "def test_foreign(): assert 0\n")
    put(folder, "notes.txt", "some day this wants a DATABASE_URL")
    return harness


def test_a_project_s_first_file_runs(ship):
    run = ship("init")

    assert run.code == 0, run.err
    file = (ship.folder / "harness.yaml").read_text()
    assert file.partition("suites:\n")[2].partition("\n\n")[0].splitlines() == [
        '  - {name: bin, kind: gtest, path: "build/bin/*"}',
        "  - {name: unit, kind: pytest, path: tests/unit}",
    ]
    assert "services" not in file, "a word in a note starts no database"
    assert "suite unit (pytest, tests/unit)" in run.err
    assert "harness doctor" in run.err
    ended = ship.run()
    assert ended.code == 0, ended.out + ended.err
    assert {"test_sails", "test_holds"} <= set(ended.outcomes())
    assert ended.verdict["counts"]["passed"] == ended.verdict["counts"]["total"] > 2


def test_a_compose_file_says_what_tests_talk_to(ship):
    put(ship.folder, "compose.yaml", "services:\n  db:\n    image: postgres:16\n")
    put(ship.folder, ".env.example", "REDIS_URL=redis://localhost\n")
    put(ship.folder, "db/2_more.up.sql", "")

    run = ship("init")

    assert "service postgres (compose.yaml: image: postgres)" in run.err
    file = (ship.folder / "harness.yaml").read_text()
    assert "path: tests/unit, uses: [postgres, redis]}\n" in file
    assert "migrations: {service: postgres, dir: db}\n" in file


def test_a_file_that_is_there_is_kept(ship):
    put(ship.folder, "harness.yaml", "mine\n")

    assert ship("init").code == 2
    assert (ship.folder / "harness.yaml").read_text() == "mine\n"
    assert ship("init", "--force").code == 0
    assert ship("init", "--output", "other.yaml").code == 0
    assert ship("init", "--output", "tests/other.yaml").code == 2, "its paths would mean others"
    (ship.folder / "dangling.yaml").symlink_to("/nowhere/else")
    assert ship("init", "--output", "dangling.yaml").code == 2, "a link is there too"


def test_nothing_to_test_is_told(harness):
    run = harness("init")

    assert run.code == 2
    assert "no GoogleTest binary and no pytest file" in run.err
    assert not (harness.folder / "harness.yaml").exists()
    assert harness("init", "no/such/folder").code == 2


def test_the_sample_application_runs_from_what_is_found(harness):
    folder = harness.folder
    shutil.copytree(ROOT / "tests/integration", folder / "tests/integration")
    shutil.copytree(ROOT / "fixtures", folder / "fixtures")
    (folder / "build").mkdir()
    shutil.copy(BIN / "agent_test", folder / "build/agent_test")

    run = harness("init")
    assert run.code == 0, run.err
    file = (folder / "harness.yaml").read_text()
    for part in (
        "  postgres: {kind: postgres, url_env: DATABASE_URL, local: {}}",
        "  redis: {kind: redis, url_env: REDIS_URL, local: {}}",
        "local: {fixtures: fixtures}}",
        "    local: {run: [python3, -m, deck_agent], directory: tests/integration, ready: /healthz}",
        "    needs: [postgres, redis, llm]",
        "migrations: {service: postgres, dir: tests/integration/migrations}",
        "  - {name: agent_test, kind: gtest, path: build/agent_test, uses: [app]}",
        "  - {name: integration, kind: pytest, path: tests/integration, uses: [app]}",
    ):
        assert f"{part}\n" in file

    path = os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]])
    some = "test(DeckAgent.Finds) | test(an_unknown_conversation)"
    ended = harness.run("--filter", some, PATH=path, timeout=240)
    assert ended.code == 0, ended.out + ended.err
    assert set(ended.outcomes()) == {
        "DeckAgent.FindsAContainerInTheDatabase",
        "test_an_unknown_conversation_is_not_found",
    }
