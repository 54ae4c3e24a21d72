"""Its module cannot be set up."""


def setup_module():
    raise OSError("no module")


def test_one():
    pass


def test_two():
    pass
