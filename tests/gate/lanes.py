"""lanes: two steps at a time, one of the tests and one in the background.

Tests wait more than they compute, builds and analysis compute only: side by side they fill the
machine, and a background step gets what the tests leave. Each lane goes by the table's order. A
step that must be alone waits for all before it, and what follows it waits for it.
"""

from __future__ import annotations

import concurrent.futures
import threading
from collections.abc import Callable

import steps

Lock = threading.Condition
# The step, those it needs that have failed, and what guards what the lanes share: did it pass?
RunOne = Callable[[steps.Step, list[str], Lock], bool]


class Lanes:
    def __init__(self, table: list[steps.Step], run_one: RunOne) -> None:
        self._table = table
        self._run_one = run_one
        self._changed = threading.Condition(threading.RLock())
        self._passed: dict[str, bool] = {}
        self._broken_off = False

    def go(self, background: bool) -> None:
        try:
            for index, step in enumerate(self._table):
                if step.background == background:
                    self._go_one(index, step)
        except BaseException:
            self.break_off()
            raise

    def break_off(self) -> None:
        with self._changed:
            self._broken_off = True
            self._changed.notify_all()

    def _go_one(self, index: int, step: steps.Step) -> None:
        before = self._waits_for(index, step)
        with self._changed:
            self._changed.wait_for(lambda: self._broken_off or before <= self._passed.keys())
            if self._broken_off:
                return
            failed = [needed for needed in step.needs if not self._passed.get(needed, True)]
        passed = self._run_one(step, failed, self._changed)
        with self._changed:
            self._passed[step.name] = passed
            self._changed.notify_all()

    def _waits_for(self, index: int, step: steps.Step) -> set[str]:
        earlier = self._table[:index]
        if step.alone:
            return {other.name for other in earlier}
        return {other.name for other in earlier if other.alone or other.name in step.needs}


def run(table: list[steps.Step], run_one: RunOne, end: Callable[[], None]) -> None:
    """`end` ends what runs, when this is interrupted or one of the lanes broke."""
    both = Lanes(table, run_one)
    with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
        futures = [pool.submit(both.go, background) for background in (True, False)]
        try:
            for future in concurrent.futures.as_completed(futures):
                future.result()
        except BaseException:
            both.break_off()
            end()
            raise
