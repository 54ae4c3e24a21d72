"""Every way in which one test can end. tests/system/harness says what the harness makes of each."""

import os
import pathlib
import signal
import subprocess

import pytest


def test_passes():
    pass


def test_passes_with_its_variables():
    assert os.environ["DRYDOCK_TEST"] == "outcomes/test_outcomes.py::test_passes_with_its_variables"
    assert os.environ["DRYDOCK_ATTEMPT"] == "1"
    assert os.environ["DRYDOCK_RUN"]
    assert "DRYDOCK_PYTEST" not in os.environ
    assert "GITHUB_TOKEN" not in os.environ
    pathlib.Path(os.environ["TMPDIR"], "scratch").write_text("kept nowhere")
    pathlib.Path(os.environ["DRYDOCK_ARTIFACTS_DIR"], "note.txt").write_text("kept")


def test_fails():
    assert 1 + 1 == 3, "arithmetic"


def test_errors_in_setup(broken_fixture):
    pass


def test_errors_in_teardown(broken_teardown):
    pass


def test_skips():
    pytest.skip("no lighthouse here")


@pytest.mark.xfail(reason="known")
def test_xfails():
    assert False


@pytest.mark.xfail(reason="known")
def test_xpasses():
    pass


@pytest.mark.xfail(reason="known", strict=True)
def test_xpasses_strictly():
    pass


def test_crashes():
    os.kill(os.getpid(), signal.SIGSEGV)


def test_passes_after_a_crash():
    pass


def test_exits_with_zero():
    os._exit(0)


def test_exits_with_three():
    os._exit(3)


def test_ends_the_session():
    pytest.exit("enough", returncode=0)


def test_leaks_a_process():
    subprocess.Popen(["sleep", "986"], start_new_session=True)


@pytest.mark.parametrize("value", ["a::b", "[z]", "ü/ö"])
def test_parameters(value):
    assert value


def test_prints_a_secret():
    print("the token is", os.environ.get("SAMPLE_TOKEN", ""))
    assert os.environ.get("SAMPLE_TOKEN", "") == "another"


def test_is_flaky():
    assert os.environ["DRYDOCK_ATTEMPT"] != "1"


class TestClass:
    def test_method(self):
        pass
