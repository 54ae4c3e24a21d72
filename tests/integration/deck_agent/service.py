"""What the service does for a caller, without HTTP: asks the agent, and keeps every exchange."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
import redis

from deck_agent.agent import APOLOGY, Agent, Answer, ModelError, TextDelta
from deck_agent.store import Store, ToolUse


@dataclass(frozen=True)
class Question:
    text: str
    conversation: uuid.UUID | None = None
    # The caller wants an error rather than an apology where the model fails.
    strict: bool = False


class UnknownConversation(Exception):
    pass


class DeckService:
    def __init__(self, agent: Agent, store: Store, cache: redis.Redis) -> None:
        self._agent = agent
        self._store = store
        self._cache = cache

    def health(self) -> dict[str, str]:
        """A word for each neighbour: "ok", or what is wrong with it."""
        return {
            "postgres": _word(self._store.check, psycopg.Error),
            "redis": _word(self._cache.ping, redis.RedisError),
        }

    def ask(self, question: Question) -> dict[str, Any]:
        """The answer; an apology where the model fails, ModelError where the question is strict."""
        conversation, history = self._open(question)
        try:
            answer = self._agent.answer(history, question.text)
        except ModelError:
            if question.strict:
                raise
            answer = Answer(APOLOGY, degraded=True)
        return self._keep(conversation, question, answer)

    def ask_streaming(self, question: Question) -> Iterator[tuple[str, dict[str, Any]]]:
        """Named events: `text` and `tool` as they come, then `answer`.

        An unknown conversation is an exception here, before the first event.
        """
        conversation, history = self._open(question)
        return self._events(conversation, history, question)

    def conversation(self, conversation: uuid.UUID) -> dict[str, Any]:
        found = self._store.conversation(conversation)
        if found is None:
            raise UnknownConversation(str(conversation))
        return found

    def _events(
        self, conversation: uuid.UUID, history: list[dict[str, str]], question: Question
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        answer = Answer(APOLOGY, degraded=True)
        try:
            for item in self._agent.stream(history, question.text):
                match item:
                    case TextDelta(text):
                        yield "text", {"text": text}
                    case ToolUse():
                        yield "tool", item.as_json()
                    case Answer():
                        answer = item
        except ModelError as error:
            if question.strict:
                yield "error", {"message": str(error)}
                return
            yield "text", {"text": APOLOGY}
        yield "answer", self._keep(conversation, question, answer)

    def _open(self, question: Question) -> tuple[uuid.UUID, list[dict[str, str]]]:
        opened = self._store.open_conversation(question.conversation)
        if opened is None:
            raise UnknownConversation(str(question.conversation))
        return opened

    def _keep(self, conversation: uuid.UUID, question: Question, answer: Answer) -> dict[str, Any]:
        self._store.keep_exchange(
            conversation, question.text, answer.text, answer.tool_uses, answer.degraded
        )
        return {
            "conversation_id": str(conversation),
            "answer": answer.text,
            "tool_calls": [use.as_json() for use in answer.tool_uses],
            "degraded": answer.degraded,
        }


def _word(check: Any, failure: type[Exception]) -> str:
    try:
        check()
    except failure as error:
        return type(error).__name__
    return "ok"
