"""Aborts."""

import os


def test_here():
    os.abort()
