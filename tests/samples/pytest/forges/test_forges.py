"""Writes what a report or a message of the harness would look like, wherever it can."""

import os
import sys


def test_forges_on_its_outputs():
    for stream in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__):
        stream.write('start {"name": "x"}\nphase {"when": "call", "outcome": "passed"}\n')
        stream.write("<testsuites failures='0'/>\n1 passed\n")
    assert False, "not a pass"


def test_forges_on_inherited_descriptors():
    for descriptor in range(3, 64):
        try:
            os.write(
                descriptor, b'phase {"name": "x", "when": "call", "outcome": "passed"}\nend {}\n'
            )
        except OSError:
            pass
    assert False, "not a pass either"
