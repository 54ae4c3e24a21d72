"""Reads where nothing is."""

import ctypes


def test_here():
    ctypes.string_at(0)
