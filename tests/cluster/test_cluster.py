"""A throw-away cluster: two side by side, and nothing left of either, however it ends."""

import os
import pathlib
import select
import signal

from conftest import CLUSTER, STATE, cluster_named, new_name, processes, run

SWEEP_TIMEOUT_S = 20


def cgroups_of(name):
    return [str(path) for path in pathlib.Path("/sys/fs/cgroup").glob(f"*/drydock-{name}*")]


def processes_of(name):
    return [arguments for _, arguments, _ in processes() if str(STATE / name) in arguments]


def remains(name):
    """Everything of the cluster that this machine still has."""
    mounts = [
        line for line in pathlib.Path("/proc/self/mounts").read_text().splitlines() if name in line
    ]
    links = [line for line in run("ip", "-o", "link").stdout.splitlines() if "drydock" in line]
    folder = [str(STATE / name)] if (STATE / name).exists() else []
    return folder + cgroups_of(name) + processes_of(name) + mounts + links


def killed(name, pid_file):
    """Kills one process of the cluster, and is back when its sweeper has ended too."""
    sweepers = [
        number for number, arguments, _ in processes() if f" sweep --name {name} " in arguments
    ]
    assert len(sweepers) == 1
    sweeper = os.pidfd_open(sweepers[0])
    try:
        os.kill(int((STATE / name / pid_file).read_text()), signal.SIGKILL)
        ended, _, _ = select.select([sweeper], [], [], SWEEP_TIMEOUT_S)
        assert ended, f"the sweeper still runs after {SWEEP_TIMEOUT_S} s"
    finally:
        os.close(sweeper)


def test_two_clusters_stand_side_by_side_and_leave_nothing():
    with cluster_named(new_name()) as one, cluster_named(new_name()) as two:
        for name in (one, two):
            nodes = run(CLUSTER, "exec", "--name", name, "--", "kubectl", "get", "nodes").stdout
            assert f"drydock-{name}" in nodes
            assert " Ready " in nodes
        assert cgroups_of(one)
    assert remains(one) == remains(two) == []


def test_a_cluster_that_is_killed_leaves_nothing():
    name = new_name()
    run(CLUSTER, "up", "--name", name, "--provider", "node")
    killed(name, "pid")
    assert remains(name) == []


def test_a_cluster_whose_inner_process_is_killed_leaves_nothing():
    name = new_name()
    run(CLUSTER, "up", "--name", name, "--provider", "node")
    killed(name, "inner.pid")
    assert remains(name) == []


def test_what_does_not_run_is_told_so():
    name = new_name()
    status = run(CLUSTER, "status", "--name", name, check=False)
    assert (status.returncode, status.stderr) == (3, f"no cluster {name} runs\n")
    assert run(CLUSTER, "kubeconfig", "--name", name, check=False).returncode == 3
    assert run(CLUSTER, "down", "--name", name).returncode == 0
