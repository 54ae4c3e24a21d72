"""Carries the caller's W3C trace context and baggage on to the calls that a request causes.

OpenTelemetry's propagators do the same; the two headers are all that this service needs of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

PROPAGATED_HEADERS = ("traceparent", "tracestate", "baggage")

_carried: ContextVar[Mapping[str, str] | None] = ContextVar("carried", default=None)


@contextmanager
def carrying(headers: Mapping[str, str]) -> Iterator[None]:
    """While inside, outgoing_headers() are those of `headers` that travel on."""
    token = _carried.set({name: headers[name] for name in PROPAGATED_HEADERS if headers.get(name)})
    try:
        yield
    finally:
        _carried.reset(token)


def outgoing_headers() -> dict[str, str]:
    return dict(_carried.get() or {})
