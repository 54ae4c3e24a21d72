import signal


def test_here():
    try:
        signal.pause()
    except KeyboardInterrupt:
        pass


def test_next():
    pass
