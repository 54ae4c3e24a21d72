"""Passes, and leaves a process behind."""

import subprocess


def test_here():
    subprocess.Popen(["sleep", "979"], start_new_session=True)
