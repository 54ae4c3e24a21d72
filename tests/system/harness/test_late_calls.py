"""Calls that outlive their test: one application serves all tests and calls the model by alias."""

import pytest

# Calls the model when it is told to, each time in a thread of its own; /wait answers when all have
# ended. A conversation has a name, so that a later call can go on with it.
APPLICATION = """\
import http.server, json, os, threading, urllib.error, urllib.parse, urllib.request

conversations, threads = {}, []


def call_model(name, text):
    messages = conversations.setdefault(name, [])
    messages.append({"role": "user", "content": text})
    request = urllib.request.Request(
        os.environ["OPENAI_BASE_URL"] + "/chat/completions",
        json.dumps({"model": "m", "messages": messages}).encode(),
        {"authorization": "Bearer " + os.environ["OPENAI_API_KEY"]},
    )
    try:
        with urllib.request.urlopen(request) as response:
            messages.append(json.load(response)["choices"][0]["message"])
    except urllib.error.HTTPError:
        pass  # swallowed, as applications do


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(url.query))
        if url.path == "/call":
            thread = threading.Thread(target=call_model, args=(query["name"], query["text"]))
            thread.daemon = True
            thread.start()
            threads.append(thread)
        if url.path == "/wait":
            for thread in threads:
                thread.join()
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
"""
FIXTURES = """\
drydock: fixtures/v1
fixtures:
  - {name: greets, match: {user: {equals: hello}}, reply: {text: Hello.}}
  - {name: greets early, match: {user: {equals: good morning}}, reply: {text: Good morning.}}
  - {name: takes its time, match: {user: {equals: think}}, reply: {text: Well.}, delay_ms: 600000}
"""
CONFIG = """\
drydock: harness/v1
name: late
services:
  llm: {kind: mockllm, url_env: MOCKLLM_URL, local: {fixtures: fixtures.yaml}}
  app:
    kind: http
    url_env: APP_URL
    local: {run: [python3, app.py], ready: /}
    needs: [llm]
    env: {OPENAI_BASE_URL: "${llm.base_url}", OPENAI_API_KEY: "${llm.key}"}
suites:
  - {name: s, kind: pytest, path: suite, uses: [app]}
"""
HEAD = """\
import os, urllib.parse, urllib.request


def app(path, **query):
    url = os.environ["APP_URL"] + path + "?" + urllib.parse.urlencode(query)
    urllib.request.urlopen(url).read()

"""


@pytest.fixture
def run(harness):
    def run(tests, *arguments):
        for name, text in {
            "app.py": APPLICATION,
            "fixtures.yaml": FIXTURES,
            "harness.yaml": CONFIG,
            "suite/test_app.py": HEAD + tests,
        }.items():
            path = harness.folder / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
        return harness.run(*arguments)

    return run


def reasons(run):
    return {
        record["test"].partition("::")[2]: record["reason"]
        for event in ("attempt_finished", "attempt_revised")
        for record in run.of(event)
        if record.get("reason")
    }


def test_a_call_that_does_not_end_fails_its_test_and_not_the_next(run):
    tests = """
def test_leaves_a_call_open():
    app("/call", name="open", text="think")

def test_next():
    app("/call", name="next", text="hello")
"""
    ended = run(tests, "--test-timeout", "6s")
    assert ended.code == 1, ended.out + ended.err
    outcomes = ended.outcomes()
    assert outcomes["test_next"] == "passed"
    assert "call still open" in reasons(ended)["test_leaves_a_call_open"]
    assert ended.verdict["counts"]["failed"] == 1
    assert ended.verdict["llm"]["unattributed"] == 0


def test_a_late_call_that_misses_is_its_own_test_s(run):
    tests = """
def test_begins_a_conversation():
    app("/call", name="one", text="good morning")
    app("/wait")

def test_another():
    app("/call", name="two", text="hello")
    app("/call", name="one", text="and now?")
    app("/wait")
"""
    ended = run(tests)
    assert ended.code == 1, ended.out + ended.err
    assert ended.verdict["counts"]["llm_miss"] == 1
    assert ended.verdict["counts"]["passed"] == 1
    red = ended.junit.findall(".//testcase[failure]") + ended.junit.findall(".//testcase[error]")
    assert [case.get("name") for case in red] == ["test_begins_a_conversation"], ended.out
    assert "and now?" in ended.out + ended.err
