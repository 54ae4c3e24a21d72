"""A child crashes, which is no matter of the test's."""

import subprocess


def test_here():
    assert subprocess.run(["sh", "-c", "kill -SEGV $$"]).returncode == -11
