"""What a real API server says of kustomizations under Pod Security `restricted`, and of rights."""

from __future__ import annotations

import copy
import json
import secrets
import subprocess

import job_template
import objects
import pytest
import yaml


class Cluster:
    """A namespace of its own, with Pod Security enforced, gone after the tests."""

    def __init__(self, kubeconfig: str) -> None:
        self._kubeconfig = kubeconfig
        self.namespace = f"drydock-test-{secrets.token_hex(4)}"

    def kubectl(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [objects.kubectl(), "--kubeconfig", self._kubeconfig, *arguments],
            input=stdin,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def apply(self, found: list[objects.Object], *flags: str) -> subprocess.CompletedProcess[str]:
        moved = yaml.safe_dump_all([self.moved(one) for one in found])
        return self.kubectl("apply", "--server-side", *flags, "--filename", "-", stdin=moved)

    def moved(self, found: objects.Object) -> objects.Object:
        """The object in this namespace."""
        moved = copy.deepcopy(found)
        if moved["kind"] == "Namespace":
            moved["metadata"]["name"] = self.namespace
        else:
            moved["metadata"]["namespace"] = self.namespace
        for subject in moved.get("subjects", []):
            subject["namespace"] = self.namespace
        return moved


@pytest.fixture(scope="module")
def cluster(kubeconfig):
    found = Cluster(kubeconfig)
    (namespace,) = [
        one for one in objects.build(objects.MANIFESTS / "base") if one["kind"] == "Namespace"
    ]
    made = found.apply([namespace])
    assert made.returncode == 0, made.stderr
    yield found
    found.kubectl("delete", "namespace", found.namespace, "--wait=false")


@pytest.fixture(params=objects.kustomizations())
def built(request):
    return objects.build(objects.MANIFESTS / request.param)


def as_pod(name: str, spec: objects.Object) -> objects.Object:
    """A pod as its controller would make it; volumes that are claimed are left out."""
    known = {volume["name"] for volume in spec.get("volumes", [])}
    spec = copy.deepcopy(spec)
    spec.pop("serviceAccountName", None)
    for container in spec["containers"]:
        mounts = [mount for mount in container["volumeMounts"] if mount["name"] in known]
        container["volumeMounts"] = mounts
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": spec}


def test_the_api_server_takes_every_object(cluster, built):
    tried = cluster.apply(built, "--dry-run=server")
    assert tried.returncode == 0, tried.stderr
    assert "would violate" not in tried.stderr
    assert len(tried.stdout.splitlines()) == len(built)


def test_every_pod_is_admitted(cluster, built):
    pods = [
        as_pod(name.lower().replace("/", "-"), spec) for name, _, spec in objects.pod_specs(built)
    ]
    assert pods
    tried = cluster.apply(pods, "--dry-run=server")
    assert tried.returncode == 0, tried.stderr


def test_the_standard_is_enforced_here(cluster):
    pod = as_pod("root", job_template.rendered()["spec"]["template"]["spec"])
    pod["spec"]["containers"][0]["securityContext"]["capabilities"] = {"add": ["SYS_ADMIN"]}
    tried = cluster.apply([pod], "--dry-run=server")
    assert tried.returncode != 0
    assert 'violates PodSecurity "restricted' in tried.stderr


def test_the_job_and_its_pod_are_taken(cluster):
    job = job_template.rendered()
    pod = as_pod("runner", job["spec"]["template"]["spec"])
    tried = cluster.apply([job, pod], "--dry-run=server")
    assert tried.returncode == 0, tried.stderr
    assert "would violate" not in tried.stderr


def test_the_job_keeps_every_field_that_the_template_sets(cluster):
    tried = cluster.apply([job_template.rendered()], "--dry-run=server", "--output=json")
    assert tried.returncode == 0, tried.stderr
    spec = json.loads(tried.stdout)["spec"]
    for key, value in job_template.rendered()["spec"].items():
        if key != "template":
            assert spec[key] == value, key


@pytest.fixture(scope="module")
def rights(cluster):
    kinds = ("ServiceAccount", "Role", "RoleBinding")
    base = objects.build(objects.MANIFESTS / "base")
    made = cluster.apply([found for found in base if found["kind"] in kinds])
    assert made.returncode == 0, made.stderr

    def may(account: str, verb: str, resource: str) -> bool:
        who = f"--as=system:serviceaccount:{cluster.namespace}:{account}"
        kind, _, part = resource.partition("/")
        asked = cluster.kubectl(
            *("auth", "can-i", verb, kind, who, f"--namespace={cluster.namespace}"),
            *([f"--subresource={part}"] if part else []),
        )
        return asked.stdout.strip() == "yes"

    return may


@pytest.mark.parametrize(
    "verb, resource",
    [
        ("create", "jobs.batch"),
        ("watch", "jobs.batch"),
        ("delete", "jobs.batch"),
        ("watch", "pods"),
        ("get", "pods/log"),
        ("create", "pods/exec"),
        ("get", "pods/exec"),
        ("watch", "events"),
        ("create", "configmaps"),
    ],
)
def test_the_launcher_may(rights, verb, resource):
    assert rights("drydock-launcher", verb, resource)


@pytest.mark.parametrize(
    "verb, resource",
    [
        ("get", "secrets"),
        ("list", "secrets"),
        ("create", "pods"),
        ("delete", "pods"),
        ("update", "jobs.batch"),
        ("list", "configmaps"),
        ("create", "rolebindings.rbac.authorization.k8s.io"),
        ("get", "nodes"),
    ],
)
def test_the_launcher_may_not(rights, verb, resource):
    assert not rights("drydock-launcher", verb, resource)


@pytest.mark.parametrize(
    "verb, resource", [("get", "pods"), ("get", "secrets"), ("list", "configmaps")]
)
def test_the_runner_may_nothing(rights, verb, resource):
    assert not rights("drydock-runner", verb, resource)
