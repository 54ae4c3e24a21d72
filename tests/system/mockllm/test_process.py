"""The process: command line, signals, reload, limits, exit codes."""

from __future__ import annotations

import json
import os
import pathlib
import re
import signal
import socket
import time

import pytest
import server
from conftest import Start
from server import WAIT_S, chat_body, request, run

GOOD = "drydock: fixtures/v1\nfixtures:\n  - {name: a, match: {user: first}, reply: {text: one}}\n"
BETTER = GOOD.replace("first", "second")


def wait_for(condition, what: str) -> None:
    deadline = time.monotonic() + WAIT_S
    while not condition():
        assert time.monotonic() < deadline, what


def test_it_ends_with_0_when_a_signal_ends_it(start: Start) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        running = start()

        running.signal(number)

        assert running.wait() == 0


def test_an_open_stream_ends_whole_after_sigterm(start: Start) -> None:
    running = start()
    with running.connect() as connection:
        connection.send(request("POST", "/v1/chat/completions", chat_body("slowly", stream=True)))
        connection.head()
        pieces = [connection.chunk()]
        running.signal(signal.SIGTERM)
        pieces += list(iter(connection.chunk, b""))

    assert b"".join(pieces).endswith(b"data: [DONE]\n\n")
    assert running.wait() == 0


def test_a_second_signal_ends_an_open_stream_at_once(start: Start) -> None:
    running = start()
    with running.connect() as connection:
        connection.send(request("POST", "/v1/chat/completions", chat_body("forever", stream=True)))
        connection.head()
        running.signal(signal.SIGTERM)
        wait_for(lambda: any("draining" in line for line in running.errors), "it does not drain")
        started = time.monotonic()
        running.signal(signal.SIGTERM)

        assert running.wait() == 0
    assert time.monotonic() - started < 5


def test_a_drain_has_a_limit(start: Start) -> None:
    running = start("--drain-timeout", "100ms")
    with running.connect() as connection:
        connection.send(request("POST", "/v1/chat/completions", chat_body("forever", stream=True)))
        connection.head()
        running.signal(signal.SIGTERM)

        assert running.wait() == 0


def test_a_port_in_use_is_told_with_its_remedy(shared: server.Server) -> None:
    ended = run("serve", "--port", shared.port)

    assert ended.returncode == 3
    assert ended.stdout == ""
    assert f"127.0.0.1:{shared.port}" in ended.stderr
    assert "in use" in ended.stderr
    assert "--port" in ended.stderr


def test_another_address_needs_a_token() -> None:
    ended = run("serve", "--host", "0.0.0.0", "--port", "0")

    assert ended.returncode == 2
    assert "MOCKLLM_CONTROL_TOKEN" in ended.stderr


def test_a_token_guards_the_control_api(start: Start) -> None:
    running = start(MOCKLLM_CONTROL_TOKEN="a-token-of-some-length")

    assert running.ask("GET", "/_mock/journal").status == 401
    good = {"authorization": "Bearer a-token-of-some-length"}
    assert running.ask("GET", "/_mock/journal", **good).status == 200
    assert running.chat("hello").status == 200


def test_a_page_of_another_origin_may_not_control(shared: server.Server) -> None:
    assert shared.ask("POST", "/_mock/reset", {}, origin="https://evil.example").status == 403


def test_a_bad_fixture_file_is_told_with_its_place(tmp_path: pathlib.Path) -> None:
    (tmp_path / "bad.yaml").write_text(GOOD.replace("reply:", "repyl:"))

    ended = run("serve", "--port", "0", "--fixtures", tmp_path)

    assert ended.returncode == 2
    assert ended.stdout == ""
    assert "bad.yaml:3:" in ended.stderr
    assert "repyl" in ended.stderr
    assert "reply" in ended.stderr


