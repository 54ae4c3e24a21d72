"""Tells the Drydock harness what a pytest session does, while it does it.

The harness starts pytest with `-p drydock_pytest` and two pipes. On one, this plugin writes a line
per event:

    NONCE EVENT {"field": ...}

Events: item, collect_error, collect_skip (the list); start, phase, end (a test); internal_error,
finish. After `start` it waits on the other pipe for `go {"variables": {...}}` and puts these into
os.environ before the test's set-up, so that each test has its own session. What a test prints is
never taken for an event: the pipes are not its outputs, its children do not inherit them, and each
line begins with the nonce of this process.

Without the harness (no DRYDOCK_PYTEST in the environment) it only registers the markers and the
fixtures: what the harness gives a test. The fixtures need nothing but this file, which the harness
brings along.
"""

from __future__ import annotations

import contextlib
import dataclasses
import faulthandler
import http.client
import json
import os
import pathlib
import signal
import sys
import urllib.parse
from typing import Any

import pytest

TEXT_MAX = 64 * 1024
ANSWER_TIMEOUT_S = 10
JOURNAL_BYTES_MAX = 64 * 1024 * 1024
# Markers that say how a test is run, not what it is: no tags.
MARKS_OF_PYTEST = frozenset(
    ("filterwarnings", "parametrize", "skip", "skipif", "usefixtures", "xfail", "expects_misses")
)

# Taken at once, so that nothing that a test starts is told of it.
_settings = json.loads(os.environ.pop("DRYDOCK_PYTEST", "null"))
# Standard error as it is before pytest captures it.
_errors = os.dup(2) if _settings is not None else None


def _shortened(text):
    """At most TEXT_MAX characters, the middle left out, and nothing that is not Unicode."""
    text = str(text)
    if len(text) > TEXT_MAX:
        half = TEXT_MAX // 2
        text = f"{text[:half]}\n... {len(text) - TEXT_MAX} characters left out ...\n{text[-half:]}"
    return text.encode("utf-8", "replace").decode("utf-8")


class Channel:
    """The two pipes. They are moved from the numbers they came at, and closed in children."""

    def __init__(self, settings):
        self._nonce = settings["nonce"]
        self._out = self._take(settings["out"])
        self._in = (
            os.fdopen(self._take(settings["in"]), "r", encoding="utf-8")
            if "in" in settings
            else None
        )
        self._pid = os.getpid()

    @staticmethod
    def _take(descriptor):
        moved = os.dup(descriptor)  # not inheritable
        os.close(descriptor)
        return moved

    def tell(self, event, **fields):
        if os.getpid() != self._pid:  # a forked child of a test is not the session
            return
        line = f"{self._nonce} {event} {json.dumps(fields)}\n".encode("ascii")
        while line:
            line = line[os.write(self._out, line) :]

    def hear(self):
        """The harness's answer, or None where it is gone."""
        word, _, text = self._in.readline().partition(" ")
        return json.loads(text) if word == "go" else None


def _crash_of(report):
    """(message, file, line) of what failed, as far as pytest knows."""
    longrepr = report.longrepr
    if isinstance(longrepr, tuple):  # a skip
        path, line, reason = longrepr
        return reason, str(path), line
    crash = getattr(longrepr, "reprcrash", None)
    if crash is not None:
        return crash.message, str(crash.path), crash.lineno
    return str(longrepr or "").strip(), "", 0


def _first_line(text):
    lines = [line for line in str(text).splitlines() if line.strip()]
    return lines[0] if lines else ""


class Reporter:
    """What listing and running have in common: names of tests, and errors of collecting."""

    def __init__(self, channel, root):
        self.channel = channel
        self.root = root

    def name_of(self, item):
        path = os.path.relpath(str(item.path), self.root)
        _, separator, rest = item.nodeid.partition("::")
        return path + separator + rest

    def _path_of(self, report):
        path = report.nodeid.partition("::")[0]
        return path or "."

    def pytest_collectreport(self, report):
        if report.passed:
            return
        message, file, line = _crash_of(report)
        if report.failed and not getattr(report.longrepr, "reprcrash", None):
            # An import error is one text: its last line says what, the lines before it where.
            lines = [text.strip() for text in message.splitlines() if text.strip()]
            message = lines[-1].removeprefix("E ").strip() if lines else "cannot be collected"
        self.channel.tell(
            "collect_error" if report.failed else "collect_skip",
            path=self._path_of(report),
            message=_first_line(_shortened(message)),
            text=_shortened(getattr(report, "longreprtext", "")),
            file=file,
            line=line or 0,
        )

    def pytest_internalerror(self, excrepr):
        self.channel.tell("internal_error", text=_shortened(excrepr))

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, exitstatus):
        self.channel.tell("finish", exitstatus=int(exitstatus))


