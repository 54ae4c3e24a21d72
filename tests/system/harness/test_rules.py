"""Rules of the verdict that no sample suite shows: each from a journal or a small run."""

import json

import pytest
from conftest import GTEST_SAMPLES, PYTEST_SAMPLES

START = {"event": "run_started", "run": "r1", "name": "rules", "llm_mode": "mock", "shard_count": 1}
FINISH = {"event": "run_finished", "duration_ms": 1}


def listed(*names):
    tests = [{"suite": "s", "name": name} for name in names]
    return {"event": "tests_listed", "tests": tests, "listed": len(tests)}


def ended(name, outcome, attempt=1):
    test = {"test": f"s/{name}", "attempt": attempt}
    return [
        {"event": "attempt_started", **test},
        {"event": "attempt_finished", "outcome": outcome, "reason": outcome, **test},
    ]


def calls_of(session, **more):
    return {"event": "unattributed_calls", "session": session, "calls_total": 1, **more}


@pytest.fixture
def verdict_of(harness):
    """From the events of a journal to the exit code and the reasons of the run."""

    def verdict_of(*events):
        folder = harness.folder / "journal"
        folder.mkdir(exist_ok=True)
        lines = [
            json.dumps({"seq": seq, "at": "2026-11-22T10:00:00.000Z", "mono_ms": seq, **event})
            for seq, event in enumerate(events, start=1)
        ]
        (folder / "journal.jsonl").write_text("\n".join(lines) + "\n")
        run = harness("report", "show", "--json", str(folder))
        told = json.loads(run.out)
        assert told["exit_code"] == run.code
        return run.code, told["reasons"]

    return verdict_of


def test_what_was_not_run_is_red(verdict_of):
    assert verdict_of(START, listed("a"), *ended("a", "passed"), FINISH) == (0, [])
    assert verdict_of(START, listed("a", "b"), *ended("a", "passed"), FINISH) == (
        1,
        ["1 test not run"],
    )


def test_what_fail_fast_left_out_is_no_reason(verdict_of):
    left_out = {"event": "test_not_run", "test": "s/b", "reason": "--fail-fast", "fail_fast": True}
    told = verdict_of(START, listed("a", "b"), *ended("a", "failed"), left_out, FINISH)
    assert told == (1, ["1 test failed"])


def test_a_journal_without_an_end_is_red(verdict_of):
    code, reasons = verdict_of(START, listed("a"), *ended("a", "passed"))
    assert (code, len(reasons)) == (30, 1)


def test_a_call_that_nobody_owns_is_red(verdict_of):
    run = (START, listed("a"), *ended("a", "passed"))
    assert verdict_of(*run, calls_of("default"), FINISH) == (1, ["1 call that no attempt owns"])
    assert verdict_of(*run, calls_of("default", warn_only=True), FINISH) == (0, [])


def test_a_miss_before_the_first_test_is_red(verdict_of):
    run = (START, listed("a"), *ended("a", "passed"))
    assert verdict_of(*run, calls_of("r1.start.0", misses=1), FINISH)[0] == 1
    assert verdict_of(*run, calls_of("r1.start.0"), FINISH)[0] == 0


def test_a_shard_without_a_test_is_not_red(verdict_of):
    nothing = listed() | {"listed": 3}
    assert verdict_of(START | {"shard_count": 4}, nothing, FINISH) == (0, [])
    assert verdict_of(START, nothing, FINISH)[0] == 3


def test_the_weightiest_code_is_the_run_s(verdict_of):
    lost = {"event": "run_failed", "exit_code": 12, "reason": "a migration"}
    code, reasons = verdict_of(START, listed("a"), *ended("a", "failed"), lost, FINISH)
    assert (code, reasons) == (12, ["a migration", "1 test failed"])
    over = {"event": "run_interrupted", "reason": "SIGTERM"}
    assert verdict_of(START, listed("a"), lost, over, FINISH)[0] == 20


def test_a_binary_that_ignores_its_filter_is_red(harness):
    run = harness.run("--gtest", GTEST_SAMPLES / "ignores_its_filter")
    assert run.code == 1
    assert run.verdict["counts"]["failed"] == run.verdict["counts"]["total"] == 2
    assert "ran 2 tests where this one was asked for" in run.out


def test_a_plugin_that_hides_the_phases_makes_its_tests_vanish(harness):
    run = harness.run("--pytest", PYTEST_SAMPLES / "hides_phases")
    assert (run.code, run.outcomes()) == (1, {"test_here": "vanished"})


ASKS = """
import json, os, urllib.error, urllib.request
import pytest


def ask(text):
    request = urllib.request.Request(
        os.environ["OPENAI_BASE_URL"] + "/chat/completions",
        json.dumps({"model": "m", "messages": [{"role": "user", "content": text}]}).encode(),
        {"authorization": "Bearer " + os.environ["OPENAI_API_KEY"]},
    )
    try:
        urllib.request.urlopen(request, timeout=20).close()
    except urllib.error.HTTPError:
        pass
"""


@pytest.fixture
def run_that_asks(harness):
    def run_that_asks(test):
        (harness.folder / "suite").mkdir()
        (harness.folder / "suite/test_asks.py").write_text(ASKS + test)
        (harness.folder / "fixtures.yaml").write_text(
            "drydock: fixtures/v1\nfixtures:\n  - {name: a, match: {user: hi}, reply: {text: Hi.}}\n"
        )
        (harness.folder / "harness.yaml").write_text(
            "drydock: harness/v1\nname: asks\nservices: {llm: {kind: mockllm, url_env: MOCKLLM_URL,"
            " local: {fixtures: fixtures.yaml}}}\n"
            "suites: [{name: s, kind: pytest, path: suite, uses: [llm]}]\n"
        )
        return harness.run()

    return run_that_asks


def test_a_miss_that_the_test_swallows_is_red(run_that_asks):
    run = run_that_asks("def test_here():\n    ask('good evening')\n")
    assert (run.code, run.outcomes()) == (1, {"test_here": "llm_miss"})


def test_a_test_that_expects_misses_may_have_them(run_that_asks):
    run = run_that_asks("@pytest.mark.expects_misses\ndef test_here():\n    ask('good evening')\n")
    assert (run.code, run.outcomes()) == (0, {"test_here": "passed"})


def test_a_test_whose_service_is_lost_is_environment(harness):
    (harness.folder / "suite").mkdir()
    (harness.folder / "suite/test_cache.py").write_text(
        "import os, signal, socket, urllib.parse\n\n"
        "def test_here():\n"
        "    url = urllib.parse.urlsplit(os.environ['REDIS_URL'])\n"
        "    with socket.create_connection((url.hostname, url.port)) as redis:\n"
        "        for word in filter(None, (url.password,)):\n"
        "            redis.sendall(f'AUTH {word}\\r\\n'.encode())\n"
        "            redis.recv(100)\n"
        "        redis.sendall(b'SHUTDOWN NOSAVE\\r\\n')\n"
        "        assert redis.recv(100) == b'still there'\n"
    )
    (harness.folder / "harness.yaml").write_text(
        "drydock: harness/v1\nname: x\n"
        "services: {cache: {kind: redis, url_env: REDIS_URL, local: {}}}\n"
        "suites: [{name: s, kind: pytest, path: suite, uses: [cache]}]\n"
    )
    run = harness.run()
    assert (run.code, run.outcomes()) == (10, {"test_here": "environment"}), run.out + run.err
    assert "the service cache was lost" in run.out
