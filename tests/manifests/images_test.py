"""The Dockerfile, the scripts that it runs and the pins of its packages agree with each other."""

import re

import objects
import pytest

DOCKERFILE = (objects.ROOT / "Dockerfile").read_text(encoding="utf-8")
STAGES = dict(
    re.findall(r"^FROM [^\n]* AS (\S+)\n(.*?)(?=^FROM |\Z)", DOCKERFILE, re.MULTILINE | re.DOTALL)
)
PARENTS = {
    name: parent for parent, name in re.findall(r"^FROM (\S+) AS (\S+)$", DOCKERFILE, re.MULTILINE)
}


def targets() -> list[str]:
    script = (objects.ROOT / "scripts/ci/build.sh").read_text(encoding="utf-8")
    found = re.search(r"^readonly TARGETS=\((.*)\)$", script, re.MULTILINE)
    assert found
    return found.group(1).split()


def pins(path: str) -> dict[str, str]:
    text = (objects.ROOT / path).read_text(encoding="utf-8")
    return dict(re.findall(r"^([A-Za-z0-9_.-]+)(?:\[\w+\])?==(\S+)$", text, re.MULTILINE))


def lines_of(stage: str) -> str:
    """Of a stage and of all that it stands on."""
    text = ""
    while stage in STAGES:
        text += STAGES[stage]
        stage = PARENTS[stage]
    return text


@pytest.mark.parametrize("target", targets())
def test_every_target_runs_as_nobody_and_has_a_title(target):
    users = re.findall(r"^USER (\d+):(\d+)$", lines_of(target), re.MULTILINE)
    assert users
    assert all(int(number) > objects.USER_MIN for pair in users for number in pair)
    assert f'LABEL org.opencontainers.image.title="drydock-{target}"' in STAGES[target]


def test_mockllm_begins_with_nothing():
    assert PARENTS["mockllm"] == "scratch"


def test_what_packages_come_from_is_mounted_and_never_copied():
    assert not re.search(r"COPY --from=network", DOCKERFILE)
    for run in re.findall(r"^RUN (?:[^\n]*\\\n)*[^\n]*$", DOCKERFILE, re.MULTILINE):
        asks = re.search(r"(apt|pip)-install\.sh", run)
        assert bool(asks) == ("from=network,target=/run/network" in run), run


def test_no_registry_or_mirror_is_named_but_the_public_one():
    hosts = re.findall(r"\b(?:[a-z0-9-]+\.)+(?:io|com|org|net|dev)\b(?=[/:])", DOCKERFILE)
    assert set(hosts) <= {"docker.io"}


def test_the_runner_brings_what_the_sample_suite_pins():
    runner = pins("scripts/ci/images/requirements-runner.txt")
    suite = pins("tests/integration/requirements.txt")
    assert "pytest" in runner
    assert runner.items() <= suite.items()
