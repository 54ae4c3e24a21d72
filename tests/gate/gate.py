#!/usr/bin/env python3
"""gate: runs the steps of a tier, counts their real results, shows the output of what failed.

Usage: gate.py [--tier quick|ci|soak] [--only GROUP|STEP]     from the root of the checkout
Exit:  0 all passed, 1 something failed. The last line is "N passed, N failed, N skipped".
"""

from __future__ import annotations

import argparse
import os
import pathlib
import shutil
import sys
import time
from collections.abc import Callable

import commands
import lanes
import measurements
import results
import state
import steps

ROOT = pathlib.Path(__file__).resolve().parents[2]
OUTPUT_LINES_SHOWN = 150


def say(text: str) -> None:
    print(text, flush=True)


def judge(step: steps.Step, reason: str, folder: pathlib.Path) -> list[results.Case]:
    """The step's cases. Red where the command failed and where results are missing: a green that
    means nothing is the one outcome that may not happen."""
    if not step.results:
        return [results.Case(step.name, results.FAILED if reason else results.PASSED, reason)]
    missing = [name for name in step.results if not (folder / name).is_file()]
    cases = results.read_files([folder / name for name in step.results if name not in missing])
    if missing:
        told = f"{reason or 'ended 0'}, left no {', '.join(missing)}"
        cases.append(results.Case(step.name, results.FAILED, told))
    elif not cases:
        cases.append(results.Case(step.name, results.FAILED, "its results hold no test"))
    elif reason and not results.count(cases)[results.FAILED]:
        cases.append(
            results.Case(step.name, results.FAILED, f"{reason} with all of its tests passed")
        )
    return cases


def show(step: steps.Step, cases: list[results.Case], seconds: float, output: str) -> None:
    say(f"{step.name}: {results.sentence(cases)} ({seconds:.1f} s)")
    if step.smaller:
        say(f"  smaller here: {step.smaller}")
    for case in cases:
        if case.outcome == results.SKIPPED:
            say(f"  skipped: {case.name}: {case.reason}")
    failed = [case for case in cases if case.outcome == results.FAILED]
    if failed:
        lines = output.rstrip().split("\n")
        if len(lines) > OUTPUT_LINES_SHOWN:
            lines = [
                f"... {len(lines) - OUTPUT_LINES_SHOWN} lines before",
                *lines[-OUTPUT_LINES_SHOWN:],
            ]
        say("\n".join("  | " + line for line in lines))
        for case in failed:
            say(f"  FAILED: {case.name}: {case.reason}")


def run_step(
    step: steps.Step, work: pathlib.Path, running: commands.Running
) -> tuple[list[results.Case], float, str]:
    folder = work / step.name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    began = time.monotonic()
    reason, output = running.run(step, folder, ROOT)
    return judge(step, reason, folder), time.monotonic() - began, output


def run_all(
    table: list[steps.Step],
    progress: state.Progress,
    work: pathlib.Path,
    told: Callable[[steps.Step, list[results.Case], float, str], None] = show,
) -> list[results.Case]:
    """Every step, also after one has failed; what needs a failed step fails without being run."""
    everything: dict[str, list[results.Case]] = {}
    running = commands.Running()

    def run_one(step: steps.Step, broken: list[str], lock: lanes.Lock) -> bool:
        kept = progress.done.get(step.name)
        if kept:
            cases, seconds, output = kept.cases, kept.seconds, ""
        elif broken:
            reason = f"not run: {', '.join(broken)} failed"
            cases, seconds, output = [results.Case(step.name, results.FAILED, reason)], 0.0, ""
        else:
            cases, seconds, output = run_step(step, work, running)
        passed = not results.count(cases)[results.FAILED]
        with lock:
            if kept:
                say(f"{step.name}: done before")
            told(step, cases, seconds, output)
            everything[step.name] = cases
            if passed and not kept:
                progress.add(step.name, state.Done(cases, seconds))
        return passed

    lanes.run(table, run_one, running.end_all)
    return [case for step in table for case in everything[step.name]]


def groups_of(table: list[steps.Step], progress: state.Progress) -> None:
    """A line per group whose steps have all passed or not."""
    for group in dict.fromkeys(step.group for step in table):
        own = [step.name for step in table if step.group == group]
        cases = [
            case for name in own if name in progress.done for case in progress.done[name].cases
        ]
        red = [name for name in own if name not in progress.done]
        note = f", red: {', '.join(red)}" if red else ""
        say(f"  {group}: {results.count(cases)[results.PASSED]} in steps that passed{note}")


def main() -> int:
    parser = argparse.ArgumentParser(
        description="Runs the steps of a tier and counts their results."
    )
    parser.add_argument("--tier", choices=steps.ALL, default=steps.CI)
    parser.add_argument("--only", help="a group or a step, with the builds that it needs")
    options = parser.parse_args()
    os.chdir(ROOT)
    table = steps.table(options.tier)
    if options.only:
        chosen = [step for step in table if options.only in (step.name, step.group)]
        needed = {name for step in chosen for name in step.needs}
        table = [step for step in table if step in chosen or step.name in needed]
        if not chosen:
            parser.error(f"no step or group '{options.only}' in tier {options.tier}")
    soak = options.tier == steps.SOAK
    work = ROOT / "build/gate" / options.tier
    progress = state.Progress(work / "state.json", state.sources_digest(ROOT) if soak else "")
    began = time.monotonic()
    cases = run_all(table, progress, work)
    if soak and not options.only:
        measurements.append(ROOT, table, progress, cases)
    say(f"\ntier {options.tier}, {time.monotonic() - began:.0f} s:")
    groups_of(table, progress)
    say(results.sentence(cases))
    return 1 if results.count(cases)[results.FAILED] or not cases else 0


if __name__ == "__main__":
    sys.exit(main())
