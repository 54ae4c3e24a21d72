"""What an application asks while it starts belongs to the run, to no test."""

from __future__ import annotations

import pytest
from harness_runs import Folder

APPLICATION = """
import http.server, json, os, urllib.error, urllib.request

body = {"model": "m", "messages": [{"role": "user", "content": "warm up"}]}
request = urllib.request.Request(
    os.environ["OPENAI_BASE_URL"] + "/chat/completions",
    json.dumps(body).encode(),
    {
        "content-type": "application/json",
        "authorization": "Bearer " + os.environ["OPENAI_API_KEY"],
    },
)
try:
    urllib.request.urlopen(request).read()
except urllib.error.HTTPError:
    pass


class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()


http.server.HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Page).serve_forever()
"""
CONFIG = """
drydock: harness/v1
name: a
services:
  llm: {kind: mockllm, url_env: MOCKLLM_URL, local: {fixtures: fixtures.yaml}}
  app:
    kind: http
    url_env: APP_URL
    local: {run: [python3, app.py], ready: /}
    needs: [llm]
    env: {OPENAI_BASE_URL: "${llm.base_url}", OPENAI_API_KEY: "${llm.key}"}
suites:
  - {name: suite, kind: pytest, path: suite, uses: [app]}
"""
FIXTURES = (
    "drydock: fixtures/v1\nfixtures:\n  - {name: warms, match: {user: USER}, reply: {text: warm}}\n"
)


@pytest.mark.parametrize(("user", "code"), [("warm up", 0), ("something else", 1)])
def test_a_call_at_start_is_the_runs(folder: Folder, user: str, code: int) -> None:
    folder.write("suite/test_it.py", "def test_passes():\n    pass\n")
    folder.write("app.py", APPLICATION)
    folder.write("harness.yaml", CONFIG)
    folder.write("fixtures.yaml", FIXTURES.replace("USER", user))

    run = folder.run()

    assert run.code == code, run.speech
    assert run.verdict["llm"]["misses"] == code
    assert run.verdict["counts"]["passed"] == 1
