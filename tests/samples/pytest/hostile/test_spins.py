"""Never ends."""


def test_here():
    while True:
        pass
