"""The sample run as a Job: the same verdict as at home, and a cause for everything else."""

import json
import os
import signal
import subprocess
import xml.etree.ElementTree as ElementTree

import pytest
from conftest import NAMESPACE


def started(cluster, reports, line, *flags):
    """A launch whose output has come to `line`, and what it said so far."""
    process = subprocess.Popen(
        cluster.command(reports, *flags),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    said = []
    for text in process.stdout:
        said.append(text)
        if text.startswith(line):
            return process, said
    raise AssertionError("".join(said))


def jobs(cluster):
    return cluster.kubectl("get", "jobs", "--output", "name").split()


def test_a_green_run_brings_everything_out(cluster, tmp_path):
    ended = cluster.launch(tmp_path)
    assert ended.code == 0, ended.speech
    assert ended.verdict["counts"]["passed"] == ended.verdict["counts"]["total"] == 29
    assert len(list((tmp_path / "logs").glob("*.log"))) >= 29
    assert jobs(cluster) == []


def test_what_runs_nothing_is_not_green(cluster, tmp_path):
    ended = cluster.launch(tmp_path, arguments=["--filter", "no-such-test"])
    assert ended.code == ended.verdict["exit_code"] == 3


def test_a_pod_that_is_deleted_keeps_what_it_had(cluster, tmp_path):
    process, said = started(cluster, tmp_path, "[10/29]")
    pod = next(line for line in said if line.startswith("pod ")).split()[1]
    cluster.kubectl("delete", "pod", pod, "--wait=false")
    out, _ = process.communicate(timeout=60)
    assert process.returncode in (20, 31), out
    assert "the pod was d" in out
    verdict = json.loads((tmp_path / "verdict.json").read_text())
    assert verdict["exit_code"] == process.returncode
    assert verdict["counts"]["passed"] >= 10
    assert verdict["counts"]["passed"] + verdict["counts"]["not_run"] <= 29
    assert len(ElementTree.parse(tmp_path / "junit.xml").findall(".//testcase")) == 29


def test_an_interrupted_launch_takes_its_job_away(cluster, tmp_path):
    process, _ = started(cluster, tmp_path, "[3/29]")
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=20)
    assert process.returncode == 20, out
    assert jobs(cluster) == []


def test_an_api_server_that_is_away_is_waited_for(cluster, tmp_path):
    process, _ = started(cluster, tmp_path, "[3/29]")
    found = subprocess.run(
        ["pgrep", "--full", f"kube-apiserver .*clusters/{cluster.name}/"],
        capture_output=True,
        text=True,
        check=True,
    )
    server = int(found.stdout.split()[0])
    os.kill(server, signal.SIGSTOP)
    try:
        # Nobody answers for as long as the run needs for the rest of its tests.
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(10)
    finally:
        os.kill(server, signal.SIGCONT)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 0, out


@pytest.mark.parametrize(
    ("flags", "code", "said"),
    [
        ({"image": "localhost/no/such:1"}, 11, "image localhost/no/such:1 is not on the node"),
        ({"namespace": "no-such-namespace"}, 11, 'namespaces "no-such-namespace" not found'),
    ],
)
def test_a_cause_is_named(cluster, tmp_path, flags, code, said):
    ended = cluster.launch(tmp_path, **flags)
    assert ended.code == code
    assert said in ended.speech


def test_a_secret_that_is_missing_is_named(cluster, tmp_path):
    cluster.kubectl("delete", "secret", "drydock-llm")
    try:
        ended = cluster.launch(tmp_path)
    finally:
        cluster.kubectl("create", "secret", "generic", "drydock-llm", "--from-literal=x=y")
    assert ended.code == 11
    assert 'secret "drydock-llm" not found' in ended.speech
    ended = cluster.launch(tmp_path)
    assert ended.code == 11
    assert f"control-token in Secret {NAMESPACE}/drydock-llm" in ended.speech
