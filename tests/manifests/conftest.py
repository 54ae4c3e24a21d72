"""The modules beside these tests are imported by their names; `cluster` marks what needs one."""

import os
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "cluster: needs DRYDOCK_TEST_KUBECONFIG")


@pytest.fixture(scope="session")
def kubeconfig() -> str:
    """Of a cluster that tests may use; without one they fail: a skip would say nothing in green."""
    path = os.environ.get("DRYDOCK_TEST_KUBECONFIG", "")
    if not path:
        pytest.fail(
            "DRYDOCK_TEST_KUBECONFIG names no cluster: start one by scripts/local/ci/cluster.sh up"
            " and set it to what cluster.sh kubeconfig prints"
        )
    if not os.path.isfile(path):
        pytest.fail(f"DRYDOCK_TEST_KUBECONFIG: there is no file {path}")
    return path
