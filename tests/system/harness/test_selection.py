"""Which tests run, how often and in which order."""

import json
import shutil

import pytest
from conftest import GTEST_SAMPLES

TESTS = """\
import os, pathlib, pytest

def note(name):
    with open({log!r}, "a") as log:
        print(name, file=log)

@pytest.mark.slow
def test_slow(): note("slow")

@pytest.mark.parametrize("n", [1])
@pytest.mark.sea
def test_sea(n): note("sea")

def test_plain(): note("plain")
"""


@pytest.fixture
def suites(harness):
    """A folder with a pytest suite of three tests, a tagged one of one file, and a command."""
    (harness.folder / "py").mkdir()
    (harness.folder / "py/test_it.py").write_text(TESTS.format(log=str(harness.folder / "ran")))
    (harness.folder / "tagged").mkdir()
    (harness.folder / "tagged/test_other.py").write_text("def test_other(): pass\n")
    (harness.folder / "harness.yaml").write_text(
        "drydock: harness/v1\nname: x\nsuites:\n"
        "  - {name: py, kind: pytest, path: py}\n"
        "  - {name: tagged, kind: pytest, path: tagged, tags: [night, slow]}\n"
        '  - {name: lint, kind: command, run: ["true"], tags: [quick]}\n'
    )
    return harness


def ids(run):
    return sorted(record["test"] for record in run.of("attempt_finished"))


SEA = "py/test_it.py::test_sea[1]"
SLOW = "py/test_it.py::test_slow"
PLAIN = "py/test_it.py::test_plain"
OTHER = "tagged/test_other.py::test_other"


@pytest.mark.parametrize(
    ("expression", "selected"),
    [
        ("tag(slow)", [SLOW, OTHER]),
        ("kind(pytest) & test(~sea) - tag(slow)", [SEA]),
        ("suite(lint) | tag(sea)", ["lint/command", SEA]),
        ("~tag(s*) & kind(pytest)", [PLAIN]),
        ("file(/other[.]py$/)", [OTHER]),
        ("test_s,!slow", [SEA]),
    ],
)
def test_list_and_run_select_the_same(suites, expression, selected):
    listed = suites("list", "--json", "--filter", expression)
    assert listed.code == 0, listed.err
    assert sorted(test["id"] for test in json.loads(listed.out)["tests"]) == sorted(selected)
    run = suites.run("--filter", expression)
    assert run.code == 0, run.out + run.err
    assert ids(run) == sorted(selected)


def test_a_wrong_expression_is_a_usage_error(suites):
    run = suites.run("--filter", "tagg(slow)")
    assert run.code == 2
    assert "did you mean 'tag'?" in run.err


def test_the_list_tells_kind_tags_and_place(suites):
    table = suites("list").out.splitlines()
    assert [line.split() for line in table] == [
        [SLOW, "pytest", "slow", "py/test_it.py:7"],
        [SEA, "pytest", "sea", "py/test_it.py:10"],
        [PLAIN, "pytest", "-", "py/test_it.py:14"],
        [OTHER, "pytest", "night,slow", "tagged/test_other.py:1"],
        ["lint/command", "command", "quick", "-"],
    ]
    listed = json.loads(suites("list", "--json", "--filter", "test(other)").out)["tests"]
    assert listed == [
        {
            "id": OTHER,
            "suite": "tagged",
            "kind": "pytest",
            "name": "test_other.py::test_other",
            "file": "tagged/test_other.py",
            "line": 1,
            "tags": ["night", "slow"],
            "disabled": False,
        }
    ]


def test_repeated_tests_have_an_attempt_for_each_time(suites):
    run = suites.run("--repeat", "3", "--filter", "suite(py)")
    assert run.code == 0
    assert (suites.folder / "ran").read_text().split() == ["slow", "sea", "plain"] * 3
    assert [r["attempt"] for r in run.of("attempt_finished") if r["test"] == SEA] == [1, 2, 3]
    assert run.verdict["counts"]["total"] == run.verdict["counts"]["passed"] == 3


