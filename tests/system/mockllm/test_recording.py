"""Between an application and a real service, played by a second mockllm that knows its own keys."""

from __future__ import annotations

import hashlib
import pathlib
import signal
from collections.abc import Iterator

import pytest
import server
from conftest import Start
from server import Server, chat_body

REAL_KEY = "sk-proj-RealKeyOfTheUpstream0123456789abcdef"
APP_KEY = "Bearer sk-the-applications-own-key"


@pytest.fixture
def real(start: Start) -> Iterator[Server]:
    yield start("--api-keys-env", "KEYS", KEYS=REAL_KEY)


def ask(running: Server, text: str, session: str = "r1.rec.1", **more: object):
    path = f"/s/{session}/v1/chat/completions"
    return running.ask("POST", path, chat_body(text, **more), authorization=APP_KEY)


def recorder(real: Server, folder: pathlib.Path, *more: object, verb: str = "record"):
    upstream = ["--upstream", f"{real.url}/v1", "--upstream-key-env", "REAL_KEY"]
    return server.serving(*upstream, "--cassettes", folder, *more, verb=verb, REAL_KEY=REAL_KEY)


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_a_recorded_run_is_replayed_byte_for_byte(real: Server, tmp_path: pathlib.Path) -> None:
    with recorder(real, tmp_path) as recording:
        said = [
            ask(recording, "hello"),
            ask(recording, "hello"),
            ask(recording, "hello", stream=True),
            ask(recording, "weather in Oslo", stream=True),
        ]
        assert [answer.status for answer in said] == [200] * 4
        calls = recording.journal("r1.rec.1")
        recording.signal(signal.SIGTERM)
        assert recording.wait() == 0

    assert [call["outcome"] for call in calls] == ["upstream"] * 4
    assert calls[3]["reply"]["tool_calls"][0]["name"] == "get_weather"
    with server.serving("--cassettes", tmp_path) as replaying:
        again = [
            ask(replaying, "hello", "r9.rec.4"),
            ask(replaying, "hello", "r9.rec.4"),
            ask(replaying, "hello", "r9.rec.4", stream=True),
            ask(replaying, "weather in Oslo", "r9.rec.4", stream=True),
        ]
        outcomes = [call["outcome"] for call in replaying.journal("r9.rec.4")]
    assert [sha256(answer.body) for answer in again] == [sha256(answer.body) for answer in said]
    assert outcomes == ["cassette"] * 4


def test_no_key_reaches_the_disk(real: Server, tmp_path: pathlib.Path) -> None:
    with recorder(real, tmp_path) as recording:
        ask(recording, f"hello, my key is {REAL_KEY}")
        recording.signal(signal.SIGTERM)
        recording.wait()

    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert files
    for path in files:
        content = path.read_bytes()
        assert REAL_KEY.encode() not in content
        assert APP_KEY.encode() not in content

    with server.serving("--cassettes", tmp_path) as replaying:
        assert ask(replaying, f"hello, my key is {REAL_KEY}").status == 200


def test_what_is_transient_passes_and_is_not_recorded(real: Server, tmp_path: pathlib.Path) -> None:
    with recorder(real, tmp_path) as recording:
        assert ask(recording, "busy").status == 429
        recording.signal(signal.SIGTERM)
        recording.wait()

    with server.serving("--cassettes", tmp_path) as replaying:
        assert ask(replaying, "busy").status == 404


def test_record_missing_asks_only_for_what_nothing_answers(
    real: Server, tmp_path: pathlib.Path, fixtures: pathlib.Path
) -> None:
    own = tmp_path / "own.yaml"
    own.write_text(
        "drydock: fixtures/v1\nfixtures:\n"
        "  - {name: own, match: {user: {equals: hello}}, reply: {text: from a fixture}}\n"
    )
    more = ("--mode", "record-missing", "--fixtures", own)
    with recorder(real, tmp_path / "tapes", *more, verb="serve") as recording:
        assert ask(recording, "hello").json["choices"][0]["message"]["content"] == "from a fixture"
        assert ask(recording, "hello there").status == 200
        outcomes = [call["outcome"] for call in recording.journal("r1.rec.1")]
    assert outcomes == ["fixture", "upstream"]


def test_passthrough_keeps_nothing(real: Server, tmp_path: pathlib.Path) -> None:
    with recorder(real, tmp_path, "--mode", "passthrough", verb="serve") as passing:
        assert ask(passing, "hello", stream=True).frames[-1] == "[DONE]"
        passing.signal(signal.SIGTERM)
        assert passing.wait() == 0

    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_an_upstream_that_is_not_there_is_502(tmp_path: pathlib.Path) -> None:
    arguments = ["--upstream", "http://127.0.0.1:1/v1", "--cassettes", tmp_path]
    with server.serving(*arguments, verb="record") as recording:
        answer = ask(recording, "hello")

    assert answer.status == 502
    assert answer.json["error"]["code"] == "upstream_failed"


def test_an_unset_key_variable_is_told(tmp_path: pathlib.Path) -> None:
    ended = server.run(
        "record",
        "--upstream",
        "http://127.0.0.1:1",
        "--upstream-key-env",
        "NO_SUCH_KEY",
        "--cassettes",
        tmp_path,
    )

    assert ended.returncode == 2
    assert "NO_SUCH_KEY" in ended.stderr
