"""Passes, and ends with 3."""

import atexit
import os


def test_here():
    atexit.register(os._exit, 3)
