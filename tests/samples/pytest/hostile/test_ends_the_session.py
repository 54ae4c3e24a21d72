"""Ends the session, with code 0 and a tidy report."""

import pytest


def test_here():
    pytest.exit("enough", returncode=0)


def test_after():
    raise AssertionError("never seen")
