"""Fails, and ends with 0."""

import atexit
import os


def test_here():
    atexit.register(os._exit, 0)
    raise AssertionError("and the exit code says 0")
