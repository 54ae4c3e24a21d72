import no_such_module_of_ours  # noqa: F401


def test_never_listed():
    pass
