"""A message that is no Unicode."""


def test_here():
    raise AssertionError("\ud800 is half a character")
