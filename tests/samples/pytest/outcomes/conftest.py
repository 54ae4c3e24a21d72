import pytest


@pytest.fixture
def broken_fixture():
    raise RuntimeError("the fixture is broken")


@pytest.fixture
def broken_teardown():
    yield
    raise RuntimeError("the teardown is broken")
