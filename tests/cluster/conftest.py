"""A cluster of this session's own, with the images of the work tree and the services of a run."""

import contextlib
import copy
import json
import os
import pathlib
import subprocess
import sys
import uuid

import pytest
import yaml

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from checkout import Checkout  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
CLUSTER = ROOT / "scripts/local/ci/cluster.sh"
IN_CLUSTER = ROOT / "scripts/ci/in-cluster-test.sh"
HARNESS = ROOT / "build/release/bin/harness"
NAMESPACE = "drydock-ci"
STATE = pathlib.Path(
    os.environ.get("DRYDOCK_CLUSTERS")
    or pathlib.Path(os.environ.get("XDG_STATE_HOME", pathlib.Path.home() / ".local/state"))
    / "drydock/clusters"
)
STEP_TIMEOUT_S = 1800  # the first time Kubernetes is built
RUN_TIMEOUT_S = 180


def run(*command, timeout=RUN_TIMEOUT_S, check=True, stdin="", **more):
    done = subprocess.run(
        list(map(str, command)),
        cwd=ROOT,
        input=stdin,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
        **more,
    )
    assert done.returncode == 0 or not check, f"{command}\n{done.stdout}{done.stderr}"
    return done


def new_name():
    return f"t{uuid.uuid4().hex[:8]}"


@contextlib.contextmanager
def cluster_named(name):
    run(CLUSTER, "up", "--name", name, "--provider", "node", timeout=STEP_TIMEOUT_S)
    try:
        yield name
    finally:
        run(CLUSTER, "down", "--name", name)


def command_line(entry):
    """Of a process in /proc, its arguments ended by zeros; empty where it has gone."""
    try:
        return (entry / "cmdline").read_bytes().decode(errors="replace")
    except OSError:
        return ""


def processes():
    """Of this machine, those of clusters among them: number, arguments, entry in /proc."""
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit() and entry.name != str(os.getpid()):
            yield int(entry.name), command_line(entry).replace("\0", " ").strip(), entry


def parent(entry):
    try:
        return int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


class Launched:
    def __init__(self, done, reports):
        self.code = done.returncode
        self.speech = done.stdout + done.stderr
        self.reports = reports

    @property
    def verdict(self):
        return json.loads((self.reports / "verdict.json").read_text())


class Cluster:
    """One that runs, with everything that the sample run needs in it."""

    def __init__(self, name, said):
        self.name = name
        self.said = said  # by in-cluster-test.sh, which set it up
        self.kubeconfig = run(CLUSTER, "kubeconfig", "--name", name).stdout.strip()
        images = (ROOT / "build/logs/in-cluster/images.txt").read_text().splitlines()
        self.images = {line.split()[0]: line.split()[1] for line in images}

    def kubectl(self, *arguments, check=True, stdin=""):
        command = (CLUSTER, "exec", "--name", self.name, "--", "kubectl", "--namespace", NAMESPACE)
        return run(*command, *arguments, check=check, stdin=stdin).stdout

    def jobs(self):
        return self.kubectl("get", "jobs", "--output", "name").split()

    def command(
        self,
        reports,
        *flags,
        arguments=(),
        image=None,
        namespace=NAMESPACE,
        context="drydock",
        kubeconfig=None,
        pull_policy="Never",
    ):
        return [
            *(str(HARNESS), "launch", "--kubeconfig", str(kubeconfig or self.kubeconfig)),
            *(("--context", context) if context else ()),
            *("--namespace", namespace, "--image", image or self.images["deck-tests"]),
            *("--image-pull-policy", pull_policy, "--report-dir", str(reports), *map(str, flags)),
            *("--", *arguments),
        ]

    def launch(self, reports, *flags, environment=None, **more):
        command = self.command(reports, *flags, **more)
        done = run(*command, check=False, env={**os.environ, **(environment or {})})
        return Launched(done, reports)

    def process_of(self, words):
        """The number that this machine knows the process by, of a pod or of the node itself."""
        found = {
            number: entry
            for number, arguments, entry in processes()
            if words in arguments and self._is_inside(entry)
        }
        # What it has forked bears its name until it has become another program.
        first = [number for number, entry in found.items() if parent(entry) not in found]
        assert len(first) == 1, f"{words}: {sorted(found)}"
        return first[0]

    def _is_inside(self, entry):
        inner = (STATE / self.name / "inner.pid").read_text().strip()
        try:
            ours = os.readlink(f"/proc/{inner}/ns/mnt") == os.readlink(entry / "ns/mnt")
            return ours or f"/drydock-{self.name}/" in (entry / "cgroup").read_text()
        except OSError:
            return False

    def kubeconfig_of_launcher(self, folder, without=None):
        """Of an account with the rights of manifests/base/rbac, or all of them but one."""
        name = new_name()
        (role,) = [
            found
            for found in yaml.safe_load_all(
                (ROOT / "manifests/base/rbac/launcher-role.yaml").read_text()
            )
            if found["kind"] == "Role"
        ]
        role = copy.deepcopy(role)
        role["metadata"] = {"name": name}
        role["rules"] = [
            {
                **{key: value for key, value in rule.items() if key != "resources"},
                "resources": [resource],
                "verbs": [
                    verb
                    for verb in rule["verbs"]
                    if (without or {}) != {"resource": resource, "verb": verb}
                ],
            }
            for rule in role["rules"]
            for resource in rule["resources"]
        ]
        role["rules"] = [rule for rule in role["rules"] if rule["verbs"]]
        self.kubectl("create", "--filename", "-", stdin=yaml.safe_dump(role))
        self.kubectl("create", "serviceaccount", name)
        account = f"{NAMESPACE}:{name}"
        self.kubectl("create", "rolebinding", name, "--role", name, "--serviceaccount", account)
        config = yaml.safe_load(pathlib.Path(self.kubeconfig).read_text())
        token = self.kubectl("create", "token", name).strip()
        config["users"][0]["user"] = {"token": token}
        path = folder / "launcher.kubeconfig"
        path.write_text(yaml.safe_dump(config))
        return path


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


@pytest.fixture(scope="session")
def cluster():
    with cluster_named(new_name()) as name:
        done = run(IN_CLUSTER, "--name", name, timeout=STEP_TIMEOUT_S)
        yield Cluster(name, done.stdout + done.stderr)


@pytest.fixture(scope="session")
def checkout(tmp_path_factory):
    return Checkout(tmp_path_factory.mktemp("checkout"))
