"""Raises what no handler of Exception catches."""


class Storm(BaseException):
    pass


def test_here():
    raise Storm
