"""What others read of a run: each file by a reader or a schema that is not ours."""

from __future__ import annotations

import base64
import json
import pathlib
from typing import Any

import junitparser
import pytest
from google.protobuf import json_format
from harness_runs import Folder, Run
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2
from opentelemetry.proto.trace.v1 import trace_pb2
from prometheus_client.parser import text_string_to_metric_families

# One test for each way to end; what each prints would steer a reader that takes it for more than
# text.
SUITE = r"""
import os
import pathlib
import sys

import pytest

HERE = pathlib.Path(__file__).parent
NASTY = "]]> </script> & <b> \x1b[31mred \x00\x07 %0A \xfc\n::error::forged\n##[error]forged"


@pytest.fixture(autouse=True)
def says_much():
    print(NASTY)


def test_passes():
    pass


def test_fails():
    assert NASTY == "calm"


def test_is_flaky():
    mark = HERE / "been here"
    if not mark.exists():
        mark.touch()
        raise AssertionError("the first time")


def test_crashes():
    sys.stdout.flush()
    os.abort()


def test_skips():
    pytest.skip("no tide & no wind")


@pytest.mark.xfail(reason="known")
def test_is_known_to_fail():
    assert False
"""
OUTCOMES = {
    "test_passes": "passed",
    "test_fails": "failed",
    "test_is_flaky": "flaky",
    "test_crashes": "crashed",
    "test_skips": "skipped",
    "test_is_known_to_fail": "xfailed",
}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = Folder(tmp_path_factory.mktemp("run"))
    folder.write("suite/test_ends.py", SUITE)
    summary = folder.path / "step.md"
    on_github = {
        "GITHUB_ACTIONS": "true",
        "GITHUB_STEP_SUMMARY": str(summary),
        "GITHUB_WORKSPACE": str(folder.path),
    }
    metrics = ["--metrics-file", folder.path / "textfile" / "drydock.prom"]
    return folder.run("--pytest", "suite", "--retry", "1", *metrics, environment=on_github)


def name_of(test: str) -> str:
    return test.rpartition("::")[2]


def test_the_run_is_as_the_suite_says(run: Run) -> None:
    assert run.code == 1, run.speech
    assert run.verdict["counts"]["total"] == len(OUTCOMES)


def test_every_report_of_the_contract_is_there(run: Run) -> None:
    left = {path.name for path in run.reports.iterdir()}

    assert {
        "journal.jsonl",
        "verdict.json",
        "junit.xml",
        "ctrf.json",
        "report.html",
        "metrics.prom",
        "trace.otlp.json",
        "summary.md",
        "logs",
    } <= left


def test_junitparser_reads_each_test_once(run: Run) -> None:
    suites = junitparser.JUnitXml.fromfile(str(run.reports / "junit.xml"))
    cases = {case.name: case for suite in suites for case in suite}

    assert sorted(cases) == sorted(OUTCOMES)
    kinds = {name: [type(result) for result in case.result] for name, case in cases.items()}
    assert kinds["test_passes"] == []
    assert kinds["test_fails"] == [junitparser.Failure]
    assert kinds["test_is_flaky"] == []
    assert kinds["test_crashes"] == [junitparser.Error]
    assert kinds["test_skips"] == [junitparser.Skipped]
    assert kinds["test_is_known_to_fail"] == [junitparser.Skipped]


def test_junitparser_counts_what_the_file_says(run: Run) -> None:
    read = junitparser.JUnitXml.fromfile(str(run.reports / "junit.xml"))
    told = (read.tests, read.failures, read.errors, read.skipped)

    read.update_statistics()

    assert told == (read.tests, read.failures, read.errors, read.skipped) == (6, 1, 1, 2)


