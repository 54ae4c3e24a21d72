"""harness/kube against this cluster: its tests that need a real API server and kubelet."""

import os
import re
import xml.etree.ElementTree as ElementTree

import pytest
from conftest import CLUSTER, ROOT, RUN_TIMEOUT_S, run

TESTS = ROOT / "build/release/tests/kube_cluster_test"
SPEAKER = ROOT / "build/release/tests/kube_test_speaker"


def listed():
    source = (ROOT / "tests/cluster/kube_test.cc").read_text()
    return [".".join(pair) for pair in re.findall(r"^TEST_F\((\w+), (\w+)\)", source, re.MULTILINE)]


@pytest.fixture(scope="module")
def results(cluster, tmp_path_factory):
    folder = tmp_path_factory.mktemp("kube")
    archive, report = folder / "speaker.tar", folder / "report.xml"
    run(ROOT / "tests/cluster/image.sh", SPEAKER, archive)
    run(CLUSTER, "load", "--name", cluster.name, archive)
    environment = {
        "DRYDOCK_TEST_KUBECONFIG": cluster.kubeconfig,
        "DRYDOCK_TEST_CONTEXT": "drydock",
        "DRYDOCK_TEST_APISERVER_PID": str(cluster.process_of("kube-apiserver")),
    }
    ended = run(
        *(TESTS, f"--gtest_output=xml:{report}"),
        env={**os.environ, **environment},
        timeout=RUN_TIMEOUT_S * 2,
        check=False,
    )
    print(ended.stdout)
    cases = {
        f"{case.get('classname')}.{case.get('name')}": [
            failure.get("message") for failure in case.iter("failure")
        ]
        for case in ElementTree.parse(report).iter("testcase")
        if case.get("status") == "run" and case.find("skipped") is None
    }
    assert (ended.returncode == 0) == (not any(cases.values()))
    return cases


@pytest.mark.parametrize("name", listed())
def test_it_holds_against_a_real_cluster(results, name):
    assert results[name] == []
