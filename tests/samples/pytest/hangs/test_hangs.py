import signal
import threading
import time


def test_before():
    pass


def test_hangs():
    time.sleep(1000)


def test_hangs_without_an_ear_for_signals():
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    time.sleep(1000)


def test_between():
    pass


def test_lets_the_process_hang_at_its_end():
    threading.Thread(target=time.sleep, args=(1000,)).start()
