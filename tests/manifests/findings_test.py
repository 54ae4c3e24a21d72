"""The checks themselves: each finds a planted defect, and leaves alone what is in order."""

import copy

import job_template
import objects
import pytest


@pytest.fixture
def pod():
    return copy.deepcopy(job_template.rendered()["spec"]["template"]["spec"])


def test_a_pod_in_order_has_no_finding(pod):
    assert list(objects.pod_findings(pod)) == []


@pytest.mark.parametrize(
    "path, value",
    [
        (("securityContext", "runAsNonRoot"), False),
        (("securityContext", "runAsUser"), 1000),
        (("securityContext", "seccompProfile"), {"type": "Unconfined"}),
        (("automountServiceAccountToken",), True),
        (("enableServiceLinks",), True),
        (("hostNetwork",), True),
        (("volumes", 0), {"name": "tmp", "emptyDir": {}}),
        (("volumes", 0), {"name": "tmp", "hostPath": {"path": "/"}}),
        (("volumes", 0, "name"), "other"),
        (("containers", 0, "securityContext", "allowPrivilegeEscalation"), True),
        (("containers", 0, "securityContext", "readOnlyRootFilesystem"), False),
        (("containers", 0, "securityContext", "capabilities"), {"drop": ["ALL"], "add": ["KILL"]}),
        (("containers", 0, "securityContext", "runAsUser"), 10001),
        (("containers", 0, "resources", "limits"), {"cpu": "1"}),
        (("containers", 0, "resources", "requests"), {}),
        (("containers", 0, "image"), "drydock/harness"),
        (("containers", 0, "image"), "registry:5000/drydock/harness"),
        (("containers", 0, "image"), "drydock/harness:latest"),
        (("containers", 0, "image"), "drydock/harness@sha256:12"),
    ],
)
def test_a_planted_defect_is_found(pod, path, value):
    place = pod
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value

    assert list(objects.pod_findings(pod)) != []


def workload(pod, **spec):
    metadata = {"labels": {"a": "b"}}
    return {
        "kind": "Deployment",
        "metadata": {"name": "x"},
        "spec": {"template": {"metadata": metadata, "spec": pod}, **spec},
    }


def service(selector, port):
    return {
        "kind": "Service",
        "metadata": {"name": "x"},
        "spec": {"selector": selector, "ports": [{"targetPort": port}]},
    }


def test_a_secret_or_key_that_nobody_documents_is_found(pod):
    known = {(name, key) for kind, name, key in objects.references(pod) if kind == "Secret"}

    assert list(objects.reference_findings([workload(pod)], known)) == []
    assert len(list(objects.reference_findings([workload(pod)], known - {min(known)}))) == 1


def test_a_config_map_that_is_missing_is_found(pod):
    pod["containers"][0]["envFrom"] = [{"configMapRef": {"name": "gone"}}]
    secrets = {(name, key) for kind, name, key in objects.references(pod) if kind == "Secret"}

    findings = list(objects.reference_findings([workload(pod)], secrets))

    assert findings == ["Deployment/x: there is no ConfigMap gone"]


def test_a_mount_without_a_volume_is_found(pod):
    pod["containers"][0]["volumeMounts"].append({"name": "data", "mountPath": "/data"})
    claim = [{"metadata": {"name": "data"}}]

    assert list(objects.mount_findings([workload(pod)])) == ["Deployment/x: no volume data"]
    assert list(objects.mount_findings([workload(pod, volumeClaimTemplates=claim)])) == []


def test_a_service_without_pods_or_port_is_found(pod):
    pod["containers"][0]["ports"] = [{"name": "http"}]
    one = workload(pod)

    assert list(objects.service_findings([one, service({"a": "b"}, "http")])) == []
    assert list(objects.service_findings([one, service({"a": "c"}, "http")])) != []
    assert list(objects.service_findings([one, service({"a": "b"}, "https")])) != []


def test_a_server_without_a_probe_is_found():
    probe = {"httpGet": {"port": "http"}, "timeoutSeconds": 5}
    probes = dict.fromkeys(("startupProbe", "readinessProbe", "livenessProbe"), probe)
    server = {"name": "s", "ports": [{"name": "http"}], **probes}

    assert list(objects.probe_findings(server)) == []
    assert len(list(objects.probe_findings({**server, "livenessProbe": None}))) == 1
    assert len(list(objects.probe_findings({**server, "ports": []}))) == 3