def test_a_reload_serves_the_new_file_and_a_bad_one_keeps_the_old(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(GOOD)
    with server.serving("--fixtures", path) as running:
        assert running.chat("first").status == 200
        assert running.chat("second").status == 404

        path.write_text(BETTER)
        running.signal(signal.SIGHUP)
        wait_for(lambda: running.chat("second").status == 200, "the new file is not served")

        path.write_text("drydock: fixtures/v1\nfixtures: 7\n")
        running.signal(signal.SIGHUP)
        wait_for(
            lambda: running.ask("GET", "/readyz").json["reload_error"] is not None,
            "the bad file is not told",
        )
        ready = running.ask("GET", "/readyz")
        assert ready.status == 200
        assert "a.yaml:2:" in ready.json["reload_error"]
        assert running.chat("second").status == 200
        assert b"mockllm_reload_errors_total 1\n" in running.ask("GET", "/metrics").body

        path.write_text(GOOD)
        running.signal(signal.SIGHUP)
        wait_for(
            lambda: running.ask("GET", "/readyz").json["reload_error"] is None, "still complaining"
        )
        assert running.chat("first").status == 200


def test_health_and_metrics_are_there(shared: server.Server) -> None:
    shared.chat("hello", "metrics")

    assert shared.ask("GET", "/healthz").status == 200
    ready = shared.ask("GET", "/readyz").json
    assert ready["ready"] is True
    assert ready["mode"] == "replay"
    metrics = shared.ask("GET", "/metrics")
    assert (metrics.header("content-type") or "").startswith("text/plain; version=0.0.4")
    assert b'mockllm_calls_total{outcome="fixture"}' in metrics.body
    with shared.connect() as connection:
        connection.send(b"HEAD /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
        assert b" 200 " in connection.head()


def test_a_body_over_its_limit_is_413(start: Start) -> None:
    running = start("--body-bytes-max", 2000)
    padding = 2000 - len(json.dumps(chat_body("hello ")))

    assert running.chat("hello " + "x" * padding).status == 200
    answer = running.chat("hello " + "x" * (padding + 1))

    assert answer.status == 413
    assert answer.json["error"]["code"] == "body_bytes_max"


def test_a_head_over_its_limit_is_431(start: Start) -> None:
    running = start("--header-bytes-max", 2000)

    answer = running.ask("GET", "/healthz", x_padding="x" * 2500)

    assert answer.status == 431
    assert answer.json["error"]["code"] == "header_bytes_max"


def test_garbage_is_400_in_the_vendors_shape(shared: server.Server) -> None:
    with shared.connect() as connection:
        connection.send(b"GET / HTTP/1.1\r\nno colon here\r\n\r\n")
        answer = connection.answer()

    assert answer.status == 400
    assert set(answer.json["error"]) == {"message", "type", "param", "code"}


def test_keys_are_asked_for_where_there_is_a_list(start: Start) -> None:
    running = start("--api-keys-env", "KEYS", KEYS="sk-one, sk-two")
    body = chat_body("hello")

    good = running.ask("POST", "/v1/chat/completions", body, authorization="Bearer sk-two")
    assert good.status == 200
    assert running.ask("POST", "/v1/chat/completions", body).status == 401
    bad = running.ask("POST", "/v1/chat/completions", body, authorization="Bearer sk-three")
    assert bad.json["error"]["code"] == "invalid_api_key"


def test_a_configuration_file_stands_for_flags(start: Start, tmp_path: pathlib.Path) -> None:
    config = tmp_path / "mockllm.yaml"
    config.write_text("seed: 7\nbody-bytes-max: 2000\nidle-timeout: 5s\n")

    running = start("--config", config)

    assert running.chat("x" * 3000).status == 413
    assert running.chat("hello").body == start("--seed", 7).chat("hello").body
    assert (
        start("--config", config, "--seed", 8).chat("hello").body != running.chat("hello", "b").body
    )


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("sed: 7\n", ":1:1", "seed"),
        ("seed: seven\n", ":1:7", "seed"),
        ("mode: [replay, auto]\n", ":1:", "mode"),
        ("idle-timeout: 5x\n", ":1:15", "duration"),
    ],
)
def test_a_mistake_in_a_configuration_file_has_a_place(
    tmp_path: pathlib.Path, text: str, place: str, words: str
) -> None:
    config = tmp_path / "mockllm.yaml"
    config.write_text(text)

    ended = run("serve", "--port", "0", "--config", config)

    assert ended.returncode == 2
    assert f"mockllm.yaml{place}" in ended.stderr
    assert words in ended.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["import", "aimock", "x"],
        ["diff", "a", "b"],
        ["scan", "d"],
        ["bench"],
        ["bench", "--fast"],
        ["serve", "--openapi", "f"],
        ["serve", "--state", "redis://x"],
        ["serve", "--tokenizer", "f"],
        ["serve", "--validation", "strict"],
    ],
)
def test_what_is_not_there_yet_says_so(arguments: list[str]) -> None:
    ended = run(*arguments)

    assert ended.returncode == 2
    assert "not supported yet" in ended.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["srve"],
        ["serve", "--port", "70000"],
        ["serve", "--port", "-1"],
        ["serve", "--no-such-flag"],
        ["serve", "--mode", "replai"],
        ["serve", "--idle-timeout", "5"],
        ["serve", "--body-bytes-max", "0"],
        ["serve", "--body-bytes-max", "-5"],
        ["serve", "--mode", "record"],
        ["serve", "--mode", "record", "--upstream", "http://127.0.0.1:1"],
        ["serve", "--upstream", "http://127.0.0.1:1"],
        ["record"],
        ["serve", "--api-keys-env", "NO_SUCH_VARIABLE"],
        ["lint"],
        ["lint", "/no/such/file.yaml"],
    ],
)
def test_a_wrong_command_line_is_2_and_says_why(arguments: list[str]) -> None:
    ended = run(*arguments)

    assert ended.returncode == 2
    assert ended.stdout == ""
    assert ended.stderr.startswith("mockllm: ")


