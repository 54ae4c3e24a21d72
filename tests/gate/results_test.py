"""Results are counted from the cases of each runner's own files."""

import pytest
import results
from results import Case


def test_every_outcome_of_junit_is_counted():
    text = """<testsuites tests="99" failures="0"><testsuite name="s">
      <testcase classname="a" name="passes"/>
      <testcase classname="a" name="fails"><failure message="1 != 2&#10;more">x</failure></testcase>
      <testcase classname="a" name="breaks"><system-out/><error message="boom"/></testcase>
      <testcase classname="a" name="skips"><skipped message="no gpu"/></testcase>
    </testsuite></testsuites>"""

    assert results.read_junit(text) == [
        Case("a::passes", "passed"),
        Case("a::fails", "failed", "1 != 2"),
        Case("a::breaks", "failed", "boom"),
        Case("a::skips", "skipped", "no gpu"),
    ]


def test_a_failure_in_ctest_is_told_by_its_status():
    text = (
        '<testsuite><testcase name="a" status="fail"/><testcase name="b" status="run"/></testsuite>'
    )
    assert [case.outcome for case in results.read_junit(text)] == ["failed", "passed"]


def test_every_outcome_of_tap_is_counted():
    text = "1..3\nok 1 starts\nnot ok 2 stops\n# (in test file x)\nok 3 sleeps # skip not today\n"

    assert results.read_tap(text) == [
        Case("starts", "passed"),
        Case("stops", "failed"),
        Case("sleeps", "skipped", "skip not today"),
    ]


def test_a_point_that_sums_others_is_not_counted_twice():
    text = (
        "TAP version 13\n# Subtest: file\n    # Subtest: suite\n"
        "        ok 1 - a\n        not ok 2 - b\n        1..2\n"
        "    not ok 1 - suite\n    1..1\nnot ok 1 - file\nok 2 - leaf\n1..2\n"
    )
    assert results.read_tap(text) == [
        Case("a", "passed"),
        Case("b", "failed"),
        Case("leaf", "passed"),
    ]


def test_a_file_that_fails_with_all_its_points_passed_is_a_failure():
    text = "    ok 1 - a\n    1..1\nnot ok 1 - file\n1..1\n"
    assert [case.outcome for case in results.read_tap(text)] == ["passed", "failed"]


@pytest.mark.parametrize("text", ["", "ok 1 a\n", "1..2\nok 1 a\n"])
def test_a_torn_stream_is_a_failure(text):
    assert results.read_tap(text)[-1].outcome == "failed"


def test_a_torn_file_is_a_failure(tmp_path):
    (tmp_path / "junit.xml").write_text("<testsuite><testcase name='a'>")
    (case,) = results.read_files([tmp_path / "junit.xml"])
    assert case.outcome == "failed" and "cannot be read" in case.reason
