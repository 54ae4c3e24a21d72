"""A recorded run replayed, byte for byte, with no key on the disk."""

from __future__ import annotations

import hashlib
import pathlib
from collections.abc import Callable
from typing import Any

import openai
import pytest
from drydock_programs import SDK_FIXTURES, Mockllm

Start = Callable[..., Mockllm]
UPSTREAM_KEY = "sk-upstream-1f3b7c9d2e4a6058"
APPLICATION_KEY = "sk-mock-r1.recorded.1"
TEXTS = ("Say hello", "Speak slowly", "Are you busy?")
TOOL = {"type": "function", "function": {"name": "get_weather", "parameters": {"type": "object"}}}


def run_of_an_agent(server: Mockllm) -> list[str]:
    """What an application does; the sha256 of each body that it gets."""
    digests = []
    with openai.OpenAI(base_url=server.base_url, api_key=APPLICATION_KEY) as client:
        for text in TEXTS:
            for streamed in (False, True):
                digests.append(body_digest(client, asking(text, stream=streamed)))
        for streamed in (False, True):
            request = asking("What is the weather in Oslo?", tools=[TOOL], stream=streamed)
            digests.append(body_digest(client, request))
    return digests


def asking(text: str, **fields: Any) -> dict[str, Any]:
    return {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": text}], **fields}


def body_digest(client: openai.OpenAI, request: dict[str, Any]) -> str:
    with client.chat.completions.with_streaming_response.create(**request) as response:
        return hashlib.sha256(response.read()).hexdigest()


@pytest.fixture
def recorded(start_mockllm: Start, tmp_path: pathlib.Path) -> tuple[pathlib.Path, list[str]]:
    """A folder of cassettes, and the digests of what the application got while they were made."""
    cassettes = tmp_path / "cassettes"
    upstream = start_mockllm("--fixtures", SDK_FIXTURES)
    recorder = start_mockllm(
        "--upstream",
        upstream.base_url,
        "--cassettes",
        cassettes,
        "--upstream-key-env",
        "REAL_LLM_KEY",
        verb="record",
        environment={"REAL_LLM_KEY": UPSTREAM_KEY},
    )
    digests = run_of_an_agent(recorder)
    assert recorder.stop() == 0
    assert upstream.stop() == 0
    return cassettes, digests


def test_a_recorded_run_is_replayed_byte_for_byte(
    recorded: tuple[pathlib.Path, list[str]], start_mockllm: Start
) -> None:
    cassettes, digests = recorded

    replayed = run_of_an_agent(start_mockllm("--cassettes", cassettes))

    assert replayed == digests


def test_a_replayed_call_names_its_cassette(
    recorded: tuple[pathlib.Path, list[str]], start_mockllm: Start
) -> None:
    server = start_mockllm("--cassettes", recorded[0])
    run_of_an_agent(server)

    calls = server.journal("r1.recorded.1")
    assert {call["outcome"] for call in calls} == {"cassette"}
    assert all(call["source"] for call in calls)


def test_no_key_is_on_the_disk(
    recorded: tuple[pathlib.Path, list[str]], tmp_path: pathlib.Path
) -> None:
    files = [path for path in tmp_path.rglob("*") if path.is_file()]

    assert any(recorded[0] in path.parents for path in files)
    for path in files:
        content = path.read_bytes()
        assert UPSTREAM_KEY.encode() not in content, path
        assert APPLICATION_KEY.encode() not in content, path


def test_the_upstream_sees_its_own_key_only(start_mockllm: Start, tmp_path: pathlib.Path) -> None:
    key = "sk-mock-upstream.sees.1"
    upstream = start_mockllm("--fixtures", SDK_FIXTURES)
    recorder = start_mockllm(
        "--upstream",
        upstream.base_url,
        "--cassettes",
        tmp_path / "cassettes",
        "--upstream-key-env",
        "REAL_LLM_KEY",
        verb="record",
        environment={"REAL_LLM_KEY": key},
    )

    run_of_an_agent(recorder)

    # Upstream finds its session by the key that it gets: all calls are in that of its own key.
    calls = upstream.journal("upstream.sees.1")
    assert {call["selected_by"] for call in calls} == {"key"}
    assert upstream.journal("r1.recorded.1") == []


def test_what_was_not_recorded_is_a_miss(
    recorded: tuple[pathlib.Path, list[str]], start_mockllm: Start
) -> None:
    server = start_mockllm("--cassettes", recorded[0])

    assert server.chat("Nobody ever asked this").status == 404
