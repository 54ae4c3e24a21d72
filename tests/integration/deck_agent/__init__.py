"""The deck agent of a container terminal: answers the deck crew's questions over HTTP.

A question goes to an LLM, which may look up a container in PostgreSQL (`locate_container`) and the
conditions at a berth through a Redis cache (`deck_conditions`). PostgreSQL keeps every exchange.
"""
