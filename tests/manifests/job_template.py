"""job_template: scripts/ci/test-job-template.yaml and the parameters that its head documents."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml
from objects import ROOT

PATH = ROOT / "scripts" / "ci" / "test-job-template.yaml"
PARAMETER = re.compile(r"\$\{([a-z_]+)\}")

# A value for each parameter, of the documented type.
VALUES: dict[str, Any] = {
    "name": "run-1",
    "namespace": "drydock-ci",
    "nonce": "0123456789abcdef",
    "image": "localhost/drydock/deck-tests:1",
    "image_pull_policy": "Never",
    "args": ["run", "--jobs", "2"],
    "deadline_seconds": 600,
    "retries": 1,
    "keep_seconds": 3600,
    "cpu_limit": "1",
    "memory_limit": "1Gi",
}


def text() -> str:
    return PATH.read_text(encoding="utf-8")


def documented() -> dict[str, str]:
    """Name -> type, from "#   name: type, range; what it is"."""
    return dict(re.findall(r"^#   ([a-z_]+): ([a-z ]+), .+; .+", text(), re.MULTILINE))


def scalars(node: Any) -> Iterator[Any]:
    if isinstance(node, dict):
        for key, value in node.items():
            yield key
            yield from scalars(value)
    elif isinstance(node, list):
        for value in node:
            yield from scalars(value)
    else:
        yield node


def used() -> list[str]:
    found = [PARAMETER.fullmatch(scalar) for scalar in scalars(template()) if is_text(scalar)]
    return [match.group(1) for match in found if match]


def is_text(scalar: Any) -> bool:
    return isinstance(scalar, str)


def template() -> Any:
    return yaml.safe_load(text())


def rendered(**changed: Any) -> Any:
    """The Job, with typed values in place of the parameters."""
    values = {**VALUES, **changed}

    def replaced(node: Any) -> Any:
        if isinstance(node, dict):
            return {key: replaced(value) for key, value in node.items()}
        if isinstance(node, list):
            return [replaced(value) for value in node]
        match = PARAMETER.fullmatch(node) if is_text(node) else None
        return values[match.group(1)] if match else node

    return replaced(template())
