"""A fixture fails after the test, and the exit code says nothing of it."""

import atexit
import os

import pytest


@pytest.fixture
def ship():
    yield
    atexit.register(os._exit, 0)
    raise OSError("it sank")


def test_here(ship):
    pass
