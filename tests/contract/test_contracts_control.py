"""The control API and the journal."""

from __future__ import annotations

import contextlib
import http.client
import json
import threading
from typing import Any
from urllib.parse import urlsplit

from drydock_programs import EXAMPLES, Mockllm, lacking

SLOW = (
    b"drydock: fixtures/v1\nfixtures:\n"
    b"  - {name: slow, match: {user: slow}, reply: {text: a b c d e f g h},"
    b" pace: {ttft_ms: 300, tokens_per_second: 20}}\n"
)
YAML = {"content-type": "application/yaml"}


def test_a_session_is_made_shown_and_deleted(example_server: Mockllm) -> None:
    made = example_server.call("POST", "/_mock/sessions", {"id": "r1.made.1"})
    shown = example_server.call("GET", "/_mock/sessions/r1.made.1")

    assert made.status == 201
    assert made.json["id"] == shown.json["id"] == "r1.made.1"
    assert example_server.call("DELETE", "/_mock/sessions/r1.made.1").status == 200
    assert example_server.call("GET", "/_mock/sessions/r1.made.1").status == 404


def test_a_session_without_a_name_gets_one(example_server: Mockllm) -> None:
    made = example_server.call("POST", "/_mock/sessions", {})

    assert made.status == 201
    assert example_server.call("GET", f"/_mock/sessions/{made.json['id']}").status == 200


def test_a_session_asks_its_parent_s_fixtures(example_server: Mockllm) -> None:
    example_server.call("POST", "/_mock/sessions", {"id": "parent"})
    example_server.call("POST", "/_mock/sessions/parent/fixtures", SLOW, YAML)
    example_server.call("POST", "/_mock/sessions", {"id": "child", "parent": "parent"})

    assert example_server.chat("slow", "child").status == 200
    assert example_server.chat("slow", "stranger").status == 404


def test_the_fixtures_of_a_session_are_added_counted_and_deleted(example_server: Mockllm) -> None:
    path = "/_mock/sessions/r1.fixtures.1/fixtures"
    assert example_server.call("POST", path, SLOW, YAML).status == 201
    assert example_server.call("GET", path).status == 200
    assert example_server.chat("slow", "r1.fixtures.1").status == 200
    assert example_server.call("DELETE", path).status == 200
    assert example_server.chat("slow", "r1.fixtures.1").status == 404


def test_a_fixture_with_a_mistake_is_refused_with_its_place(example_server: Mockllm) -> None:
    refused = example_server.call(
        "POST",
        "/_mock/sessions/a/fixtures",
        b"drydock: fixtures/v1\nfixtures:\n  - {name: a, match: {usr: b}, reply: {text: c}}\n",
        YAML,
    )

    assert refused.status == 400
    assert ":3:" in refused.body.decode()


def test_a_call_of_the_journal_is_as_the_contract_has_it(example_server: Mockllm) -> None:
    example = json.loads((EXAMPLES / "call.json").read_text())
    tool = {"type": "function", "function": {"name": "get_weather", "parameters": {}}}
    example_server.call("PUT", "/_mock/aliases/dk-app", {"session": "r1.weather.1"})
    key = {"authorization": "Bearer dk-app"}
    example_server.chat("weather in Oslo", headers=key, tools=[tool], stream=True)

    (call,) = example_server.journal("r1.weather.1")

    assert lacking(example, call) == []
    for name in ("session", "selected_by", "endpoint", "model", "stream", "ordinal", "outcome"):
        assert call[name] == example[name], name
    for name in ("client_retry", "nearest", "masked", "status", "reply", "client_gone"):
        assert call[name] == example[name], name
    assert call["source"].endswith("#asks for the weather tool")
    assert call["request"]["messages"] == [{"role": "user", "content": "weather in Oslo"}]
    assert call["request_hash"].startswith("sha256:")
    assert len(call["request_hash"]) == len("sha256:") + 64


def test_the_journal_tells_a_miss_and_a_wrong_request_apart(example_server: Mockllm) -> None:
    example_server.chat("nobody answers this", "r1.outcomes.1")
    example_server.call("POST", "/s/r1.outcomes.1/v1/chat/completions", b"{")
    example_server.chat("hello", "r1.outcomes.1")

    calls = example_server.journal("r1.outcomes.1")
    assert [(call["outcome"], call["status"]) for call in calls] == [
        ("miss", 404),
        ("invalid", 400),
        ("fixture", 429),
    ]
    assert calls[0]["nearest"]
    assert [call["seq"] for call in calls] == sorted(call["seq"] for call in calls)


