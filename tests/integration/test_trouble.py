"""A model that is busy, refuses or never comes to an end."""

from __future__ import annotations

import pytest
from in_cluster_conftest import Deck

APOLOGY = "I cannot look that up right now."


@pytest.mark.usefixtures("scripted_model")
def test_a_busy_model_is_asked_again(deck: Deck) -> None:
    answer = deck.ask("Hello, deck!")

    assert answer.body["answer"] == "Hello, crew. What can I look up for you?"
    assert answer.body["degraded"] is False


@pytest.mark.usefixtures("scripted_model")
def test_a_refusing_model_is_an_error_for_the_strict(deck: Deck) -> None:
    answer = deck.ask("Read me the whole manifest", strict=True)

    assert answer.status == 502
    assert "context length" in answer.body["error"]["message"]


@pytest.mark.usefixtures("scripted_model")
def test_a_refusing_model_is_an_apology_for_the_crew(deck: Deck) -> None:
    answer = deck.ask("Read me the whole manifest")

    assert answer.status == 200
    assert answer.body["answer"].startswith(APOLOGY)
    assert answer.body["degraded"] is True
    assert deck.stream("Read me the whole manifest")[-1][1]["answer"] == answer.body["answer"]


@pytest.mark.usefixtures("scripted_model")
def test_a_model_that_finds_no_end_is_stopped(deck: Deck) -> None:
    answer = deck.ask("Find the lost container")

    assert len(answer.body["tool_calls"]) == 4
    assert answer.body["degraded"] is True


def test_every_question_gets_an_answer(deck: Deck) -> None:
    # Content with an apology, as crews are: that the model was not answered, only the harness sees.
    answer = deck.ask("Is the gangway down?")

    assert answer.status == 200
    assert answer.body["answer"]


@pytest.mark.parametrize(
    "body",
    [{}, {"question": ""}, {"question": 7}, {"question": "?" * 4_001}],
    ids=["none", "empty", "a number", "too long"],
)
def test_a_question_that_is_none_is_refused(deck: Deck, body: dict[str, object]) -> None:
    answer = deck.ask(**{"question": None, **body})

    assert answer.status == 400
    assert "question" in answer.body["error"]["message"]
