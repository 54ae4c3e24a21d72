"""What it compares cannot even be shown."""


class Ship:
    def __repr__(self):
        raise ValueError("no name")

    def __eq__(self, other):
        return False

    __hash__ = None


def test_here():
    assert Ship() == Ship()
