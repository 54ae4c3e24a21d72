"""What a user's suite gets from clients/python and clients/cpp, and what without a harness."""

import json
import os
import subprocess
import sys

import pytest
from conftest import GTEST_SAMPLES, ROOT

FILE = """drydock: harness/v1
services:
  db: {kind: postgres, url_env: DATABASE_URL, local: {database: app}, isolation: database}
  cache: {kind: redis, url_env: REDIS_URL, local: {}, isolation: prefix}
  llm: {kind: mockllm, local: {fixtures: fixtures}}
suites:
  - {name: py, kind: pytest, path: suite, uses: [db, cache, llm]}
  - {name: cc, kind: gtest, path: GTEST, uses: [db, cache, llm]}
"""

FIXTURES = """drydock: fixtures/v1
fixtures:
  - name: tells the weather
    match: {user: weather}
    reply: {tool_calls: [{name: get_weather, arguments: {city: Bergen}}]}
"""

TEST = """
import json, os, urllib.request

def ask(llm, text):
    body = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": text}]}
    request = urllib.request.Request(
        llm.base_url + "/chat/completions",
        json.dumps(body).encode(),
        {"content-type": "application/json", "authorization": "Bearer " + llm.api_key},
    )
    return json.load(urllib.request.urlopen(request))

def test_calls(drydock_llm, drydock_artifacts):
    assert drydock_llm.mode == "mock"
    assert drydock_llm.calls() == []
    ask(drydock_llm, "how is the weather?")
    (call,) = drydock_llm.calls()
    assert (call.outcome, call.status, call.model) == ("fixture", 200, "gpt-4o-mini")
    assert call.tool_calls == (("get_weather", {"city": "Bergen"}),)
    assert call.source.endswith("#tells the weather")
    assert call.request["messages"][0]["content"] == "how is the weather?"
    (drydock_artifacts / "note.txt").write_text("kept")

def test_has_a_session_of_its_own(drydock_llm):
    assert drydock_llm.calls() == []

def test_places(drydock_database_url, drydock_cache_url, drydock_cache_prefix):
    assert drydock_database_url == os.environ["DATABASE_URL"]
    assert "/drydock_" in drydock_database_url
    assert drydock_cache_url == os.environ["REDIS_URL"]
    assert drydock_cache_prefix.startswith("drydock:" + os.environ["DRYDOCK_RUN"])
"""


@pytest.fixture
def suite(harness):
    for name, text in {
        "harness.yaml": FILE.replace("GTEST", str(GTEST_SAMPLES / "client")),
        "fixtures/weather.yaml": FIXTURES,
        "suite/test_client.py": TEST,
    }.items():
        (harness.folder / name).parent.mkdir(exist_ok=True)
        (harness.folder / name).write_text(text)
    return harness


def test_both_clients_tell_what_the_harness_gives(suite):
    run = suite.run()

    assert run.code == 0, run.out + run.err
    assert run.verdict["counts"]["passed"] == 6
    assert run.verdict["llm"]["calls"] == 2
    notes = [path.read_text() for path in (run.reports / "artifacts").rglob("note.txt")]
    assert notes == ["kept", "kept"]


def test_a_service_that_the_file_does_not_have_fails_the_test_and_says_so(harness):
    (harness.folder / "test_it.py").write_text("def test_it(drydock_database_url): pass\n")

    run = harness.run("--pytest", "test_it.py")

    assert run.outcomes() == {"test_it": "failed"}
    assert "harness.yaml has no service of kind postgres" in json.dumps(run.records)


def test_without_the_harness_pytest_fails_with_the_remedy(tmp_path):
    (tmp_path / "test_it.py").write_text("def test_it(drydock_llm): pass\n")
    environment = {name: value for name, value in os.environ.items() if "DRYDOCK" not in name}

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "drydock_pytest", "-p", "no:cacheprovider"],
        cwd=tmp_path,
        env=environment | {"PYTHONPATH": str(ROOT / "clients/python")},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert "DRYDOCK_LLM_BASE_URL is not set" in done.stdout
    assert "run it with `harness run`" in done.stdout


def test_without_the_harness_googletest_fails_with_the_remedy():
    done = subprocess.run(
        [GTEST_SAMPLES / "client"],
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert "DRYDOCK_LLM_BASE_URL is not set" in done.stdout
    assert "run it with `harness run`" in done.stdout