def test_help_fits_a_screen_and_all_of_it_shows_every_limit() -> None:
    short = run("serve", "--help")
    full = run("serve", "--help-all")

    assert short.returncode == full.returncode == 0
    assert len(short.stdout.splitlines()) <= 40
    assert max(map(len, short.stdout.splitlines())) <= 110
    assert "--body-bytes-max" not in short.stdout
    limits = (server.ROOT / "common/http/limits.h").read_text().split("struct Stats")[0]
    names = re.findall(r"^  \S+ (\w+)(?: =|\{)", limits.split("struct Limits {")[1], re.MULTILINE)
    assert len(names) > 10
    for name in names:
        assert "--" + name.replace("_", "-") in full.stdout, name


def test_it_says_its_version() -> None:
    assert run("--version").stdout.startswith("mockllm ")


def test_logs_are_lines_of_json_where_asked_for(start: Start) -> None:
    running = start("--log-format", "json", "--debug")
    running.chat("hello")
    running.signal(signal.SIGTERM)
    running.wait()

    lines = [json.loads(line) for line in running.errors]

    assert any(line["message"] == "call" and line["outcome"] == "fixture" for line in lines)


def test_it_starts_where_stdout_is_closed(fixtures: pathlib.Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    pid = os.posix_spawn(
        server.binary(),
        ["mockllm", "serve", "--port", str(port), "--fixtures", str(fixtures)],
        os.environ,
        file_actions=[
            (os.POSIX_SPAWN_CLOSE, 1),
            (os.POSIX_SPAWN_OPEN, 2, "/dev/null", os.O_WRONLY, 0),
        ],
    )
    try:

        def answers() -> bool:
            try:
                return server.Connection(port).socket is not None
            except OSError:
                return False

        wait_for(answers, "it does not listen")
    finally:
        os.kill(pid, signal.SIGTERM)
        assert os.waitpid(pid, 0)[1] == 0


def test_lint_finds_mistakes_and_ties(tmp_path: pathlib.Path) -> None:
    good = tmp_path / "good.yaml"
    good.write_text(GOOD)
    assert run("lint", good).returncode == 0

    tie = tmp_path / "tie.yaml"
    tie.write_text(GOOD + "  - {name: b, match: {user: first}, reply: {text: two}}\n")
    ended = run("lint", tie)
    assert ended.returncode == 2
    assert "tie.yaml:4:" in ended.stdout


def test_explain_says_which_fixture_answers(tmp_path: pathlib.Path, fixtures: pathlib.Path) -> None:
    asked = tmp_path / "request.json"
    asked.write_text(json.dumps(chat_body("hello")))
    assert "answered by" in run("explain", fixtures, asked).stdout

    asked.write_text(json.dumps(chat_body("weather in Rome")))
    missed = run("explain", fixtures, asked)
    assert missed.returncode == 0
    assert "nearest" in missed.stdout
    assert "asks for the weather tool" in missed.stdout
    assert "drydock: fixtures/v1" in missed.stdout


def test_schema_is_a_json_schema() -> None:
    assert json.loads(run("schema").stdout)["$schema"]
