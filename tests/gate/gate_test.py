"""A failing test makes the gate red, whatever way it fails in."""

import datetime
import pathlib
import re
import signal
import subprocess
import sys
import time

import commands
import gate
import measurements
import pytest
import results
import state
import steps

GREEN = "1..1\\nok 1 a\\n"
RED = "1..2\\nok 1 a\\nnot ok 2 b\\n"


def shell(name: str, script: str, **more) -> steps.Step:
    more.setdefault("results", ("x.tap",))
    return steps.Step(name, ["sh", "-c", script.replace("$OUT", "{folder}/x.tap")], **more)


def run(tmp_path: pathlib.Path, *table: steps.Step) -> list[results.Case]:
    progress = state.Progress(tmp_path / "state.json", "")
    return gate.run_all(list(table), progress, tmp_path)


def outcomes(cases: list[results.Case]) -> list[str]:
    return [case.outcome for case in cases]


def test_what_passes_is_green(tmp_path):
    assert outcomes(run(tmp_path, shell("a.b", f"printf '{GREEN}' >$OUT"))) == ["passed"]


@pytest.mark.parametrize(
    "script, reason",
    [
        (f"printf '{RED}' >$OUT; exit 1", ""),
        (f"printf '{RED}' >$OUT; exit 0", ""),
        (f"printf '{GREEN}' >$OUT; exit 3", "ended 3 with all of its tests passed"),
        (f"printf '{GREEN}' >$OUT; kill -9 $$", "ended -9"),
        ("exit 0", "left no x.tap"),
        ("printf '1..0\\n' >$OUT", "hold no test"),
        ("printf '1..2\\nok 1 a\\n' >$OUT", "1 points of a plan of 2"),
    ],
)
def test_what_fails_is_red(tmp_path, script, reason):
    cases = run(tmp_path, shell("a.b", script))
    assert "failed" in outcomes(cases)
    assert any(reason in case.reason for case in cases)


def test_a_program_that_is_missing_is_red(tmp_path):
    cases = run(tmp_path, steps.Step("a.b", ["no-such-program"], results=("x.tap",)))
    assert "cannot start no-such-program" in cases[0].reason


def test_a_step_that_hangs_is_ended_with_its_children(tmp_path):
    step = shell("a.b", "sleep 1000 & sleep 1000", minutes_max=0)
    assert "not done after" in run(tmp_path, step)[0].reason


def test_the_rest_runs_after_a_failure_and_what_needs_it_is_red(tmp_path, capsys):
    cases = run(
        tmp_path,
        shell("build.x", "echo the compiler is sad; exit 1", results=()),
        shell("unit.x", f"printf '{GREEN}' >$OUT", needs=("build.x",)),
        shell("other.x", f"printf '{GREEN}' >$OUT"),
    )
    assert outcomes(cases) == ["failed", "failed", "passed"]
    assert "not run: build.x failed" in cases[1].reason
    assert "the compiler is sad" in capsys.readouterr().out


def meeting(here: pathlib.Path, there: pathlib.Path) -> str:
    """Green once the other has come, and red where it does not."""
    look = f"for i in $(seq 100); do test -e {there} && exit 0; sleep 0.05; done; exit 1"
    return f"printf '{GREEN}' >$OUT; touch {here}; {look}"


def test_a_background_step_runs_beside_the_tests_and_makes_way(tmp_path):
    a, b, nice = tmp_path / "a", tmp_path / "b", tmp_path / "nice"
    cases = run(
        tmp_path,
        shell("build.x", f"nice >{nice}; {meeting(a, b)}", background=True),
        shell("unit.x", meeting(b, a)),
    )
    assert outcomes(cases) == ["passed", "passed"]
    assert int(nice.read_text()) >= commands.BACKGROUND_NICENESS


def test_a_step_waits_for_what_it_needs_in_the_other_lane(tmp_path):
    ready = tmp_path / "ready"
    cases = run(
        tmp_path,
        shell("build.x", f"sleep 0.3; touch {ready}", results=(), background=True),
        shell("unit.x", f"test -e {ready} && printf '{GREEN}' >$OUT", needs=("build.x",)),
    )
    assert outcomes(cases) == ["passed", "passed"]


def test_a_step_that_must_be_alone_is(tmp_path):
    busy = tmp_path / "busy"
    taken = f"touch {busy}; sleep 0.3; rm {busy}; printf '{GREEN}' >$OUT"
    alone = f"test ! -e {busy} && sleep 0.3 && test ! -e {busy} && printf '{GREEN}' >$OUT"
    cases = run(
        tmp_path,
        shell("build.x", taken, background=True),
        shell("bench.x", alone, alone=True),
        shell("build.y", taken, background=True),
    )
    assert outcomes(cases) == ["passed"] * 3


