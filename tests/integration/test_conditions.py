"""Questions about wind and swell: the model's tool keeps its answers in Redis."""

from __future__ import annotations

import json

import redis
from in_cluster_conftest import Deck

CACHE_SECONDS = 60


def test_the_second_question_is_answered_from_the_cache(deck: Deck, cache: redis.Redis) -> None:
    cache.delete("deck:conditions:North 2")

    first = deck.ask("How much wind is there at North 2?")
    kept = json.loads(cache.get("deck:conditions:North 2"))
    second = deck.ask("How much wind is there at North 2?")

    assert [call["cached"] for call in first.body["tool_calls"]] == [False]
    assert [call["cached"] for call in second.body["tool_calls"]] == [True]
    assert first.body["tool_calls"][0]["result"] == kept
    assert first.body["answer"] == second.body["answer"]
    assert "18 knots" in first.body["answer"]
    assert 0 < cache.ttl("deck:conditions:North 2") <= CACHE_SECONDS


def test_a_streamed_answer_arrives_in_pieces(deck: Deck) -> None:
    events = deck.stream("How is the swell at South 2?")

    pieces = [value["text"] for name, value in events if name == "text"]
    names = [name for name, _ in events]
    assert names[0] == "tool"
    assert names[-1] == "answer"
    assert len(pieces) > 1
    assert "".join(pieces) == events[-1][1]["answer"]
    assert "95 cm" in events[-1][1]["answer"]
