"""What a machine or a test does to the harness: a defined end, and nothing flushed is lost."""

import json
import os
import subprocess
import xml.etree.ElementTree

import pytest

SOAK = os.environ.get("DRYDOCK_TIER") == "soak"
CASES = 100_000 if SOAK else 1_500
LINE_BYTES = 1_000_000_000 if SOAK else 20_000_000
PEAK_KIB = 1_500_000 if SOAK else 300_000


def many_cases(harness):
    line = f"echo 1..{CASES}; seq {CASES} | sed 's/.*/ok & - case &/'"
    (harness.folder / "harness.yaml").write_text(
        "drydock: harness/v1\n"
        f'suites: [{{name: s, kind: command, results: tap, run: [sh, -c, "{line}"]}}]\n'
    )


def shell(harness, line, timeout=120):
    """`line`, in which $harness is the program; its exit code is that of the last command."""
    return subprocess.run(
        ["bash", "-c", line],
        cwd=harness.folder,
        env=harness.environment(harness=harness.command()[0]),
        capture_output=True,
        text=True,
        errors="replace",
        timeout=timeout,
        check=False,
    )


def journal(folder):
    """Its records; a last line that was cut short is none."""
    lines = (folder / "journal.jsonl").read_text().split("\n")
    return [json.loads(line) for line in lines[:-1]]


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_descriptors_take_nothing_into_the_journal(harness, closed):
    ended = shell(harness, f'exec {closed}; "$harness" run --command "a=echo hello; cat"')

    assert ended.returncode == 0, ended.stderr
    reports = harness.folder / "build/reports"
    assert [record["seq"] for record in journal(reports)][-1] == len(journal(reports))
    assert json.loads((reports / "verdict.json").read_text())["verdict"] == "passed"
    assert (reports / "logs/a~2Fcommand.1.log").read_text() == "hello\n"


@pytest.mark.parametrize("out", ["| true", "> /dev/full", "2>&1 | true", "> /dev/full 2>&1"])
@pytest.mark.parametrize(("command", "code"), [("a=echo hello", 0), ("a=exit 3", 1)])
def test_a_stdout_that_takes_nothing_changes_no_verdict(harness, out, command, code):
    ended = shell(harness, f'"$harness" run --command "{command}" {out}; exit "${{PIPESTATUS[0]}}"')

    assert ended.returncode == code
    assert (
        json.loads((harness.folder / "build/reports/verdict.json").read_text())["exit_code"] == code
    )


@pytest.mark.parametrize("verb", ["schema", "list --json", "--help"])
def test_data_that_cannot_be_written_is_an_error(harness, verb):
    many_cases(harness)
    full = shell(harness, f'"$harness" {verb} > /dev/full')
    assert (full.returncode, "stdout: cannot write: No space left" in full.stderr) == (30, True)
    gone = shell(harness, f'"$harness" {verb} | true; exit "${{PIPESTATUS[0]}}"')
    assert gone.returncode == 0, gone.stderr


def in_own_mounts(harness, mounts, line):
    return shell(harness, f"unshare --map-root-user --mount bash -c '{mounts} && {line}'")


def test_a_full_disk_is_red_and_the_journal_can_be_recovered(harness):
    many_cases(harness)
    (harness.folder / "small").mkdir()
    ended = in_own_mounts(
        harness,
        "mount -t tmpfs -o size=256k none small",
        '"$harness" run --report-dir small/r; code=$?; cp -r small/r kept; exit $code',
    )

    assert ended.returncode == 30, ended.stderr
    assert "the journal is incomplete: cannot write: No space left on device" in ended.stdout
    kept = harness.folder / "kept"
    finished = [r for r in journal(kept) if r["event"] == "attempt_finished"]
    assert len(finished) > 50
    recovered = harness("report", "recover", "kept")
    assert recovered.code == 30
    verdict = json.loads((kept / "verdict.json").read_text())
    assert verdict["counts"]["passed"] <= len(finished) < CASES
    assert verdict["verdict"] != "passed"


def test_a_disk_that_is_full_before_the_run(harness):
    (harness.folder / "small").mkdir()
    ended = in_own_mounts(
        harness,
        "mount -t tmpfs -o size=4k none small && (cat /dev/zero >small/fill 2>/dev/null || true)",
        '"$harness" run --report-dir small/r --command a=true',
    )
    assert ended.returncode == 30, ended.stderr
    assert "No space left on device" in ended.stdout + ended.stderr


def test_a_report_folder_that_is_read_only(harness):
    (harness.folder / "ro").mkdir()
    ended = in_own_mounts(
        harness,
        "mount -t tmpfs -o ro none ro",
        '"$harness" run --report-dir ro/r --command "a=touch ran"',
    )

    assert ended.returncode == 2
    assert "ro/r" in ended.stderr
    assert "Read-only file system" in ended.stderr
    assert not (harness.folder / "ran").exists(), "nothing is run whose result cannot be kept"


