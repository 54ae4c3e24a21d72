"""In which order tests run, which of them never at the same time, and in which shard."""

import json
import sys
import textwrap

import pytest
from conftest import GTEST_SAMPLES

# What tests do that hold a resource: each gives the others time to come in, which is an error.
HOLD = """\
import os, sys, time

def hold(name):
    os.mkdir(name + ".held")  # fails where somebody is in it
    over = time.monotonic() + 0.15
    while time.monotonic() < over:
        time.sleep(0.01)
    os.rmdir(name + ".held")

def meet(own, other):
    '''Passes only where both run at the same time.'''
    open(own, "w").close()
    deadline = time.monotonic() + 20
    while not os.path.exists(other):
        assert time.monotonic() < deadline, "alone"
        time.sleep(0.01)
"""


@pytest.fixture
def project(harness):
    def write(**files):
        for name, text in files.items():
            path = harness.folder / name.replace("__", "/")
            path = path.with_name(path.name.replace("_py", ".py").replace("_yaml", ".yaml"))
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(textwrap.dedent(text))
        return harness

    return write


def test_who_names_one_resource_runs_alone_and_others_do_not(project):
    """Three ways to name it, in three suites; two tests without it must meet each other."""
    harness = project(
        hold_py=HOLD,
        marked__test_marked_py="""\
            import pytest, hold
            @pytest.mark.serial("orders", "stock")
            def test_marked(): hold.hold("orders")
            """,
        named__test_named_py="import hold\ndef test_orders_named(): hold.hold('orders')\n",
        free__test_free_1_py="import hold\ndef test_free(): hold.meet('a', 'b')\n",
        free__test_free_2_py="import hold\ndef test_free(): hold.meet('b', 'a')\n",
        harness_yaml=f"""\
            drydock: harness/v1
            name: x
            suites:
              - {{name: marked, kind: pytest, path: marked, env: {{PYTHONPATH: .}}}}
              - {{name: named, kind: pytest, path: named, env: {{PYTHONPATH: .}}}}
              - {{name: whole, kind: command, serial: [orders],
                  run: ["{sys.executable}", -c, "import hold; hold.hold('orders')"]}}
              - {{name: free, kind: pytest, path: free, env: {{PYTHONPATH: .}}}}
            serial:
              - {{resource: orders, tests: test(orders_named)}}
            """,
    )

    run = harness.run("--jobs", "4", "--order", "listed")

    assert run.code == 0, run.out + run.err
    assert run.verdict["counts"]["passed"] == 5
    held = {
        "marked/test_marked.py::test_marked",
        "named/test_named.py::test_orders_named",
        "whole/command",
    }
    running = set()
    together = 0
    for record in run.records:
        if record["event"] == "attempt_started":
            running.add(record["test"])
        elif record["event"] == "attempt_finished":
            running.discard(record["test"])
        assert len(running & held) <= 1, running
        together = max(together, len(running))
    assert together >= 2
    tags = {t["id"]: t["tags"] for t in json.loads(harness("list", "--json").out)["tests"]}
    assert tags["marked/test_marked.py::test_marked"] == ["serial:orders", "serial:stock"]


def test_a_googletest_shares_a_resource_by_its_name(project):
    harness = project(
        harness_yaml=f"""\
            drydock: harness/v1
            name: x
            suites:
              - {{name: unit, kind: gtest, path: {GTEST_SAMPLES / "outcomes"}}}
            serial:
              - {{resource: all, tests: suite(unit)}}
            """
    )

    run = harness.run("--jobs", "4", "--filter", "Values,Passes")

    running = 0
    for record in run.records:
        running += {"attempt_started": 1, "attempt_finished": -1}.get(record["event"], 0)
        assert running <= 1
    assert len(run.of("attempt_finished")) > 3


def test_a_wrong_serial_entry_is_told_with_its_place(project):
    harness = project(
        harness_yaml="""\
            drydock: harness/v1
            name: x
            suites:
              - {name: a, kind: command, run: ["true"]}
            serial:
              - {resource: orders, tests: tset(a)}
            """
    )
    for verb in ("run", "list"):
        said = harness(verb)
        assert said.code == 2
        assert "harness.yaml:6:5: 'tset(a)' at 1: 'tset': did you mean 'test'?" in said.err


