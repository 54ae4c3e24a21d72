"""`harness import ci-config`: the files of earlier pipelines become files that load."""

import re

import pytest
from conftest import ROOT

SAMPLES = ROOT / "tests/samples/ci-config"


@pytest.fixture
def convert(harness):
    def converted(name, *arguments):
        (harness.folder / "ci").mkdir(exist_ok=True)
        (harness.folder / "ci/config.yaml").write_text((SAMPLES / f"{name}.yaml").read_text())
        return harness("import", "ci-config", *arguments)

    return converted


def notes(run):
    return [line for line in run.err.splitlines() if line]


@pytest.mark.parametrize("name", [path.stem for path in sorted(SAMPLES.glob("*.yaml"))])
def test_each_file_becomes_one_that_loads(convert, harness, name):
    run = convert(name)
    assert run.code == 0, run.err
    for line in notes(run):
        assert f"# {line}\n" in run.out, "what is told stands in the file too"

    (harness.folder / "harness.yaml").write_text(run.out)
    assert harness("mode").code == 0
    assert f"\nname: {name}\n" in run.out


def test_what_an_agent_service_says(convert):
    run = convert("agent-runtime")
    for part in (
        "limits: {run: 600s}",
        "llm: {mode: mock}",
        "  postgres: {kind: postgres, url_env: DATABASE_URL, local: {}}",
        "    url_env: AGENT_RUNTIME_URL",
        "    local: {run: [sh, scripts/ci/run.sh], ready: /ready}",
        "    ready_timeout: 300s",
        "  nats: {kind: nats, url_env: NATS_URL, local: {}}",
        "    needs: [postgres, redis, nats, llm]",
        '      NATS_URL: "${nats.url}"',
        "    path: tests/integration/test_agent_generation_workflow.py",
        "    path: tests/integration/test_nats_events.py",
        "secrets:\n  - {name: OPENAI_API_KEY, env: OPENAI_API_KEY}",
    ):
        assert f"{part}\n" in run.out
    assert "kind: command" not in run.out
    services, _, suites = run.out.partition("\nsuites:\n")
    assert services.count("NATS_URL") == 2, "the service's, and the application's"
    assert suites.count("    uses: [postgres, redis, nats, llm, app]\n") == 2
    assert "NATS_URL" not in suites, "tests get it of the harness anyway"
    assert suites.count("    serial: [one-at-a-time]\n") == 2
    assert suites.count('MOCK_TIMEOUT: "60"') == 2, "env reaches the tests"
    assert suites.count('USE_MOCK_LLM: "true"') == 2
    assert "mock-key-for-testing" not in run.out + run.err

    told = {
        match[1]: match[0]
        for match in re.finditer(r"^ci/config.yaml:\d+:\d+: ([\w.]+): .*$", run.err, re.MULTILINE)
    }
    assert told["service.namespace"].startswith("ci/config.yaml:4:3: ")
    assert "test.parallel" not in told, "it has an equal"
    assert "internal: nats-streams: a local server has no streams yet" in run.err
    for key in (
        "build.dockerfile",
        "build.context",
        "build.tag",
        "test.coverage.enabled",
        "test.coverage.threshold",
        "deployment.liveness_endpoint",
        "diagnostics.pre_deploy.check_dependencies",
        "platform.branch",
        "platform.service.type",
        "release.environments",
    ):
        assert key in told, run.err


def test_a_suite_in_go_and_a_service_beside(convert):
    out = convert("orchestrator").out

    assert "    run: [go, test, ./tests/integration/...]\n" in out.replace('"', "")
    assert "  agent-runtime: {kind: http, url_env: AGENT_RUNTIME_URL}\n" in out
    assert "ready: /api/health}" in out
    assert 'LOG_LEVEL: "debug $${level}"' in out, "it stays what it was"
    assert "serial" not in out, "nothing is said of test.parallel"


