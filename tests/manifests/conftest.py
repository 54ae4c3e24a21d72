"""The modules beside these tests are imported by their names; a cluster for those that need one."""

import pathlib
import subprocess
import sys
import uuid

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
CLUSTER = pathlib.Path(__file__).resolve().parents[2] / "scripts/local/ci/cluster.sh"
UP_TIMEOUT_S = 1800  # the first time Kubernetes is built


def cluster(verb: str, name: str) -> str:
    """What cluster.sh prints."""
    ended = subprocess.run(
        [str(CLUSTER), verb, "--name", name],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=UP_TIMEOUT_S,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout.strip()


@pytest.fixture(scope="session")
def kubeconfig():
    """Of a cluster of this session's own."""
    name = f"t{uuid.uuid4().hex[:8]}"
    cluster("up", name)
    try:
        yield cluster("kubeconfig", name)
    finally:
        cluster("down", name)
