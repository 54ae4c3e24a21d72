def test_here():
    assert False
