"""steps: the table of everything the gate runs, in its order.

A step runs one command and leaves result files. A command that fails is one failed case of its own
unless its files name the failed ones; a step that should leave results and leaves none has failed.
"""

from __future__ import annotations

import dataclasses
import os
import pathlib

QUICK, CI, SOAK = "quick", "ci", "soak"
CI_UP = (CI, SOAK)
ALL = (QUICK, CI, SOAK)
REPEATS_CI, REPEATS_SOAK = 1, 10
# Read by test_secrets.py and test_kills.py; what ci takes stands there.
COUNTS_SOAK = {"DRYDOCK_SECRETS": "1000", "DRYDOCK_KILLS": "200"}


@dataclasses.dataclass(frozen=True)
class Step:
    name: str  # "group.thing": --only takes the group or the whole name
    command: list[str]
    tiers: tuple[str, ...] = CI_UP
    results: tuple[str, ...] = ()  # files below the step's folder; empty: a build step, one case
    needs: tuple[str, ...] = ()
    environment: dict[str, str] = dataclasses.field(default_factory=dict)
    minutes_max: int = 20
    smaller: str = ""  # what this tier leaves out, printed
    background: bool = False  # beside the tests, which go first
    alone: bool = False  # nothing beside it

    @property
    def group(self) -> str:
        return self.name.partition(".")[0]


def build(preset: str, *targets: str, tiers: tuple[str, ...] = CI_UP, smaller: str = "") -> Step:
    return Step(
        f"build.{preset}",
        ["tests/gate/build.sh", preset, *targets],
        tiers=tiers,
        minutes_max=60,
        smaller=smaller,
        background=True,
    )


def ctest(name: str, preset: str, labels: str, tiers: tuple[str, ...], needs: str, **more) -> Step:
    jobs = str(os.cpu_count() or 2)
    command = ["ctest", "--test-dir", f"build/{preset}", "--label-regex", f"^({labels})$"]
    command += ["--parallel", jobs, "--output-on-failure", "--no-tests=error"]
    command += ["--output-junit", "{folder}/junit.xml"]
    return Step(name, command, tiers=tiers, results=("junit.xml",), needs=(needs,), **more)


def pytest(name: str, venv: str, *paths: str, **more) -> Step:
    command = [f"build/{venv}/bin/python", "-m", "pytest", "-p", "no:cacheprovider", "--tb=short"]
    command += ["-ra", "-o", "junit_family=xunit1", "--junit-xml={folder}/junit.xml", *paths]
    return Step(name, command, results=("junit.xml",), **more)


def house_rules() -> list[Step]:
    return [
        pytest("tidy.rules", "venv-tidy", "tests/tidy", tiers=ALL),
        pytest("tidy.gate", "venv-tidy", "tests/gate", tiers=ALL),
        pytest("tidy.mutation", "venv-tidy", "tests/mutation", tiers=ALL),
    ]


def second_compiler(tier: str) -> list[Step]:
    """clang builds the rooms and every header alone; clang-tidy reads all sources."""
    soak = tier == SOAK
    parts = () if soak else ("all_verify_interface_header_sets",)
    scope = ["--tests"] if soak else ["--no-analyzer"]
    return [
        build("tidy", *parts, smaller="" if soak else "clang builds the rooms, in soak all"),
        Step(
            "tidy.clang-tidy",
            ["python3", "tests/tidy/clang_tidy.py", "--junit", "{folder}/junit.xml", *scope],
            results=("junit.xml",),
            needs=("build.release", "build.tidy"),
            minutes_max=60,
            background=True,
            smaller=""
            if soak
            else "clang-tidy reads the programs, in soak the tests too, and clang's analyzer both",
        ),
    ]


