"""What tests leave in DRYDOCK_ARTIFACTS_DIR: each report that names a file leads to it."""

import json
import pathlib
import shutil

import pytest
from conftest import SECRET, Harness

FILES_MAX = 200  # of one attempt
SUITE = """
import os
import pathlib

import pytest


def leave(name, content="kept"):
    path = pathlib.Path(os.environ["DRYDOCK_ARTIFACTS_DIR"], name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)


def test_fails():
    leave("note.txt")
    leave("deep/er/a <b> & 'c' #1.HTML", "<b>12345</b>")
    leave(f"for {os.environ['SAMPLE_TOKEN']}.txt", f"it is {os.environ['SAMPLE_TOKEN']}")
    print("[[ATTACHMENT|/etc/passwd]]")
    assert False


def test_passes():
    leave("of a pass.txt")


def test_leaves_nothing():
    assert False


def test_leaves_much():
    for number in range(203):
        leave(f"{number}.txt")
    os.mkfifo(pathlib.Path(os.environ["DRYDOCK_ARTIFACTS_DIR"], "pipe"))
    assert False
"""
FAILED = {"note.txt", "deep/er/a <b> & 'c' #1.HTML", "for ***.txt"}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    harness = Harness(tmp_path_factory.mktemp("artifacts"))
    suite = harness.folder / "suite"
    suite.mkdir()
    (suite / "test_files.py").write_text(SUITE)
    run = harness.run("--pytest", "suite", "--secret-env", "SAMPLE_TOKEN")
    assert run.code == 1, run.out + run.err
    return run


def told(run):
    """What the journal says that each test left, by the end of the test's name."""
    return {
        record["test"].rpartition("::")[2]: record["artifacts"]
        for record in run.of("attempt_finished")
    }


def ctrf_paths(reports):
    tests = json.loads((reports / "ctrf.json").read_text())["results"]["tests"]
    return {
        test["name"].rpartition("::")[2]: [
            attachment["path"]
            for attachment in test.get("attachments", [])
            if attachment["name"] != "log"
        ]
        for test in tests
    }


def junit_paths(run):
    return {
        case.get("name"): [
            node.get("value")
            for node in case.iter("property")
            if node.get("name") == "attachment" and "artifacts/" in node.get("value")
        ]
        for case in run.junit.iter("testcase")
    }


def page_paths(reports):
    page = (reports / "report.html").read_text()
    data = json.loads(page.partition('id="data">')[2].partition("</script>")[0])
    found = {}
    for test in data["tests"]:
        left = test["attempts"][-1].get("artifacts", {"folder": "", "files": []})
        found[test["id"].rpartition("::")[2]] = [
            f"{left['folder']}/{file['name']}" for file in left["files"]
        ]
    return found


def test_the_journal_tells_the_files_with_their_sizes(run):
    artifacts = told(run)

    assert {file["name"] for file in artifacts["test_fails"]["files"]} == FAILED
    for left in artifacts.values():
        for file in left["files"]:
            path = run.reports / left["folder"] / file["name"]
            assert path.stat().st_size == file["bytes"]
    assert artifacts["test_leaves_nothing"] == {"folder": "", "files": [], "left_out": []}


def test_every_report_leads_to_each_of_them(run):
    expected = {
        test: [f"{left['folder']}/{file['name']}" for file in left["files"]]
        for test, left in told(run).items()
    }

    assert len(expected["test_fails"]) == len(FAILED)
    assert ctrf_paths(run.reports) == expected
    assert junit_paths(run) == expected
    assert page_paths(run.reports) == expected


def test_no_secret_is_in_a_name_or_a_file(run):
    for path in run.reports.rglob("*"):
        assert SECRET not in path.name
        assert path.is_dir() or SECRET.encode() not in path.read_bytes(), path
    masked = run.reports / told(run)["test_fails"]["folder"] / "for ***.txt"
    assert masked.read_text() == "it is ***"


def test_a_failing_test_says_in_a_line_where_its_files_are(run):
    lines = [line for line in run.out.splitlines() if line.startswith("  artifacts: ")]
    summary = (run.reports / "summary.md").read_text()

    folder = told(run)["test_fails"]["folder"]
    assert f"  artifacts: 3 files, 25 bytes, in {folder}" in lines
    assert len(lines) == 2, "those that passed or left nothing have none"
    assert f"artifacts: 3 files, 25 bytes, in {folder}\n" in summary


