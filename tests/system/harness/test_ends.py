"""How a run ends: its exit code, whatever befell it, and nothing left running."""

import json
import pathlib
import signal
import subprocess
import sys
import time

import pytest
from conftest import GTEST_SAMPLES, PYTEST_SAMPLES, left_running


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--gtest", GTEST_SAMPLES / "no_tests"], 3, "suite no_tests lists no test"),
        (["--pytest", PYTEST_SAMPLES / "nothing"], 3, "suite nothing lists no test"),
        (
            ["--gtest", GTEST_SAMPLES / "outcomes", "--filter", "nothing-like-it"],
            3,
            "no test was selected",
        ),
        (
            ["--gtest", GTEST_SAMPLES / "crashes_listing"],
            4,
            "no configuration for the ship's radio",
        ),
        (
            ["--gtest", GTEST_SAMPLES / "hangs_listing", "--test-timeout", "1s"],
            4,
            "did not end within 1s",
        ),
        (["--gtest", GTEST_SAMPLES / "ends_listing"], 4, "exit code 3"),
        (["--gtest", "no/such/binary"], 4, "No such file or directory"),
        (["--gtest", "/etc/passwd"], 4, "not executable"),
        (["--pytest", "no/such/folder"], 4, "no such file or folder"),
        (["--pytest", PYTEST_SAMPLES / "import_error"], 1, "no_such_module_of_ours"),
        (["--rerun-failed", "--command", "a=true"], 2, "no former run in build/reports"),
        ([], 2, "no suites"),
        (["--gtest", GTEST_SAMPLES / "outcomes", "--llm", "real"], 13, "no key"),
        (
            ["--gtest", GTEST_SAMPLES / "outcomes", "--secret-env", "NO_SUCH_SECRET"],
            13,
            "NO_SUCH_SECRET",
        ),
        (["--gtest", GTEST_SAMPLES / "outcomes", "--shard", "3/3"], 2, "--shard"),
    ],
)
def test_the_exit_code_and_what_is_said(harness, arguments, code, said):
    run = harness.run(*arguments)
    assert run.code == code, run.out + run.err
    assert said in run.out + run.err


def test_a_suite_that_cannot_be_listed_is_a_case_beside_the_others(harness):
    run = harness.run(
        "--gtest", GTEST_SAMPLES / "outcomes", "--gtest", "missing", "--filter", "Passes.AtOnce"
    )
    assert run.code == 1
    assert run.verdict["counts"]["discovery_error"] == 1
    assert run.junit.find(".//testcase[@name='missing']/error") is not None


def test_an_interrupted_run_tells_what_it_knows(harness):
    process = harness.start(
        "--gtest", GTEST_SAMPLES / "outcomes", "--filter", "Hangs,AtOnce", "--test-timeout", "60s"
    )
    while "passed outcomes/Passes.AtOnce" not in process.stderr.readline():
        assert process.poll() is None
    since = time.monotonic()
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=20)
    assert process.returncode == 20
    assert time.monotonic() - since < 6
    assert left_running(str(GTEST_SAMPLES / "outcomes")) == []


def test_a_run_out_of_time(harness):
    run = harness.run(
        "--gtest", GTEST_SAMPLES / "outcomes", "--filter", "Hangs.Forever", "--run-timeout", "1s"
    )
    assert run.code == 21
    assert run.verdict["counts"]["not_run"] == 1


def test_a_test_that_passes_at_its_second_attempt_is_flaky(harness):
    (harness.folder / "test_it.py").write_text(
        "import os\n"
        "def test_passes(): pass\n"
        "def test_comes_round(): assert os.environ['DRYDOCK_ATTEMPT'] == '2'\n"
    )
    run = harness.run("--pytest", "test_it.py", "--retry", "1")
    assert run.code == 5, run.out + run.err
    assert run.verdict["verdict"] == "flaky"
    assert run.verdict["counts"]["flaky"] == run.verdict["counts"]["passed"] == 1
    assert harness.run("--pytest", "test_it.py").code == 1