def system(tier: str) -> list[Step]:
    here = {
        "DRYDOCK_BIN_DIR": str(pathlib.Path("build/release/bin").resolve()),
        "DRYDOCK_TIER": tier,  # full counts in soak
    }
    more = {"needs": ("build.release",), "environment": here}
    return [
        pytest("system.mockllm", "venv", "tests/system/mockllm", **more),
        pytest(
            "system.harness",
            "venv",
            "tests/system/harness",
            minutes_max=120 if tier == SOAK else 30,
            needs=("build.release",),
            environment=here | (COUNTS_SOAK if tier == SOAK else {}),
            smaller="" if tier == SOAK else "14 secrets and 6 kills, in soak 1,000 and 200",
        ),
        pytest("contract.python", "venv-openai3", "tests/contract", **more),
        pytest("contract.python-openai2", "venv-openai2", "tests/contract/python", **more),
        Step("contract.node", ["tests/gate/node.sh", "{folder}"], results=("node.tap",), **more),
        Step(
            "scripts.bats",
            ["bats", "--report-formatter", "tap", "--output", "{folder}", "tests/scripts"],
            results=("report.tap",),
        ),
        *main_job(tier, more),
    ]


def main_job(tier: str, more: dict) -> list[Step]:
    repeats = REPEATS_SOAK if tier == SOAK else REPEATS_CI
    reports = [f"{n}/junit.xml" for n in range(1, repeats + 1)]
    return [
        Step(
            "integration.main-job",
            ["tests/gate/main_job.sh", "{folder}", str(repeats)],
            results=tuple(reports),
            needs=("build.release",),
            smaller="" if tier == SOAK else f"the main job runs once, in soak {REPEATS_SOAK} times",
        ),
        pytest("integration.broken", "venv", "tests/system/main_job", **more),
    ]


def in_cluster() -> list[Step]:
    """Each brings up a cluster of its own."""
    more = {"needs": ("build.release", "build.kubernetes"), "minutes_max": 60}
    return [
        pytest("manifests.kubernetes", "venv-tidy", "tests/manifests", **more),
        pytest("cluster.kubernetes", "venv-tidy", "tests/cluster", **more),
    ]


def soak_only() -> list[Step]:
    return [
        Step("dev.workflow", ["cmake", "--workflow", "--preset", "dev"], (SOAK,), minutes_max=60),
        build("tsan", tiers=(SOAK,)),
        ctest("tsan.units", "tsan", "unit|engine", (SOAK,), "build.tsan"),
        ctest("clang.units", "tidy", "unit|engine", (SOAK,), "build.tidy"),
        Step(
            "mutation.verdict",
            ["build/venv/bin/python", "tests/mutation/mutate.py", "--junit", "{folder}/junit.xml"],
            tiers=(SOAK,),
            results=("junit.xml",),
            minutes_max=240,
        ),
        Step(
            "fresh.machines",
            ["tests/fresh/fresh.sh", "--junit", "{folder}/junit.xml"],
            tiers=(SOAK,),
            results=("junit.xml",),
            minutes_max=240,
        ),
    ]


def bench(tier: str) -> Step:
    size = [] if tier == SOAK else ["--quick"]
    return Step(
        "bench.table",
        ["python3", "tests/bench/bench.py", *size],
        needs=("build.release",),
        minutes_max=60,
        alone=True,
        smaller="" if tier == SOAK else "bench --quick; figures are printed, never asserted",
    )


def table(tier: str) -> list[Step]:
    """The steps of a tier. A build comes right before its first user."""
    steps = [
        *house_rules(),
        build("release", tiers=ALL),
        Step("build.kubernetes", ["tests/gate/kubernetes.sh"], minutes_max=60, background=True),
        ctest("unit.release", "release", "unit", ALL, "build.release"),
        ctest("engine.release", "release", "engine", ALL, "build.release"),
        *system(tier),
        build("asan"),
        ctest("asan.units", "asan", "unit|engine|samples", CI_UP, "build.asan", background=True),
        *second_compiler(tier),
        *in_cluster(),
        *soak_only(),
        bench(tier),
    ]
    return [step for step in steps if tier in step.tiers]
