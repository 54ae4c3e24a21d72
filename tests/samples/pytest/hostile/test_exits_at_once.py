"""Ends its process without a word."""

import os


def test_here():
    os._exit(0)
