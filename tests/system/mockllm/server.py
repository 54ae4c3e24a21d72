"""mockllm as a child process, and bytes to and from it."""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

ROOT = pathlib.Path(__file__).resolve().parents[3]
WAIT_S = 20
LISTENING = re.compile(r"^listening on (http://127\.0\.0\.1:(\d+))\n$")


def binary() -> str:
    """The program, from DRYDOCK_BIN_DIR or the release build."""
    folder = os.environ.get("DRYDOCK_BIN_DIR") or str(ROOT / "build/release/bin")
    path = pathlib.Path(folder) / "mockllm"
    assert path.is_file(), f"{path} is missing: cmake --build build/release --target mockllm"
    return str(path)


def run(*arguments: object, **more: Any) -> subprocess.CompletedProcess[str]:
    """mockllm with these arguments, run to its end."""
    return subprocess.run(
        [binary(), *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=WAIT_S,
        check=False,
        **more,
    )


@dataclass
class Answer:
    """One HTTP answer: the head as it came, and the body without its chunked coding."""

    status: int
    head: bytes
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    def header(self, name: str) -> str | None:
        for line in self.head.decode("latin-1").split("\r\n")[1:]:
            key, _, value = line.partition(":")
            if key.lower() == name:
                return value.strip()
        return None

    @property
    def stable(self) -> tuple[int, list[str], bytes]:
        """What two runs must have in common: contracts 2."""
        varying = ("date:", "openai-processing-ms:")
        lines = self.head.decode("latin-1").split("\r\n")
        return self.status, [x for x in lines if not x.lower().startswith(varying)], self.body

    @property
    def frames(self) -> list[str]:
        """The data lines of a stream."""
        text = self.body.decode()
        assert text.endswith("\n\n")
        return [frame.removeprefix("data: ") for frame in text[:-2].split("\n\n")]

    @property
    def text(self) -> str:
        """What the chunks of a stream say, put together."""
        deltas = [json.loads(frame)["choices"] for frame in self.frames if frame != "[DONE]"]
        return "".join(c["delta"].get("content") or "" for choices in deltas for c in choices)


class Connection:
    """A socket that reads answers one after another."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=WAIT_S)
        self.file = self.socket.makefile("rb")

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()
        self.socket.close()

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def head(self) -> bytes:
        lines = []
        while line := self.file.readline():
            if line == b"\r\n":
                return b"".join(lines).removesuffix(b"\r\n")
            lines.append(line)
        raise ConnectionError(f"the connection ended in a head: {lines!r}")

    def chunk(self) -> bytes:
        """The next chunk of a chunked body, empty at its end."""
        size = int(self.file.readline(), 16)
        data = self.file.read(size + 2)
        assert data.endswith(b"\r\n")
        return data[:-2]

    def answer(self) -> Answer:
        head = self.head()
        answer = Answer(int(head.split(b" ", 2)[1]), head, b"")
        if answer.header("transfer-encoding") == "chunked":
            answer.body = b"".join(iter(self.chunk, b""))
        else:
            answer.body = self.file.read(int(answer.header("content-length") or 0))
        return answer


def request(
    method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None
) -> bytes:
    """The bytes of one request; a body that is not bytes becomes JSON."""
    data = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(data)}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if data:
        lines.append("Content-Type: application/json")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + data


def chat_body(text: str, **more: Any) -> dict[str, Any]:
    return {"model": "gpt-4o", "messages": [{"role": "user", "content": text}], **more}


class Server:
    """A running `mockllm serve`."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        assert process.stdout is not None
        line = process.stdout.readline()
        match = LISTENING.match(line)
        if match is None:
            _, errors = process.communicate(timeout=WAIT_S)
            raise AssertionError(f"first line {line!r}, exit {process.returncode}: {errors}")
        self.url, self.port = match[1], int(match[2])
        self.errors: list[str] = []
        self.reader = threading.Thread(target=self._read_errors, daemon=True)
        self.reader.start()

    def _read_errors(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.errors.append(line)

    def connect(self) -> Connection:
        return Connection(self.port)

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """One request on a connection of its own; header names with _ for -."""
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        with self.connect() as connection:
            connection.send(request(method, path, body, names))
            return connection.answer()

    def chat(self, text: str, session: str | None = None, **more: Any) -> Answer:
        prefix = f"/s/{session}" if session else ""
        return self.ask("POST", f"{prefix}/v1/chat/completions", chat_body(text, **more))

    def journal(self, session: str) -> list[dict[str, Any]]:
        return self.ask("GET", f"/_mock/sessions/{session}/journal").json["calls"]

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def wait(self) -> int:
        code = self.process.wait(WAIT_S)
        self.reader.join(WAIT_S)
        return code


@contextlib.contextmanager
def serving(*arguments: object, verb: str = "serve", **environment: str) -> Iterator[Server]:
    process = subprocess.Popen(
        [binary(), verb, "--port", "0", *map(str, arguments)],
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield Server(process)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(WAIT_S)
        for stream in (process.stdout, process.stderr):
            assert stream is not None
            stream.close()
