def test_here():
    raise AssertionError("the exit code says 0")
