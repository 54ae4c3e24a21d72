"""What was said is kept in PostgreSQL, and a follow-up question builds on it."""

from __future__ import annotations

import uuid
from typing import Any

import psycopg
from in_cluster_conftest import Deck

Database = psycopg.Connection[dict[str, Any]]


def test_a_conversation_is_stored_with_its_tool_calls(deck: Deck, database: Database) -> None:
    answer = deck.ask("Where is OOLU6631284?").body

    said = database.execute(
        "SELECT role, content FROM messages WHERE conversation_id = %s ORDER BY id",
        (answer["conversation_id"],),
    ).fetchall()
    assert said == [
        {"role": "user", "content": "Where is OOLU6631284?"},
        {"role": "assistant", "content": answer["answer"]},
    ]
    shown = deck.conversation(answer["conversation_id"]).body
    assert [message["role"] for message in shown["messages"]] == ["user", "assistant"]
    assert [call["name"] for call in shown["tool_calls"]] == ["locate_container"]
    assert shown["tool_calls"] == answer["tool_calls"]


def test_a_follow_up_builds_on_the_answer_before(deck: Deck) -> None:
    first = deck.ask("Where is OOLU6631284?").body

    second = deck.ask("How heavy is it?", conversation_id=first["conversation_id"]).body

    assert second["conversation_id"] == first["conversation_id"]
    assert second["answer"] == "OOLU6631284 weighs 12,050 kg."
    assert len(deck.conversation(first["conversation_id"]).body["messages"]) == 4


def test_an_unknown_conversation_is_not_found(deck: Deck) -> None:
    unknown = str(uuid.uuid4())

    assert deck.conversation(unknown).status == 404
    assert deck.ask("Where is OOLU6631284?", conversation_id=unknown).status == 404
