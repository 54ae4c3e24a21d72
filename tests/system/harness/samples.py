"""The samples with their declared outcomes, and what a plain reading of the same suites says.

A sample is one suite: a test suite of tests/samples/gtest/hostile.cc, a file of
tests/samples/pytest/hostile, a command of tests/samples/command, or one that model.py declares.
"""

import concurrent.futures
import dataclasses
import os
import pathlib
import signal
import subprocess
import sys
import xml.etree.ElementTree

PASSED, FAILED, CRASHED, VANISHED = "passed", "failed", "crashed", "vanished"
SKIPPED, TIMED_OUT = "skipped", "timed_out"
RED = {FAILED, CRASHED, VANISHED, TIMED_OUT}

# Test suite to its tests; a single outcome is that of the test "Here".
GTEST = {
    "FailsInSetUpTestSuite": FAILED,
    "FailsInTearDownTestSuite": FAILED,
    "FailsInSetUp": FAILED,
    "FailsInTearDown": FAILED,
    "FailsInEnvironment": FAILED,
    "Throws": FAILED,
    "ThrowsANumber": FAILED,
    "ThrowsInItsConstructor": FAILED,
    "ExitsInSetUp": VANISHED,
    "ExitsAfterAFailure": VANISHED,
    "ExitsQuickly": VANISHED,
    "ExitsFromAThread": VANISHED,
    "ExitsBetweenTwo": {"First": PASSED, "Second": VANISHED, "Third": FAILED},
    "BecomesAnotherProgram": VANISHED,
    "BecomesAFailingProgram": CRASHED,
    "AbortsAtExit": CRASHED,
    "ExitsWithOneAtExit": FAILED,
    "ExitsWithZeroAtExit": FAILED,
    "HangsAtExit": TIMED_OUT,
    "ForgesItsReportAtExit": FAILED,
    "ForgesAllAndExits": FAILED,
    "SaysThatItPassed": FAILED,
    "FailsBehindItsOwnPrinter": FAILED,
    "ForgesTheReportOfACrash": CRASHED,
    "ForgesItsReportAndExits": VANISHED,
    "ForgesTheReportOfAnother": VANISHED,
    "FailsAndLosesItsReport": FAILED,
    "FailsInSetUpAndExitsWithZero": FAILED,
    "RemovesItsReport": VANISHED,
    "CutsItsReportShort": VANISHED,
    "RemovesThePrematureFile": VANISHED,
    "IsForgedByItsChild": FAILED,
    "OverflowsItsStack": CRASHED,
    "DividesByZero": CRASHED,
    "TerminatesItself": CRASHED,
    "HangsUp": CRASHED,
    "BreaksItsPipe": CRASHED,
    "StopsItself": TIMED_OUT,
    "SpinsForever": TIMED_OUT,
    "CannotWriteItsReport": CRASHED,
    "RunsOutOfDescriptors": CRASHED,
    "ClosesItsDescriptors": PASSED,
    "ChangesItsFolder": PASSED,
    "ClearsItsEnvironment": PASSED,
    "LeavesAThread": PASSED,
    "LeavesADaemon": PASSED,
    "FailsInAThread": FAILED,
    "FailsTenThousandTimes": FAILED,
    "SkipsAfterAFailure": FAILED,
    "SkipsInSetUp": SKIPPED,
    "RecordsAReservedKey": FAILED,
    "PrintsAMebibyte": PASSED,
    "PrintsNoNewline": PASSED,
    "PrintsWhatIsNoText": FAILED,
    "PrintsTheEndOfAnotherTest": VANISHED,
    "Typed/0": {"IsSmall": PASSED},
    "Typed/1": {"IsSmall": FAILED},
    "Of/Named": {
        "IsShort/0": PASSED,
        "IsShort/1": PASSED,
        "IsShort/2": PASSED,
        "IsShort/3": FAILED,
    },
    "Odd": {"with:colon": PASSED, "with-dash": PASSED, "st*r": FAILED, "stir": PASSED},
}

