"""What a run leaves: verdict, journal, reports; and calls that are red whatever the test says."""

from __future__ import annotations

import hashlib
import json
import re
import xml.etree.ElementTree as ElementTree

import pytest
from drydock_programs import EXAMPLES, lacking
from harness_runs import Folder, Run

EXAMPLE = json.loads((EXAMPLES / "verdict.json").read_text())
CONFIG = """\
drydock: harness/v1
name: verdict
services:
  llm: {kind: mockllm, url_env: MOCKLLM_URL, local: {fixtures: fixtures.yaml}}
suites:
  - {name: suite, kind: pytest, path: suite, uses: [llm]}
"""
FIXTURES = """\
drydock: fixtures/v1
fixtures:
  - {name: greets, match: {user: hello}, reply: {text: Hello.}}
"""
ASK = """\
import json, os, urllib.error, urllib.request

import pytest


def ask(text, base_url=None):
    \"\"\"The answer, or None: this application swallows its errors.\"\"\"
    body = {"model": "m", "messages": [{"role": "user", "content": text}]}
    request = urllib.request.Request(
        (base_url or os.environ["OPENAI_BASE_URL"]) + "/chat/completions",
        json.dumps(body).encode(),
        {"content-type": "application/json",
         "authorization": "Bearer " + os.environ["OPENAI_API_KEY"]},
    )
    try:
        with urllib.request.urlopen(request) as response:
            return json.load(response)["choices"][0]["message"]["content"]
    except urllib.error.HTTPError:
        return None

"""
MIXED = (
    ASK
    + """
def test_is_answered():
    assert ask("hello") == "Hello."

def test_fails():
    assert ask("hello") == "Goodbye."

def test_swallows_a_miss():
    assert ask("good evening") is None

@pytest.mark.skip(reason="not today")
def test_is_skipped():
    pass

@pytest.mark.xfail
def test_is_expected_to_fail():
    assert False

@pytest.mark.xfail
def test_passes_unexpectedly():
    pass
"""
)


def run_of(folder: Folder, tests: str, *arguments: str) -> Run:
    folder.write("suite/test_it.py", tests)
    folder.write("fixtures.yaml", FIXTURES)
    folder.write("harness.yaml", CONFIG)
    return folder.run(*arguments)


@pytest.fixture
def mixed(folder: Folder) -> Run:
    return run_of(folder, MIXED)


def test_the_verdict_is_as_the_contract_has_it(mixed: Run) -> None:
    verdict = mixed.verdict

    assert lacking(EXAMPLE, verdict) == []
    assert verdict["drydock"] == "verdict/v1"
    assert verdict["verdict"] == "failed"
    assert verdict["exit_code"] == mixed.code == 1
    assert verdict["reasons"]
    wanted = {"total": 6, "passed": 1, "failed": 1, "llm_miss": 1}
    wanted |= {"skipped": 1, "xfailed": 1, "xpassed": 1}
    assert verdict["counts"] == {name: wanted.get(name, 0) for name in EXAMPLE["counts"]}
    assert {name: verdict["llm"][name] for name in ("mode", "calls", "misses", "unattributed")} == {
        "mode": "mock",
        "calls": 3,
        "misses": 1,
        "unattributed": 0,
    }
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", verdict["started"])


def test_the_verdict_seals_the_journal(mixed: Run) -> None:
    journal = (mixed.reports / "journal.jsonl").read_bytes()

    assert mixed.verdict["journal_sha256"] == hashlib.sha256(journal).hexdigest()
    assert re.fullmatch(r"[0-9a-f]{64}", mixed.verdict["list_sha256"])


def test_a_run_leaves_its_reports(mixed: Run) -> None:
    names = {path.name for path in mixed.reports.iterdir()}

    assert {"journal.jsonl", "verdict.json", "junit.xml", "logs"} <= names
    logs = {path.name for path in (mixed.reports / "logs").iterdir()}
    assert any("test_fails" in name and name.endswith(".1.log") for name in logs)


def test_junit_agrees_with_the_verdict(mixed: Run) -> None:
    cases = list(ElementTree.parse(mixed.reports / "junit.xml").iter("testcase"))

    red = [
        case for case in cases if case.find("failure") is not None or case.find("error") is not None
    ]
    counts = mixed.verdict["counts"]
    assert len(cases) == counts["total"]
    assert len(red) == counts["failed"] + counts["llm_miss"]


def test_a_miss_is_red_and_shown_with_the_nearest_fixture(mixed: Run) -> None:
    assert "test_swallows_a_miss" in mixed.speech
    assert "fixtures.yaml#greets" in mixed.speech
    assert "good evening" in mixed.speech


def test_a_failing_test_is_shown_with_its_calls(mixed: Run) -> None:
    told = mixed.speech[mixed.speech.index("test_fails") :]

    assert "test_it.py:" in told
    assert "fixtures.yaml#greets" in told


def test_a_test_that_expects_misses_may_have_them(folder: Folder) -> None:
    expecting = '\n@pytest.mark.expects_misses\ndef test_it():\n    assert ask("bye") is None\n'

    ended = run_of(folder, ASK + expecting)

    assert ended.code == 0, ended.speech
    assert ended.verdict["counts"]["llm_miss"] == 0


def test_a_call_that_nobody_owns_makes_the_run_red(folder: Folder) -> None:
    stray = (
        "\ndef test_it():\n"
        '    place = os.environ["OPENAI_BASE_URL"].split("/s/")[0].removesuffix("/v1")\n'
        '    os.environ["OPENAI_API_KEY"] = "sk-somebody"\n'
        '    assert ask("hello", place + "/v1") == "Hello."\n'
    )

    ended = run_of(folder, ASK + stray)

    assert ended.code == 1, ended.speech
    assert ended.verdict["counts"]["passed"] == 1
    assert ended.verdict["llm"]["unattributed"] == 1


def test_a_test_that_ends_the_process_with_0_has_vanished(folder: Folder) -> None:
    ends = "import os\n\ndef test_it():\n    os._exit(0)\n\ndef test_next():\n    pass\n"

    ended = run_of(folder, ends)

    assert ended.code == 1
    counts = ended.verdict["counts"]
    assert counts["vanished"] == 1
    assert counts["passed"] + counts["not_run"] == 1


def test_a_test_that_crashes_is_red(folder: Folder) -> None:
    ended = run_of(folder, "import os\n\ndef test_it():\n    os.abort()\n")

    assert ended.code == 1
    assert ended.verdict["counts"]["crashed"] == 1
