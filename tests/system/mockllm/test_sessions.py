"""Whose call is it: sessions, aliases and journals over the wire."""

from __future__ import annotations

import time

import pytest
from conftest import Start
from server import WAIT_S, Server, chat_body, request


def chat(server: Server, text: str = "hello", path: str = "/v1/chat/completions", **headers: str):
    return server.ask("POST", path, chat_body(text), **headers)


@pytest.mark.parametrize(
    ("path", "headers", "by"),
    [
        ("/s/{}/v1/chat/completions", {}, "prefix"),
        ("/v1/chat/completions", {"x_mock_session": "{}"}, "header"),
        ("/v1/chat/completions", {"baggage": "a=b,mockllm.session={};p=1"}, "baggage"),
        ("/v1/chat/completions", {"authorization": "Bearer sk-mock-{}"}, "key"),
    ],
)
def test_a_call_names_its_session(
    shared: Server, path: str, headers: dict[str, str], by: str
) -> None:
    name = f"r1.named-by-{by}.1"

    answer = chat(
        shared,
        path=path.format(name),
        **{key: value.format(name) for key, value in headers.items()},
    )

    assert answer.status == 200
    [call] = shared.journal(name)
    assert call["session"] == name
    assert call["selected_by"] == by
    assert call["outcome"] == "fixture"


def test_two_names_that_disagree_are_refused(shared: Server) -> None:
    answer = chat(shared, path="/s/a/v1/chat/completions", x_mock_session="b")

    assert answer.status == 400
    assert answer.json["error"]["code"] == "session_conflict"


def test_a_call_without_a_name_is_in_default(start: Start) -> None:
    server = start()

    chat(server)

    [call] = server.journal("default")
    assert call["selected_by"] == "default"


def test_an_alias_moves_from_attempt_to_attempt(start: Start) -> None:
    server = start()
    for attempt in ("r1.first.1", "r1.second.1"):
        moved = server.ask("PUT", "/_mock/aliases/sk-app", {"session": attempt})
        assert moved.status in (200, 201, 204), moved.body
        chat(server, authorization="Bearer sk-app")

    assert [call["selected_by"] for call in server.journal("r1.first.1")] == ["alias"]
    assert len(server.journal("r1.second.1")) == 1


def test_a_journal_tells_the_whole_call(start: Start) -> None:
    server = start()
    chat(server, "weather in Oslo", "/s/r1.weather.1/v1/chat/completions")
    chat(server, "weather in Rome", "/s/r1.weather.1/v1/chat/completions")

    hit, miss = server.journal("r1.weather.1")

    assert hit["endpoint"] == "chat.completions"
    assert hit["source"].endswith("test.yaml#asks for the weather tool")
    assert hit["request"]["messages"][0]["content"] == "weather in Oslo"
    assert hit["request_hash"].startswith("sha256:")
    assert hit["reply"]["tool_calls"][0] == {"name": "get_weather", "arguments": {"city": "Oslo"}}
    assert hit["reply"]["finish_reason"] == "tool_calls"
    assert hit["status"] == 200
    assert hit["client_gone"] is False
    assert miss["outcome"] == "miss"
    assert miss["status"] == 404
    assert miss["nearest"]


def test_fixtures_of_one_session_are_not_anothers(start: Start) -> None:
    server = start()
    made = server.ask("POST", "/_mock/sessions", {"id": "r1.own.1"})
    assert made.status in (200, 201), made.body
    own = (
        "drydock: fixtures/v1\nfixtures:\n"
        "  - {name: mine, match: {user: mine}, reply: {text: yes}}\n"
    )
    added = server.ask("POST", "/_mock/sessions/r1.own.1/fixtures", own.encode())
    assert added.status in (200, 201, 204), added.body

    assert server.chat("mine", "r1.own.1").status == 200
    assert server.chat("mine", "r1.other.1").status == 404


def test_a_reset_forgets_calls_and_counters(start: Start) -> None:
    server = start()
    first = server.chat("hello", "r1.x.1")
    assert server.chat("hello", "r1.x.1").body != first.body

    assert server.ask("POST", "/_mock/reset", {}).status in (200, 204)

    assert server.chat("hello", "r1.x.1").body == first.body


def test_a_client_that_hangs_up_is_in_the_journal(start: Start) -> None:
    server = start()
    with server.connect() as connection:
        path = "/s/r1.gone.1/v1/chat/completions"
        connection.send(request("POST", path, chat_body("forever", stream=True)))
        connection.head()
        connection.chunk()

    deadline = time.monotonic() + WAIT_S
    while not server.journal("r1.gone.1")[0]["client_gone"]:
        assert time.monotonic() < deadline, "the call is still open"
