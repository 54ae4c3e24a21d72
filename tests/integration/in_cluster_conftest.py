"""The one place where integration tests learn where their services are; imported by conftest.py.

Inside a cluster and under the harness the variables are set, and what is set is never touched.
Only what is unset is filled: in a pod with the names of the cluster's services, elsewhere with
this machine. A service that cannot be reached fails the test that needs it and never skips it: a
skip would say in green that nothing is known.
"""

from __future__ import annotations

import http.client
import json
import os
from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

import psycopg
import pytest
import redis
from psycopg.rows import dict_row

CONNECT_TIMEOUT_S = 5
ANSWER_TIMEOUT_S = 20

# Variable -> its value in a pod, its value elsewhere.
PLACES = {
    "POSTGRES_HOST": ("postgres", "127.0.0.1"),
    "POSTGRES_PORT": ("5432", "5432"),
    "POSTGRES_USER": ("postgres", "postgres"),
    "POSTGRES_DB": ("app", "app"),
    "DRAGONFLY_HOST": ("dragonfly", "127.0.0.1"),
    "DRAGONFLY_PORT": ("6379", "6379"),
    "APP_URL": ("http://deck-agent:8080", "http://127.0.0.1:8080"),
}


def fill_unset_variables(environment: MutableMapping[str, str]) -> list[str]:
    """Gives every unset or empty variable its usual value; answers the names that it filled."""
    in_pod = bool(environment.get("KUBERNETES_SERVICE_HOST"))
    filled = []

    def fill(name: str, value: str) -> None:
        if not environment.get(name):
            environment[name] = value
            filled.append(name)

    for name, (in_cluster, elsewhere) in PLACES.items():
        fill(name, in_cluster if in_pod else elsewhere)
    postgres_login = _login(environment["POSTGRES_USER"], environment.get("POSTGRES_PASSWORD", ""))
    postgres_place = f"{environment['POSTGRES_HOST']}:{environment['POSTGRES_PORT']}"
    fill(
        "DATABASE_URL",
        f"postgresql://{postgres_login}{postgres_place}/{environment['POSTGRES_DB']}",
    )
    redis_login = _login("", environment.get("DRAGONFLY_PASSWORD", ""))
    redis_place = f"{environment['DRAGONFLY_HOST']}:{environment['DRAGONFLY_PORT']}"
    fill("REDIS_URL", f"redis://{redis_login}{redis_place}/0")
    return filled


def _login(user: str, password: str) -> str:
    if not password:
        return f"{quote(user, safe='')}@" if user else ""
    return f"{quote(user, safe='')}:{quote(password, safe='')}@"


fill_unset_variables(os.environ)


@dataclass(frozen=True)
class Answer:
    status: int
    body: Any


class Deck:
    """The application, as its callers see it. Each call carries the test's session as baggage."""

    def __init__(self, url: str, session: str | None) -> None:
        self._place = urlsplit(url)
        self._baggage = {"baggage": f"mockllm.session={session}"} if session else {}

    def health(self) -> Answer:
        return self._call("GET", "/healthz")

    def ask(self, question: str, **fields: Any) -> Answer:
        return self._call("POST", "/ask", {"question": question, **fields})

    def conversation(self, conversation_id: str) -> Answer:
        return self._call("GET", f"/conversations/{conversation_id}")

    def stream(self, question: str, **fields: Any) -> list[tuple[str, Any]]:
        """The named events of a streamed answer, in their order."""
        response = self._send("POST", "/ask?stream=true", {"question": question, **fields})
        with response:
            assert response.status == http.client.OK, response.read()
            assert response.headers.get_content_type() == "text/event-stream"
            return list(_events(response))

    def _call(self, method: str, path: str, body: Any = None) -> Answer:
        with self._send(method, path, body) as response:
            return Answer(response.status, json.load(response))

    def _send(self, method: str, path: str, body: Any = None) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection(
            self._place.hostname or "", self._place.port, timeout=ANSWER_TIMEOUT_S
        )
        headers = {"content-type": "application/json", "connection": "close", **self._baggage}
        try:
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            return connection.getresponse()
        except OSError as error:
            pytest.fail(f"the application does not answer at {self._place.geturl()}: {error}")


def _events(lines: Iterator[bytes]) -> Iterator[tuple[str, Any]]:
    name = ""
    for line in lines:
        field, _, value = line.decode().rstrip("\n").partition(": ")
        if field == "event":
            name = value
        elif field == "data":
            yield name, json.loads(value)


@pytest.fixture
def deck() -> Deck:
    """The application under test."""
    return Deck(os.environ["APP_URL"], os.environ.get("DRYDOCK_SESSION"))


@pytest.fixture
def database() -> Iterator[psycopg.Connection[dict[str, Any]]]:
    """The application's database. What a test changes through it is rolled back."""
    try:
        connection = psycopg.connect(
            os.environ["DATABASE_URL"], row_factory=dict_row, connect_timeout=CONNECT_TIMEOUT_S
        )
    except psycopg.OperationalError as error:
        pytest.fail(f"PostgreSQL does not answer: {error}")
    with connection, connection.transaction(force_rollback=True):
        yield connection


@pytest.fixture
def cache() -> Iterator[redis.Redis]:
    """The application's cache. Tests run side by side: each keeps to a berth of its own."""
    client = redis.Redis.from_url(
        os.environ["REDIS_URL"], socket_connect_timeout=CONNECT_TIMEOUT_S, decode_responses=True
    )
    try:
        client.ping()
    except redis.RedisError as error:
        pytest.fail(f"Redis does not answer: {type(error).__name__}")
    with client:
        yield client


@pytest.fixture
def scripted_model() -> None:
    """For tests that need the model to misbehave on cue, which only a scripted one does."""
    if os.environ.get("DRYDOCK_LLM_MODE") == "real":
        pytest.skip("a real model cannot be told to fail")
