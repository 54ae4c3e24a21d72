"""Tells the Drydock harness what a pytest session does, while it does it.

The harness starts pytest with `-p drydock_pytest` and two pipes. On one, this plugin writes a line
per event:

    NONCE EVENT {"field": ...}

Events: item, collect_error, collect_skip (the list); start, phase, end (a test); internal_error,
finish. After `start` it waits on the other pipe for `go {"variables": {...}}` and puts these into
os.environ before the test's set-up, so that each test has its own session. What a test prints is
never taken for an event: the pipes are not its outputs, its children do not inherit them, and each
line begins with the nonce of this process.

Without the harness (no DRYDOCK_PYTEST in the environment) it only registers the marker.
"""

import faulthandler
import json
import os
import signal
import sys

import pytest

TEXT_MAX = 64 * 1024
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


class Lister(Reporter):
    """Under --collect-only: every item that would run."""

    def pytest_collection_finish(self, session):
        for item in session.items:
            self.channel.tell(
                "item",
                name=_shortened(self.name_of(item)),
                file=str(item.path),
                line=(item.location[1] or 0) + 1,
                tags=sorted({mark.name for mark in item.iter_markers()} - MARKS_OF_PYTEST),
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


def _show_stacks_when_asked():
    """A test that hangs is shown where it does, also where it waits outside of Python."""
    faulthandler.register(signal.SIGUSR2, file=_errors, all_threads=True)


def pytest_configure(config):
    config.addinivalue_line(
        "markers",
        "expects_misses: calls of this test that no fixture answers do not make it red (Drydock)",
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
