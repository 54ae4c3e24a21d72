"""PostgreSQL: what is known of the deck, and what was said."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

CONNECT_TIMEOUT_S = 5
# A follow-up question takes at most this many earlier messages along.
HISTORY_MESSAGES_MAX = 20
# Conditions are the mean of this many newest readings of a berth's mast and buoy.
READINGS_AVERAGED = 3


@dataclass(frozen=True)
class ToolUse:
    """One call of a tool by the model, with what came of it."""

    name: str
    arguments: dict[str, Any]
    result: dict[str, Any]
    cached: bool = False

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "arguments": self.arguments,
            "result": self.result,
            "cached": self.cached,
        }


class Store:
    """A connection per use: cheap enough here, and a restarted database needs no care."""

    def __init__(self, url: str) -> None:
        self._url = url

    def check(self) -> None:
        with self._connect() as connection:
            connection.execute("SELECT 1")

    def container(self, number: str) -> dict[str, Any] | None:
        with self._connect() as connection:
            return connection.execute(
                "SELECT number, vessel, berth, bay, row_number AS row, tier, weight_kg, status"
                " FROM containers WHERE number = %s",
                (number,),
            ).fetchone()

    def readings(self, berth: str) -> dict[str, Any] | None:
        """The mean of the berth's newest readings; None where the berth has none."""
        with self._connect() as connection:
            row = connection.execute(
                "SELECT round(avg(wind_knots))::int AS wind_knots,"
                " round(avg(swell_cm))::int AS swell_cm"
                " FROM (SELECT wind_knots, swell_cm FROM berth_readings WHERE berth = %s"
                "       ORDER BY read_at DESC LIMIT %s) AS newest",
                (berth, READINGS_AVERAGED),
            ).fetchone()
        return row if row and row["wind_knots"] is not None else None

    def open_conversation(
        self, wanted: uuid.UUID | None
    ) -> tuple[uuid.UUID, list[dict[str, str]]] | None:
        """The conversation and its messages; a new one where none is wanted, None: unknown."""
        with self._connect() as connection:
            if wanted is None:
                row = connection.execute(
                    "INSERT INTO conversations DEFAULT VALUES RETURNING id"
                ).fetchone()
                assert row is not None
                return row["id"], []
            known = connection.execute(
                "SELECT 1 FROM conversations WHERE id = %s", (wanted,)
            ).fetchone()
            if known is None:
                return None
            newest = connection.execute(
                "SELECT role, content FROM messages WHERE conversation_id = %s"
                " ORDER BY id DESC LIMIT %s",
                (wanted, HISTORY_MESSAGES_MAX),
            ).fetchall()
        return wanted, list(reversed(newest))

    def keep_exchange(
        self,
        conversation: uuid.UUID,
        question: str,
        answer: str,
        tool_uses: list[ToolUse],
        degraded: bool,
    ) -> None:
        """All in one transaction: a conversation never holds half an exchange."""
        with self._connect() as connection:
            self._add_message(connection, conversation, "user", question, degraded=False)
            answer_id = self._add_message(connection, conversation, "assistant", answer, degraded)
            for use in tool_uses:
                connection.execute(
                    "INSERT INTO tool_calls (message_id, name, arguments, result, cached)"
                    " VALUES (%s, %s, %s, %s, %s)",
                    (answer_id, use.name, Jsonb(use.arguments), Jsonb(use.result), use.cached),
                )

    def conversation(self, conversation: uuid.UUID) -> dict[str, Any] | None:
        with self._connect() as connection:
            found = connection.execute(
                "SELECT started_at FROM conversations WHERE id = %s", (conversation,)
            ).fetchone()
            if found is None:
                return None
            messages = connection.execute(
                "SELECT role, content, degraded FROM messages"
                " WHERE conversation_id = %s ORDER BY id",
                (conversation,),
            ).fetchall()
            tool_calls = connection.execute(
                "SELECT t.name, t.arguments, t.result, t.cached FROM tool_calls t"
                " JOIN messages m ON m.id = t.message_id"
                " WHERE m.conversation_id = %s ORDER BY t.id",
                (conversation,),
            ).fetchall()
        return {
            "conversation_id": str(conversation),
            "started_at": found["started_at"].isoformat(),
            "messages": messages,
            "tool_calls": tool_calls,
        }

    def _connect(self) -> psycopg.Connection[dict[str, Any]]:
        return psycopg.connect(self._url, row_factory=dict_row, connect_timeout=CONNECT_TIMEOUT_S)

    @staticmethod
    def _add_message(
        connection: psycopg.Connection[dict[str, Any]],
        conversation: uuid.UUID,
        role: str,
        content: str,
        degraded: bool,
    ) -> int:
        row = connection.execute(
            "INSERT INTO messages (conversation_id, role, content, degraded)"
            " VALUES (%s, %s, %s, %s) RETURNING id",
            (conversation, role, content, degraded),
        ).fetchone()
        assert row is not None
        return row["id"]
