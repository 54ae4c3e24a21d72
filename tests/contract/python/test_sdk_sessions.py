"""The official Python SDK: each way to name a session, and bytes that never change."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import openai
import pytest
from drydock_programs import Mockllm

MakeClient = Callable[..., openai.OpenAI]
HELLO: dict[str, Any] = {
    "model": "gpt-4o-mini",
    "messages": [{"role": "user", "content": "Say hello"}],
}


@pytest.mark.parametrize(
    ("way", "fields"),
    [
        ("prefix", {"base_url": "{url}/s/{session}/v1"}),
        ("header", {"default_headers": {"x-mock-session": "{session}"}}),
        ("baggage", {"default_headers": {"baggage": "user=7,mockllm.session={session};ttl=1"}}),
        ("key", {"api_key": "sk-mock-{session}"}),
    ],
)
def test_a_call_names_its_session(
    make_client: MakeClient, server: Mockllm, session: str, way: str, fields: dict[str, Any]
) -> None:
    def filled(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: filled(item) for key, item in value.items()}
        return value.format(url=server.url, session=session)

    client = make_client(**{"base_url": server.base_url, **filled(fields)})
    client.chat.completions.create(**HELLO)

    (call,) = server.journal(session)
    assert call["selected_by"] == way
    assert call["session"] == session


def test_an_alias_sends_a_fixed_key_to_one_session_after_another(
    make_client: MakeClient, server: Mockllm, session: str
) -> None:
    client = make_client(base_url=server.base_url, api_key=f"dk-{session}")
    for attempt in ("a", "b"):
        moved = server.call(
            "PUT", f"/_mock/aliases/dk-{session}", {"session": f"{session}{attempt}"}
        )
        assert moved.status in (200, 204)
        client.chat.completions.create(**HELLO)

    for attempt in ("a", "b"):
        (call,) = server.journal(f"{session}{attempt}")
        assert call["selected_by"] == "alias"


def test_two_sessions_that_disagree_are_a_conflict(make_client: MakeClient) -> None:
    with pytest.raises(openai.BadRequestError) as raised:
        make_client(default_headers={"x-mock-session": "another"}).chat.completions.create(**HELLO)

    assert raised.value.code == "session_conflict"


def body_digest(client: openai.OpenAI, streamed: bool) -> str:
    with client.chat.completions.with_streaming_response.create(
        **HELLO, stream=streamed
    ) as response:
        return hashlib.sha256(response.read()).hexdigest()


@pytest.mark.parametrize("streamed", [False, True])
def test_neither_run_nor_attempt_change_a_byte(
    make_client: MakeClient, server: Mockllm, session: str, streamed: bool
) -> None:
    test = session.split(".")[1]
    digests = {
        body_digest(make_client(base_url=server.session_url(f"{run}.{test}.{attempt}")), streamed)
        for run in ("r1", "r2")
        for attempt in (1, 2)
    }

    assert len(digests) == 1


def test_another_test_gets_other_ids(make_client: MakeClient, server: Mockllm) -> None:
    ids = {
        make_client(base_url=server.session_url(f"r1.{test}.1")).chat.completions.create(**HELLO).id
        for test in ("one", "two")
    }

    assert len(ids) == 2
