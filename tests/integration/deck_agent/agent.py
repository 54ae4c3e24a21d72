"""From a question to an answer: the conversation with the model, with its tools, round by round."""

from __future__ import annotations

import json
import logging
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from typing import Any

import openai
from openai.types.chat import ChatCompletionMessage

from deck_agent.propagation import outgoing_headers
from deck_agent.store import ToolUse
from deck_agent.tools import TOOLS, Toolbox

ROUNDS_MAX = 4
ANSWER_TOKENS_MAX = 400
SYSTEM_PROMPT = (
    "You are the deck agent of a container terminal. Answer the deck crew in one or two sentences."
    " Look things up with the tools; never guess a position or the weather."
)
APOLOGY = "I cannot look that up right now. Please ask the duty officer on channel 12."
GAVE_UP = "I looked several times and found no answer. Please ask the duty officer on channel 12."

log = logging.getLogger(__name__)


class ModelError(Exception):
    """The model could not be asked; the cause is the OpenAI client's error."""


@dataclass
class Answer:
    text: str = ""
    tool_uses: list[ToolUse] = field(default_factory=list)
    # The text is an apology: the model failed or found no end.
    degraded: bool = False


@dataclass(frozen=True)
class TextDelta:
    """A piece of the answer, as the model says it."""

    text: str


class Agent:
    """Holds no conversation: one Agent serves all threads."""

    def __init__(self, client: openai.OpenAI, model: str, toolbox: Toolbox) -> None:
        self._client = client
        self._model = model
        self._toolbox = toolbox

    def answer(self, history: list[dict[str, str]], question: str) -> Answer:
        """The answer at once. Raises ModelError where the model cannot be asked."""
        answer = Answer()
        messages = _opening(history, question)
        for _ in range(ROUNDS_MAX):
            message = self._ask(messages)
            if self._advance(messages, message, answer):
                return answer
        return _given_up(answer)

    def stream(
        self, history: list[dict[str, str]], question: str
    ) -> Iterator[TextDelta | ToolUse | Answer]:
        """The answer as it grows, at last the whole of it. Raises ModelError as answer() does."""
        answer = Answer()
        messages = _opening(history, question)
        for _ in range(ROUNDS_MAX):
            message = yield from self._ask_streaming(messages)
            uses_before = len(answer.tool_uses)
            finished = self._advance(messages, message, answer)
            yield from answer.tool_uses[uses_before:]
            if finished:
                yield answer
                return
        yield TextDelta(GAVE_UP)
        yield _given_up(answer)

    def _ask(self, messages: list[dict[str, Any]]) -> ChatCompletionMessage:
        try:
            completion = self._client.chat.completions.create(**self._request(messages))
        except openai.OpenAIError as error:
            raise _model_error(error) from error
        return completion.choices[0].message

    def _ask_streaming(
        self, messages: list[dict[str, Any]]
    ) -> Generator[TextDelta, None, ChatCompletionMessage]:
        try:
            with self._client.chat.completions.stream(**self._request(messages)) as stream:
                for event in stream:
                    if event.type == "content.delta":
                        yield TextDelta(event.delta)
                return stream.get_final_completion().choices[0].message
        except openai.OpenAIError as error:
            raise _model_error(error) from error

    def _request(self, messages: list[dict[str, Any]]) -> dict[str, Any]:
        return {
            "model": self._model,
            "messages": messages,
            "tools": TOOLS,
            "max_completion_tokens": ANSWER_TOKENS_MAX,
            "extra_headers": outgoing_headers(),
        }

    def _advance(
        self, messages: list[dict[str, Any]], message: ChatCompletionMessage, answer: Answer
    ) -> bool:
        """Takes a message of the model in and runs its tools; True where it was the answer."""
        if not message.tool_calls:
            answer.text = message.content or message.refusal or ""
            return True
        calls = [call for call in message.tool_calls if call.type == "function"]
        messages.append(
            {
                "role": "assistant",
                "content": message.content,
                "tool_calls": [_call_as_json(call) for call in calls],
            }
        )
        for call in calls:
            use = self._toolbox.use(call.function.name, call.function.arguments)
            answer.tool_uses.append(use)
            messages.append(
                {"role": "tool", "tool_call_id": call.id, "content": json.dumps(use.result)}
            )
        return False


def _opening(history: list[dict[str, str]], question: str) -> list[dict[str, Any]]:
    return [
        {"role": "system", "content": SYSTEM_PROMPT},
        *history,
        {"role": "user", "content": question},
    ]


def _call_as_json(call: Any) -> dict[str, Any]:
    function = {"name": call.function.name, "arguments": call.function.arguments}
    return {"id": call.id, "type": "function", "function": function}


def _given_up(answer: Answer) -> Answer:
    log.warning("no answer after %d rounds", ROUNDS_MAX)
    answer.text = GAVE_UP
    answer.degraded = True
    return answer


def _model_error(error: openai.OpenAIError) -> ModelError:
    log.warning("the model cannot be asked: %s", error)
    return ModelError(str(error))
