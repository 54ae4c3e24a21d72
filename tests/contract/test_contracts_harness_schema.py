"""docs/harness.schema.json and the harness agree on right files and on wrong ones.

Who adds a key to harness.yaml adds it to the schema, and to WHOLE below. That both have the same
keys is a test of units, tests/unit/harness/config/schema_test.cc.
"""

from __future__ import annotations

import copy
import json
import os
import pathlib
import re
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import jsonschema
import pytest
import yaml
from drydock_programs import EXAMPLES, ROOT, run
from harness_runs import clean_environment

SCHEMA = json.loads((ROOT / "docs/harness.schema.json").read_text())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)

# Each key at least once. Each of its values is replaced by every one of WRONG.
WHOLE = """
drydock: harness/v1
name: all
services:
  db: {kind: postgres, url_env: A, local: {database: app}, ready_timeout: 5s, isolation: database}
  cache: {kind: redis, local: {}}
  llm: {kind: mockllm, key_env: B, local: {fixtures: f, cassettes: c}, unattributed: warn}
  app:
    kind: http
    local: {run: [python3, -m, app], ready: /healthz, directory: app}
    needs: [db]
    env: {URL: "${db.url}", DEBUG: false, WORKERS: 2}
  far: {kind: http, url_env: FAR_URL, local: false, ready: /livez, fatal_statuses: [401, 404]}
  old: {kind: postgres, url_env: OLD_URL, role: primary, migration: 3, stable_for: 2s}
  bus: {kind: nats, local: {}}
  seed: {kind: file, path: seed.csv}
  rows:
    kind: command
    ready: [sh, rows.sh]
    check_timeout: 3s
    local: {run: [worker], directory: app}
  web:
    kind: kubernetes
    object: deployment/web
    condition: Available
    namespace: apps
    context: kind-ci
    kubeconfig: config
secrets:
  - {name: PEPPER, env: PEPPER}
  - {name: KEY, file: /run/key.pem, multiline: true}
  - {name: JWT, env: JWT, shape: jwt, allow_placeholder: true}
migrations: {service: db, dir: migrations}
llm: {mode: mock}
suites:
  - name: unit
    kind: gtest
    path: bin/*_test
    timeout: 2m
    retry: 1
    uses: [db]
    shares: [db]
    coverage: true
    tags: [quick]
    serial: [stock]
    session: carried
    expects_misses: true
    environment: declared
    env: {COLOR: blue}
  - {name: agent, kind: pytest, path: tests}
  - {name: web, kind: command, run: [sh, t.sh], results: junit, report: j.xml, directory: web}
limits: {test: 60s, soft: 30s, run: 20m, retry: 2}
report: {dir: build/reports}
quarantine: [{tests: test(x), owner: ada, until: 2999-12-31, reason: it is rebuilt}]
serial: [{resource: orders, tests: test(x)}]
order: listed
history: {url_env: HISTORY_URL}
"""
STEP = 8
WHOLE_COUNT = os.environ.get("DRYDOCK_TIER") == "soak"
WRONG = [None, "", " ", "zz", 7, 101, True, False, [], {}, ["zz"], {"zz": 1}, "../x", "0s", "3s"]

# What only the whole file can tell, so that the schema lets it pass.
BEYOND_ONE_VALUE = re.compile(
    r"no service '|in a circle|a second \w+ named|has no '|to the needs of|to what suite"
    r"|expected a service of kind postgres|where 'results' is junit|names no program"
    r"|is shared anyway|leaves no time|no regular expression|stands twice"
)


class CoreLoader(yaml.SafeLoader):
    """YAML 1.2: `yes` and `2026-12-31` are texts."""


CoreLoader.yaml_implicit_resolvers = {}
for tag, pattern, first in [
    ("bool", r"true|false", "tf"),
    ("null", r"null|~|", ["n", "~", ""]),
    ("int", r"-?(0|[1-9][0-9]*)", "-0123456789"),
    ("float", r"-?(0|[1-9][0-9]*)\.[0-9]+", "-0123456789"),
]:
    CoreLoader.add_implicit_resolver(
        f"tag:yaml.org,2002:{tag}", re.compile(f"^({pattern})$"), first
    )


