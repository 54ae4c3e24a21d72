"""HTTP: routes, bodies and statuses. Knows the service, not how it answers.

GET  /healthz              200 where PostgreSQL and Redis answer, else 503
POST /ask                  {"question", "conversation_id"?, "strict"?}; ?stream=true: events
GET  /conversations/{id}   all that was said, with the tool calls
"""

from __future__ import annotations

import json
import logging
import uuid
from collections.abc import Iterator
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg
import redis

from deck_agent.agent import ModelError
from deck_agent.propagation import carrying
from deck_agent.service import DeckService, Question, UnknownConversation

BODY_BYTES_MAX = 64 * 1024
QUESTION_LENGTH_MAX = 4_000
# A caller that sends nothing for this long loses its connection.
IDLE_TIMEOUT_S = 30

log = logging.getLogger(__name__)


class BadRequest(Exception):
    def __init__(self, message: str, status: HTTPStatus = HTTPStatus.BAD_REQUEST) -> None:
        super().__init__(message)
        self.status = status


class DeckServer(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], service: DeckService) -> None:
        super().__init__(address, DeckHandler)
        self.service = service


class DeckHandler(BaseHTTPRequestHandler):
    server: DeckServer
    protocol_version = "HTTP/1.1"
    timeout = IDLE_TIMEOUT_S
    # The head has gone out: an error can no longer change the status.
    _streaming = False

    def do_GET(self) -> None:
        self._answer(self._get)

    def do_POST(self) -> None:
        self._answer(self._post)

    def _answer(self, route: Any) -> None:
        """Runs a route inside the caller's trace context; a failure becomes a status and JSON."""
        self._streaming = False
        try:
            with carrying(self.headers):
                route()
        except BadRequest as error:
            self._fail(error.status, "bad_request", str(error))
        except UnknownConversation as error:
            self._fail(HTTPStatus.NOT_FOUND, "unknown_conversation", f"no conversation {error}")
        except ModelError as error:
            self._fail(HTTPStatus.BAD_GATEWAY, "model_unavailable", str(error))
        except (psycopg.Error, redis.RedisError) as error:
            log.error("%s: %s", type(error).__name__, error)
            self._fail(HTTPStatus.SERVICE_UNAVAILABLE, "storage_unavailable", type(error).__name__)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True  # The caller has gone; nobody is left to tell.

    def _get(self) -> None:
        path = urlsplit(self.path).path
        if path == "/healthz":
            health = self.server.service.health()
            well = all(word == "ok" for word in health.values())
            self._send(HTTPStatus.OK if well else HTTPStatus.SERVICE_UNAVAILABLE, health)
        elif path.startswith("/conversations/"):
            conversation = _conversation_id(path.removeprefix("/conversations/"))
            self._send(HTTPStatus.OK, self.server.service.conversation(conversation))
        else:
            raise BadRequest(f"no such page: {path}", HTTPStatus.NOT_FOUND)

    def _post(self) -> None:
        url = urlsplit(self.path)
        if url.path != "/ask":
            raise BadRequest(f"no such page: {url.path}", HTTPStatus.NOT_FOUND)
        question = _question(self._read_json())
        wants_stream = parse_qs(url.query).get("stream") == ["true"]
        if wants_stream or "text/event-stream" in self.headers.get("accept", ""):
            self._send_events(self.server.service.ask_streaming(question))
        else:
            self._send(HTTPStatus.OK, self.server.service.ask(question))

    def _read_json(self) -> Any:
        length = self.headers.get("content-length", "")
        if not length.isascii() or not length.isdigit():
            self.close_connection = True
            raise BadRequest("a body with its Content-Length is needed", HTTPStatus.LENGTH_REQUIRED)
        if int(length) > BODY_BYTES_MAX:
            self.close_connection = True
            raise BadRequest(f"at most {BODY_BYTES_MAX} bytes", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        try:
            return json.loads(self.rfile.read(int(length)))
        except (ValueError, RecursionError):
            raise BadRequest("the body is not JSON") from None

    def _send(self, status: HTTPStatus, value: Any) -> None:
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _send_events(self, events: Iterator[tuple[str, dict[str, Any]]]) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("content-type", "text/event-stream; charset=utf-8")
        self.send_header("cache-control", "no-store")
        self.send_header("connection", "close")  # The stream ends where the connection does.
        self.end_headers()
        self._streaming = True
        for name, value in events:
            self._send_event(name, value)

    def _send_event(self, name: str, value: dict[str, Any]) -> None:
        self.wfile.write(f"event: {name}\ndata: {json.dumps(value)}\n\n".encode())
        self.wfile.flush()

    def _fail(self, status: HTTPStatus, code: str, message: str) -> None:
        if self._streaming:
            self._send_event("error", {"code": code, "message": message})
        else:
            self._send(status, {"error": {"code": code, "message": message}})

    def log_message(self, format: str, *args: Any) -> None:
        log.info("%s %s", self.address_string(), format % args)


def _question(body: Any) -> Question:
    text = body.get("question") if isinstance(body, dict) else None
    if not isinstance(text, str) or not text.strip():
        raise BadRequest("'question' should be a text")
    if len(text) > QUESTION_LENGTH_MAX:
        raise BadRequest(f"'question' should have at most {QUESTION_LENGTH_MAX} characters")
    strict = body.get("strict", False)
    if not isinstance(strict, bool):
        raise BadRequest("'strict' should be true or false")
    wanted = body.get("conversation_id")
    return Question(text, None if wanted is None else _conversation_id(wanted), strict)


def _conversation_id(text: Any) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except (ValueError, AttributeError, TypeError):
        raise BadRequest("a conversation's id should be a UUID") from None