# File, without "test_", to its tests, without "test_"; a single outcome is that of "here".
PYTEST = {
    "exits_at_once": VANISHED,
    "exits_between": {"first": PASSED, "second": VANISHED, "third": FAILED},
    "system_exit": FAILED,
    "ends_the_session": {"here": VANISHED, "after": FAILED},
    "interrupts": {"here": VANISHED, "after": PASSED},
    "kills_itself": CRASHED,
    "terminates_itself": CRASHED,
    "segfaults": CRASHED,
    "aborts": CRASHED,
    "stops_itself": TIMED_OUT,
    "spins": TIMED_OUT,
    "becomes_another_program": VANISHED,
    "exits_with_zero_at_exit": FAILED,
    "exits_with_three_at_exit": FAILED,
    "aborts_at_exit": CRASHED,
    "leaves_a_thread": TIMED_OUT,
    "leaves_a_daemon": PASSED,
    "fails_in_setup": FAILED,
    "fails_in_teardown": FAILED,
    "fails_in_teardown_and_exits_with_zero": FAILED,
    "fails_twice": FAILED,
    "fails_in_module_setup": {"one": FAILED, "two": FAILED},
    "fails_in_module_teardown": {"one": PASSED, "two": FAILED},
    "fails_in_class_setup": {"TestShip::test_here": FAILED},
    "skips_itself": {"": SKIPPED},
    "skips_in_fixture": SKIPPED,
    "cannot_be_imported": {},
    "unittest_cases": {
        "Plain::test_passes": PASSED,
        "Plain::test_fails": FAILED,
        "Plain::test_skips": SKIPPED,
        "Plain::test_expected": "xfailed",
        "Broken::test_here": FAILED,
    },
    "odd_names": {
        f"name[{text}]": FAILED if text == "]" else PASSED
        for text in ("a::b", "[", "]", "x/y", "a b", "-k", "<&>")
    },
    "lone_surrogate": FAILED,
    "no_text": FAILED,
    "broken_repr": FAILED,
    "recurses": FAILED,
    "base_exception": FAILED,
    "prints_much": PASSED,
    "clears_its_environment": {"here": PASSED, "after": PASSED},
    "changes_its_folder": {"here": PASSED, "after": PASSED},
    "no_standard_output": PASSED,
    "ignores_interrupts": TIMED_OUT,
    "forges_its_junit": FAILED,
    "crashes_a_child": PASSED,
    "skips_after_a_failure": FAILED,
    "skips_after_a_failure_and_exits_with_zero": FAILED,
    "passes_when_it_is_ended": {"here": TIMED_OUT, "next": PASSED},
}


def gtest_outcomes():
    """ "Suite.Test" to its outcome."""
    return {
        f"{suite}.{test}": outcome
        for suite, tests in GTEST.items()
        for test, outcome in (tests if isinstance(tests, dict) else {"Here": tests}).items()
    }


def pytest_outcomes():
    """ "test_file.py::test" to its outcome; a module that skips itself is a test of its own."""
    found = {}
    for file, tests in PYTEST.items():
        for test, outcome in (tests if isinstance(tests, dict) else {"here": tests}).items():
            name = test if "::" in test.partition("[")[0] else f"test_{test}"
            found[f"test_{file}.py::{name}" if test else f"test_{file}.py"] = outcome
    return found


@dataclasses.dataclass
class Reading:
    """What a CI job sees that runs the suite, takes its exit code, and reads its file."""

    green: bool
    cases: list  # (name, outcome): passed, failed or skipped
    declared: dict

    @property
    def lies(self):
        return self.green and bool(RED & set(self.declared.values()))

    @property
    def right(self):
        plainer = {CRASHED: FAILED, VANISHED: FAILED, TIMED_OUT: FAILED, "xfailed": SKIPPED}
        declared = sorted(plainer.get(outcome, outcome) for outcome in self.declared.values())
        told = sorted(outcome for _, outcome in self.cases)
        return told == declared and self.green != bool(RED & set(self.declared.values()))


PLAIN_SECONDS_MAX = 6


def read_file(file):
    """Its cases, and whether its own counts are free of failures; nothing where there is none."""
    try:
        root = xml.etree.ElementTree.parse(file).getroot()
    except (OSError, xml.etree.ElementTree.ParseError):
        return [], True
    cases = []
    for case in root.iter("testcase"):
        red = case.find("failure") is not None or case.find("error") is not None
        left_out = case.find("skipped") is not None or case.get("status") == "notrun"
        if case.get("status") != "notrun":
            cases.append((case.get("name"), FAILED if red else SKIPPED if left_out else PASSED))
    counts = [root, *root.iter("testsuite")]
    bad = sum(int(node.get(kind, 0)) for node in counts for kind in ("failures", "errors"))
    return cases, bad == 0


def run_plainly(command, folder, file, declared):
    try:
        code = subprocess.run(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=PLAIN_SECONDS_MAX,
            start_new_session=True,
            check=False,
        ).returncode
    except subprocess.TimeoutExpired:
        code = -9
    cases, clean = read_file(file)
    return Reading(code == 0 and clean, cases, declared)


def read_plainly(folder, binary, files):
    """Runs each suite alone as its framework's own manual has it."""
    jobs = {}
    for suite, tests in GTEST.items():
        file = folder / f"{len(jobs)}.xml"
        command = [binary, f"--gtest_filter={suite}.*", f"--gtest_output=xml:{file}"]
        declared = tests if isinstance(tests, dict) else {"Here": tests}
        jobs[suite] = (command, folder, file, declared)
    for name, tests in PYTEST.items():
        file = folder / f"{len(jobs)}.xml"
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        command += [f"--junitxml={file}", files / f"test_{name}.py"]
        declared = tests if isinstance(tests, dict) else {"here": tests}
        jobs[name] = (command, folder, file, declared or {"": FAILED})
    with concurrent.futures.ThreadPoolExecutor(max_workers=os.cpu_count() or 2) as pool:
        readings = list(pool.map(lambda job: run_plainly(*job), jobs.values()))
    end_what_is_left(folder)
    return dict(zip(jobs, readings, strict=True))


def end_what_is_left(folder):
    """A plain run has nobody who would: processes that still work in its folder."""
    for entry in pathlib.Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and (entry / "cwd").resolve() == folder.resolve():
                os.kill(int(entry.name), signal.SIGKILL)
        except OSError:
            continue
