"""The Job template is what `harness launch` needs it to be, and agrees with the exit codes."""

import re

import job_template
import objects
import pytest
import yaml

TYPES = {"string": str, "integer": int, "list of strings": list}
DELIVERY_CODE = 31  # launch's own: no pod ends with it


def exit_codes() -> dict[str, int]:
    text = (objects.ROOT / "harness/suite/exit_code.h").read_text(encoding="utf-8")
    return {name: int(code) for name, code in re.findall(r"^  k(\w+) = (\d+),", text, re.MULTILINE)}


def rules() -> dict[str, list[int]]:
    policy = job_template.rendered()["spec"]["podFailurePolicy"]["rules"]
    return {rule["action"]: rule.get("onExitCodes", {}).get("values", []) for rule in policy}


def test_every_parameter_is_documented_and_every_documented_one_is_used():
    assert set(job_template.documented()) == set(job_template.used())


def test_the_values_of_these_tests_are_of_the_documented_types():
    assert set(job_template.VALUES) == set(job_template.documented())
    for name, kind in job_template.documented().items():
        assert isinstance(job_template.VALUES[name], TYPES[kind]), name


def test_a_parameter_is_a_whole_scalar():
    for scalar in job_template.scalars(job_template.template()):
        if job_template.is_text(scalar) and "${" in scalar:
            assert job_template.PARAMETER.fullmatch(scalar), scalar


def test_a_value_cannot_change_the_structure():
    job = job_template.rendered(args=["run", "--filter", "x\nprivileged: true # ${name}"])

    again = yaml.safe_load(yaml.safe_dump(job))

    assert again["spec"]["template"]["spec"]["containers"][0]["args"][2].startswith("x\n")
    assert again == job


def test_it_is_an_indexed_job_that_is_never_restarted_in_place():
    spec = job_template.rendered()["spec"]

    assert spec["completionMode"] == "Indexed"
    assert (spec["completions"], spec["parallelism"]) == (1, 1)
    assert spec["backoffLimitPerIndex"] == job_template.VALUES["retries"]
    assert spec["podReplacementPolicy"] == "Failed"
    assert spec["activeDeadlineSeconds"] == job_template.VALUES["deadline_seconds"]
    assert spec["ttlSecondsAfterFinished"] == job_template.VALUES["keep_seconds"]
    assert spec["template"]["spec"]["restartPolicy"] == "Never"
    assert spec["template"]["spec"]["terminationGracePeriodSeconds"] == 30


def test_its_pod_is_confined_and_has_no_access_to_the_api():
    pod = job_template.rendered()["spec"]["template"]["spec"]

    assert list(objects.pod_findings(pod)) == []
    assert pod["serviceAccountName"] == "drydock-runner"
    assert pod["containers"][0]["terminationMessagePolicy"] == "File"


def test_an_eviction_is_no_verdict():
    first = job_template.rendered()["spec"]["podFailurePolicy"]["rules"][0]

    assert first["action"] == "Ignore"
    assert first["onPodConditions"] == [{"type": "DisruptionTarget", "status": "True"}]


def test_every_exit_code_has_one_rule():
    said = [*rules()["FailIndex"], *rules()["Count"]]
    known = set(exit_codes().values()) - {0, DELIVERY_CODE}

    assert len(said) == len(set(said))
    assert set(said) - {128 + 9, 128 + 15} == known


@pytest.mark.parametrize(
    "name", ["ServiceNotReady", "Interrupted", "InternalError"], ids=lambda name: name
)
def test_what_another_try_may_mend_is_tried_again(name):
    assert exit_codes()[name] in rules()["Count"]


def test_the_services_of_harness_yaml_are_those_of_the_cluster():
    config = yaml.safe_load((objects.ROOT / "harness.yaml").read_text(encoding="utf-8"))
    wanted = {
        service[key]
        for service in config["services"].values()
        for key in ("url_env", "key_env")
        if key in service
    }
    (runner,) = job_template.rendered()["spec"]["template"]["spec"]["containers"]

    assert wanted <= {variable["name"] for variable in runner["env"]}


def test_its_secrets_are_documented_and_its_hosts_are_services():
    job = job_template.rendered()
    base = objects.build(objects.MANIFESTS / "base")
    services = {found["metadata"]["name"] for found in base if found["kind"] == "Service"}
    (runner,) = job["spec"]["template"]["spec"]["containers"]
    hosts = [
        re.fullmatch(r"\w+://(?:.*@)?([a-z-]+):\d+(?:/.*)?", variable.get("value", ""))
        for variable in runner["env"]
    ]

    assert list(objects.reference_findings([job], objects.documented_secrets())) == []
    assert {host.group(1) for host in hosts if host} == services