def test_an_explicit_false_is_an_answer(convert):
    run = convert("identity")

    services = run.out.partition("\nservices:\n")[2].partition("\nsecrets:")[0]
    names = re.findall(r"^  ([\w-]+):", services, re.MULTILINE)
    assert names == ["redis", "neon-auth"], "neither application nor database"
    assert "no run waits for the application" in run.err
    assert "no run waits for the database" in run.err
    assert "coverage.enabled" not in run.err, "nothing is measured, as the file says"
    assert "    results: junit\n    run: [npx, vitest, run, tests/integration, " in run.out


def test_what_a_command_does_inside_is_not_the_harness_s(convert):
    run = convert("identity")

    assert run.out.count("    serial: [one-at-a-time]\n") == 1
    assert (
        "ci/config.yaml:5:13: test.parallel: false: nothing runs beside integration; "
        "for the tests inside of it vitest has --no-file-parallelism\n"
    ) in run.err


@pytest.mark.parametrize(
    ("test", "remedy"),
    [
        ('{parallel: false, command: "make check"}', "test.command has to see to it"),
        ('{parallel: false, test_patterns: ["./..."]}', "go test has -p 1 and -parallel 1"),
    ],
)
def test_other_commands_likewise(harness, test, remedy):
    (harness.folder / "ci").mkdir()
    (harness.folder / "ci/config.yaml").write_text(f"service: {{name: a}}\ntest: {test}\n")
    run = harness("import", "ci-config")

    assert run.code == 0, run.err
    assert "    serial: [one-at-a-time]\n" in run.out
    assert f"nothing runs beside a; for the tests inside of it {remedy}\n" in run.err


def test_tests_that_must_not_run_in_parallel_do_not(harness):
    """Each file says when it is in, and none may be while another is."""
    (harness.folder / "ci").mkdir()
    (harness.folder / "ci/config.yaml").write_text(
        "service: {name: a}\ntest: {parallel: false, test_patterns: [one, two]}\n"
        "diagnostics: {post_deploy: {test_health_endpoint: false}}\n"
    )
    for suite in ("one", "two"):
        for file in ("a", "b"):
            path = harness.folder / f"{suite}/test_{file}.py"
            path.parent.mkdir(exist_ok=True)
            path.write_text("def test_it(): pass\n")
    assert harness("import", "ci-config", "--output", "harness.yaml").code == 0

    run = harness.run("--jobs", "4")

    assert run.code == 0, run.out + run.err
    running = 0
    for record in run.records:
        running += {"attempt_started": 1, "attempt_finished": -1}.get(record["event"], 0)
        assert running <= 1
    assert len(run.of("attempt_finished")) == 4


def test_a_misspelled_key_is_named(convert):
    run = convert("gateway")

    assert "ci/config.yaml:3:8: test.timout: unknown" in run.err
    assert "did you mean 'test.timeout'?" in run.err
    assert "    path: tests/integration\n" in run.out


def test_what_lies_beside_the_file_is_used(convert, harness):
    for name in ("migrations/001_first.up.sql", "scripts/ci/run.sh"):
        (harness.folder / name).parent.mkdir(parents=True)
        (harness.folder / name).write_text("")
    run = convert("agent-runtime")

    assert "migrations: {service: postgres, dir: migrations}\n" in run.out
    assert "is not there" not in run.err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("service: {name: a}\ntest: {timeout: soon}\n", "ci/config.yaml:2:17: expected seconds"),
        ("service: {name: a}\ntest: {parallel: 'false'}\n", "2:18: expected true or false"),
        ("test: {}\n", "'service.name' is missing"),
        ("service: [\n", "ci/config.yaml:"),
    ],
)
def test_a_wrong_file_is_told_with_its_place(harness, text, said):
    (harness.folder / "ci").mkdir()
    (harness.folder / "ci/config.yaml").write_text(text)
    run = harness("import", "ci-config")

    assert (run.code, run.out) == (2, "")
    assert said in run.err


def test_a_file_that_is_there_is_kept(convert, harness):
    file = harness.folder / "harness.yaml"
    file.write_text("mine\n")

    assert convert("gateway", "--output", "harness.yaml").code == 2
    assert file.read_text() == "mine\n"
    assert convert("gateway", "--output", "harness.yaml", "--force").code == 0
    assert file.read_text().startswith("# From ci/config.yaml")
    assert harness("import", "ci-config", "nowhere.yaml").code == 2
