"""The official Python SDK: which exception an error becomes, and what is tried again."""

from __future__ import annotations

import http
from collections.abc import Callable
from typing import Any

import openai
import pytest
from drydock_programs import Mockllm

MakeClient = Callable[..., openai.OpenAI]


def asking(text: str, **fields: Any) -> dict[str, Any]:
    return {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": text}], **fields}


@pytest.mark.parametrize(
    ("status", "error", "code"),
    [
        (400, openai.BadRequestError, "context_length_exceeded"),
        (401, openai.AuthenticationError, "invalid_api_key"),
        (403, openai.PermissionDeniedError, "forbidden"),
        (404, openai.NotFoundError, "model_not_found"),
        (409, openai.ConflictError, "conflict"),
        (422, openai.UnprocessableEntityError, "unprocessable"),
        (429, openai.RateLimitError, "rate_limit_exceeded"),
        (500, openai.InternalServerError, "server_error"),
    ],
)
@pytest.mark.parametrize("streamed", [False, True])
def test_a_status_becomes_its_exception(
    client: openai.OpenAI,
    status: int,
    error: type[openai.APIStatusError],
    code: str,
    streamed: bool,
) -> None:
    with pytest.raises(error) as raised:
        client.chat.completions.create(**asking(f"status {status}"), stream=streamed)

    assert raised.value.status_code == status
    assert raised.value.code == code
    assert raised.value.request_id


def test_a_miss_is_not_found_and_not_tried_again(
    make_client: MakeClient, server: Mockllm, session: str
) -> None:
    with pytest.raises(openai.NotFoundError) as raised:
        make_client(max_retries=5).chat.completions.create(**asking("Nobody has an answer to this"))

    assert raised.value.code == "no_fixture_match"
    assert raised.value.type == "invalid_request_error"
    (call,) = server.journal(session)
    assert call["outcome"] == "miss"


def test_a_streamed_miss_is_not_found_too(client: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError):
        client.chat.completions.create(**asking("Nobody has an answer to this"), stream=True)


def test_a_busy_model_is_asked_until_it_answers(
    make_client: MakeClient, server: Mockllm, session: str
) -> None:
    completion = make_client(max_retries=2).chat.completions.create(**asking("Are you busy?"))

    assert completion.choices[0].message.content == "Not any more."
    calls = server.journal(session)
    assert [call["status"] for call in calls] == [429, 503, 200]
    assert [call["client_retry"] for call in calls] == [0, 1, 2]


def test_a_busy_model_is_an_exception_once_patience_ends(make_client: MakeClient) -> None:
    with pytest.raises(openai.InternalServerError):
        make_client(max_retries=1).chat.completions.create(**asking("Are you busy?"))


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"messages": []}, "messages"),
        ({"messages": [{"role": "pirate", "content": "Ahoy"}]}, "messages[0].role"),
        ({"stream_options": {"include_usage": True}}, "stream_options"),
    ],
)
def test_a_wrong_request_names_the_parameter(
    client: openai.OpenAI, fields: dict[str, Any], param: str
) -> None:
    with pytest.raises(openai.BadRequestError) as raised:
        client.chat.completions.create(**{**asking("Say hello"), **fields})

    assert raised.value.param == param
    assert raised.value.type == "invalid_request_error"


def test_what_is_not_served_is_not_found(client: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError, match="Invalid URL"):
        client.post("/no/such/thing", body={}, cast_to=object)


def test_an_unknown_model_is_not_found(client: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError) as raised:
        client.models.retrieve("no-such-model")

    assert raised.value.code == "model_not_found"


def test_a_body_over_the_limit_is_refused(make_client: MakeClient) -> None:
    client = make_client()
    with pytest.raises(openai.APIStatusError) as raised:
        client.chat.completions.create(**asking("long " * 14_000_000))

    assert raised.value.status_code == http.HTTPStatus.REQUEST_ENTITY_TOO_LARGE
