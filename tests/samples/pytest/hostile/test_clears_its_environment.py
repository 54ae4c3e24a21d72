"""Nothing of its environment is left."""

import os


def test_here():
    os.environ.clear()


def test_after():
    pass
