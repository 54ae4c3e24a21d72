"""A module that nobody has."""

import no_such_name_of_ours


def test_here():
    assert no_such_name_of_ours
