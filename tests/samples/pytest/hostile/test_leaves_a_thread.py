"""Passes; a thread keeps its process from ending."""

import threading
import time


def test_here():
    threading.Thread(target=time.sleep, args=(981,)).start()
