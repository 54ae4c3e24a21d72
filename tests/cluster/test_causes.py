"""Why a run does not come to its end, produced for real: one sentence, the remedy, nothing left."""

import json
import os
import pathlib
import signal
import subprocess

import pytest
import yaml
from conftest import NAMESPACE, ROOT, RUN_TIMEOUT_S, started

TEMPLATE = ROOT / "scripts/ci/test-job-template.yaml"
AWAY_S = 30


def template_with(folder, change):
    """The Job template after `change(pod spec)`."""
    job = yaml.safe_load(TEMPLATE.read_text(encoding="utf-8"))
    change(job["spec"]["template"]["spec"])
    path = folder / "template.yaml"
    path.write_text(yaml.safe_dump(job), encoding="utf-8")
    return str(path)


def runner(spec):
    return spec["containers"][0]


class TestBeforeThePodRuns:
    def told(self, cluster, tmp_path, *flags, code=11, **more):
        ended = cluster.launch(tmp_path / "reports", *flags, **more)
        assert ended.code == code, ended.speech
        assert cluster.jobs() == []
        assert "remedy: " in ended.speech
        assert ended.verdict["exit_code"] == code
        return ended.speech

    def test_an_image_that_was_not_loaded(self, cluster, tmp_path):
        said = self.told(cluster, tmp_path, image="localhost/no/such:1")
        assert "image localhost/no/such:1 is not on the node" in said
        assert "cluster.sh load" in said

    def test_an_image_that_cannot_be_pulled(self, cluster, tmp_path):
        said = self.told(
            cluster,
            tmp_path,
            pull_policy="IfNotPresent",
            image="registry.invalid/team/tests:1",
        )
        assert "image registry.invalid/team/tests:1 cannot be pulled" in said

    def test_a_secret_that_is_missing(self, cluster, tmp_path):
        def change(spec):
            runner(spec)["env"][1]["valueFrom"]["secretKeyRef"]["name"] = "no-such-secret"

        said = self.told(cluster, tmp_path, "--template", template_with(tmp_path, change))
        assert 'secret "no-such-secret" not found' in said
        assert "harness secrets generate" in said

    def test_a_key_that_is_missing(self, cluster, tmp_path):
        def change(spec):
            runner(spec)["env"][1]["valueFrom"]["secretKeyRef"]["key"] = "no-such-key"

        said = self.told(cluster, tmp_path, "--template", template_with(tmp_path, change))
        assert f"no-such-key in Secret {NAMESPACE}/drydock-postgres" in said

    def test_a_pod_that_no_node_has_room_for(self, cluster, tmp_path):
        def change(spec):
            runner(spec)["resources"]["requests"]["cpu"] = "48"
            runner(spec)["resources"]["limits"]["cpu"] = "48"

        said = self.told(
            cluster,
            tmp_path,
            *("--template", template_with(tmp_path, change), "--pending-timeout", "2s"),
        )
        assert "no node takes the pod: 0/1 nodes are available: 1 Insufficient cpu" in said
        assert "(cluster)" in said

    def test_a_pod_that_admission_denies(self, cluster, tmp_path):
        def change(spec):
            runner(spec)["securityContext"]["allowPrivilegeEscalation"] = True

        said = self.told(cluster, tmp_path, "--template", template_with(tmp_path, change))
        assert "admission denied the pod" in said
        assert 'violates PodSecurity "restricted' in said
        assert "allowPrivilegeEscalation" in said

    def test_an_account_that_is_missing(self, cluster, tmp_path):
        def change(spec):
            spec["serviceAccountName"] = "nobody"

        said = self.told(cluster, tmp_path, "--template", template_with(tmp_path, change))
        assert "service account is missing" in said

    def test_a_program_that_the_image_does_not_have(self, cluster, tmp_path):
        def change(spec):
            runner(spec)["command"] = ["/no/such/program"]

        said = self.told(cluster, tmp_path, "--template", template_with(tmp_path, change))
        assert "container runner cannot be started" in said
        assert "/no/such/program" in said


