"""Servers for the tests of this folder: a shared one, and one each for tests that need it."""

from __future__ import annotations

import contextlib
import pathlib
from collections.abc import Callable, Iterator

import pytest
import server

FIXTURES = """\
drydock: fixtures/v1
fixtures:
  - name: asks for the weather tool
    match:
      user: {contains: weather in Oslo}
    reply:
      tool_calls:
        - {name: get_weather, arguments: {city: Oslo}}
        - {name: get_time, arguments: {}}
  - name: says hello
    match: {user: hello}
    reply:
      text: "Hello, traveller. \\U0001F468\\u200D\\U0001F469\\u200D\\U0001F467 Good day!"
      usage: {input: 41, output: 9}
  - name: is slow
    match: {user: slowly}
    reply: {text: one two three four five six seven eight nine ten}
    pace: {ttft_ms: 20, tokens_per_second: 100}
  - name: takes its time
    match: {user: forever}
    reply: {text: one two three four five six seven eight nine ten}
    pace: {tokens_per_second: 0.5}
  - name: is late
    match: {user: late}
    reply: {text: Here I am.}
    delay_ms: 50
  - name: is busy once
    match: {user: busy, model: "gpt-*"}
    replies:
      - error:
          status: 429
          code: rate_limit_exceeded
          message: slow down
          headers: {retry-after-ms: "20"}
      - text: Now.
  - name: only for one model
    match: {user: special, model: {equals: "ft:gpt-4o:own"}}
    reply: {text: special}
"""

Start = Callable[..., server.Server]


@pytest.fixture(scope="session")
def fixtures(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    path = tmp_path_factory.mktemp("fixtures") / "test.yaml"
    path.write_text(FIXTURES)
    return path


@pytest.fixture(scope="session")
def shared(fixtures: pathlib.Path) -> Iterator[server.Server]:
    """For tests that use a session of their own and no signal."""
    with server.serving("--fixtures", fixtures) as running:
        yield running


@pytest.fixture
def start(fixtures: pathlib.Path) -> Iterator[Start]:
    """start(arguments...) -> a server of the test's own, with the fixtures."""
    with contextlib.ExitStack() as stack:
        yield lambda *arguments, **more: stack.enter_context(
            server.serving("--fixtures", fixtures, *arguments, **more)
        )
