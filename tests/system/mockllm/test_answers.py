"""What a client gets: replies, streams, errors, misses."""

from __future__ import annotations

import json
import re
import time

import pytest
from conftest import Start
from server import Server, chat_body, request

TEXT = "Hello, traveller. \U0001f468‍\U0001f469‍\U0001f467 Good day!"


def test_a_fixture_answers_in_the_vendors_shape(shared: Server) -> None:
    answer = shared.chat("hello", "shape")

    assert answer.status == 200
    assert answer.header("content-type") == "application/json"
    assert re.fullmatch(r"req_[0-9a-f]{32}", answer.header("x-request-id") or "")
    assert answer.header("openai-version") == "2020-10-01"
    body = answer.json
    assert re.fullmatch(r"chatcmpl-[A-Za-z0-9]{29}", body["id"])
    assert body["object"] == "chat.completion"
    assert body["model"] == "gpt-4o"
    assert body["choices"][0]["message"]["content"] == TEXT
    assert body["choices"][0]["finish_reason"] == "stop"
    assert body["usage"]["total_tokens"] == 50


@pytest.mark.parametrize(
    "path",
    [
        "/v1/chat/completions",
        "/chat/completions",
        "/v1/chat/completions/",
        "/v1/chat/completions?a=b",
    ],
)
def test_a_route_has_more_than_one_spelling(shared: Server, path: str) -> None:
    assert shared.ask("POST", path, chat_body("hello"), x_mock_session="spelling").status == 200


def test_a_stream_is_whole_frames_of_graphemes(shared: Server) -> None:
    answer = shared.chat("hello", "stream", stream=True)

    assert answer.header("content-type") == "text/event-stream; charset=utf-8"
    assert answer.frames[-1] == "[DONE]"
    chunks = [json.loads(frame) for frame in answer.frames[:-1]]
    assert chunks[0]["choices"][0]["delta"] == {"role": "assistant", "content": "", "refusal": None}
    assert chunks[-1]["choices"][0]["finish_reason"] == "stop"
    assert len({chunk["id"] for chunk in chunks}) == 1
    assert not any("usage" in chunk for chunk in chunks)
    assert answer.text == TEXT
    family = "\U0001f468‍\U0001f469‍\U0001f467"
    assert sum(family in chunk["choices"][0]["delta"].get("content", "") for chunk in chunks) == 1


def test_a_stream_ends_with_usage_where_it_is_asked_for(shared: Server) -> None:
    answer = shared.chat("hello", "usage", stream=True, stream_options={"include_usage": True})

    chunks = [json.loads(frame) for frame in answer.frames[:-1]]
    assert all(chunk["usage"] is None for chunk in chunks[:-1])
    assert chunks[-1]["choices"] == []
    assert chunks[-1]["usage"]["prompt_tokens"] == 41


def test_parallel_tool_calls_are_streamed_one_after_another(shared: Server) -> None:
    answer = shared.chat("weather in Oslo", "tools", stream=True)

    calls: dict[int, dict[str, str]] = {}
    for frame in answer.frames[:-1]:
        for delta in json.loads(frame)["choices"][0]["delta"].get("tool_calls", []):
            call = calls.setdefault(delta["index"], {"arguments": ""})
            call["name"] = delta["function"].get("name", call.get("name"))
            call["arguments"] += delta["function"]["arguments"]
    assert [call["name"] for call in calls.values()] == ["get_weather", "get_time"]
    assert json.loads(calls[0]["arguments"]) == {"city": "Oslo"}


def test_a_paced_stream_takes_its_time_and_comes_in_pieces(shared: Server) -> None:
    with shared.connect() as connection:
        started = time.monotonic()
        connection.send(
            request("POST", "/s/pace/v1/chat/completions", chat_body("slowly", stream=True))
        )
        connection.head()
        pieces = list(iter(connection.chunk, b""))

    assert len(pieces) > 5
    assert all(piece.endswith(b"\n\n") for piece in pieces), "an event is never split"
    assert time.monotonic() - started >= 0.05


def test_a_delayed_answer_keeps_its_head_back(shared: Server) -> None:
    started = time.monotonic()

    answer = shared.chat("late", "late")

    assert answer.json["choices"][0]["message"]["content"] == "Here I am."
    assert time.monotonic() - started >= 0.05


def test_several_choices_are_exactly_as_many_as_asked(shared: Server) -> None:
    assert [choice["index"] for choice in shared.chat("hello", "n", n=3).json["choices"]] == [
        0,
        1,
        2,
    ]


def test_an_error_entry_is_sent_with_its_headers_and_only_once(shared: Server) -> None:
    busy = shared.chat("busy", "busy")
    retried = shared.ask(
        "POST", "/s/busy/v1/chat/completions", chat_body("busy"), x_stainless_retry_count="1"
    )

    assert busy.status == 429
    assert busy.header("retry-after-ms") == "20"
    assert busy.json["error"]["code"] == "rate_limit_exceeded"
    assert retried.json["choices"][0]["message"]["content"] == "Now."


