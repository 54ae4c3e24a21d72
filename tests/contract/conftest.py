"""Servers for the tests of this folder and those below it."""

from __future__ import annotations

import contextlib
import pathlib
from collections.abc import Callable, Iterator

import drydock_programs
import harness_runs
import pytest

Start = Callable[..., drydock_programs.Mockllm]


@pytest.fixture
def start_mockllm(tmp_path: pathlib.Path) -> Iterator[Start]:
    """start_mockllm("--fixtures", path, ...) -> a running server, ended with the test."""
    with contextlib.ExitStack() as running:

        def start(*arguments: object, **more: object) -> drydock_programs.Mockllm:
            return running.enter_context(drydock_programs.mockllm(tmp_path, *arguments, **more))

        yield start


@pytest.fixture
def example_server(start_mockllm: Start) -> drydock_programs.Mockllm:
    """A server of its own with the fixture file of the contract."""
    return start_mockllm("--fixtures", drydock_programs.EXAMPLES / "fixtures.yaml")


@pytest.fixture
def folder(tmp_path: pathlib.Path) -> harness_runs.Folder:
    """A folder to write suites into, and to run the harness in."""
    return harness_runs.Folder(tmp_path)
