"""Names that a reader may divide in the wrong place."""

import pytest


@pytest.mark.parametrize("text", ["a::b", "[", "]", "x/y", "a b", "-k", "<&>"])
def test_name(text):
    assert text != "]"
