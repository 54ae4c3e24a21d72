"""No value of a Secret is anywhere else, also where a test does its best to tell it."""

import base64
import json
import urllib.parse

import pytest
from conftest import HARNESS, NAMESPACE, run

TELLTALE = '''"""Tells what it was trusted with, in every way that it has."""

import base64
import os
import pathlib
import sys
import urllib.parse


def test_tells_everything():
    told = []
    for value in [value for name, value in os.environ.items() if "URL" in name or "KEY" in name]:
        told += [value, base64.b64encode(value.encode()).decode(), urllib.parse.quote(value, "")]
        password = urllib.parse.urlsplit(value).password
        if password:
            told += [password, base64.b64encode(b"xy" + password.encode()).decode()]
    for line in told:
        print(line)
        print(line, file=sys.stderr)
    pathlib.Path(os.environ["DRYDOCK_ARTIFACTS_DIR"], "told.txt").write_text("\\n".join(told))
    assert told == [], "\\n".join(told)
'''
KINDS = "pods,jobs,deployments,statefulsets,replicasets,services,configmaps,events,serviceaccounts"


def spellings(value):
    """Raw, for URLs, and base64 at each of three offsets, without what its neighbours change."""
    found = {value, urllib.parse.quote(value, safe="")}
    for offset in range(3):
        encoded = base64.b64encode(b"\0" * offset + value.encode()).decode().rstrip("=")
        found.add(encoded[4 if offset else 0 : -2])
    return found


@pytest.fixture(scope="module")
def values(cluster):
    """Of every Secret of the namespace, by name and key."""
    secrets = json.loads(cluster.kubectl("get", "secrets", "--output", "json"))["items"]
    return {
        f"{secret['metadata']['name']} {key}": base64.b64decode(value).decode()
        for secret in secrets
        for key, value in secret.get("data", {}).items()
    }


def leaks(values, places):
    """Where which value stands."""
    return [
        f"{place}: {name}"
        for place, text in places.items()
        for name, value in values.items()
        for spelling in spellings(value)
        if spelling in text
    ]


def texts_below(folder):
    return {
        str(path): path.read_bytes().decode(errors="replace")
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def frames(log):
    """The records in a pod's log, which are base64 there."""
    pieces = [line.split(" ")[-1] for line in log.splitlines() if line.startswith("@@drydock ")]
    return "".join(base64.b64decode(piece).decode(errors="replace") for piece in pieces)


def test_the_values_are_strong_and_of_their_own(values):
    made = {name: value for name, value in values.items() if name.startswith("drydock-")}
    assert len(made) == 4
    assert len(set(made.values())) == 4
    assert all(len(value) >= 40 for value in made.values())


def test_a_leak_would_be_found():
    value = "0123456789abcdef0123456789abcdef01234567"
    for text in (value, base64.b64encode(b"user:" + value.encode() + b"@host").decode()):
        assert leaks({"x": value}, {"here": text}) != []


def test_no_value_is_anywhere(cluster, checkout, values):
    with checkout:
        checkout.write("tests/integration/test_telltale.py", TELLTALE)
        ended = checkout.run(
            "scripts/ci/in-cluster-test.sh",
            *("--name", cluster.name, "--keep-on-failure", "--", "--filter", "agent/"),
        )
    assert ended.code == 1, "the telltale fails"
    (pod,) = cluster.kubectl(
        *("get", "pods", "--selector", "app.kubernetes.io/name=drydock-run", "--output", "name")
    ).split()
    log = cluster.kubectl("logs", pod)
    assert "test_tells_everything" in log
    others = cluster.kubectl("get", "pods", "--output", "name").split()
    cluster.kubectl("delete", "jobs", "--all")

    places = {
        "what in-cluster-test.sh says": ended.said,
        "what it said when it set everything up": cluster.said,
        "the runner's log": log,
        "the records in it": frames(log),
        "the objects": cluster.kubectl("get", KINDS, "--output", "yaml"),
        **{name: cluster.kubectl("logs", name, check=False) for name in others if name != pod},
        **texts_below(ended.reports),
        **texts_below(checkout.folder / "build/logs"),
        **texts_below(checkout.folder / "build/in-cluster"),
    }
    assert any("told.txt" in place for place in places), "the artifact is among them"
    assert len(places["the records in it"]) > 10_000
    assert leaks(values, places) == []


def test_a_value_that_is_there_is_kept_and_one_that_is_missing_is_made(cluster, values, tmp_path):
    def generate(*wanted):
        return run(
            *(HARNESS, "secrets", "generate", "--kubeconfig", cluster.kubeconfig),
            *("--context", "drydock", "--namespace", NAMESPACE, *wanted),
        )

    def value_of(secret, key):
        found = json.loads(cluster.kubectl("get", "secret", secret, "--output", "json"))
        return base64.b64decode(found["data"][key]).decode()

    said = generate("drydock-postgres=password", "drydock-postgres=second", "own=key").stderr
    assert f"secret {NAMESPACE}/drydock-postgres is kept: password" in said
    assert f"secret {NAMESPACE}/drydock-postgres is completed: second" in said
    assert f"secret {NAMESPACE}/own is made: key" in said
    assert value_of("drydock-postgres", "password") == values["drydock-postgres password"]
    second = value_of("drydock-postgres", "second")
    generate("drydock-postgres=password,second", "own=key")
    assert value_of("drydock-postgres", "second") == second
    assert leaks({"second": second, "own": value_of("own", "key")}, {"said": said}) == []
