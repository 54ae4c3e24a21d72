"""Whether a run can reach a real LLM: where no policy is enforced, and where one is."""

from conftest import CLUSTER, NAMESPACE, ROOT, run

SCRIPT = ROOT / "scripts/ci/preflight.sh"


def preflight(cluster, *flags):
    return run(SCRIPT, "--name", cluster.name, *flags, check=False)


def test_a_network_that_enforces_no_policy_is_told_so(cluster):
    ended = preflight(cluster)

    assert ended.returncode == 10, ended.stdout + ended.stderr
    assert "not enforced" in ended.stdout
    assert "answers: tcp://mockllm:4010" in ended.stdout
    assert "answers: tcp://canary.drydock-canary:4010" in ended.stdout


def test_a_run_is_confined_where_the_canary_is_closed(cluster):
    functions = f"source {SCRIPT}; cd {ROOT}; WHICH=(--name {cluster.name}); "
    run("bash", "-c", functions + "start_canary")
    address = cluster.kubectl(
        "get", "pod", "canary", "--namespace", "drydock-canary",
        "--output", "jsonpath={.status.podIP}",
    )  # fmt: skip
    # What a plugin that enforces `deny-all` does, for the one address that matters here.
    rule = ("FORWARD", "--destination", address, "--protocol", "tcp", "--jump", "DROP")
    run(CLUSTER, "exec", "--name", cluster.name, "--", "iptables", "--insert", *rule)
    try:
        ended = preflight(cluster)
    finally:
        run(CLUSTER, "exec", "--name", cluster.name, "--", "iptables", "--delete", *rule)

    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "silent:  tcp://canary.drydock-canary:4010" in ended.stdout
    assert "confined" in ended.stdout.splitlines()


def test_no_proof_is_taken_from_a_control_that_is_silent(cluster):
    address = cluster.kubectl(
        "get", "pods", "--selector", "app.kubernetes.io/name=mockllm",
        "--output", "jsonpath={.items[0].status.podIP}",
    )  # fmt: skip
    rule = ("FORWARD", "--destination", address, "--protocol", "tcp", "--jump", "DROP")
    run(CLUSTER, "exec", "--name", cluster.name, "--", "iptables", "--insert", *rule)
    try:
        ended = preflight(cluster)
    finally:
        run(CLUSTER, "exec", "--name", cluster.name, "--", "iptables", "--delete", *rule)

    assert ended.returncode == 10, ended.stdout + ended.stderr
    assert "nothing shown" in ended.stdout


def test_it_leaves_nothing(cluster):
    preflight(cluster)

    assert "preflight" not in cluster.kubectl("get", "pods", "--output", "name")
    run(
        CLUSTER, "exec", "--name", cluster.name, "--", "kubectl", "wait", "--for=delete",
        "namespace/drydock-canary", "--timeout", "60s",
    )  # fmt: skip


def test_mistakes_are_named(cluster):
    ended = preflight(cluster, "--namespace", "No_Name")
    assert ended.returncode == 2
    assert "'No_Name' is no name of a namespace" in ended.stderr
    assert NAMESPACE in run(SCRIPT, "--help").stdout
