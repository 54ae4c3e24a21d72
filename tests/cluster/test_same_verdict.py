"""A run in a cluster and the same run at home say the same, whatever there is to say."""

import json
import pathlib

from checkout import Checkout, Ended
from conftest import Cluster

PLACE = "tests/integration"
# The assertion that fails is on line 7: reports name it.
RED = '''"""A question, and an answer that nobody expects."""


def test_expects_too_much(deck):
    answer = deck.ask("Where is container MSKU4711083?").body

    assert answer["answer"] == "on the moon"
'''
RED_LINE = 7
PYTHON_CRASH = """import ctypes


def test_before():
    pass


def test_crashes():
    ctypes.string_at(0)


def test_after():
    pass
"""
CPP_CRASH = """
namespace agent_test {
namespace {

TEST(Crash, ByAssertionOfTheLibrary) {
  std::abort();
}

TEST(Crash, ByLeavingTheProcess) {
  std::_Exit(0);
}

}  // namespace
}  // namespace agent_test
"""


def at_home_and_in_cluster(
    checkout: Checkout, cluster: Cluster, *arguments: str
) -> tuple[Ended, Ended]:
    ended = checkout.run("scripts/local/ci/run.sh", "--", *arguments)
    home = checkout.keep_reports(ended, "reports-at-home")
    launched = checkout.run(
        "scripts/ci/in-cluster-test.sh", "--name", cluster.name, "--", *arguments
    )
    return home, launched


def without_the_run(verdict: dict) -> dict:
    """What two runs of the same suites share."""
    own = ("run", "started", "duration_ms", "journal_sha256")
    return {key: value for key, value in verdict.items() if key not in own}


def assert_the_same(home: Ended, launched: Ended) -> None:
    assert launched.code == home.code
    assert without_the_run(launched.verdict) == without_the_run(home.verdict)
    assert launched.cases() == home.cases()
    assert launched.summary() == home.summary()
    assert launched.files() == home.files()


def journal(reports: pathlib.Path) -> list[dict]:
    return [json.loads(line) for line in (reports / "journal.jsonl").read_text().splitlines()]


def test_of_suites_that_pass(checkout, cluster):
    home, launched = at_home_and_in_cluster(checkout, cluster)

    assert_the_same(home, launched)
    assert launched.code == 0
    assert launched.verdict["counts"]["passed"] == launched.verdict["counts"]["total"] > 0
    assert [record["seq"] for record in journal(launched.reports)] == list(
        range(1, len(journal(launched.reports)) + 1)
    )


def test_of_a_suite_that_fails(checkout, cluster):
    with checkout:
        checkout.write(f"{PLACE}/test_red.py", RED)
        home, launched = at_home_and_in_cluster(checkout, cluster)

    assert_the_same(home, launched)
    assert launched.code == 1
    assert launched.verdict["counts"]["failed"] == 1
    summary = "\n".join(launched.summary())
    assert f"test_red.py:{RED_LINE}" in summary
    assert "on the moon" in summary
    assert "its LLM calls (2)" in summary
    assert "looks up the released container" in summary


def test_of_a_fixture_that_was_changed(checkout, cluster):
    with checkout:
        checkout.replace(
            "fixtures/containers.yaml",
            "text: MSKU4711083 is on the Nordlys in bay 12",
            "text: MSKU4711083 is on the Tromsfjord in bay 12",
        )
        home, launched = at_home_and_in_cluster(checkout, cluster, "--filter", "agent-cpp/")

    assert_the_same(home, launched)
    assert launched.code == 1
    assert "answers_test.cc:" in "\n".join(launched.summary())
    assert "Tromsfjord" in "\n".join(launched.summary())


def test_of_suites_that_crash(checkout, cluster):
    with checkout:
        checkout.write(f"{PLACE}/test_crash.py", PYTHON_CRASH)
        checkout.append(f"{PLACE}/agent_test/answers_test.cc", CPP_CRASH)
        home, launched = at_home_and_in_cluster(checkout, cluster, "--filter", "rash")

    assert_the_same(home, launched)
    assert launched.code == 1
    counts = launched.verdict["counts"]
    assert (counts["crashed"], counts["vanished"], counts["passed"]) == (2, 1, 2)


def test_of_a_suite_that_is_empty(checkout, cluster):
    with checkout:
        checkout.write(f"{PLACE}/nothing/helper.py", "NOT_A_TEST = 1\n")
        checkout.replace("harness.yaml", f"path: {PLACE},", f"path: {PLACE}/nothing,")
        home, launched = at_home_and_in_cluster(checkout, cluster)

    assert_the_same(home, launched)
    assert launched.code == 3
    assert "suite agent" in launched.said or "no test" in launched.said
