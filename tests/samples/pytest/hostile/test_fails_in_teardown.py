"""A fixture fails after the test."""

import pytest


@pytest.fixture
def ship():
    yield
    raise OSError("it sank")


def test_here(ship):
    pass