def _tags_of(item):
    """The names of its markers; serial("a", "b") names resources that it shares with others."""
    tags = set()
    for mark in item.iter_markers():
        if mark.name == "serial" and mark.args:
            tags.update(_shortened(f"serial:{name}") for name in mark.args)
        else:
            tags.add(mark.name)
    return sorted(tags - MARKS_OF_PYTEST)


class Lister(Reporter):
    """Under --collect-only: every item that would run."""

    def pytest_collection_finish(self, session):
        for item in session.items:
            self.channel.tell(
                "item",
                name=_shortened(self.name_of(item)),
                file=str(item.path),
                line=(item.location[1] or 0) + 1,
                tags=_tags_of(item),
            )


class Runner(Reporter):
    """Runs the tests it was asked for, each with the variables of its attempt."""

    def __init__(self, channel, root, wanted):
        super().__init__(channel, root)
        self._wanted = set(wanted)
        self._variables = {}
        self._current = ""

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config, items):
        kept = [item for item in items if _shortened(self.name_of(item)) in self._wanted]
        dropped = [item for item in items if _shortened(self.name_of(item)) not in self._wanted]
        if dropped:
            config.hook.pytest_deselected(items=dropped)
            items[:] = kept

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item):
        self._current = _shortened(self.name_of(item))
        self.channel.tell(
            "start",
            name=self._current,
            expects_misses=item.get_closest_marker("expects_misses") is not None,
        )
        answer = self.channel.hear()
        if answer is None:
            pytest.exit("the harness does not answer", returncode=3)
        self._set(answer["variables"])
        yield
        self.channel.tell("end", name=self._current)

    def _set(self, variables):
        for name in self._variables.keys() - variables.keys():
            os.environ.pop(name, None)
        os.environ.update(variables)
        self._variables = variables

    def pytest_runtest_logreport(self, report):
        fields = {"name": self._current, "when": report.when, "outcome": report.outcome}
        if hasattr(report, "wasxfail"):
            fields["xfail"] = _shortened(report.wasxfail)
        if not report.passed:
            message, file, line = _crash_of(report)
            fields.update(
                message=_first_line(_shortened(message)),
                text=_shortened(report.longreprtext if report.failed else message),
                file=file,
                line=line or 0,
            )
        if report.when == "teardown":
            fields["output"] = _shortened(
                "".join(f"--- {title} ---\n{text}" for title, text in report.sections)
            )
        self.channel.tell("phase", **fields)


@dataclasses.dataclass(frozen=True)
class LlmCall:
    """A call that the code under test made to the LLM, as mockllm wrote it down."""

    endpoint: str
    model: str
    outcome: str  # fixture, cassette, auto, upstream, miss, invalid or fault
    source: str  # of the answer: "fixtures/chat.yaml#greets"
    status: int
    stream: bool
    text: str | None  # that was answered
    tool_calls: tuple[tuple[str, Any], ...]  # that were answered: name and arguments
    request: dict[str, Any]
    record: dict[str, Any]  # all of the journal's