def commands(*names):
    """A suite for each: a command that is red where a file says so."""
    suites = "".join(
        f"  - {{name: {name}, kind: command, run: [sh, -c, 'test ! -e {name}.red']}}\n"
        for name in names
    )
    return f"drydock: harness/v1\nname: x\nsuites:\n{suites}"


def durations(harness, **ms):
    (harness.folder / "durations.json").write_text(
        json.dumps(
            {
                "drydock": "durations/v1",
                "tests": {f"{name}/command": {"us": us * 1000} for name, us in ms.items()},
            }
        )
    )


def started(run):
    return "".join(record["test"].partition("/")[0] for record in run.of("attempt_started"))


def test_what_was_red_runs_first_then_the_longest(project):
    harness = project(harness_yaml=commands(*"abcd"))
    durations(harness, a=10, b=30, c=1, d=20)

    def order(folder, *arguments):
        run = harness.run("--jobs", "1", "--durations", "durations.json",
                          "--report-dir", folder, *arguments)  # fmt: skip
        run.reports = harness.folder / folder
        return started(run)

    assert order("one") == "bdac"
    assert order("two", "--order", "listed") == "abcd"
    config = (harness.folder / "harness.yaml").read_text()
    (harness.folder / "harness.yaml").write_text(config + "order: listed\n")
    assert order("three") == "abcd"
    assert order("four", "--order", "recorded") == "bdac"
    both = harness.run("--order", "listed", "--shuffle")
    assert both.code == 2
    assert "--order and --shuffle exclude each other" in both.err


def test_a_red_test_of_the_former_run_comes_first(project):
    harness = project(harness_yaml=commands(*"abcd"))
    (harness.folder / "c.red").touch()
    first = harness.run("--jobs", "1")
    assert (first.code, started(first)) == (1, "abcd")
    told = json.loads((first.reports / "durations.json").read_text())["tests"]
    assert [name for name, test in told.items() if test.get("red")] == ["c/command"]

    (harness.folder / "c.red").unlink()
    assert started(harness.run("--jobs", "1"))[0] == "c"
    (harness.folder / "b.red").touch()
    assert harness.run("--jobs", "1", "--filter", "suite(b)").code == 1
    whole = harness.run("--jobs", "1")
    assert started(whole)[0] == "b"
    assert len(whole.of("attempt_finished")) == 4
    # A run that was killed has told nothing on; its journal has.
    (whole.reports / "durations.json").unlink()
    assert started(harness.run("--jobs", "1"))[0] == "b"


def test_shards_by_durations_are_as_long_as_each_other(project):
    harness = project(harness_yaml=commands(*"abcdef") + "serial:\n"
                      "  - {resource: orders, tests: suite(e) | suite(f)}\n")  # fmt: skip
    durations(harness, a=30, b=30, c=20, d=20, e=10, f=10)
    seen = []
    for index in range(2):
        shard = ["--durations", "durations.json", "--shard", f"{index}/2"]
        run = harness.run(*shard, "--report-dir", f"shard-{index}")
        assert run.code == 0, run.out + run.err
        verdict = json.loads((harness.folder / f"shard-{index}/verdict.json").read_text())
        assert len(verdict["durations_sha256"]) == 64
        listed = [t["suite"] for t in json.loads(harness("list", "--json", *shard).out)["tests"]]
        seen.append(set(listed))
    length = {"a": 30, "b": 30, "c": 20, "d": 20, "e": 10, "f": 10}
    assert [sum(length[name] for name in names) for names in seen] == [60, 60]
    assert any({"e", "f"} <= names for names in seen)

    merged = harness("report", "merge", "shard-0", "shard-1", "--report-dir", "merged")
    assert merged.code == 0, merged.out + merged.err
    assert len(json.loads((harness.folder / "merged/durations.json").read_text())["tests"]) == 6

    durations(harness, a=30, b=30, c=20, d=20, e=10, f=11)
    again = harness.run(
        "--durations", "durations.json", "--shard", "1/2", "--report-dir", "shard-1"
    )
    assert again.code == 0
    refused = harness("report", "merge", "shard-0", "shard-1", "--report-dir", "merged")
    assert refused.code == 22
    assert "shard 1 was divided by other recorded durations than shard 0" in refused.out


def test_durations_that_are_none_are_a_usage_error(project):
    harness = project(harness_yaml=commands("a"), durations_json="{}")
    run = harness.run("--durations", "durations_json")
    assert run.code == 2
    assert "--durations: durations_json holds no durations" in run.err
