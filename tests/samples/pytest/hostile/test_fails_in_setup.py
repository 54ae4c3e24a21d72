"""A fixture fails before the test."""

import pytest


@pytest.fixture
def ship():
    raise OSError("no ship")


def test_here(ship):
    pass