def test_what_is_over_the_limit_is_counted_and_named(run):
    left = told(run)["test_leaves_much"]

    assert left["left_out"] == [{"reason": f"over the limit of {FILES_MAX} files", "files": 3}]
    assert len(left["files"]) == FILES_MAX + 1
    named = (run.reports / left["folder"] / "LEFT_OUT.txt").read_text().splitlines()
    assert len(named) == 3
    assert "; left out: 3 over the limit of 200 files\n" in run.out
    assert "3 over the limit of 200 files" in (run.reports / "report.html").read_text()
    assert "3 over the limit of 200 files" in (run.reports / "junit.xml").read_text()


def test_no_test_names_a_file_for_the_ci_system_to_publish(run):
    junit = (run.reports / "junit.xml").read_text()

    assert "/etc/passwd" in junit
    assert "[[ATTACHMENT|" not in junit


def test_show_and_recover_say_the_same(run):
    harness = Harness(run.reports.parents[1])
    shown = harness("report", "show")
    before = {name: (run.reports / name).read_bytes() for name in ("ctrf.json", "junit.xml")}

    recovered = harness("report", "recover")

    assert "  artifacts: 3 files, 25 bytes, in artifacts/" in shown.out
    assert recovered.out.startswith(shown.out)
    assert {name: (run.reports / name).read_bytes() for name in before} == before


def test_a_journal_that_does_not_know_of_artifacts_is_read(run, tmp_path):
    old = tmp_path / "old"
    old.mkdir()
    with (old / "journal.jsonl").open("w") as journal:
        for record in run.records:
            record.pop("artifacts", None)
            journal.write(json.dumps(record) + "\n")

    recovered = Harness(tmp_path)("report", "recover", "old")

    assert recovered.code == 1, recovered.out + recovered.err
    assert "no record" not in recovered.err
    assert all(paths == [] for paths in ctrf_paths(old).values())


def test_merged_shards_lead_to_the_files_of_each(harness):
    suite = harness.folder / "suite"
    suite.mkdir()
    (suite / "test_files.py").write_text(SUITE)
    (suite / "test_tides.py").write_text(SUITE)
    for index in range(2):
        harness.run(
            "--pytest", "suite", "--secret-env", "SAMPLE_TOKEN", "--shard", f"{index}/2",
            "--report-dir", f"shard-{index}",
        )  # fmt: skip
    run = harness("report", "merge", "shard-0", "shard-1", "--report-dir", "merged")
    run.reports = harness.folder / "merged"

    assert run.code == 1, run.out + run.err
    folders = {record["artifacts"]["folder"] for record in run.of("attempt_finished")} - {""}
    assert {pathlib.Path(folder).parts[:2] for folder in folders} == {
        ("shards", "0"),
        ("shards", "1"),
    }
    paths = [
        path
        for found in (ctrf_paths(run.reports), junit_paths(run), page_paths(run.reports))
        for of_a_test in found.values()
        for path in of_a_test
    ]
    assert len(paths) >= 3 * (len(FAILED) + 1 + FILES_MAX + 1)
    for path in paths:
        assert (run.reports / path).is_file(), path
    assert "  artifacts: 3 files, 25 bytes, in shards/" in run.out

    # A merged folder is a report folder like any other.
    shutil.rmtree(harness.folder / "shard-0")
    run = harness("report", "merge", "merged", "--report-dir", "again")
    run.reports = harness.folder / "again"
    again = [path for of_a_test in ctrf_paths(run.reports).values() for path in of_a_test]
    assert all(path.startswith("shards/0/shards/") for path in again)
    assert all((run.reports / path).is_file() for path in again) and again


def test_coverage_files_are_among_them(harness):
    (harness.folder / "harness.yaml").write_text(
        "drydock: harness/v1\n"
        "suites:\n"
        "  - {name: covered, kind: command, coverage: true,\n"
        "     run: [sh, -c, 'echo counts > \"$COVERAGE_FILE\"']}\n"
    )

    run = harness.run()

    assert run.code == 0, run.out + run.err
    (paths,) = ctrf_paths(run.reports).values()
    assert len(paths) == 1 and paths[0].startswith("artifacts/covered~2Fcommand.1/coverage/")
    assert (run.reports / paths[0]).read_text() == "counts\n"


def test_the_cases_of_a_command_have_what_the_command_left(harness):
    (harness.folder / "harness.yaml").write_text(
        "drydock: harness/v1\n"
        "suites:\n"
        "  - {name: c, kind: command, results: tap,\n"
        "     run: [sh, -c, 'echo x > \"$DRYDOCK_ARTIFACTS_DIR/x\"; echo 1..1; echo ok 1 - one']}\n"
    )

    run = harness.run()

    assert ctrf_paths(run.reports) == {"command": ["artifacts/c~2Fcommand.1/x"], "one": []}
