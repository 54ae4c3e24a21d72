"""The example of a harness.yaml is read; its mistakes are told with their place; what tests get."""

from __future__ import annotations

import json

import pytest
from drydock_programs import EXAMPLES, ROOT
from harness_runs import Folder

EXAMPLE = (EXAMPLES / "harness.yaml").read_text()


def test_the_example_is_read_as_far_as_its_secrets(folder: Folder) -> None:
    folder.write("harness.yaml", EXAMPLE)

    ended = folder.run()

    # A mistake in the file would be 2; its secrets are not here.
    assert ended.code == 13, ended.speech
    assert "TOKEN_PEPPER" in ended.speech
    assert "/run/secrets/app/jwt.pem" in ended.speech


def test_the_sample_run_s_file_is_read() -> None:
    seen = Folder(ROOT).harness("doctor", "--config", "harness.yaml")

    assert "agent-cpp" in seen.stdout, seen.stderr


@pytest.mark.parametrize(
    ("right", "wrong", "place", "words"),
    [
        ("name: deck-agent", "nmae: deck-agent", "2:1", ("nmae", "name")),
        ("kind: redis", "kind: reddis", ":5:", ("reddis", "redis")),
        ("needs: [postgres, redis, llm]", "needs: [postgres, rediss]", ":11:", ("rediss", "redis")),
        (
            "uses: [app]}\n  - {name: agent,",
            "uses: [ap]}\n  - {name: agent,",
            ":19:",
            ("ap", "app"),
        ),
        ("timeout: 30s", "timeout: 30 parsecs", ":20:", ("30 parsecs",)),
        ("${llm.key}", "${llm.kye}", ":12:", ("kye", "key")),
        ("mode: auto", "mode: sometimes", ":17:", ("sometimes", "auto")),
    ],
)
def test_a_mistake_has_its_place_and_the_nearest_right_word(
    folder: Folder, right: str, wrong: str, place: str, words: tuple[str, ...]
) -> None:
    assert right in EXAMPLE
    folder.write("harness.yaml", EXAMPLE.replace(right, wrong, 1))

    ended = folder.run()

    assert ended.code == 2
    assert place in ended.speech
    for word in words:
        assert word in ended.speech


def test_a_variable_that_is_set_names_the_server_that_is_used(folder: Folder) -> None:
    folder.write("suite/test_it.py", "def test_it():\n    pass\n")
    folder.write(
        "harness.yaml",
        "drydock: harness/v1\nname: a\nservices:\n"
        "  redis: {kind: redis, url_env: REDIS_URL, local: {}, ready_timeout: 5s}\n"
        "suites:\n  - {name: suite, kind: pytest, path: suite, uses: [redis]}\n",
    )

    assert folder.run(environment={"REDIS_URL": "redis://127.0.0.1:9/0"}).code == 10
    assert folder.run().code == 0


ENVIRONMENT = """\
drydock: harness/v1
name: environment
services:
  llm: {kind: mockllm, url_env: MOCKLLM_URL, local: {fixtures: fixtures.yaml}}
suites:
  - {name: suite, kind: pytest, path: suite, uses: [llm], env: {OF_THE_SUITE: "yes"}}
"""
SHOWS_ENVIRONMENT = """\
import json, os

def test_shows():
    path = os.path.join(os.environ["DRYDOCK_ARTIFACTS_DIR"], "environment.json")
    with open(path, "w") as file:
        json.dump(dict(os.environ), file)
"""


def test_a_test_s_environment_is_as_the_contract_has_it(folder: Folder) -> None:
    folder.write("suite/test_it.py", SHOWS_ENVIRONMENT)
    folder.write("fixtures.yaml", "drydock: fixtures/v1\nfixtures: []\n")
    folder.write("harness.yaml", ENVIRONMENT)

    ended = folder.run(
        environment={
            "INHERITED": "yes",
            "GTEST_FILTER": "-*",
            "PYTEST_ADDOPTS": "--collect-only",
            "GITHUB_TOKEN": "a token",
            "ACTIONS_RUNTIME_TOKEN": "a token",
            "LD_PRELOAD": "",
            "TEST_TOTAL_SHARDS": "7",
            "CACHE_SERVICE_HOST": "10.0.0.1",
            "CACHE_SERVICE_PORT": "6379",
            "KUBERNETES_SERVICE_HOST": "10.0.0.2",
        }
    )

    assert ended.code == 0, ended.speech
    (kept,) = ended.reports.glob("artifacts/*/environment.json")
    seen = json.loads(kept.read_text())
    session = f"{seen['DRYDOCK_RUN']}.suite~2Ftest_it.py~3A~3Atest_shows.1"
    assert seen["DRYDOCK_TEST"] == "suite/test_it.py::test_shows"
    assert seen["DRYDOCK_ATTEMPT"] == "1"
    assert seen["DRYDOCK_SESSION"] == session
    assert seen["DRYDOCK_LLM_MODE"] == "mock"
    assert seen["DRYDOCK_LLM_BASE_URL"].endswith(f"/s/{session}/v1")
    assert seen["OF_THE_SUITE"] == seen["INHERITED"] == "yes"
    assert seen["TZ"] == "UTC"
    assert seen["KUBERNETES_SERVICE_HOST"] == "10.0.0.2"
    assert seen["TMPDIR"]
    for gone in (
        *("GTEST_FILTER", "PYTEST_ADDOPTS", "GITHUB_TOKEN", "ACTIONS_RUNTIME_TOKEN"),
        *("LD_PRELOAD", "TEST_TOTAL_SHARDS", "MOCKLLM_CONTROL_TOKEN", "CACHE_SERVICE_HOST"),
    ):
        assert gone not in seen, gone


def test_declared_environment_passes_only_what_the_file_names(folder: Folder) -> None:
    folder.write("suite/test_it.py", SHOWS_ENVIRONMENT)
    folder.write("fixtures.yaml", "drydock: fixtures/v1\nfixtures: []\n")
    folder.write("harness.yaml", ENVIRONMENT.replace("uses:", "environment: declared, uses:"))

    ended = folder.run(environment={"INHERITED": "yes"})

    assert ended.code == 0, ended.speech
    (kept,) = ended.reports.glob("artifacts/*/environment.json")
    seen = json.loads(kept.read_text())
    assert "INHERITED" not in seen
    assert seen["OF_THE_SUITE"] == "yes"
