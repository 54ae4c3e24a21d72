"""Ends elsewhere than it began."""

import os


def test_here():
    os.chdir("/")


def test_after():
    pass
