"""The official Python SDK: plain answers, streams, tools, structured output."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import openai
import pydantic
import pytest
from drydock_programs import Mockllm

HELLO = "Hello from the dock, with a 🚢 and an é."
WEATHER_TOOL = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "strict": True,
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}, "unit": {"type": "string"}},
            "required": ["city", "unit"],
            "additionalProperties": False,
        },
    },
}


def asking(text: str, **fields: Any) -> dict[str, Any]:
    return {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": text}], **fields}


def test_a_plain_answer_is_whole(client: openai.OpenAI) -> None:
    completion = client.chat.completions.create(**asking("Say hello"))

    assert completion.id.startswith("chatcmpl-")
    assert completion.object == "chat.completion"
    assert completion.model == "gpt-4o-mini"
    choice = completion.choices[0]
    assert (choice.index, choice.finish_reason) == (0, "stop")
    assert (choice.message.role, choice.message.content) == ("assistant", HELLO)
    assert choice.message.tool_calls is None
    assert completion.usage is not None
    usage = completion.usage
    assert (usage.prompt_tokens, usage.completion_tokens, usage.total_tokens) == (11, 13, 24)


def test_an_answer_names_its_request(client: openai.OpenAI) -> None:
    completion = client.chat.completions.create(**asking("Say hello"))

    assert completion._request_id


def test_a_raw_stream_has_role_text_and_finish(client: openai.OpenAI) -> None:
    chunks = list(client.chat.completions.create(**asking("Say hello"), stream=True))

    deltas = [chunk.choices[0].delta for chunk in chunks]
    assert deltas[0].role == "assistant"
    assert [delta.role for delta in deltas[1:]] == [None] * (len(deltas) - 1)
    assert "".join(delta.content or "" for delta in deltas) == HELLO
    assert sum(bool(delta.content) for delta in deltas) > 1
    finishes = [chunk.choices[0].finish_reason for chunk in chunks]
    assert finishes == [None] * (len(chunks) - 1) + ["stop"]
    assert len({(chunk.id, chunk.created, chunk.model) for chunk in chunks}) == 1
    assert all(chunk.usage is None for chunk in chunks)


def test_the_last_chunk_has_the_usage_where_asked(client: openai.OpenAI) -> None:
    chunks = list(
        client.chat.completions.create(
            **asking("Say hello"), stream=True, stream_options={"include_usage": True}
        )
    )

    assert chunks[-1].choices == []
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.total_tokens == 24
    assert all(chunk.usage is None for chunk in chunks[:-1])


def test_the_stream_helper_gathers_the_answer(client: openai.OpenAI) -> None:
    with client.chat.completions.stream(**asking("Say hello")) as stream:
        kinds = [event.type for event in stream]
        final = stream.get_final_completion()

    assert kinds.count("content.delta") > 1
    assert kinds.index("content.done") > kinds.index("content.delta")
    assert final.choices[0].message.content == HELLO


def test_plain_and_streamed_say_the_same(client: openai.OpenAI) -> None:
    plain = client.chat.completions.create(**asking("Say hello"))
    with client.chat.completions.stream(**asking("Say hello")) as stream:
        streamed = stream.get_final_completion()

    assert streamed.choices[0].message.content == plain.choices[0].message.content
    assert streamed.choices[0].finish_reason == plain.choices[0].finish_reason


@pytest.mark.parametrize("streamed", [False, True])
def test_a_tool_is_called_and_its_result_taken(client: openai.OpenAI, streamed: bool) -> None:
    messages: list[Any] = [{"role": "user", "content": "What is the weather in Oslo?"}]

    first = complete(client, messages, streamed)
    assert first.finish_reason == "tool_calls"
    assert first.message.content is None
    (call,) = first.message.tool_calls
    assert call.id.startswith("call_")
    assert call.function.name == "get_weather"
    assert json.loads(call.function.arguments) == {"city": "Oslo", "unit": "celsius"}

    messages.append(first.message.model_dump(include={"role", "tool_calls"}))
    messages.append({"role": "tool", "tool_call_id": call.id, "content": "12 degrees"})
    second = complete(client, messages, streamed)
    assert second.message.content == "It is 12 degrees in Oslo."


@pytest.mark.parametrize("streamed", [False, True])
def test_tools_are_called_in_parallel(client: openai.OpenAI, streamed: bool) -> None:
    messages = [{"role": "user", "content": "Compare Oslo and Bergen"}]

    choice = complete(client, messages, streamed)

    calls = choice.message.tool_calls
    assert [json.loads(call.function.arguments)["city"] for call in calls] == ["Oslo", "Bergen"]
    assert len({call.id for call in calls}) == 2


def complete(client: openai.OpenAI, messages: list[Any], streamed: bool) -> Any:
    """The first choice, said at once or through the stream helper."""
    request = {"model": "gpt-4o-mini", "messages": messages, "tools": [WEATHER_TOOL]}
    if not streamed:
        return client.chat.completions.create(**request).choices[0]
    with client.chat.completions.stream(**request) as stream:
        stream.until_done()
        return stream.get_final_completion().choices[0]


class Berth(pydantic.BaseModel):
    berth: str
    free: bool


def test_a_structure_is_parsed(client: openai.OpenAI) -> None:
    completion = client.chat.completions.parse(
        **asking("Which berth is free?"), response_format=Berth
    )

    assert completion.choices[0].message.parsed == Berth(berth="North 2", free=True)


def test_a_refusal_is_told_as_one(client: openai.OpenAI) -> None:
    completion = client.chat.completions.create(**asking("Sink the ship"))
    with client.chat.completions.stream(**asking("Sink the ship")) as stream:
        streamed = stream.get_final_completion()

    assert completion.choices[0].message.refusal == "I do not sink ships."
    assert completion.choices[0].message.content is None
    assert streamed.choices[0].message.refusal == "I do not sink ships."


def test_several_choices_are_told_apart(client: openai.OpenAI) -> None:
    completion = client.chat.completions.create(**asking("Name two ships"), n=2)
    with client.chat.completions.stream(**asking("Name two ships"), n=2) as stream:
        streamed = stream.get_final_completion()

    for told in (completion, streamed):
        said = {choice.index: choice.message.content for choice in told.choices}
        assert said == {0: "Nordlys", 1: "Havbris"}


def test_an_answer_that_is_cut_off_says_so(client: openai.OpenAI) -> None:
    completion = client.chat.completions.create(**asking("Tell me everything"))

    assert completion.choices[0].finish_reason == "length"
    with pytest.raises(openai.LengthFinishReasonError):
        client.chat.completions.parse(**asking("Tell me everything"), response_format=Berth)


def test_a_paced_stream_is_complete(client: openai.OpenAI) -> None:
    with client.chat.completions.stream(**asking("Speak slowly")) as stream:
        final = stream.get_final_completion()

    assert final.choices[0].message.content == "one two three four five six"


def test_the_async_client_streams_side_by_side(server: Mockllm, session: str) -> None:
    async def ask(client: openai.AsyncOpenAI) -> str | None:
        async with client.chat.completions.stream(**asking("Speak slowly")) as stream:
            return (await stream.get_final_completion()).choices[0].message.content

    async def ask_all() -> list[str | None]:
        url = server.session_url(session)
        async with openai.AsyncOpenAI(base_url=url, api_key="sk-any") as client:
            return await asyncio.gather(*(ask(client) for _ in range(20)))

    assert set(asyncio.run(ask_all())) == {"one two three four five six"}


def test_models_are_listed(client: openai.OpenAI) -> None:
    models = list(client.models.list())

    assert models
    assert client.models.retrieve(models[0].id).id == models[0].id
