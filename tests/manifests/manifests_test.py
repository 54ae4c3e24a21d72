"""Every kustomization builds, and what it builds holds together."""

import re

import objects
import pytest
import yaml

SECRETS = objects.documented_secrets()


@pytest.fixture(scope="module", params=objects.kustomizations())
def built(request):
    return objects.build(objects.MANIFESTS / request.param)


def test_there_are_a_base_and_three_overlays():
    assert objects.kustomizations() == [
        "base",
        "overlays/ci",
        "overlays/local",
        "overlays/production",
    ]


def test_every_object_is_there_once(built):
    names = [objects.name_of(found) for found in built]
    assert len(names) == len(set(names))
    assert {"Namespace", "Deployment", "StatefulSet", "Service", "Role"} <= {
        found["kind"] for found in built
    }


def test_all_is_in_one_namespace_under_the_strictest_standard(built):
    (namespace,) = [found for found in built if found["kind"] == "Namespace"]
    name = namespace["metadata"]["name"]
    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    others = {f["metadata"].get("namespace") for f in built if f["kind"] != "Namespace"}
    assert others == {name}
    subjects = [s for found in built for s in found.get("subjects", [])]
    assert {subject["namespace"] for subject in subjects} == {name}


def test_every_object_says_that_it_belongs_to_drydock(built):
    assert {f["metadata"]["labels"].get("app.kubernetes.io/part-of") for f in built} == {"drydock"}


def test_every_pod_is_confined_and_bounded(built):
    findings = [
        f"{name}: {finding}"
        for name, _, pod in objects.pod_specs(built)
        for finding in objects.pod_findings(pod)
    ]
    assert findings == []


def test_every_server_is_probed(built):
    findings = [
        f"{name}: {finding}"
        for name, _, pod in objects.pod_specs(built)
        for container in objects.containers(pod)
        for finding in objects.probe_findings(container)
    ]
    assert findings == []


def test_every_reference_leads_somewhere(built):
    findings = [
        *objects.reference_findings(built, SECRETS),
        *objects.mount_findings(built),
        *objects.service_findings(built),
    ]
    assert findings == []


def test_roles_are_bound_to_accounts_that_are_there(built):
    names = {objects.name_of(found) for found in built}
    for binding in (found for found in built if found["kind"] == "RoleBinding"):
        assert f"Role/{binding['roleRef']['name']}" in names
        for subject in binding["subjects"]:
            assert f"ServiceAccount/{subject['name']}" in names


def test_a_selector_chooses_the_pods_of_its_own_workload(built):
    for found in built:
        if found["kind"] in ("Deployment", "StatefulSet"):
            wanted = found["spec"]["selector"]["matchLabels"].items()
            assert wanted <= found["spec"]["template"]["metadata"]["labels"].items()


def test_the_nodes_of_two_cores_have_room_for_everything():
    cores = 0
    for _, _, pod in objects.pod_specs(objects.build(objects.MANIFESTS / "overlays/ci")):
        for container in objects.containers(pod):
            cores += int(container["resources"]["requests"]["cpu"].removesuffix("m"))
    assert cores <= 500


def test_the_launcher_may_do_what_launch_does_and_nothing_else():
    (role,) = [f for f in objects.build(objects.MANIFESTS / "base") if f["kind"] == "Role"]
    rights = {
        (resource, verb)
        for rule in role["rules"]
        for resource in rule["resources"]
        for verb in rule["verbs"]
    }
    assert rights == {
        *(("jobs", verb) for verb in ("create", "get", "list", "watch", "delete")),
        *(("pods", verb) for verb in ("get", "list", "watch")),
        ("pods/log", "get"),
        *(("pods/exec", verb) for verb in ("create", "get")),
        *(("events", verb) for verb in ("list", "watch")),
        *(("configmaps", verb) for verb in ("create", "get", "delete")),
    }


def test_every_fixture_file_is_in_the_config_map():
    folder = objects.ROOT / "fixtures"
    listed = yaml.safe_load((folder / "Kustomization").read_text(encoding="utf-8"))
    (generator,) = listed["configMapGenerator"]
    assert generator["files"] == sorted(path.name for path in folder.glob("*.yaml"))


def test_every_documented_secret_is_used():
    used = {
        (name, key)
        for _, _, pod in objects.pod_specs(objects.build(objects.MANIFESTS / "base"))
        for kind, name, key in objects.references(pod)
        if kind == "Secret"
    }
    assert used == SECRETS


def test_no_model_is_played_in_production():
    built = objects.build(objects.MANIFESTS / "overlays/production")
    assert [f for f in built if "mockllm" in yaml.safe_dump(f)] == []


@pytest.mark.parametrize("overlay", ["ci", "local"])
def test_a_cluster_without_a_provisioner_is_enough(overlay):
    built = objects.build(objects.MANIFESTS / "overlays" / overlay)
    (postgres,) = [found for found in built if found["kind"] == "StatefulSet"]
    assert "volumeClaimTemplates" not in postgres["spec"]


def test_a_file_of_the_base_holds_one_object():
    for path in (objects.MANIFESTS / "base").rglob("*.yaml"):
        assert len(list(yaml.safe_load_all(path.read_text(encoding="utf-8")))) == 1, path


def test_every_image_of_the_base_is_one_that_is_built():
    dockerfile = (objects.ROOT / "Dockerfile").read_text(encoding="utf-8")
    targets = set(re.findall(r" AS (\S+)$", dockerfile, re.MULTILINE))
    for _, _, pod in objects.pod_specs(objects.build(objects.MANIFESTS / "base")):
        for container in objects.containers(pod):
            name, _, tag = container["image"].partition(":")
            assert name.removeprefix("drydock/") in targets
            assert tag


@pytest.fixture(scope="module")
def policies():
    found = objects.build(objects.MANIFESTS / "overlays/ci")
    return {f["metadata"]["name"]: f["spec"] for f in found if f["kind"] == "NetworkPolicy"}


def test_a_pod_of_ci_reaches_nothing_that_no_policy_names(policies):
    assert policies["deny-all"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    allowed = {name: spec for name, spec in policies.items() if name != "deny-all"}
    assert all(name.startswith("allow-") for name in allowed)
    peers = [to for spec in allowed.values() for rule in spec["egress"] for to in rule["to"]]
    assert not [peer for peer in peers if "ipBlock" in peer or not any(peer.values())]


def test_the_dns_of_the_cluster_is_all_that_is_open_outside_of_the_namespace(policies):
    outside = [
        (to["namespaceSelector"]["matchLabels"], [port["port"] for port in rule["ports"]])
        for spec in policies.values()
        for rule in spec.get("egress", [])
        for to in rule["to"]
        if "namespaceSelector" in to
    ]
    assert outside == [({"kubernetes.io/metadata.name": "kube-system"}, [53, 53])]


def test_every_pod_of_ci_may_talk_to_the_others(policies):
    labels = policies["allow-services"]["podSelector"]["matchLabels"]
    built = objects.build(objects.MANIFESTS / "overlays/ci")
    for name, metadata, _ in objects.pod_specs(built):
        assert labels.items() <= metadata["labels"].items(), name
