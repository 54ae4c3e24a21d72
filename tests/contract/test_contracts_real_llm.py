"""A run with a real LLM: mockllm stands in front of it, and nobody else holds its key.

The real service is played by a second mockllm, which is as far away as any other server.
"""

from __future__ import annotations

import pathlib
from collections.abc import Callable

import drydock_programs
from harness_runs import Folder, Run

KEY = "sk-real-0123456789abcdef0123"
ANSWERS = (
    "drydock: fixtures/v1\nfixtures:\n"
    "  - {name: answers, match: {user: hello}, reply: {text: from the real one}}\n"
)
SHADOWS = ANSWERS.replace("from the real one", "from a file")
ASKS = """
import json, os, urllib.request

def test_asks():
    assert "KEY" not in str(dict(os.environ))
    body = {"model": "m", "messages": [{"role": "user", "content": "hello"}]}
    request = urllib.request.Request(
        os.environ["OPENAI_BASE_URL"] + "/chat/completions",
        json.dumps(body).encode(),
        {
            "content-type": "application/json",
            "authorization": "Bearer " + os.environ["OPENAI_API_KEY"],
        },
    )
    answer = json.load(urllib.request.urlopen(request))
    assert answer["choices"][0]["message"]["content"] == "from the real one"
""".replace("KEY", KEY, 1)
CONFIG = (
    "drydock: harness/v1\nname: a\nservices:\n"
    "  llm: {kind: mockllm, url_env: MOCKLLM_URL, local: {fixtures: shadows.yaml}}\n"
    "suites:\n  - {name: suite, kind: pytest, path: suite, uses: [llm]}\n"
)


def run_with(folder: Folder, upstream: str, *arguments: str, **variables: str) -> Run:
    folder.write("suite/test_it.py", ASKS)
    folder.write("shadows.yaml", SHADOWS)
    folder.write("harness.yaml", CONFIG)
    real = {"OPENAI_BASE_URL": upstream, "OPENAI_API_KEY": KEY}
    return folder.run(*arguments, environment={**real, **variables})


def test_asks_the_service_and_no_file(
    folder: Folder, start_mockllm: Callable[..., drydock_programs.Mockllm], tmp_path: pathlib.Path
) -> None:
    answers = tmp_path / "answers.yaml"
    answers.write_text(ANSWERS)
    real = start_mockllm("--fixtures", answers)

    run = run_with(folder, real.base_url, "--llm", "real")

    assert run.code == 0, run.speech
    assert run.verdict["llm"]["mode"] == "real"
    calls = [c for r in run.journal if r["event"] == "attempt_finished" for c in r["calls"]]
    assert [call["outcome"] for call in calls] == ["upstream"]
    for file in run.reports.rglob("*"):
        assert file.is_dir() or KEY.encode() not in file.read_bytes(), file


def test_the_event_decides_and_a_pull_request_never_pays(
    folder: Folder, start_mockllm: Callable[..., drydock_programs.Mockllm], tmp_path: pathlib.Path
) -> None:
    answers = tmp_path / "answers.yaml"
    answers.write_text(ANSWERS)
    real = start_mockllm("--fixtures", answers)
    main = {"GITHUB_EVENT_NAME": "push", "GITHUB_REF": "refs/heads/main"}

    assert run_with(folder, real.base_url, **main).verdict["llm"]["mode"] == "real"
    pull_request = run_with(folder, real.base_url, GITHUB_EVENT_NAME="pull_request")

    assert pull_request.verdict["llm"]["mode"] == "mock"
    assert "from a file" in pull_request.speech, "the file answered, so the assertion failed"


def test_a_server_that_is_not_ours_cannot_be_told_to(folder: Folder) -> None:
    run = run_with(
        folder, "http://127.0.0.1:1/v1", "--llm", "real", MOCKLLM_URL="http://127.0.0.1:1"
    )

    assert run.code == 2
    assert "harness.yaml:" in run.speech
    assert "MOCKLLM_URL" in run.speech
