"""A throw-away cluster: two side by side, and nothing left of either, however it ends."""

import os
import pathlib
import signal

import pytest
from conftest import CLUSTER, STATE, cluster_named, new_name, run


def cgroups_of(name):
    return [str(path) for path in pathlib.Path("/sys/fs/cgroup").glob(f"*/drydock-{name}*")]


def processes_of(name):
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit() and entry.name != str(os.getpid()):
            try:
                line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:
                continue
            if str(STATE / name) in line:
                found.append(line)
    return found


def remains(name):
    """Everything of the cluster that this machine still has."""
    mounts = [
        line for line in pathlib.Path("/proc/self/mounts").read_text().splitlines() if name in line
    ]
    links = [line for line in run("ip", "-o", "link").stdout.splitlines() if "drydock" in line]
    folder = [str(STATE / name)] if (STATE / name).exists() else []
    return folder + cgroups_of(name) + processes_of(name) + mounts + links


@pytest.fixture
def waits_until():
    def wait(condition, seconds=20):
        # The sweeper is nobody's child here: its folder is the last thing that it takes away.
        done = run(
            *("timeout", str(seconds), "sh", "-c"),
            f"while test -e '{condition}'; do sleep 0.05; done",
            check=False,
        )
        assert done.returncode == 0, f"{condition} is still there after {seconds} s"

    return wait


def test_two_clusters_stand_side_by_side_and_leave_nothing():
    with cluster_named(new_name()) as one, cluster_named(new_name()) as two:
        for name in (one, two):
            nodes = run(CLUSTER, "exec", "--name", name, "--", "kubectl", "get", "nodes").stdout
            assert f"drydock-{name}" in nodes
            assert " Ready " in nodes
        assert cgroups_of(one)
    assert remains(one) == remains(two) == []


def test_a_cluster_that_is_killed_leaves_nothing(waits_until):
    name = new_name()
    run(CLUSTER, "up", "--name", name, "--provider", "node")
    os.kill(int((STATE / name / "pid").read_text()), signal.SIGKILL)
    waits_until(STATE / name)
    assert remains(name) == []


def test_a_cluster_whose_inner_process_is_killed_leaves_nothing(waits_until):
    name = new_name()
    run(CLUSTER, "up", "--name", name, "--provider", "node")
    os.kill(int((STATE / name / "inner.pid").read_text()), signal.SIGKILL)
    waits_until(STATE / name)
    assert remains(name) == []


def test_what_does_not_run_is_told_so():
    name = new_name()
    status = run(CLUSTER, "status", "--name", name, check=False)
    assert (status.returncode, status.stderr) == (3, f"no cluster {name} runs\n")
    assert run(CLUSTER, "kubeconfig", "--name", name, check=False).returncode == 3
    assert run(CLUSTER, "down", "--name", name).returncode == 0