class TestWhileItRuns:
    def ended(self, process, said):
        out, _ = process.communicate(timeout=RUN_TIMEOUT_S)
        return "".join(said) + out

    def kept(self, reports, at_least, code):
        """What had passed is in the report, and what had not is not green."""
        verdict = json.loads((reports / "verdict.json").read_text())
        assert verdict["exit_code"] == code
        assert verdict["verdict"] != "passed"
        assert at_least <= verdict["counts"]["passed"] < 29
        assert verdict["counts"]["total"] == 29

    def pod_of(self, said):
        return next(line for line in said if line.startswith("pod ")).split()[1]

    def test_a_pod_that_is_deleted(self, cluster, tmp_path):
        process, said = started(cluster, tmp_path, "[10/29]")
        cluster.kubectl("delete", "pod", self.pod_of(said), "--wait=false")
        text = self.ended(process, said)
        assert process.returncode in (20, 31), text
        assert "the pod was d" in text
        self.kept(tmp_path, 10, process.returncode)

    def test_a_pod_that_is_evicted(self, cluster, tmp_path):
        process, said = started(cluster, tmp_path, "[10/29]")
        pod = self.pod_of(said)
        eviction = {
            "apiVersion": "policy/v1",
            "kind": "Eviction",
            "metadata": {"name": pod, "namespace": NAMESPACE},
        }
        cluster.kubectl(
            *("create", "--raw", f"/api/v1/namespaces/{NAMESPACE}/pods/{pod}/eviction"),
            *("--filename", "-"),
            stdin=json.dumps(eviction),
        )
        text = self.ended(process, said)
        assert process.returncode in (20, 31), text
        assert "the pod was disrupted (EvictionByEvictionAPI)" in text
        self.kept(tmp_path, 10, process.returncode)

    def test_a_runner_that_is_killed(self, cluster, tmp_path):
        process, said = started(cluster, tmp_path, "[10/29]")
        os.kill(
            cluster.process_of("harness run --report-dir /drydock/build/reports"), signal.SIGKILL
        )
        text = self.ended(process, said)
        assert process.returncode == 31, text
        assert "container runner was killed (exit code 137)" in text
        self.kept(tmp_path, 10, 31)
        assert cluster.jobs() == []

    def test_a_runner_that_needs_more_memory_than_it_has(self, cluster, tmp_path):
        def change(spec):
            runner(spec)["command"] = ["python3", "-c", "held = bytearray(1 << 30)"]

        ended = cluster.launch(
            tmp_path / "reports",
            *("--template", template_with(tmp_path, change), "--memory-limit", "64Mi"),
        )
        assert ended.code == 31, ended.speech
        assert "used more memory than its limit (64Mi) and was killed" in ended.speech
        assert "remedy: raise its limit" in ended.speech

    def test_a_program_that_is_no_harness(self, cluster, tmp_path):
        def change(spec):
            runner(spec)["command"] = ["python3", "-c", "print('29 tests: 29 passed')"]

        ended = cluster.launch(tmp_path / "reports", "--template", template_with(tmp_path, change))
        assert ended.code == 31, ended.speech
        assert "container runner ended with exit code 0 and its run told no end" in ended.speech
        assert ended.verdict["verdict"] != "passed"

    def test_a_pod_that_speaks_to_the_ci_system(self, cluster, tmp_path):
        def change(spec):
            runner(spec)["command"] = ["python3", "-c", "print('::error::forged')"]

        ended = cluster.launch(
            tmp_path / "reports",
            *("--template", template_with(tmp_path, change)),
            environment={"GITHUB_ACTIONS": "true"},
        )
        assert ended.code == 31, ended.speech
        assert "forged" in ended.speech
        # Of the launcher's own commands, which are of this run, none is the pod's.
        commands = [line for line in ended.speech.splitlines() if line.startswith("::")]
        assert len(commands) == 1, commands
        assert "run told no end" in commands[0]

    def test_a_deadline_that_passes(self, cluster, tmp_path):
        def change(spec):
            runner(spec)["command"] = ["python3", "-c", "import signal; signal.pause()"]

        ended = cluster.launch(
            tmp_path / "reports",
            *("--template", template_with(tmp_path, change), "--deadline", "30s"),
        )
        assert ended.code == 21, ended.speech
        assert "the Job's deadline has passed" in ended.speech
        assert cluster.jobs() == []

    def test_an_api_server_that_is_away_for_half_a_minute(self, cluster, tmp_path):
        process, said = started(cluster, tmp_path, "[3/29]")
        server = cluster.process_of("kube-apiserver")
        os.kill(server, signal.SIGSTOP)
        try:
            # Longer than the rest of the tests takes, and than the run waits for its launcher.
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(AWAY_S)
        finally:
            os.kill(server, signal.SIGCONT)
        text = self.ended(process, said)
        assert process.returncode == 0, text
        assert "the API server does not answer" in text
        assert "the API server answers again" in text
        verdict = json.loads((tmp_path / "verdict.json").read_text())
        assert verdict["counts"]["passed"] == 29

    def test_a_launcher_that_is_interrupted(self, cluster, tmp_path):
        process, said = started(cluster, tmp_path, "[3/29]")
        process.send_signal(signal.SIGINT)
        text = self.ended(process, said)
        assert process.returncode == 20, text
        assert cluster.jobs() == []
        self.kept(tmp_path, 3, 20)


