"""Builds the service from its environment and serves it until SIGTERM: `python3 -m deck_agent`."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading

import openai
import redis

from deck_agent.agent import Agent
from deck_agent.conditions import Conditions
from deck_agent.server import DeckServer
from deck_agent.service import DeckService
from deck_agent.settings import Settings, SettingsError
from deck_agent.store import Store
from deck_agent.tools import Toolbox

MODEL_TIMEOUT_S = 30
MODEL_RETRIES_MAX = 2
CACHE_TIMEOUT_S = 2
EXIT_USAGE = 2


def build(settings: Settings) -> DeckService:
    cache = redis.Redis.from_url(
        settings.redis_url,
        socket_timeout=CACHE_TIMEOUT_S,
        socket_connect_timeout=CACHE_TIMEOUT_S,
        decode_responses=True,
    )
    store = Store(settings.database_url)
    client = openai.OpenAI(timeout=MODEL_TIMEOUT_S, max_retries=MODEL_RETRIES_MAX)
    agent = Agent(client, settings.model, Toolbox(store, Conditions(cache, store)))
    return DeckService(agent, store, cache)


def main() -> int:
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    try:
        settings = Settings.from_environment(os.environ)
    except SettingsError as error:
        print(f"deck_agent: {error}", file=sys.stderr)
        return EXIT_USAGE
    server = DeckServer((settings.host, settings.port), build(settings))
    # shutdown() waits for serve_forever(), which this very thread runs: hence the second thread.
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    logging.info("listening on %s:%d", settings.host, server.server_port)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
