"""unittest: expected failures, and a class that cannot be set up."""

import unittest


class Plain(unittest.TestCase):
    def test_passes(self):
        pass

    def test_fails(self):
        self.assertEqual(1 + 1, 3)

    @unittest.skip("no harbour")
    def test_skips(self):
        pass

    @unittest.expectedFailure
    def test_expected(self):
        raise AssertionError


class Broken(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        raise OSError("no class")

    def test_here(self):
        pass
