"""A cluster of this session's own, with the images of the work tree and the services of a run."""

import contextlib
import json
import os
import pathlib
import subprocess
import uuid
import xml.etree.ElementTree

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
CLUSTER = ROOT / "scripts/local/ci/cluster.sh"
HARNESS = ROOT / "build/release/bin/harness"
NAMESPACE = "drydock-ci"
STATE = pathlib.Path(
    os.environ.get("DRYDOCK_CLUSTERS")
    or pathlib.Path(os.environ.get("XDG_STATE_HOME", pathlib.Path.home() / ".local/state"))
    / "drydock/clusters"
)
STEP_TIMEOUT_S = 1200  # the first time Kubernetes is built
RUN_TIMEOUT_S = 180


def run(*command, timeout=RUN_TIMEOUT_S, check=True, **more):
    return subprocess.run(
        list(map(str, command)),
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=check,
        **more,
    )


def new_name():
    return f"t{uuid.uuid4().hex[:8]}"


@contextlib.contextmanager
def cluster_named(name):
    run(CLUSTER, "up", "--name", name, "--provider", "node", timeout=STEP_TIMEOUT_S)
    try:
        yield name
    finally:
        run(CLUSTER, "down", "--name", name)


class Launched:
    def __init__(self, done, reports):
        self.code = done.returncode
        self.speech = done.stdout + done.stderr
        self.reports = reports

    @property
    def verdict(self):
        return json.loads((self.reports / "verdict.json").read_text())

    @property
    def junit(self):
        return xml.etree.ElementTree.parse(self.reports / "junit.xml").getroot()


class Cluster:
    """One that runs, with everything that the sample run needs in it."""

    def __init__(self, name):
        self.name = name
        self.kubeconfig = run(CLUSTER, "kubeconfig", "--name", name).stdout.strip()
        images = (ROOT / "build/logs/in-cluster/images.txt").read_text().splitlines()
        self.images = {line.split()[0]: line.split()[1] for line in images}

    def kubectl(self, *arguments, check=True):
        command = (CLUSTER, "exec", "--name", self.name, "--", "kubectl", "--namespace", NAMESPACE)
        return run(*command, *arguments, check=check).stdout

    def command(self, reports, *flags, arguments=(), image=None, namespace=NAMESPACE):
        return [
            *(str(HARNESS), "launch", "--kubeconfig", self.kubeconfig, "--context", "drydock"),
            *("--namespace", namespace, "--image", image or self.images["deck-tests"]),
            *("--image-pull-policy", "Never", "--report-dir", str(reports), *flags, "--"),
            *arguments,
        ]

    def launch(self, reports, *flags, **more):
        return Launched(run(*self.command(reports, *flags, **more), check=False), reports)


@pytest.fixture(scope="session")
def cluster():
    with cluster_named(new_name()) as name:
        done = run(
            ROOT / "scripts/ci/in-cluster-test.sh",
            *("--name", name),
            timeout=STEP_TIMEOUT_S,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        yield Cluster(name)
