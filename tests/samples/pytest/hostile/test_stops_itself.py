"""Stops, and does not go on."""

import os
import signal


def test_here():
    os.kill(os.getpid(), signal.SIGSTOP)
