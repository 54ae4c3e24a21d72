"""What the service reads from its environment, once, at start."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8080
PORT_MAX = 65535
DEFAULT_MODEL = "gpt-4o-mini"


class SettingsError(Exception):
    """A variable is missing or malformed; the message is for the person who starts the service."""


@dataclass(frozen=True)
class Settings:
    """Where the service listens and finds its neighbours.

    The OpenAI client reads OPENAI_BASE_URL and OPENAI_API_KEY itself.
    """

    database_url: str
    redis_url: str
    host: str
    port: int
    model: str

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        required = ("DATABASE_URL", "REDIS_URL", "OPENAI_API_KEY")
        missing = [name for name in required if not environment.get(name)]
        if missing:
            raise SettingsError(f"not set: {', '.join(missing)}")
        port = environment.get("PORT") or str(DEFAULT_PORT)
        if not port.isascii() or not port.isdigit() or int(port) > PORT_MAX:
            raise SettingsError(f"PORT should be a number from 0 to {PORT_MAX}, got {port!r}")
        return cls(
            database_url=environment["DATABASE_URL"],
            redis_url=environment["REDIS_URL"],
            host=environment.get("DECK_AGENT_HOST") or DEFAULT_HOST,
            port=int(port),
            model=environment.get("DECK_AGENT_MODEL") or DEFAULT_MODEL,
        )
