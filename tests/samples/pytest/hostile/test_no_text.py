"""Control characters in the message, and in what it prints."""


def test_here():
    print("\x00\x1b[31m")
    raise AssertionError("\x01\x1b[31m ]]> <failure>")