def test_without_proc(harness):
    ended = in_own_mounts(
        harness,
        "mount -t tmpfs none /proc",
        '"$harness" run --test-timeout 1s --command a=true --command "b=sleep 977"',
    )

    assert ended.returncode == 1, ended.stderr
    counts = json.loads((harness.folder / "build/reports/verdict.json").read_text())["counts"]
    assert (counts["passed"], counts["timed_out"]) == (1, 1)


def test_a_file_size_limit_is_an_error_and_no_crash(harness):
    ended = shell(harness, 'ulimit -f 1; "$harness" run --command a=true')
    assert ended.returncode == 30
    assert "File too large" in ended.stderr


def test_a_line_without_end_stays_within_limits(harness):
    process = subprocess.Popen(
        harness.command("run", "--command", f"a=head -c {LINE_BYTES} /dev/zero | tr '\\0' x"),
        cwd=harness.folder,
        env=harness.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    said = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)

    assert process.returncode == 0, said
    assert usage.ru_maxrss < 64 * 1024, "KiB of the largest process of the run"
    log = harness.folder / "build/reports/logs/a~2Fcommand.1.log"
    assert log.stat().st_size < min(LINE_BYTES, 10_000_000)
    assert "bytes" in log.read_text(errors="replace").strip("x"), "what was left out is told"


def test_names_with_nul_and_half_characters(harness):
    (harness.folder / "names.sh").write_text(
        "printf '1..3\\nok 1 - nul \\0 inside\\nok 2 - half \\303\\n"
        "not ok 3 - \\033[31m::error::forged\\n'; exit 1\n"
    )
    (harness.folder / "test_names.py").write_text(
        "import pytest\n"
        '@pytest.mark.parametrize("x", ["a\\0b", "\\udcc3", "é"])\n'
        "def test_is(x): pass\n"
    )
    (harness.folder / "harness.yaml").write_text(
        "drydock: harness/v1\nsuites:\n"
        "  - {name: s, kind: command, results: tap, run: [sh, names.sh]}\n"
        "  - {name: p, kind: pytest, path: test_names.py}\n"
    )
    run = harness.run(GITHUB_ACTIONS="true")

    assert run.code == 1, run.out + run.err
    assert run.verdict["counts"]["failed"] == 1
    assert run.verdict["counts"]["passed"] == 6, "the command passes: its exit code agrees"
    names = {record["test"] for record in run.of("attempt_finished")}
    assert {"s/nul \\x00 inside", "s/half \\xc3"} <= names
    assert len(names) == 1 + 3 + 3
    for name in ("junit.xml", "ctrf.json", "verdict.json", "report.html"):
        (run.reports / name).read_bytes().decode()
    assert len(run.junit.findall(".//testcase")) == len(names)
    forged = [line for line in run.out.splitlines() if line.startswith("::error::forged")]
    assert forged == []


def test_many_tests(harness):
    many_cases(harness)
    process = subprocess.Popen(
        harness.command("run"),
        cwd=harness.folder,
        env=harness.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    said = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)

    assert process.returncode == 0, said[-2000:]
    assert f"{CASES + 1} tests: {CASES + 1} passed" in said
    assert usage.ru_maxrss < PEAK_KIB
    reports = harness.folder / "build/reports"
    cases = xml.etree.ElementTree.parse(reports / "junit.xml").getroot().iter("testcase")
    assert sum(1 for _ in cases) == CASES + 1


CLOCK = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <time.h>
// The wall clock: an hour back, and on, at every other look.
int clock_gettime(clockid_t id, struct timespec* now) {
  static int (*real)(clockid_t, struct timespec*);
  static int looks;
  if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
  int result = real(id, now);
  if (id == CLOCK_REALTIME && ++looks % 2 == 0) now->tv_sec -= 3600;
  return result;
}
"""


def test_a_wall_clock_that_jumps(harness):
    (harness.folder / "clock.c").write_text(CLOCK)
    subprocess.run(
        ["cc", "-shared", "-fPIC", "-o", "clock.so", "clock.c", "-ldl"],
        cwd=harness.folder,
        check=True,
    )
    run = harness.run(
        *("--command", "a=true", "--command", "b=sleep 979", "--test-timeout", "1s"),
        LD_PRELOAD=str(harness.folder / "clock.so"),
    )

    assert run.code == 1, run.out + run.err
    assert (run.verdict["counts"]["passed"], run.verdict["counts"]["timed_out"]) == (1, 1)
    assert 0 <= run.verdict["duration_ms"] < 60_000
    times = [record["mono_ms"] for record in run.records]
    assert times == sorted(times)
    stamps = {record["at"][:13] for record in run.records}
    assert len(stamps) > 1, "the clock did jump"
    for case in run.junit.iter("testcase"):
        assert 0 <= float(case.get("time")) < 60