def test_a_miss_names_the_nearest_fixture_and_offers_one(shared: Server) -> None:
    answer = shared.chat("weather in Rome", "r1.weather.1")

    assert answer.status == 404
    assert answer.header("x-should-retry") == "false"
    assert answer.header("content-type") == "application/json"
    error = answer.json["error"]
    assert error["type"] == "invalid_request_error"
    assert error["param"] is None
    assert error["code"] == "no_fixture_match"
    assert error["message"].startswith("no fixture matches; nearest ")
    detail = answer.json["mockllm"]
    assert detail["session"] == "r1.weather.1"
    fields = [line["field"] for near in detail["nearest"] for line in near["differences"]]
    assert "messages[-1].text" in fields
    assert detail["fixture"].startswith("drydock: fixtures/v1\n")


def test_the_offered_fixture_answers_the_request_that_missed(
    shared: Server, start: Start, tmp_path
) -> None:
    (tmp_path / "offered.yaml").write_text(
        shared.chat("what is up?", "offer").json["mockllm"]["fixture"]
    )

    assert start("--fixtures", tmp_path).chat("what is up?").status == 200


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"{", "We could not parse the JSON body of your request."),
        (b"", "We could not parse the JSON body of your request."),
        ({"messages": []}, "you must provide a model parameter"),
        ({"model": "m"}, "Missing required parameter: 'messages'."),
        ({"model": "m", "messages": []}, "Invalid 'messages': empty array."),
        (chat_body("x", n=129), "Invalid 'n': integer above maximum value."),
        (b"[" * 100_000, "We could not parse"),
        (b'{"a":' * 200 + b"1" + b"}" * 200, "Invalid body: objects and arrays are nested deeper"),
    ],
)
def test_a_wrong_request_gets_the_services_words(
    shared: Server, body: object, message: str
) -> None:
    answer = shared.ask("POST", "/s/wrong/v1/chat/completions", body)

    assert answer.status == 400
    error = answer.json["error"]
    assert set(error) == {"message", "type", "param", "code"}
    assert error["message"].startswith(message) or "nested deeper" in error["message"]


def test_an_unknown_path_and_a_wrong_method_say_so(shared: Server) -> None:
    unknown = shared.ask("POST", "/v1/foo", {})
    assert unknown.status == 404
    assert unknown.json["error"]["message"] == "Invalid URL (POST /v1/foo)"

    wrong = shared.ask("GET", "/v1/chat/completions")
    assert wrong.status == 405
    assert wrong.header("allow") == "POST"


def test_models_are_those_of_fixtures_and_a_few_more(shared: Server) -> None:
    listed = [model["id"] for model in shared.ask("GET", "/v1/models").json["data"]]

    assert "gpt-4o" in listed
    assert "ft:gpt-4o:own" in listed
    assert listed == sorted(listed)
    assert shared.ask("GET", "/v1/models/ft%3Agpt-4o%3Aown").json["id"] == "ft:gpt-4o:own"
    assert shared.ask("GET", "/v1/models/none").json["error"]["code"] == "model_not_found"


def asked(server: Server) -> list[object]:
    """A day in the life of a server, as what two runs must have in common."""
    answers = [
        server.chat("hello", "r1.a.1"),
        server.chat("hello", "r1.a.1"),
        server.chat("hello", "r1.a.1", stream=True),
        server.chat("weather in Oslo", "r1.a.1", stream=True),
        server.chat("weather in Rome", "r1.a.1"),
        server.chat("busy", "r1.a.1"),
        server.ask("GET", "/v1/models"),
        server.ask("POST", "/s/r1.a.1/v1/chat/completions", b"{"),
    ]
    return [answer.stable for answer in answers]


def test_two_servers_give_the_same_bytes(start: Start) -> None:
    assert asked(start()) == asked(start())


def test_another_seed_gives_other_bytes(start: Start) -> None:
    assert start("--seed", 7).chat("hello").body != start("--seed", 8).chat("hello").body


def test_neither_run_nor_attempt_changes_the_bytes(shared: Server) -> None:
    first = shared.chat("hello", "r7.same~20test.1")

    assert shared.chat("hello", "r8.same~20test.3").body == first.body
    assert shared.chat("hello", "r8.other.3").body != first.body


def test_many_requests_at_once_are_answered_in_order(shared: Server) -> None:
    with shared.connect() as connection:
        path = "/s/pipeline/v1/chat/completions"
        connection.send(
            b"".join(request("POST", path, chat_body(f"hello {i}")) for i in range(200))
        )
        answers = [connection.answer() for _ in range(200)]

    assert {answer.status for answer in answers} == {200}
    assert len({answer.json["id"] for answer in answers}) == 200