class TestMistakes:
    def told(self, cluster, tmp_path, *flags, code=2, **more):
        reports = tmp_path / "reports"
        reports.mkdir()
        (reports / "verdict.json").write_text('{"verdict": "passed"}')
        ended = cluster.launch(reports, *flags, **more)
        assert ended.code == code, ended.speech
        assert cluster.jobs() == []
        assert not (reports / "verdict.json").exists(), (
            "an old report would be taken for this run's"
        )
        return ended.speech

    def test_a_context_that_is_not_there(self, cluster, tmp_path):
        said = self.told(cluster, tmp_path, context="no-such-context")
        assert "no-such-context" in said
        assert "drydock" in said, "the contexts that are there"

    def test_no_context_at_all(self, cluster, tmp_path):
        said = self.told(cluster, tmp_path, context=None)
        assert "--context" in said

    def test_an_api_server_that_nobody_reaches(self, cluster, tmp_path):
        config = yaml.safe_load(pathlib.Path(cluster.kubeconfig).read_text())
        config["clusters"][0]["cluster"]["server"] = "https://127.0.0.1:1"
        path = tmp_path / "kubeconfig"
        path.write_text(yaml.safe_dump(config))
        said = self.told(cluster, tmp_path, code=11, kubeconfig=path)
        assert "127.0.0.1:1" in said
        assert "remedy: check the context and the network to its server" in said

    def test_a_namespace_that_is_not_there(self, cluster, tmp_path):
        said = self.told(cluster, tmp_path, code=11, namespace="no-such-namespace")
        assert 'namespaces "no-such-namespace" not found' in said
        assert "kubectl apply -k manifests/overlays/ci" in said

    @pytest.mark.parametrize(
        "missing, said",
        [
            ({"resource": "pods/exec", "verb": "create"}, "to create pods/exec"),
            ({"resource": "events", "verb": "watch"}, "to watch events"),
            ({"resource": "jobs", "verb": "create"}, "to create jobs.batch"),
        ],
    )
    def test_a_right_that_is_missing(self, cluster, tmp_path, missing, said):
        kubeconfig = cluster.kubeconfig_of_launcher(tmp_path, without=missing)
        told = self.told(cluster, tmp_path, code=11, kubeconfig=kubeconfig)
        assert f"the right {said} in namespace {NAMESPACE} is missing" in told
        assert "manifests/base/rbac" in told

    @pytest.mark.parametrize(
        "flags, said",
        [
            (("--memory-limit", "1Mi"), '--memory-limit: "1Mi" is not a quantity from 64Mi'),
            (("--cpu-limit", "much"), '--cpu-limit: "much" is not a quantity from 100m to 64'),
            (("--deadline", "3s"), "--deadline: 3 is not 30s to 24h"),
            (("--retries", "9"), "--retries: 9 is not 0 to 5"),
        ],
    )
    def test_a_value_out_of_its_range(self, cluster, tmp_path, flags, said):
        assert said in self.told(cluster, tmp_path, *flags)

    def test_an_image_that_moves(self, cluster, tmp_path):
        assert "a tag other than latest" in self.told(cluster, tmp_path, image="tests:latest")

    def test_a_template_with_a_mistake(self, cluster, tmp_path):
        path = tmp_path / "template.yaml"
        path.write_text(TEMPLATE.read_text().replace("${image}", "${immage}"))
        said = self.told(cluster, tmp_path, "--template", path)
        assert 'no parameter is called "immage", did you mean image?' in said
        assert f"{path}:" in said

    def test_a_template_that_the_api_server_does_not_take(self, cluster, tmp_path):
        path = tmp_path / "template.yaml"
        path.write_text(TEMPLATE.read_text().replace("completions: 1", "completions: -1"))
        said = self.told(cluster, tmp_path, "--template", path, code=11)
        assert "completions" in said
        assert f"remedy: correct the field that is named in {path}" in said


def test_the_launchers_own_account_is_enough(cluster, tmp_path):
    kubeconfig = cluster.kubeconfig_of_launcher(tmp_path)
    ended = cluster.launch(
        tmp_path / "reports", kubeconfig=kubeconfig, arguments=["--filter", "agent-cpp/"]
    )
    assert ended.code == 0, ended.speech
