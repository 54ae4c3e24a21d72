"""objects: from kustomizations and Kubernetes objects to findings about them.

Pure but for build(), which runs kubectl. A finding is a sentence; no finding, all is well.
"""

from __future__ import annotations

import os
import pathlib
import re
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
MANIFESTS = ROOT / "manifests"
USER_MIN = 10_000
NAMESPACED_NOT = ("Namespace",)
WORKLOADS = ("Deployment", "StatefulSet", "DaemonSet", "Job")

Object = dict[str, Any]


def kustomizations() -> list[str]:
    """The folders that can be applied by themselves: the base and each overlay."""
    return ["base", *sorted(f"overlays/{path.name}" for path in (MANIFESTS / "overlays").iterdir())]


def kubectl() -> str:
    """The one that cluster.sh built, else one of this machine."""
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache")
    built = sorted(
        cache.glob("drydock/cluster/*/kubectl"), key=lambda path: path.parent.stat().st_mtime
    )
    found = str(built[-1]) if built else shutil.which("kubectl")
    assert found, "kubectl is missing: scripts/local/ci/cluster.sh up builds it"
    return found


def build(folder: pathlib.Path) -> list[Object]:
    ended = subprocess.run(
        [kubectl(), "kustomize", str(folder)], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, f"{folder}: {ended.stderr}"
    return [found for found in yaml.safe_load_all(ended.stdout) if found]


def name_of(found: Object) -> str:
    return f"{found['kind']}/{found['metadata']['name']}"


def pod_specs(objects: list[Object]) -> Iterator[tuple[str, Object, Object]]:
    """Name of the workload, its pods' metadata and spec."""
    for found in objects:
        if found["kind"] in WORKLOADS:
            template = found["spec"]["template"]
            yield name_of(found), template.get("metadata", {}), template["spec"]


def containers(pod: Object) -> list[Object]:
    return [*pod.get("initContainers", []), *pod["containers"]]


def image_findings(image: str) -> Iterator[str]:
    name, _, digest = image.partition("@")
    tag = name.rpartition("/")[2].partition(":")[2]
    if digest and not re.fullmatch(r"sha256:[0-9a-f]{64}", digest):
        yield f"{image}: not a digest"
    if not digest and tag in ("", "latest"):
        yield f"{image}: neither a digest nor a tag that stays"


def pod_findings(pod: Object) -> Iterator[str]:
    """What the profile `restricted` asks of a pod, and the house besides."""
    context = pod.get("securityContext", {})
    if context.get("runAsNonRoot") is not True:
        yield "runAsNonRoot is not true"
    for key in ("runAsUser", "runAsGroup"):
        if context.get(key, 0) < USER_MIN:
            yield f"{key} is below {USER_MIN}"
    if context.get("seccompProfile", {}).get("type") != "RuntimeDefault":
        yield "no seccomp profile RuntimeDefault"
    if pod.get("automountServiceAccountToken") is not False:
        yield "a token of the API server is mounted"
    if pod.get("enableServiceLinks") is not False:
        yield "services of the namespace appear as variables"
    if "terminationGracePeriodSeconds" not in pod:
        yield "no terminationGracePeriodSeconds"
    for key in ("hostNetwork", "hostPID", "hostIPC"):
        if pod.get(key):
            yield f"{key} is used"
    yield from volume_findings(pod)
    for container in containers(pod):
        for finding in container_findings(container):
            yield f"{container['name']}: {finding}"


def container_findings(container: Object) -> Iterator[str]:
    context = container.get("securityContext", {})
    if context.get("allowPrivilegeEscalation") is not False:
        yield "allowPrivilegeEscalation is not false"
    if context.get("readOnlyRootFilesystem") is not True:
        yield "readOnlyRootFilesystem is not true"
    if context.get("capabilities", {}) != {"drop": ["ALL"]}:
        yield "capabilities are not just drop ALL"
    if context.get("privileged") or "runAsUser" in context:
        yield "it undoes what the pod says of its user"
    for kind in ("requests", "limits"):
        for resource in ("cpu", "memory"):
            if resource not in container.get("resources", {}).get(kind, {}):
                yield f"no {kind} of {resource}"
    if "imagePullPolicy" not in container:
        yield "no imagePullPolicy"
    yield from image_findings(container["image"])


def probe_findings(container: Object) -> Iterator[str]:
    """Of a container that serves. What a probe names must be one of its ports."""
    ports = {port["name"] for port in container.get("ports", [])}
    for kind in ("startupProbe", "readinessProbe", "livenessProbe"):
        probe = container.get(kind)
        if not probe:
            yield f"{container['name']}: no {kind}"
            continue
        if "timeoutSeconds" not in probe:
            yield f"{container['name']}: {kind} has the usual one second only"
        for way in ("httpGet", "tcpSocket"):
            if way in probe and probe[way]["port"] not in ports:
                yield f"{container['name']}: {kind} asks a port that it does not have"


def volume_findings(pod: Object, claimed: tuple[str, ...] = ()) -> Iterator[str]:
    volumes = {volume["name"]: volume for volume in pod.get("volumes", [])}
    mounted = {
        mount["name"]
        for container in containers(pod)
        for mount in container.get("volumeMounts", [])
    }
    for name, volume in volumes.items():
        if "emptyDir" in volume and "sizeLimit" not in (volume["emptyDir"] or {}):
            yield f"volume {name} has no sizeLimit"
        if "hostPath" in volume:
            yield f"volume {name} is a folder of the node"
        if name not in mounted:
            yield f"volume {name} is mounted nowhere"


def references(pod: Object) -> Iterator[tuple[str, str, str | None]]:
    """(kind, name, key) of each ConfigMap and Secret that a pod needs; no key: all of it."""
    for container in containers(pod):
        for source in container.get("envFrom", []):
            for field, kind in (("configMapRef", "ConfigMap"), ("secretRef", "Secret")):
                if field in source:
                    yield kind, source[field]["name"], None
        for variable in container.get("env", []):
            for field, kind in (("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret")):
                if field in variable.get("valueFrom", {}):
                    reference = variable["valueFrom"][field]
                    yield kind, reference["name"], reference["key"]
    for volume in pod.get("volumes", []):
        for field, kind, key in (("configMap", "ConfigMap", "name"), ("secret", "Secret", None)):
            if field in volume:
                name = volume[field][key or "secretName"]
                items = [item["key"] for item in volume[field].get("items", [])]
                for item in items or [None]:
                    yield kind, name, item


def reference_findings(objects: list[Object], secrets: set[tuple[str, str]]) -> Iterator[str]:
    """`secrets` are the documented pairs of a Secret's name and key."""
    maps = {found["metadata"]["name"]: found for found in objects if found["kind"] == "ConfigMap"}
    for workload, _, pod in pod_specs(objects):
        for kind, name, key in references(pod):
            if kind == "ConfigMap" and name not in maps:
                yield f"{workload}: there is no ConfigMap {name}"
            elif kind == "ConfigMap" and key and key not in maps[name].get("data", {}):
                yield f"{workload}: ConfigMap {name} has no key {key}"
            elif kind == "Secret" and key is None:
                yield f"{workload}: all keys of Secret {name}, named ones would do"
            elif kind == "Secret" and (name, key) not in secrets:
                yield f"{workload}: Secret {name}, key {key} is documented nowhere"


def mount_findings(objects: list[Object]) -> Iterator[str]:
    """Mounts of volumes that are neither the pod's nor claimed by its StatefulSet."""
    for found in objects:
        if found["kind"] not in WORKLOADS:
            continue
        pod = found["spec"]["template"]["spec"]
        known = {volume["name"] for volume in pod.get("volumes", [])}
        claims = found["spec"].get("volumeClaimTemplates", [])
        known |= {claim["metadata"]["name"] for claim in claims}
        for container in containers(pod):
            for mount in container.get("volumeMounts", []):
                if mount["name"] not in known:
                    yield f"{name_of(found)}: no volume {mount['name']}"


def service_findings(objects: list[Object]) -> Iterator[str]:
    for service in (found for found in objects if found["kind"] == "Service"):
        selector = service["spec"]["selector"].items()
        chosen = [
            pod
            for _, metadata, pod in pod_specs(objects)
            if selector <= metadata.get("labels", {}).items()
        ]
        if len(chosen) != 1:
            yield f"{name_of(service)} selects {len(chosen)} workloads"
            continue
        ports = {p["name"] for c in containers(chosen[0]) for p in c.get("ports", [])}
        for port in service["spec"]["ports"]:
            if port["targetPort"] not in ports:
                yield f"{name_of(service)}: no port {port['targetPort']}"


def documented_secrets() -> set[tuple[str, str]]:
    """From the head of the base's kustomization: "#   NAME KEY: what it holds"."""
    text = (MANIFESTS / "base" / "kustomization.yaml").read_text(encoding="utf-8")
    return set(re.findall(r"^#   (\S+) (\S+): ", text, re.MULTILINE))
