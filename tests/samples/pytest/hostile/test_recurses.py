"""Calls itself until Python has enough."""


def sink(depth):
    return sink(depth + 1)


def test_here():
    sink(0)
