"""commands: starts the command of a step, and ends everything that it started."""

from __future__ import annotations

import contextlib
import os
import pathlib
import signal
import subprocess
import threading

import steps

GRACE_SECONDS = 10
BACKGROUND_NICENESS = 10


def end_group(child: subprocess.Popen) -> None:
    """TERM, a grace, KILL: to everything the step has started."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(child.pid, sign)
            child.wait(GRACE_SECONDS)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            continue


def make_way(child: subprocess.Popen) -> None:
    """Linux weighs whole sessions against each other where autogroup is on: each step is one."""
    with contextlib.suppress(OSError):  # no autogroup here, or the child has ended
        pathlib.Path(f"/proc/{child.pid}/autogroup").write_text(str(BACKGROUND_NICENESS))


class Running:
    """The commands that run now. Threads: each call may come from any."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._children: set[subprocess.Popen] = set()
        self._over = False

    def run(self, step: steps.Step, folder: pathlib.Path, root: pathlib.Path) -> tuple[str, str]:
        """Why it failed ("" where it did not), and its output."""
        command = [part.replace("{folder}", str(folder)) for part in step.command]
        if step.background:
            command = ["nice", f"--adjustment={BACKGROUND_NICENESS}", *command]
        log = folder / "output.log"
        with log.open("wb") as output:
            try:
                child = self._start(command, step, root, output)
            except OSError as error:
                return f"cannot start {command[0]}: {error.strerror}", ""
            try:
                code = child.wait(step.minutes_max * 60)
                reason = "" if code == 0 else f"ended {code}"
            except subprocess.TimeoutExpired:
                reason = f"not done after {step.minutes_max} minutes"
            finally:
                end_group(child)
                with self._lock:
                    self._children.discard(child)
        return reason, log.read_text(encoding="utf-8", errors="replace")

    def end_all(self) -> None:
        """Nothing is started any more after this."""
        with self._lock:
            self._over = True
            children = list(self._children)
        for child in children:
            end_group(child)

    def _start(self, command, step, root, output) -> subprocess.Popen:
        with self._lock:
            if self._over:
                raise InterruptedError(0, "the gate was ended")
            child = subprocess.Popen(
                command,
                cwd=root,
                env={**os.environ, **step.environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            self._children.add(child)
        if step.background:
            make_way(child)
        return child
