"""mockllm on the command line: verbs, flags, the first line, signals, exit codes."""

from __future__ import annotations

import pathlib
import re
import signal
import socket
import time
from collections.abc import Callable

import pytest
from drydock_programs import EXAMPLES, Mockllm, run

Start = Callable[..., Mockllm]
EXIT_USAGE, EXIT_CANNOT_LISTEN = 2, 3
RELOAD_TIMEOUT_S = 20
SERVE_FLAGS = [
    "--host",
    "--port",
    "--mode",
    "--fixtures",
    "--cassettes",
    "--upstream",
    "--upstream-key-env",
    "--seed",
    "--api-keys-env",
    "--config",
    "--log-format",
]
# Of the contract, and said to be not supported yet by who is asked for them.
LATER_FLAGS = {
    "--openapi": "openapi.yaml",
    "--validation": "strict",
    "--tokenizer": "o200k_base.tiktoken",
    "--state": "redis://127.0.0.1:6379",
}
VERBS = ("serve", "record", "lint", "explain", "schema", "completion", "reference")
LATER_VERBS = ("import", "diff", "scan", "bench")


def test_help_names_every_verb() -> None:
    shown = run("mockllm", "--help")

    assert shown.returncode == 0
    for verb in VERBS + LATER_VERBS:
        assert re.search(rf"^ +{verb}\b", shown.stdout, re.MULTILINE), verb


@pytest.mark.parametrize("flag", SERVE_FLAGS)
def test_the_help_of_serve_names_the_flag(flag: str) -> None:
    assert re.search(rf"{flag}\b", run("mockllm", "serve", "--help").stdout)


@pytest.mark.parametrize("flag", LATER_FLAGS)
def test_a_flag_for_later_says_so(flag: str) -> None:
    ended = run("mockllm", "serve", flag, LATER_FLAGS[flag])

    assert ended.returncode == EXIT_USAGE
    assert "not supported yet" in ended.stderr


@pytest.mark.parametrize("verb", LATER_VERBS)
def test_a_verb_for_later_says_so(verb: str) -> None:
    ended = run("mockllm", verb, "anything")

    assert ended.returncode == EXIT_USAGE
    assert "not supported yet" in ended.stderr


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_a_server_ended_by_a_signal_ends_0(start_mockllm: Start, sign: signal.Signals) -> None:
    server = start_mockllm()
    assert server.call("GET", "/healthz").status == 200

    assert server.stop(sign) == 0


def test_the_first_line_comes_when_requests_are_answered(start_mockllm: Start) -> None:
    assert start_mockllm().call("GET", "/readyz").status == 200


def test_logs_go_to_stderr(start_mockllm: Start) -> None:
    server = start_mockllm("--log-format", "json")
    server.chat("Nobody answers this")
    server.stop()

    assert server.process.stdout is not None
    assert server.process.stdout.read() == ""


@pytest.mark.parametrize(
    "arguments",
    [
        ["--no-such-flag"],
        ["--port", "70000"],
        ["--mode", "guess"],
        ["--fixtures", "no/such/file.yaml"],
        ["--mode", "record"],
    ],
)
def test_a_mistake_ends_2(arguments: list[str]) -> None:
    ended = run("mockllm", "serve", *arguments)

    assert ended.returncode == EXIT_USAGE
    assert ended.stderr
    assert ended.stdout == ""


def test_a_fixture_with_a_mistake_ends_2_and_is_shown(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "typo.yaml"
    path.write_text("drydock: fixtures/v1\nfixtures:\n  - name: a\n    match: {usr: hello}\n")

    ended = run("mockllm", "serve", "--fixtures", path)

    assert ended.returncode == EXIT_USAGE
    assert f"{path}:4:13" in ended.stderr
    assert "usr" in ended.stderr
    assert "user" in ended.stderr


def test_a_port_in_use_ends_3_and_names_the_remedy() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ended = run("mockllm", "serve", "--port", taken.getsockname()[1])

    assert ended.returncode == EXIT_CANNOT_LISTEN
    assert "--port" in ended.stderr


def test_a_reload_takes_new_fixtures_and_keeps_the_old_ones_where_they_are_wrong(
    start_mockllm: Start, tmp_path: pathlib.Path
) -> None:
    path = tmp_path / "fixtures.yaml"
    head = "drydock: fixtures/v1\nfixtures:\n  - {name: a, match: {user: hello}, reply: "
    path.write_text(head + "{text: one}}\n")
    server = start_mockllm("--fixtures", path)

    def said_after_reload(reply: str, marker: str) -> str:
        path.write_text(head + reply)
        server.process.send_signal(signal.SIGHUP)
        deadline = time.monotonic() + RELOAD_TIMEOUT_S
        while marker not in server.log.read_text():
            assert time.monotonic() < deadline, "the reload is not in the log"
        return server.chat("hello").json["choices"][0]["message"]["content"]

    assert said_after_reload("{text: two}}\n", "reloaded") == "two"
    assert said_after_reload("{txt: three}}\n", "txt") == "two"
    assert server.call("GET", "/readyz").status == 200


def test_off_loopback_the_control_api_wants_a_token(start_mockllm: Start) -> None:
    ended = run("mockllm", "serve", "--host", "0.0.0.0", "--port", "0")
    assert ended.returncode == EXIT_USAGE
    assert "MOCKLLM_CONTROL_TOKEN" in ended.stderr

    server = start_mockllm(environment={"MOCKLLM_CONTROL_TOKEN": "t0ken"})
    assert server.call("GET", "/_mock/sessions").status == 401
    allowed = {"authorization": "Bearer t0ken"}
    assert server.call("GET", "/_mock/sessions", headers=allowed).status == 200
    assert server.call("GET", "/healthz").status == 200


def test_the_metrics_name_what_happened(example_server: Mockllm) -> None:
    example_server.chat("Nobody answers this")

    metrics = example_server.call("GET", "/metrics")
    assert metrics.headers["content-type"].startswith("text/plain")
    assert b'\nmockllm_calls_total{outcome="miss"} 1\n' in metrics.body


def test_lint_accepts_the_example() -> None:
    assert run("mockllm", "lint", EXAMPLES / "fixtures.yaml").returncode == 0
