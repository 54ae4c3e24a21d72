"""Behaves like a person at the keyboard."""


def test_here():
    raise KeyboardInterrupt


def test_after():
    pass