def test_the_journal_can_be_followed(example_server: Mockllm) -> None:
    place = urlsplit(example_server.url)
    connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=20)
    with contextlib.closing(connection):
        connection.request("GET", "/_mock/journal?follow=1")
        response = connection.getresponse()
        assert response.headers.get_content_type() == "text/event-stream"
        example_server.chat("nobody answers this", "r1.followed.1")

        line = b""
        while not line.startswith(b"data: "):
            line = response.readline()
            assert line, "the stream ended before the call was told"
        call: dict[str, Any] = json.loads(line.removeprefix(b"data: "))

    assert (call["session"], call["outcome"]) == ("r1.followed.1", "miss")


def test_an_alias_moves_and_is_deleted(example_server: Mockllm) -> None:
    key = {"authorization": "Bearer dk-app"}
    for session in ("r1.a.1", "r1.b.1"):
        moved = example_server.call("PUT", "/_mock/aliases/dk-app", {"session": session})
        assert moved.status in (200, 201)
        example_server.chat("hello", headers=key)
    assert example_server.call("DELETE", "/_mock/aliases/dk-app").status == 200
    example_server.chat("hello", headers=key)

    for session in ("r1.a.1", "r1.b.1", "default"):
        assert len(example_server.journal(session)) == 1


def test_an_alias_with_a_call_in_flight_moves_only_by_force(example_server: Mockllm) -> None:
    example_server.call("POST", "/_mock/sessions/r1.slow.1/fixtures", ENDLESS, YAML)
    example_server.call("PUT", "/_mock/aliases/dk-app", {"session": "r1.slow.1"})
    place = urlsplit(example_server.url)
    connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=20)
    with contextlib.closing(connection):
        message = {"role": "user", "content": "endless"}
        connection.request(
            "POST",
            "/v1/chat/completions",
            json.dumps({"model": "m", "messages": [message], "stream": True}),
            {"content-type": "application/json", "authorization": "Bearer dk-app"},
        )
        connection.getresponse().readline()
        path = "/_mock/aliases/dk-app"
        busy = example_server.call("PUT", path, {"session": "r1.next.1"})
        forced = example_server.call("PUT", path, {"session": "r1.next.1", "force": True})

    assert busy.status == 409
    assert busy.json["error"]["code"] == "alias_busy"
    assert forced.status in (200, 201)


ENDLESS = (
    b"drydock: fixtures/v1\nfixtures:\n"
    b"  - {name: endless, match: {user: endless}, reply: {text: " + b"word " * 200 + b"},"
    b" pace: {tokens_per_second: 20}}\n"
)


def test_an_alias_waits_for_its_call_to_end(example_server: Mockllm) -> None:
    example_server.call("POST", "/_mock/sessions/r1.slow.1/fixtures", SLOW, YAML)
    example_server.call("PUT", "/_mock/aliases/dk-app", {"session": "r1.slow.1"})
    key = {"authorization": "Bearer dk-app"}
    call = threading.Thread(target=example_server.chat, args=("slow",), kwargs={"headers": key})
    call.start()
    while not example_server.call("GET", "/_mock/sessions/r1.slow.1").json["calls"]:
        pass

    moved = example_server.call("PUT", "/_mock/aliases/dk-app", {"session": "r1.next.1"})

    call.join()
    assert moved.status in (200, 201)
    assert example_server.journal("r1.slow.1")[0]["outcome"] == "fixture"


def test_calls_are_verified(example_server: Mockllm) -> None:
    example_server.chat("nobody answers this", "r1.verified.1")
    path = "/_mock/sessions/r1.verified.1/verify"

    assert example_server.call("POST", path, {"calls": 1}).json["ok"] is True
    assert example_server.call("POST", path, {"misses": 0}).json["ok"] is False


def test_the_clock_of_a_session_is_advanced(example_server: Mockllm) -> None:
    example_server.call("POST", "/_mock/sessions", {"id": "r1.clock.1"})
    path = "/_mock/sessions/r1.clock.1/clock"

    assert example_server.call("POST", path, {"advance_ms": 1000}).status == 200
    assert example_server.call("POST", path, {"advance": 1000}).status == 400


def test_a_reset_forgets_everything(example_server: Mockllm) -> None:
    example_server.chat("hello", "r1.forgotten.1")
    example_server.chat("hello")

    assert example_server.call("POST", "/_mock/reset").status == 200
    assert example_server.call("GET", "/_mock/journal").json["calls"] == []
    assert example_server.call("GET", "/_mock/sessions/r1.forgotten.1").status == 404