def test_a_run_whose_journal_cannot_be_written_is_not_green(harness):
    (harness.folder / "test_it.py").write_text(
        "import pytest\n@pytest.mark.parametrize('n', range(100))\ndef test_passes(n): pass\n"
    )
    done = subprocess.run(
        ["prlimit", "--fsize=32768", *harness.command("run", "--pytest", "test_it.py")],
        cwd=harness.folder,
        env=harness.environment(PATH=f"{pathlib.Path(sys.executable).parent}:/usr/bin:/bin"),
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert done.returncode == 30, done.stdout + done.stderr
    assert "the journal is incomplete" in done.stdout + done.stderr
    verdict = json.loads((harness.folder / "build/reports/verdict.json").read_text())
    assert verdict["exit_code"] == 30
    assert verdict["verdict"] != "passed"
    assert "journal" in verdict["reasons"][0]


def test_fail_fast_starts_no_other(harness):
    run = harness.run("--pytest", PYTEST_SAMPLES / "outcomes", "--fail-fast")
    assert run.code == 1
    assert run.verdict["counts"]["failed"] == 1
    assert len(run.of("test_not_run")) == run.verdict["counts"]["not_run"] > 10
    assert all(record["fail_fast"] for record in run.of("test_not_run"))


def test_a_database_that_nobody_serves(harness):
    (harness.folder / "harness.yaml").write_text(
        "drydock: harness/v1\nname: x\n"
        "services: {db: {kind: postgres, url_env: DATABASE_URL, ready_timeout: 1s}}\n"
        f"suites: [{{name: s, kind: gtest, path: {GTEST_SAMPLES / 'outcomes'}, uses: [db]}}]\n"
    )
    run = harness.run(DATABASE_URL="postgresql://app:sesame-open-2@127.0.0.1:1/app")
    assert run.code == 10, run.out + run.err
    assert "service db" in run.out
    assert "sesame-open-2" not in run.out + run.err
    assert run.verdict["counts"]["total"] == 0


def test_a_mistake_in_a_fixture_is_a_usage_error_with_its_place(harness):
    (harness.folder / "fixtures.yaml").write_text(
        "drydock: fixtures/v1\nfixtures:\n  - {name: a, match: {user: hi}, replly: {text: x}}\n"
    )
    (harness.folder / "harness.yaml").write_text(
        "drydock: harness/v1\nname: x\n"
        "services: {llm: {kind: mockllm, url_env: MOCKLLM_URL, local: {fixtures: fixtures.yaml}}}\n"
        f"suites: [{{name: s, kind: gtest, path: {GTEST_SAMPLES / 'outcomes'}, uses: [llm]}}]\n"
    )
    run = harness.run()
    assert run.code == run.verdict["exit_code"] == 2, run.out + run.err
    assert "fixtures.yaml:3:" in run.out + run.err
    assert "replly" in run.out + run.err


def test_an_application_that_dies_fails_its_test(harness):
    (harness.folder / "app.py").write_text(
        "import http.server, os\n"
        "class Handler(http.server.BaseHTTPRequestHandler):\n"
        "    def do_GET(self):\n"
        "        if self.path == '/die':\n"
        "            os._exit(7)\n"
        "        self.send_response(200); self.send_header('content-length', '0'); self.end_headers()\n"
        "http.server.HTTPServer(('127.0.0.1', int(os.environ['PORT'])), Handler).serve_forever()\n"
    )
    (harness.folder / "suite").mkdir()
    (harness.folder / "suite/test_app.py").write_text(
        "import os, urllib.request\ndef test_asks():\n    urllib.request.urlopen(os.environ['APP_URL'] + '/die')\n"
    )
    (harness.folder / "harness.yaml").write_text(
        "drydock: harness/v1\nname: x\n"
        "services: {app: {kind: http, url_env: APP_URL, local: {run: [python3, app.py], ready: /}}}\n"
        "suites: [{name: s, kind: pytest, path: suite, uses: [app]}]\n"
    )
    run = harness.run()
    assert run.code == 1, run.out + run.err
    assert run.outcomes() == {"test_asks": "failed"}
    assert "the application app died" in run.out


def test_help_fits_a_screen(harness):
    for arguments in (["--help"], ["run", "--help"]):
        run = harness(*arguments)
        assert run.code == 0
        assert len(run.out.splitlines()) <= 30
        assert max(map(len, run.out.splitlines())) <= 100
