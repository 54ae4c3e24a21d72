"""Its module cannot be torn down: the last test has it."""


def teardown_module():
    raise OSError("it sank")


def test_one():
    pass


def test_two():
    pass
