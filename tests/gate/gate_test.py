"""A failing test makes the gate red, whatever way it fails in."""

import datetime
import pathlib
import re
import subprocess
import sys

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
