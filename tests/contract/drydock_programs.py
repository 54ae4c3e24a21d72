"""The real programs, started for a test and ended with it, and plain HTTP to talk to them."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import pathlib
import re
import selectors
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "tests/contract/examples"
SDK_FIXTURES = ROOT / "tests/contract/fixtures.yaml"
START_TIMEOUT_S = 20
END_TIMEOUT_S = 15
CALL_TIMEOUT_S = 20
LISTENING = re.compile(r"listening on (http://\S+:\d+)")


def program(name: str) -> str:
    """The path of one of our programs, from DRYDOCK_BIN_DIR or the release build."""
    folder = os.environ.get("DRYDOCK_BIN_DIR") or str(ROOT / "build/release/bin")
    path = pathlib.Path(folder) / name
    assert path.is_file(), f"{path} is missing: cmake --build build/release --target {name}"
    return str(path)


def run(
    name: str, *arguments: object, environment: Mapping[str, str] | None = None, **more: Any
) -> subprocess.CompletedProcess[str]:
    """Runs a program to its end."""
    return subprocess.run(
        [program(name), *map(str, arguments)],
        env={**os.environ, **(environment or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=more.pop("timeout", 60),
        check=False,
        **more,
    )


@dataclass
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Mockllm:
    """A server that is running, and the calls of its control API that tests need often."""

    process: subprocess.Popen[str]
    url: str
    log: pathlib.Path
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def base_url(self) -> str:
        return f"{self.url}/v1"

    def session_url(self, session: str) -> str:
        return f"{self.url}/s/{session}/v1"

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """One request on a connection of its own. A body that is not bytes is sent as JSON."""
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        usual = {} if data is None else {"content-type": "application/json"}
        place = urlsplit(self.url)
        connection = http.client.HTTPConnection(
            place.hostname or "", place.port, timeout=CALL_TIMEOUT_S
        )
        with contextlib.closing(connection):
            connection.request(method, path, data, {**usual, **self.headers, **(headers or {})})
            response = connection.getresponse()
            found = {name.lower(): value for name, value in response.getheaders()}
            return Reply(response.status, found, response.read())

    def chat(
        self,
        text: str,
        session: str | None = None,
        headers: Mapping[str, str] | None = None,
        **fields: Any,
    ) -> Reply:
        request = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": text}]}
        prefix = f"/s/{session}" if session else ""
        return self.call("POST", f"{prefix}/v1/chat/completions", {**request, **fields}, headers)

    def journal(self, session: str) -> list[dict[str, Any]]:
        """The session's calls, once the last one sent is in: a call ends after its body."""
        deadline = time.monotonic() + CALL_TIMEOUT_S
        while True:
            calls = self.call("GET", f"/_mock/sessions/{session}/journal").json["calls"]
            if not any(call.get("open") for call in calls) or time.monotonic() > deadline:
                return calls

    def stop(self, sign: signal.Signals = signal.SIGTERM) -> int:
        if self.process.poll() is None:
            self.process.send_signal(sign)
        try:
            return self.process.wait(END_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise


def _first_line(process: subprocess.Popen[str], log: pathlib.Path) -> str:
    """The first line of stdout; an assertion that shows the log where none comes."""
    assert process.stdout is not None
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        ready = selector.select(START_TIMEOUT_S)
    line = process.stdout.readline() if ready else ""
    if not line:
        process.kill()
        process.wait()
    assert line, f"mockllm did not start:\n{log.read_text(errors='replace')}"
    return line


@contextlib.contextmanager
def mockllm(
    folder: pathlib.Path,
    *arguments: object,
    verb: str = "serve",
    environment: Mapping[str, str] | None = None,
) -> Iterator[Mockllm]:
    """A server on a free port; its log is kept in `folder`."""
    log = folder / f"mockllm-{time.monotonic_ns()}.log"
    with log.open("w") as speech:
        process = subprocess.Popen(
            [program("mockllm"), verb, "--port", "0", *map(str, arguments)],
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=speech,
            text=True,
        )
    line = _first_line(process, log)
    match = LISTENING.fullmatch(line.rstrip("\n"))
    try:
        assert match, f"the first line should be 'listening on http://HOST:PORT', is {line!r}"
        yield Mockllm(process, match.group(1), log)
    finally:
        if process.poll() is None:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(END_TIMEOUT_S)
        if process.poll() is None:
            process.kill()
            process.wait()
        assert process.stdout is not None
        process.stdout.close()


def events(body: bytes) -> list[str]:
    """The data of each server-sent event of an OpenAI stream; no other line is allowed in it."""
    text = body.decode()
    assert text.endswith("\n\n"), "a stream ends with the empty line of its last event"
    found = []
    for block in text.removesuffix("\n\n").split("\n\n"):
        assert block.startswith("data: ") and "\n" not in block, f"not one data line: {block!r}"
        found.append(block.removeprefix("data: "))
    return found


def shape(value: Any) -> Any:
    """Keys and kinds, without the values: what two JSON values of one contract have in common.

    A list has the shape of its first element; an empty list and null have none to compare.
    """
    if isinstance(value, dict):
        return {key: shape(item) for key, item in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    if isinstance(value, bool) or value is None:
        return type(value).__name__
    return "number" if isinstance(value, int | float) else type(value).__name__


def lacking(example: Any, actual: Any, path: str = "$") -> list[str]:
    """What `actual` lacks of the keys and kinds of `example`. Adding keys is free."""
    if isinstance(example, dict):
        if not isinstance(actual, dict):
            return [f"{path}: should be an object, is {actual!r}"]
        missing = [f"{path}.{key}: missing" for key in example if key not in actual]
        for key in example.keys() & actual.keys():
            missing += lacking(example[key], actual[key], f"{path}.{key}")
        return missing
    if isinstance(example, list):
        if not isinstance(actual, list):
            return [f"{path}: should be a list, is {actual!r}"]
        return lacking(example[0], actual[0], f"{path}[0]") if example and actual else []
    if example is None or actual is None or shape(example) == shape(actual):
        return []
    return [f"{path}: should be like {example!r}, is {actual!r}"]
