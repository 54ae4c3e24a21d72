"""Removes each rule of rules.py in turn from a copy of the checkout, builds the harness, and runs
the rule's proof, which must turn red. A rule whose removal nobody notices is a failure.

Usage: mutate.py [--junit FILE] [--only TEXT]     by a Python that has pytest
Exit:  0 every rule is needed, 1 one is not, 2 the unchanged programs fail their proofs or no build.
"""

from __future__ import annotations

import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree

import rules

ROOT = pathlib.Path(__file__).resolve().parents[2]
COPY = ROOT / "build/mutation"
SYSTEM = "tests/system/harness"
SAMPLES = ("hostile", "outcomes", "failing_suite_setup", "no_tests", "crashes_listing")
SAMPLES += ("hangs_listing", "ends_listing", "ignores_its_filter", "unit")
PROOF_SECONDS_MAX = 300

sys.path.insert(0, str(ROOT / SYSTEM))


def make_copy() -> None:
    """The files of the checkout; those that did not change keep their times, and their objects."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        check=True,
    ).stdout
    for name in filter(None, listed.decode().split("\0")):
        source, target = ROOT / name, COPY / name
        if not source.is_file():
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists() or target.read_bytes() != source.read_bytes():
            shutil.copy(source, target)


def build(*targets: str) -> bool:
    command = ["tests/gate/build.sh", "release", *targets]
    done = subprocess.run(command, cwd=COPY, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        print(done.stdout[-4_000:] + done.stderr[-2_000:], file=sys.stderr)
    return done.returncode == 0


def arguments_of(kind: str, name: str) -> list[str]:
    """Of a run of one sample suite."""
    if kind == "gtest":
        binary = COPY / "build/release/samples/hostile"
        return ["--gtest", str(binary), "--filter", f"test(~{name}.)"]
    if kind == "pytest":
        return ["--pytest", str(COPY / f"tests/samples/pytest/hostile/test_{name}.py")]
    return ["--filter", f"suite(={name})"]


def declared_of(kind: str, name: str) -> dict[str, str]:
    import model
    import samples

    if kind == "command":
        wanted = {test: o for test, o in model.COMMANDS.items() if test.startswith(name + "/")}
        return {test.partition("/")[2]: outcome for test, outcome in wanted.items()}
    if kind == "gtest":
        outcomes = samples.gtest_outcomes().items()
        return {test: outcome for test, outcome in outcomes if test.startswith(name + ".")}
    outcomes = samples.pytest_outcomes().items()
    return {test: outcome for test, outcome in outcomes if test.startswith(f"test_{name}.py")}


def sample_is_as_declared(kind: str, name: str) -> bool:
    import conftest
    import samples

    declared = declared_of(kind, name)
    assert declared, f"no sample {kind}:{name}"
    with tempfile.TemporaryDirectory() as folder:
        place = pathlib.Path(folder)
        if kind == "command":
            shutil.copytree(COPY / "tests/samples/command", place, dirs_exist_ok=True)
        try:
            run = conftest.Harness(place).run(
                *arguments_of(kind, name), "--test-timeout", "15s", timeout=PROOF_SECONDS_MAX
            )
            found = {
                record["test"].partition("/")[2]: record["outcome"]
                for record in run.of("attempt_finished")
            }
            counts = run.verdict["counts"]
        except (OSError, ValueError, subprocess.TimeoutExpired):
            return False
    red = bool(samples.RED & set(declared.values()))
    told = counts["total"] == len(declared)
    return found == declared and told and run.code == (1 if red else 0)


def holds(proof: str) -> bool:
    kind, _, name = proof.partition(":")
    if kind in ("gtest", "pytest", "command"):
        return sample_is_as_declared(kind, name)
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, f"{SYSTEM}/{proof}"],
        cwd=COPY,
        env=os.environ | {"DRYDOCK_BIN_DIR": str(COPY / "build/release/bin")},
        capture_output=True,
        text=True,
        timeout=PROOF_SECONDS_MAX,
        check=False,
    )
    assert done.returncode in (0, 1), f"{proof}: {done.stdout[-2_000:]}{done.stderr[-2_000:]}"
    return done.returncode == 0


def survives(rule: rules.Rule) -> str:
    """Why the rule seems not to be needed; empty where its proof turned red."""
    place = COPY / rule.file
    text = place.read_text()
    place.write_text(text.replace(rule.old, rule.new))
    try:
        if not build("harness"):
            return "its change does not build"
        return f"{rule.proof} does not notice that it is gone" if holds(rule.proof) else ""
    finally:
        place.write_text(text)


def write_junit(file: str, results: dict[str, str]) -> None:
    suite = ElementTree.Element("testsuite", name="mutation", tests=str(len(results)))
    for name, trouble in results.items():
        case = ElementTree.SubElement(suite, "testcase", classname="mutation", name=name)
        if trouble:
            ElementTree.SubElement(case, "failure", message=trouble)
    ElementTree.ElementTree(suite).write(file)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--junit", help="where to write a case per rule")
    parser.add_argument("--only", default="", help="rules with this text in their name or file")
    options = parser.parse_args()
    chosen = [r for r in rules.RULES if options.only in f"{r.name} {r.file} {r.proof}"]
    os.environ["DRYDOCK_BIN_DIR"] = str(COPY / "build/release/bin")  # read by conftest
    make_copy()
    if not build("harness", "mockllm", *(f"sample_{name}" for name in SAMPLES)):
        return 2
    broken = [proof for proof in sorted({rule.proof for rule in chosen}) if not holds(proof)]
    if broken:
        print("red before anything is changed: " + ", ".join(broken), file=sys.stderr)
        return 2
    results = {}
    for rule in chosen:
        results[f"{rule.file}: {rule.name}"] = trouble = survives(rule)
        print(f"{'SURVIVES' if trouble else 'needed  '} {rule.file}: {rule.name} ({rule.proof})")
        sys.stdout.flush()
    if options.junit:
        write_junit(options.junit, results)
    survivors = {name: trouble for name, trouble in results.items() if trouble}
    for name, trouble in survivors.items():
        print(f"{name}: {trouble}", file=sys.stderr)
    print(f"{len(results) - len(survivors)} of {len(results)} rules are needed")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