def read(text: str) -> Any:
    return yaml.load(text, CoreLoader)  # noqa: S506 - derived from SafeLoader


def refusal(folder: pathlib.Path, text: str) -> str:
    """What the harness says of the file; empty where it takes it."""
    file = folder / "harness.yaml"
    file.write_text(text)
    ended = run("harness", "mode", "--config", file, environment=clean_environment())
    assert ended.returncode in (0, 2), ended.stderr
    return ended.stderr if ended.returncode else ""


def files_of_the_repository() -> Iterator[tuple[str, str]]:
    listed = subprocess.run(
        ["git", "ls-files", "*.yaml", "*.md"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for name in listed.stdout.split():
        text = (ROOT / name).read_text()
        parts = [text] if name.endswith(".yaml") else re.findall(r"```yaml\n(.*?)```", text, re.S)
        for number, part in enumerate(parts):
            if re.search(r"^drydock: harness/v1$", part, re.MULTILINE):
                yield f"{name}[{number}]", part


RIGHT = {**dict(files_of_the_repository()), "WHOLE": WHOLE}


def test_the_files_are_found() -> None:
    assert {"harness.yaml[0]", "docs/configuration.md[0]"} <= set(RIGHT)
    assert (EXAMPLES / "harness.yaml").read_text() in RIGHT.values()


def test_the_schema_is_one_and_the_program_prints_it() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)

    assert run("harness", "schema").stdout == (ROOT / "docs/harness.schema.json").read_text()


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_file_is_right_for_both(name: str, tmp_path: pathlib.Path) -> None:
    assert [error.message for error in VALIDATOR.iter_errors(read(RIGHT[name]))] == []
    assert refusal(tmp_path, RIGHT[name]) == ""


def test_every_key_of_the_schema_is_in_the_whole_file() -> None:
    used = set(re.findall(r"(\w+):", WHOLE))
    objects = [part for part in [SCHEMA, *SCHEMA["$defs"].values()] if "properties" in part]

    assert {key for part in objects for key in part["properties"]} <= used


def places(value: Any, path: tuple = ()) -> Iterator[tuple]:
    if path:
        yield path
    for key, inner in value.items() if isinstance(value, dict) else ():
        yield from places(inner, (*path, key))
    for index, inner in enumerate(value) if isinstance(value, list) else ():
        yield from places(inner, (*path, index))


def mutants(right: Any) -> Iterator[tuple[str, Any]]:
    """Each value replaced by some of WRONG (in soak by each), each key removed."""
    for number, path in enumerate(places(right)):
        some = WRONG if WHOLE_COUNT else WRONG[number % STEP :: STEP]
        for wrong in [*some, "REMOVED"]:
            mutant = copy.deepcopy(right)
            at = mutant
            for step in path[:-1]:
                at = at[step]
            if wrong == "REMOVED":
                del at[path[-1]]
            else:
                at[path[-1]] = wrong
            yield f"{'/'.join(map(str, path))} = {wrong!r}", mutant


def disagreement(folder: pathlib.Path, mutant: Any) -> str:
    error = next(VALIDATOR.iter_errors(mutant), None)
    said = refusal(folder, json.dumps(mutant))
    for line in said.splitlines():
        if not re.match(rf"{re.escape(str(folder))}/harness.yaml:\d+:\d+: \S", line):
            return f"a mistake without its place: {line}"
    if error and not said:
        return f"the schema refuses what the harness takes: {error.message}"
    if said and not error:
        lines = [line for line in said.splitlines() if not BEYOND_ONE_VALUE.search(line)]
        return "the schema takes what the harness refuses: " + lines[0] if lines else ""
    return ""


def test_wrong_files_are_wrong_for_both(tmp_path: pathlib.Path) -> None:
    def examine(numbered: tuple[int, tuple[str, Any]]) -> str:
        number, (name, mutant) = numbered
        folder = tmp_path / str(number)
        folder.mkdir()
        found = disagreement(folder, mutant)
        return f"{name}: {found}" if found else ""

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(examine, enumerate(mutants(read(WHOLE)))))

    assert len(found) > (1000 if WHOLE_COUNT else 150)
    assert [line for line in found if line] == []
