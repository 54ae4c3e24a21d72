"""A class cannot be set up."""


class TestShip:
    @classmethod
    def setup_class(cls):
        raise OSError("no class")

    def test_here(self):
        pass
