"""A mebibyte of words."""


def test_here():
    for _ in range(16384):
        print("0123456789" * 6)