def test_an_interrupt_ends_both_lanes(tmp_path):
    driver = tmp_path / "driver.py"
    driver.write_text(
        f"import sys; sys.path.insert(0, {str(pathlib.Path(gate.__file__).parent)!r})\n"
        "import gate, pathlib, signal, state, steps\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's & ignores it\n"
        f"here = pathlib.Path({str(tmp_path)!r})\n"
        "wait = lambda name: steps.Step(name, ['sh', '-c', f'echo $$ >{here}/{name}; sleep 1000'],"
        " background=name == 'a')\n"
        "last = steps.Step('last', ['touch', f'{here}/last'])\n"
        "progress = state.Progress(here / 'state.json', '')\n"
        "gate.run_all([wait('a'), wait('b'), last], progress, here / 'work')\n"
    )
    with subprocess.Popen([sys.executable, str(driver)], stderr=subprocess.DEVNULL) as process:
        children = [read_when_there(tmp_path / name) for name in "ab"]
        process.send_signal(signal.SIGINT)
        assert process.wait(30) != 0
    assert not [child for child in children if pathlib.Path(f"/proc/{child}").exists()]
    assert not (tmp_path / "last").exists()


def read_when_there(file: pathlib.Path) -> int:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        if file.is_file() and (text := file.read_text()):
            return int(text)
        time.sleep(0.02)
    raise TimeoutError(f"{file} did not come")


def test_skips_are_named(tmp_path, capsys):
    run(tmp_path, shell("a.b", "printf '1..2\\nok 1 a\\nok 2 b # skip no gpu\\n' >$OUT"))
    assert "skipped: b: skip no gpu" in capsys.readouterr().out


def test_results_of_an_earlier_run_are_not_read(tmp_path):
    (tmp_path / "a.b").mkdir()
    (tmp_path / "a.b/x.tap").write_text("1..1\nok 1 a\n")
    assert "left no x.tap" in run(tmp_path, shell("a.b", "true"))[0].reason


class TestSoak:
    def test_goes_on_where_it_was_ended(self, tmp_path):
        step = shell("a.b", f"printf '{GREEN}' >$OUT; echo >>{tmp_path}/runs")
        for _ in range(2):
            progress = state.Progress(tmp_path / "state.json", "same")
            assert outcomes(gate.run_all([step], progress, tmp_path)) == ["passed"]
        assert (tmp_path / "runs").read_text() == "\n"

    @pytest.mark.parametrize("digest, script", [("other", GREEN), ("same", RED)])
    def test_runs_again_what_changed_or_failed(self, tmp_path, digest, script):
        step = shell("a.b", f"printf '{script}' >$OUT; echo >>{tmp_path}/runs")
        gate.run_all([step], state.Progress(tmp_path / "state.json", "same"), tmp_path)
        gate.run_all([step], state.Progress(tmp_path / "state.json", digest), tmp_path)
        assert (tmp_path / "runs").read_text() == "\n\n"

    def test_writes_what_it_measured(self, tmp_path):
        step = shell("a.b", f"printf '{GREEN}' >$OUT")
        progress = state.Progress(tmp_path / "state.json", "x")
        cases = gate.run_all([step, shell("c.d", "false")], progress, tmp_path)
        now = datetime.datetime(2026, 1, 2, 3, 4)
        text = measurements.section(tmp_path, [step, shell("c.d", "")], progress, cases, now)
        assert "## 2026-01-02 03:04 UTC: 1 passed, 1 failed, 0 skipped" in text
        assert "| a.b | 1 | 0 |" in text and "| c.d | red |" in text


def test_the_sources_digest_sees_a_new_file(tmp_path):
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    (tmp_path / "a").write_text("1")
    before = state.sources_digest(tmp_path)
    (tmp_path / "docs").mkdir()
    (tmp_path / state.WRITTEN_BY_SOAK).write_text("measured")
    assert state.sources_digest(tmp_path) == before
    (tmp_path / "b").write_text("")
    assert state.sources_digest(tmp_path) != before


@pytest.mark.parametrize("tier", steps.ALL)
def test_the_table_is_in_order(tier):
    """Names are given once, and what a step needs stands before it."""
    seen = set()
    for step in steps.table(tier):
        assert step.name not in seen
        assert set(step.needs) <= seen, f"{step.name} needs what is not before it"
        seen.add(step.name)


def test_the_closing_line_stands_alone_and_the_exit_code_agrees(tmp_path):
    """The real program on a table of two steps, one of them red."""
    driver = tmp_path / "driver.py"
    driver.write_text(
        f"import sys; sys.path.insert(0, {str(pathlib.Path(gate.__file__).parent)!r})\n"
        "import gate, steps, pathlib\n"
        f"gate.ROOT = pathlib.Path({str(tmp_path)!r})\n"
        "script = sys.argv.pop()\n"
        "steps.table = lambda tier: [steps.Step('a.b', ['sh', '-c', script], results=('x.tap',))]\n"
        "sys.exit(gate.main())\n"
    )

    def ended(script: str) -> tuple[int, str]:
        script = f"printf '{script}' >{tmp_path}/build/gate/ci/a.b/x.tap"
        command = [sys.executable, str(driver), script]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
        return done.returncode, done.stdout.splitlines()[-1]

    assert ended(RED) == (1, "1 passed, 1 failed, 0 skipped")
    assert ended(GREEN) == (0, "1 passed, 0 failed, 0 skipped")
    assert re.fullmatch(r"\d+ passed, \d+ failed, \d+ skipped", ended(GREEN)[1])
