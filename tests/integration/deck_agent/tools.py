"""The two tools that the model may call."""

from __future__ import annotations

import json
from typing import Any

from deck_agent.conditions import Conditions
from deck_agent.store import Store, ToolUse


def _tool(name: str, description: str, argument: str, meaning: str) -> dict[str, Any]:
    return {
        "type": "function",
        "function": {
            "name": name,
            "description": description,
            "strict": True,
            "parameters": {
                "type": "object",
                "properties": {argument: {"type": "string", "description": meaning}},
                "required": [argument],
                "additionalProperties": False,
            },
        },
    }


TOOLS = [
    _tool(
        "locate_container",
        "Where a container is stowed (vessel, berth, bay, row, tier), its weight and status.",
        "number",
        "The container's number, for example MSKU4711083.",
    ),
    _tool(
        "deck_conditions",
        "Wind and swell at a berth, and whether lifting is allowed.",
        "berth",
        "The berth's name, for example North 2.",
    ),
]


class Toolbox:
    def __init__(self, store: Store, conditions: Conditions) -> None:
        self._store = store
        self._conditions = conditions

    def use(self, name: str, arguments_text: str) -> ToolUse:
        """Runs a tool. What the model got wrong becomes a result that tells it so."""
        try:
            arguments = json.loads(arguments_text)
        except ValueError:
            return ToolUse(name, {}, {"error": "the arguments are not JSON"})
        if not isinstance(arguments, dict):
            return ToolUse(name, {}, {"error": "the arguments are not an object"})
        if name == "locate_container":
            return self._locate_container(arguments)
        if name == "deck_conditions":
            return self._deck_conditions(arguments)
        return ToolUse(name, arguments, {"error": f"there is no tool {name}"})

    def _locate_container(self, arguments: dict[str, Any]) -> ToolUse:
        number = str(arguments.get("number", ""))
        found = self._store.container(number)
        return ToolUse(
            "locate_container", arguments, found or {"error": f"no container {number} on deck"}
        )

    def _deck_conditions(self, arguments: dict[str, Any]) -> ToolUse:
        berth = str(arguments.get("berth", ""))
        found, cached = self._conditions.at(berth)
        return ToolUse(
            "deck_conditions", arguments, found or {"error": f"no readings at {berth}"}, cached
        )
