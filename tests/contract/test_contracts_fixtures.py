"""The example of a fixture file, loaded and answered; the body of a miss; seeding."""

from __future__ import annotations

import json
from typing import Any

from drydock_programs import EXAMPLES, Mockllm, events, lacking

WEATHER_TOOLS = [{"type": "function", "function": {"name": "get_weather", "parameters": {}}}]


def message_of(reply: Any) -> Any:
    return reply.json["choices"][0]["message"]


def weather_result(text: str) -> list[dict[str, Any]]:
    function = {"name": "get_weather", "arguments": "{}"}
    call = {"id": "call_1", "type": "function", "function": function}
    return [
        {"role": "user", "content": "the weather in Oslo?"},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "call_1", "content": text},
    ]


def test_the_first_fixture_calls_the_tool(example_server: Mockllm) -> None:
    message = message_of(example_server.chat("the weather in Oslo?", tools=WEATHER_TOOLS))

    (call,) = message["tool_calls"]
    assert call["function"] == {"name": "get_weather", "arguments": '{"city":"Oslo"}'}


def test_the_first_fixture_wants_the_tool_and_the_first_turn(example_server: Mockllm) -> None:
    assert example_server.chat("the weather in Oslo?").status == 404
    asked_before = [
        {"role": "user", "content": "hi"},
        {"role": "assistant", "content": "hi"},
        {"role": "user", "content": "the weather in Oslo?"},
    ]
    again = example_server.chat("", tools=WEATHER_TOOLS, messages=asked_before)
    assert again.status == 404


def test_the_second_fixture_tells_what_the_tool_said(example_server: Mockllm) -> None:
    reply = example_server.chat("", messages=weather_result("12 degrees"))

    assert message_of(reply)["content"] == "It is 12 degrees in Oslo."
    assert reply.json["usage"]["prompt_tokens"] == 41
    assert reply.json["usage"]["completion_tokens"] == 9


def test_a_paced_reply_streams_the_same_text(example_server: Mockllm) -> None:
    reply = example_server.chat("", messages=weather_result("12 degrees"), stream=True)

    *chunks, done = events(reply.body)
    deltas = [json.loads(chunk)["choices"][0]["delta"] for chunk in chunks]
    assert done == "[DONE]"
    assert "".join(delta.get("content") or "" for delta in deltas) == "It is 12 degrees in Oslo."
    assert reply.headers["content-type"] == "text/event-stream; charset=utf-8"


def test_the_third_fixture_is_busy_once_per_session(example_server: Mockllm) -> None:
    for session in ("r1.first.1", "r1.second.1"):
        busy = example_server.chat("hello", session)
        assert busy.status == 429
        assert busy.headers["retry-after-ms"] == "20"
        assert busy.json["error"]["code"] == "rate_limit_exceeded"
        assert message_of(example_server.chat("hello", session))["content"] == "Hello."
        assert message_of(example_server.chat("hello", session))["content"] == "Hello."


def test_a_client_s_retry_counts_after_an_error_and_not_after_an_answer(
    example_server: Mockllm,
) -> None:
    first_retry = {"x-stainless-retry-count": "1"}
    assert example_server.chat("hello", "r1.retry.1").status == 429
    assert example_server.chat("hello", "r1.retry.1", first_retry).status == 200
    assert example_server.chat("hello", "r1.retry.1", first_retry).status == 200

    ordinals = [call["ordinal"] for call in example_server.journal("r1.retry.1")]
    assert ordinals == [0, 1, 1]


def test_a_miss_is_as_the_contract_has_it(example_server: Mockllm) -> None:
    example = json.loads((EXAMPLES / "miss.json").read_text())

    miss = example_server.chat("weather in Rome", "r1.weather.1", tools=WEATHER_TOOLS)

    assert miss.status == 404
    assert miss.headers["x-should-retry"] == "false"
    assert miss.headers["content-type"] == "application/json"
    assert lacking(example, miss.json) == []
    assert list(miss.json["error"]) == list(example["error"])
    for key in ("type", "param", "code"):
        assert miss.json["error"][key] == example["error"][key]
    assert miss.json["mockllm"]["session"] == "r1.weather.1"


def test_a_miss_names_the_nearest_fixture_and_the_difference(example_server: Mockllm) -> None:
    miss = example_server.chat("weather in Rome", tools=WEATHER_TOOLS).json

    nearest = miss["mockllm"]["nearest"][0]
    assert nearest["fixture"].endswith("fixtures.yaml#asks for the weather tool")
    assert 0 < nearest["score"] < 1
    assert nearest["differences"] == [
        {
            "field": "messages[-1].text",
            "expected": "contains 'weather in Oslo'",
            "actual": "weather in Rome",
        }
    ]
    for word in ("no fixture matches", nearest["fixture"], "weather in Oslo", "weather in Rome"):
        assert word in miss["error"]["message"]


def test_the_fixture_of_a_miss_answers_it_once_it_is_added(example_server: Mockllm) -> None:
    miss = example_server.chat("weather in Rome", "r1.paste.1", tools=WEATHER_TOOLS).json
    added = example_server.call(
        "POST",
        "/_mock/sessions/r1.paste.1/fixtures",
        miss["mockllm"]["fixture"].encode(),
        {"content-type": "application/yaml"},
    )

    assert added.status == 201, added.body
    answered = example_server.chat("weather in Rome", "r1.paste.1", tools=WEATHER_TOOLS)
    assert answered.status == 200
    assert example_server.chat("weather in Rome", "r1.other.1").status == 404
