import pytest


@pytest.fixture
def harbour():
    yield
    pytest.skip("the harbour is closed")


def test_here(harbour):
    pytest.fail("sunk before")