def ids_as_protobuf_has_them(value: Any) -> Any:
    """OTLP's JSON has hexadecimal ids where Protocol Buffers' has base64."""
    if isinstance(value, list):
        return [ids_as_protobuf_has_them(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: base64.b64encode(bytes.fromhex(item)).decode()
        if key in ("traceId", "spanId", "parentSpanId")
        else ids_as_protobuf_has_them(item)
        for key, item in value.items()
    }


def spans_of(reports: pathlib.Path) -> list[trace_pb2.Span]:
    document = json.loads((reports / "trace.otlp.json").read_text())
    # An unknown field or a wrong type is an exception.
    request = json_format.ParseDict(
        ids_as_protobuf_has_them(document), trace_service_pb2.ExportTraceServiceRequest()
    )
    return [
        span
        for resource in request.resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    ]


def test_the_trace_is_an_export_request_of_opentelemetry(run: Run) -> None:
    spans = spans_of(run.reports)

    assert {len(span.trace_id) for span in spans} == {16}
    assert {len(span.span_id) for span in spans} == {8}
    assert len({span.span_id for span in spans}) == len(spans)
    known = {span.span_id for span in spans}
    assert [span.name for span in spans if span.parent_span_id not in known] == [spans[0].name]
    assert all(span.start_time_unix_nano <= span.end_time_unix_nano for span in spans)
    started = spans[0].start_time_unix_nano
    assert all(span.start_time_unix_nano >= started for span in spans)


def test_the_trace_has_each_attempt(run: Run) -> None:
    attempts: dict[str, list[str]] = {}
    for span in spans_of(run.reports):
        told = {item.key: item.value.string_value for item in span.attributes}
        if "test.case.name" in told:
            attempts.setdefault(name_of(span.name), []).append(told["drydock.outcome"])

    assert attempts["test_is_flaky"] == ["failed", "passed"]
    assert attempts["test_fails"] == ["failed", "failed"]
    assert attempts["test_passes"] == ["passed"]


@pytest.mark.parametrize("file", ["reports/metrics.prom", "textfile/drydock.prom"])
def test_prometheus_reads_the_metrics(run: Run, file: str) -> None:
    text = (run.reports.parent / file).read_text()
    samples = [
        sample for family in text_string_to_metric_families(text) for sample in family.samples
    ]

    counted = {
        sample.labels["outcome"]: sample.value
        for sample in samples
        if sample.name == "drydock_tests"
    }
    assert counted == {
        outcome: count for outcome, count in run.verdict["counts"].items() if outcome != "total"
    }
    assert [s.value for s in samples if s.name == "drydock_run_exit_code"] == [1]
    buckets = [s.value for s in samples if s.name == "drydock_test_duration_seconds_bucket"]
    assert buckets == sorted(buckets) and buckets[-1] == len(OUTCOMES)


def commands(text: str) -> list[str]:
    """The lines that GitHub's runner would carry out."""
    return [line for line in text.splitlines() if line.lstrip().startswith("::") or "##[" in line]


def test_only_our_own_annotations_are_commands(run: Run) -> None:
    told = commands(run.ended.stdout)

    assert commands(run.ended.stderr) == []
    assert [line.split(" ")[0] for line in told] == ["::error", "::error", "::warning"]
    assert "title=failed suite/test_ends.py%3A%3Atest_fails::" in told[0]
    assert told[0].startswith("::error file=suite/test_ends.py,line=")
    assert "test_is_flaky" in told[2]


def test_what_a_test_says_is_still_shown(run: Run) -> None:
    assert "##" in run.ended.stdout and "forged" in run.ended.stdout


def test_the_summary_of_the_step_is_ours(run: Run) -> None:
    summary = (run.reports / "summary.md").read_text()

    assert (run.reports.parent / "step.md").read_text() == summary
    assert "<script" not in summary and "<b>" not in summary
    assert "test&#95;fails" in summary


def test_outside_of_github_nothing_is_annotated(folder: Folder) -> None:
    folder.write("suite/test_fails.py", "def test_fails():\n    assert 1 == 2\n")

    ended = folder.run("--pytest", "suite")

    assert ended.code == 1
    assert commands(ended.speech) == []
