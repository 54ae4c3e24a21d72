"""A server with the SDK tests' fixtures, and clients of it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import drydock_programs
import openai
import pytest


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[drydock_programs.Mockllm]:
    """One server for all: each test has a session of its own in it."""
    folder = tmp_path_factory.mktemp("server")
    with drydock_programs.mockllm(folder, "--fixtures", drydock_programs.SDK_FIXTURES) as running:
        yield running


@pytest.fixture
def session() -> str:
    return f"sdk.{uuid.uuid4().hex}.1"


@pytest.fixture
def make_client(
    server: drydock_programs.Mockllm, session: str
) -> Iterator[Callable[..., openai.OpenAI]]:
    """Clients of this test's session; `fields` go to the SDK."""
    made = []

    def make(**fields: Any) -> openai.OpenAI:
        usual = {"base_url": server.session_url(session), "api_key": "sk-any", "max_retries": 0}
        made.append(openai.OpenAI(**{**usual, **fields}))
        return made[-1]

    yield make
    for client in made:
        client.close()


@pytest.fixture
def client(make_client: Callable[..., openai.OpenAI]) -> openai.OpenAI:
    return make_client()
