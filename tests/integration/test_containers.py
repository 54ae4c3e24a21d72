"""Questions about containers: the model's tool reads PostgreSQL."""

from __future__ import annotations

from typing import Any

import psycopg
from in_cluster_conftest import Deck

Database = psycopg.Connection[dict[str, Any]]


def test_finds_a_container_in_the_database(deck: Deck, database: Database) -> None:
    answer = deck.ask("Where is container MSKU4711083?")

    row = database.execute(
        "SELECT vessel, bay, row_number, tier FROM containers WHERE number = 'MSKU4711083'"
    ).fetchone()
    assert row is not None
    assert answer.status == 200
    assert answer.body["answer"] == (
        f"MSKU4711083 is on the {row['vessel']} in bay {row['bay']}, row {row['row_number']},"
        f" tier {row['tier']}. It is released."
    )
    assert [call["name"] for call in answer.body["tool_calls"]] == ["locate_container"]
    assert answer.body["degraded"] is False


def test_admits_that_nobody_has_a_container(deck: Deck) -> None:
    answer = deck.ask("Where is container ZZZU0000000?")

    assert answer.body["answer"] == "There is no container ZZZU0000000 on this deck."
    assert answer.body["tool_calls"][0]["result"] == {"error": "no container ZZZU0000000 on deck"}


def test_asks_two_tools_in_one_turn(deck: Deck, drydock_llm: Any) -> None:
    answer = deck.ask("May TCLU8150047 be lifted now?")

    asked, told = drydock_llm.calls()
    assert [name for name, _ in asked.tool_calls] == [
        call["name"] for call in answer.body["tool_calls"]
    ]
    assert told.text == answer.body["answer"]

    container, conditions = answer.body["tool_calls"]
    assert container["result"]["status"] == "released"
    assert conditions["result"] == {
        "berth": "South 1",
        "wind_knots": 42,
        "swell_cm": 120,
        "lifting": "suspended",
    }
    assert answer.body["answer"].startswith("No: TCLU8150047 is released, but 42 knots")