FAILS_AT = "import os\ndef test_it(): assert os.environ['DRYDOCK_ATTEMPT'] != '{}'\n"


def test_a_test_that_fails_once_in_many_is_not_green(suites):
    (suites.folder / "test_x.py").write_text(FAILS_AT.format(2))
    run = suites.run("--pytest", "test_x.py", "--repeat", "4")
    assert (run.code, run.verdict["verdict"]) == (5, "flaky")
    assert len(run.of("attempt_finished")) == 4
    last = suites.run("--pytest", "test_x.py", "--repeat", "2")
    assert (last.code, last.verdict["verdict"]) == (1, "failed")


def test_until_fail_ends_with_the_first_red_test(suites):
    (suites.folder / "test_x.py").write_text(FAILS_AT.format(3))
    run = suites.run("--pytest", "test_x.py", "--until-fail")
    assert run.code == 1
    assert [r["outcome"] for r in run.of("attempt_finished")] == ["passed", "passed", "failed"]
    green = suites.run("--pytest", "test_x.py", "--until-fail", "--repeat", "2")
    assert green.code == 0
    assert len(green.of("attempt_finished")) == 2


def test_repeat_and_retry_exclude_each_other(suites):
    run = suites.run("--repeat", "2", "--retry", "1")
    assert run.code == 2
    assert "exclude each other" in run.err


def test_a_shuffled_order_can_be_had_again(suites):
    for i in range(3):
        (suites.folder / f"py/test_{i}.py").write_text("def test_it(): pass\n")

    def order(*arguments):
        run = suites.run("--jobs", "1", "--filter", "suite(py)", *arguments)
        assert run.code == 0
        return [record["test"] for record in run.of("attempt_started")], run

    first, run = order("--shuffle")
    seed = next(r["detail"] for r in run.of("phase_finished") if r["phase"] == "order")
    assert f"--seed {seed.split()[-1]}" in seed
    assert order("--shuffle", "--seed", seed.split()[-1])[0] == first
    assert len({tuple(order("--seed", str(n))[0]) for n in range(3)}) > 1


def test_only_what_was_red_is_run_again(suites):
    fails = "import os\ndef test_{0}(): assert os.path.exists('mended')\ndef test_fine(): pass\n"
    (suites.folder / "py/test_bad.py").write_text(fails.format("bad"))
    (suites.folder / "harness.yaml").write_text(
        "drydock: harness/v1\nname: x\nsuites:\n  - {name: py, kind: pytest, path: py}\n"
        "  - {name: tap, kind: command, results: tap, run: [sh, tap.sh]}\n"
    )
    (suites.folder / "tap.sh").write_text(
        "echo 1..2; echo ok 1 - fine; test -e mended && echo ok 2 - bad && exit 0\n"
        "echo not ok 2 - bad; exit 1\n"
    )
    assert suites.run("--rerun-failed").code == 2
    assert suites.run().code == 1
    again = suites.run("--rerun-failed")
    assert again.code == 1
    red = ["py/test_bad.py::test_bad", "tap/bad"]
    assert [i for i in ids(again) if not i.startswith("tap/")] == red[:1]
    (suites.folder / "mended").touch()
    mended = suites.run("--rerun-failed")
    assert mended.code == 0, mended.out + mended.err
    assert ids(mended) == ["py/test_bad.py::test_bad", "tap/bad", "tap/command", "tap/fine"]
    nothing = suites.run("--rerun-failed")
    assert nothing.code == 3
    assert "no test was selected" in nothing.out


QUARANTINE = "quarantine:\n  - {{tests: {}, owner: ada, until: {}, reason: the fog}}\n"


def test_a_red_test_in_quarantine_is_expected(suites):
    (suites.folder / "py/test_bad.py").write_text("def test_bad(): assert 1 + 1 == 3\n")
    config = (suites.folder / "harness.yaml").read_text()
    (suites.folder / "harness.yaml").write_text(
        config + QUARANTINE.format("test(bad)", "2999-12-31")
    )
    run = suites.run()
    assert run.code == 0, run.out + run.err
    assert run.verdict["counts"]["xfailed"] == 1
    bad = next(r for r in run.of("attempt_finished") if r["test"].endswith("test_bad"))
    assert bad["reason"].startswith("failed, in quarantine until 2999-12-31 (ada): the fog")
    assert bad["failures"]


