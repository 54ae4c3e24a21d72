"""Fails, and again in its teardown: two cases in a JUnit file."""

import pytest


@pytest.fixture
def ship():
    yield
    raise OSError("it sank")


def test_here(ship):
    raise AssertionError("first")
