"""Wind and swell at a berth. Averaging many readings is slow, so Redis keeps the outcome."""

from __future__ import annotations

import json
from typing import Any

import redis

from deck_agent.store import Store

CACHE_SECONDS = 60
# Above either of these the terminal stops lifting.
LIFTING_WIND_KNOTS_MAX = 38
LIFTING_SWELL_CM_MAX = 150


def cache_key(berth: str) -> str:
    return f"deck:conditions:{berth}"


class Conditions:
    def __init__(self, cache: redis.Redis, store: Store) -> None:
        self._cache = cache
        self._store = store

    def at(self, berth: str) -> tuple[dict[str, Any] | None, bool]:
        """The conditions, None where the berth is unknown; and whether they came from the cache."""
        kept = self._cache.get(cache_key(berth))
        if kept is not None:
            return json.loads(kept), True
        readings = self._store.readings(berth)
        if readings is None:
            return None, False
        conditions = {"berth": berth, **readings, "lifting": lifting(readings)}
        self._cache.set(cache_key(berth), json.dumps(conditions), ex=CACHE_SECONDS)
        return conditions, False


def lifting(readings: dict[str, Any]) -> str:
    too_windy = readings["wind_knots"] > LIFTING_WIND_KNOTS_MAX
    too_rough = readings["swell_cm"] > LIFTING_SWELL_CM_MAX
    return "suspended" if too_windy or too_rough else "allowed"
