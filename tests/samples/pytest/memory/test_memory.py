"""A test that the kernel ends where memory is scarce; elsewhere it passes."""

MEBIBYTES = 300


def test_before():
    pass


def test_eats():
    assert len([bytearray(b"\1" * 1024 * 1024) for _ in range(MEBIBYTES)]) == MEBIBYTES


def test_after():
    pass
