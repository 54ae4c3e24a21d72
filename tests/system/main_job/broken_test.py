"""The main job whole, and broken in each way that a user meets: exit code and helpful words."""

from __future__ import annotations

from conftest import Checkout

TEST_FILE = "tests/integration/test_containers.py"
FIND_TEST = "test_finds_a_container_in_the_database"


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def test_whole_it_passes_with_both_frameworks(checkout: Checkout):
    ended = checkout.run()

    assert ended.code == 0
    assert ended.verdict["verdict"] == "passed"
    assert ended.verdict["counts"]["failed"] == 0
    names = ended.cases()
    assert any(name.endswith(FIND_TEST) for name in names)
    assert any("FindsAContainerInTheDatabase" in name for name in names)
    assert set(names.values()) <= {"passed", "skipped"}
    assert "build/reports" in ended.output
    for report in ("journal.jsonl", "verdict.json", "junit.xml"):
        assert (ended.reports / report).is_file()


class TestABrokenAssertion:
    def test_of_pytest_is_named_with_its_place_and_its_llm_calls(self, checkout: Checkout):
        held = 'assert answer.body["degraded"] is False'
        text = checkout.read(TEST_FILE)
        line = line_of(text, held)
        checkout.write(TEST_FILE, text.replace(held, held.replace("False", "True"), 1))

        ended = checkout.run()

        assert ended.code == 1
        assert [name for name in ended.red() if not name.endswith(FIND_TEST)] == []
        assert FIND_TEST in ended.output
        assert f"test_containers.py:{line}" in ended.output
        assert "looks up the released container" in ended.output
        assert "tells where the released container is" in ended.output

    def test_of_gtest_is_named_with_its_place_and_its_llm_calls(self, checkout: Checkout):
        checkout.replace(
            "fixtures/containers.yaml",
            "text: MSKU4711083 is on the Nordlys in bay 12",
            "text: MSKU4711083 is on the Tromsfjord in bay 12",
        )

        ended = checkout.run("--filter", "agent-cpp/")

        assert ended.code == 1
        assert ended.verdict["counts"]["failed"] == 1
        assert "DeckAgent.FindsAContainerInTheDatabase" in ended.output
        assert "answers_test.cc:" in ended.output
        assert "tells where the released container is" in ended.output


class TestAMissingFixture:
    def test_is_red_and_the_nearest_is_named(self, checkout: Checkout):
        checkout.remove_fixture("looks up the released container")

        ended = checkout.run("--filter", FIND_TEST)

        assert ended.code == 1
        assert ended.verdict["counts"]["llm_miss"] == 1
        assert ended.verdict["llm"]["misses"] >= 1
        assert "nearest" in ended.output
        assert "containers.yaml#" in ended.output

    def test_is_red_where_the_application_swallows_the_error(self, checkout: Checkout):
        checkout.remove_fixture("answers small talk")

        ended = checkout.run("--filter", "test_every_question_gets_an_answer")

        assert ended.code == 1
        assert ended.verdict["counts"] | {"llm_miss": 1, "failed": 0} == ended.verdict["counts"]
        assert "nearest" in ended.output
        assert ".yaml#" in ended.output
        assert "Is the gangway down?" in ended.output


def test_an_unreachable_postgres_ends_10_and_shows_no_password(checkout: Checkout):
    checkout.replace("harness.yaml", "kind: postgres,", "kind: postgres, ready_timeout: 2s,")

    ended = checkout.run(DATABASE_URL="postgresql://app:hunter2secret@127.0.0.1:1/app")

    assert ended.code == 10
    assert "postgres" in ended.output
    assert "127.0.0.1" in ended.output
    assert "hunter2secret" not in ended.output
    assert "hunter2secret" not in (ended.reports / "journal.jsonl").read_text()


def test_an_empty_suite_ends_3_and_is_named(checkout: Checkout):
    checkout.write("tests/empty/helper.py", "NOT_A_TEST = 1\n")
    checkout.replace("harness.yaml", "path: tests/integration,", "path: tests/empty,")

    ended = checkout.run()

    assert ended.code == 3
    assert "agent" in ended.output and "no test" in ended.output


class TestATestThatTakesItsProcessAlong:
    def test_is_red_and_named_whatever_way_it_goes(self, checkout: Checkout):
        before = "def test_before():\n    pass\n\n\n"
        after = "\n\ndef test_after():\n    pass\n"
        ways = {
            "leaves": "def test_leaves():\n    import os\n\n    os._exit(0)\n",
            "crashes": "def test_crashes():\n    import ctypes\n\n    ctypes.string_at(0)\n",
        }
        for name, text in ways.items():
            checkout.write(f"tests/extra/test_{name}.py", before + text + after)
        checkout.write("tests/extra/test_import.py", "import nothing_of_that_name\n" + after)
        checkout.replace("harness.yaml", "path: tests/integration,", "path: tests/extra,")

        ended = checkout.run("--filter", "agent/")

        assert ended.code == 1
        red = " ".join(ended.red())
        for name in ("test_leaves", "test_crashes", "test_import.py"):
            assert name in red
            assert name in ended.output
        assert "nothing_of_that_name" in ended.output
        counts = ended.verdict["counts"]
        assert (counts["vanished"], counts["crashed"], counts["discovery_error"]) == (1, 1, 1)
        assert "test_before" not in red and "test_after" not in red