def test_a_quarantine_whose_day_has_passed_is_red(suites):
    config = (suites.folder / "harness.yaml").read_text()
    (suites.folder / "harness.yaml").write_text(
        config + QUARANTINE.format("test(nothing)", "2020-01-31")
    )
    run = suites.run()
    assert run.code == run.verdict["exit_code"] == 1
    assert (
        "harness.yaml:8:5: the quarantine of test(nothing) ended with 2020-01-31 (ada)" in run.out
    )


def test_retries_are_allowed_suite_by_suite(suites):
    (suites.folder / "test_x.py").write_text(FAILS_AT.format(1))
    (suites.folder / "harness.yaml").write_text(
        "drydock: harness/v1\nname: x\nsuites:\n"
        "  - {name: may, kind: pytest, path: test_x.py}\n"
        "  - {name: must-not, kind: pytest, path: test_x.py, retry: 0}\n"
        "limits: {retry: 1}\n"
    )
    run = suites.run()
    assert run.code == 1
    assert [(r["test"].partition("/")[0], r["outcome"]) for r in run.of("attempt_finished")] in (
        [("may", "failed"), ("may", "passed"), ("must-not", "failed")],
        [("may", "failed"), ("must-not", "failed"), ("may", "passed")],
        [("must-not", "failed"), ("may", "failed"), ("may", "passed")],
    )
    assert run.verdict["counts"]["flaky"] == 1
    assert suites.run("--retry", "1").code == 5
    assert suites.run("--retry", "0").verdict["counts"]["failed"] == 2


def test_binaries_are_found_by_what_they_are(suites):
    folder = suites.folder / "bin"
    folder.mkdir()
    for name in ("sea_test", "air_test"):
        (folder / name).symlink_to(GTEST_SAMPLES / "unit")
    (folder / "no_test").symlink_to("/bin/true")
    (folder / "danger_test").write_text("#!/bin/sh\ntouch ran\n")
    (folder / "danger_test").chmod(0o755)
    (suites.folder / "harness.yaml").write_text(
        "drydock: harness/v1\nname: x\nsuites: [{name: cpp, kind: gtest, path: bin/*_test}]\n"
    )
    run = suites.run()
    assert run.code == 0, run.out + run.err
    assert ids(run) == [
        f"cpp.{s}_test/Ship.{t}" for s in ("air", "sea") for t in ("Floats", "Sails")
    ]
    assert not (suites.folder / "ran").exists()
    nothing = suites.run("--gtest", "bin/*_tset")
    assert nothing.code == 4
    assert "no binary of GoogleTest is meant by bin/*_tset" in nothing.out


def test_a_binary_that_nobody_may_run_is_missed(suites):
    folder = suites.folder / "bin"
    folder.mkdir()
    for name in ("sea_test", "air_test"):
        shutil.copy(GTEST_SAMPLES / "unit", folder / name)
    (folder / "air_test").chmod(0o644)  # as an archive of build results leaves it
    run = suites.run("--gtest", "bin/*_test")
    assert run.code == 1, run.out + run.err
    assert run.verdict["counts"]["passed"] == 2
    assert run.verdict["counts"]["discovery_error"] == 1
    assert "air_test" in run.out


def test_a_file_that_cannot_be_looked_at_ends_the_run_before_it_begins(suites):
    folder = suites.folder / "bin"
    folder.mkdir()
    shutil.copy(GTEST_SAMPLES / "unit", folder / "sea_test")
    (folder / "gone_test").symlink_to("no/such/file")
    run = suites.run("--gtest", "bin/*_test")
    assert run.code == 2
    assert "bin/gone_test is a GoogleTest binary cannot be seen" in run.err