@dataclasses.dataclass(frozen=True)
class Llm:
    """The test's own session: what is called by this URL or this key belongs to this test."""

    base_url: str  # for OpenAI's SDK, "/v1" included
    api_key: str
    session: str
    mode: str  # mock or real

    def calls(self) -> list[LlmCall]:
        """The calls of this session until now, in their order."""
        return [_call_of(record) for record in self._journal()["calls"]]

    def _journal(self) -> dict[str, Any]:
        place = urllib.parse.urlsplit(self.base_url)
        connect = (
            http.client.HTTPSConnection if place.scheme == "https" else http.client.HTTPConnection
        )
        connection = connect(place.hostname or "", place.port, timeout=ANSWER_TIMEOUT_S)
        prefix = place.path.partition("/s/")[0]
        path = f"{prefix}/_mock/sessions/{urllib.parse.quote(self.session)}/journal"
        with contextlib.closing(connection):
            connection.request("GET", path, headers={"authorization": f"Bearer {self.api_key}"})
            response = connection.getresponse()
            body = response.read(JOURNAL_BYTES_MAX)
        if response.status != http.client.OK:
            raise RuntimeError(f"mockllm does not tell this test's calls: {body[:500]!r}")
        return json.loads(body)


def _call_of(record: dict[str, Any]) -> LlmCall:
    reply = record.get("reply") or {}
    return LlmCall(
        endpoint=record.get("endpoint") or "",
        model=record.get("model") or "",
        outcome=record.get("outcome") or "",
        source=record.get("source") or "",
        status=record.get("status") or 0,
        stream=bool(record.get("stream")),
        text=reply.get("text"),
        tool_calls=tuple(
            (call.get("name", ""), call.get("arguments")) for call in reply.get("tool_calls") or ()
        ),
        request=record.get("request") or {},
        record=record,
    )


def _given(variable: str, what: str, remedy: str) -> str:
    """The variable's value; without it the test fails, and is never skipped."""
    value = os.environ.get(variable)
    if value:
        return value
    if "DRYDOCK_TEST" in os.environ:
        pytest.fail(f"there is no {what} ({variable} is not set): {remedy}", pytrace=False)
    pytest.fail(
        f"{variable} is not set: the {what} is given to a test by the harness; "
        "run it with `harness run`, or set the variable",
        pytrace=False,
    )


@pytest.fixture
def drydock_database_url() -> str:
    """Of PostgreSQL; with `isolation: database` of this worker's own database."""
    return _given(
        "DRYDOCK_DATABASE_URL", "database", "harness.yaml has no service of kind postgres"
    )


@pytest.fixture
def drydock_cache_url() -> str:
    """Of Redis; with `isolation: database` of this worker's own database."""
    return _given("DRYDOCK_CACHE_URL", "cache", "harness.yaml has no service of kind redis")


@pytest.fixture
def drydock_cache_prefix(drydock_cache_url: str) -> str:
    """What each key of this worker begins with; empty unless `isolation: prefix`."""
    return os.environ.get("DRYDOCK_CACHE_PREFIX", "")


@pytest.fixture
def drydock_artifacts() -> pathlib.Path:
    """A folder; what a test leaves in it is kept beside the reports."""
    return pathlib.Path(
        _given(
            "DRYDOCK_ARTIFACTS_DIR", "folder for artifacts", "the harness gives one to each test"
        )
    )


@pytest.fixture
def drydock_llm() -> Llm:
    """The test's session of mockllm."""
    remedy = "harness.yaml has no service of kind mockllm"
    base_url = _given("DRYDOCK_LLM_BASE_URL", "LLM", remedy)
    session = _given("DRYDOCK_SESSION", "LLM", remedy)
    mode = os.environ.get("DRYDOCK_LLM_MODE", "mock")
    return Llm(base_url, f"sk-mock-{session}", session, mode)


def _show_stacks_when_asked():
    """A test that hangs is shown where it does, also where it waits outside of Python."""
    faulthandler.register(signal.SIGUSR2, file=_errors, all_threads=True)


def pytest_configure(config):
    config.addinivalue_line(
        "markers",
        "expects_misses: calls of this test that no fixture answers do not make it red (Drydock)",
    )
    config.addinivalue_line(
        "markers",
        "serial(*resources): no other test that names one of them runs at that time (Drydock)",
    )
    if _settings is None:
        return
    channel = Channel(_settings)
    if _settings["mode"] == "list":
        reporter = Lister(channel, _settings["root"])
    else:
        # The list of tests may be longer than an environment may be, so it comes through the pipe.
        answer = channel.hear()
        if answer is None:
            sys.exit(3)
        reporter = Runner(channel, _settings["root"], answer["tests"])
        _show_stacks_when_asked()
    config.pluginmanager.register(reporter, "drydock-reporter")
