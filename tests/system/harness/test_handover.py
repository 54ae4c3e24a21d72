"""Out of the pod: a run that was launched tells its journal while it goes, and waits for a word."""

import base64
import hashlib
import json
import os
import subprocess
import sys
import time

from conftest import GTEST_SAMPLES

NONCE = "n0nce0123456789abcdef"
RUN = ("run", "--gtest", GTEST_SAMPLES / "outcomes", "--filter", "Passes,Fails")
CRC32C_OF = {b"123456789": 0xE3069283}


def crc32c(data):
    table = []
    for byte in range(256):
        value = byte
        for _ in range(8):
            value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)
        table.append(value)
    value = 0xFFFFFFFF
    for byte in data:
        value = table[(value ^ byte) & 0xFF] ^ value >> 8
    return value ^ 0xFFFFFFFF


def records_of(lines):
    """seq to record, of the frames among `lines`; each line is checked as the contract has it."""
    parts = {}
    for line in lines:
        if not line.startswith(f"@@drydock {NONCE} "):
            continue
        assert len(line.encode()) + 1 <= 8192
        _, _, seq, place, size, checksum, text = line.split(" ")
        part, count = map(int, place.split("/"))
        whole = parts.setdefault(int(seq), [None] * count)
        whole[part - 1] = base64.b64decode(text, validate=True)
        if None not in whole:
            record = b"".join(whole)
            assert len(record) == int(size)
            assert crc32c(record) == int(checksum, 16)
            yield int(seq), record.decode()


def acknowledge(harness, seq):
    return harness("journal", "--ack", str(seq), "--report-dir", "build/reports")


def test_the_checksum_of_this_test_is_the_standard_s():
    assert {data: crc32c(data) for data in CRC32C_OF} == CRC32C_OF


def test_a_launched_run_tells_its_journal_and_ends_with_the_word(harness):
    process = subprocess.Popen(
        harness.command(*RUN),
        cwd=harness.folder,
        env=harness.environment(DRYDOCK_NONCE=NONCE),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    told = {}
    for seq, record in records_of(line.rstrip("\n") for line in process.stdout):
        told[seq] = record
        if json.loads(record)["event"] == "run_finished":
            ended = time.monotonic()
            assert acknowledge(harness, seq).code == 0
    assert process.wait(20) == 1
    assert time.monotonic() - ended < 8, "it waited on after the word"
    journal = (harness.folder / "build/reports/journal.jsonl").read_text()
    assert [told[seq] for seq in sorted(told)] == journal.splitlines()
    verdict = json.loads((harness.folder / "build/reports/verdict.json").read_text())
    assert verdict["journal_sha256"] == hashlib.sha256(journal.encode()).hexdigest()


def test_a_run_that_hears_no_word_ends_with_its_own_code(harness):
    began = time.monotonic()
    run = harness(*RUN, DRYDOCK_NONCE=NONCE)
    assert run.code == 1
    assert time.monotonic() - began >= 10
    assert dict(records_of(run.out.splitlines()))


def test_a_test_does_not_see_the_nonce(harness):
    (harness.folder / "test_it.py").write_text(
        "import os, pathlib\n"
        "def test_it():\n"
        "    pathlib.Path('seen').write_text(os.environ.get('DRYDOCK_NONCE', 'nothing'))\n"
    )
    process = subprocess.Popen(
        harness.command("run", "--python", sys.executable, "--pytest", "test_it.py"),
        cwd=harness.folder,
        env=harness.environment(DRYDOCK_NONCE=NONCE, PATH=os.environ["PATH"]),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    for seq, record in records_of(line.rstrip("\n") for line in process.stdout):
        if json.loads(record)["event"] == "run_finished":
            acknowledge(harness, seq)
    assert process.wait(20) == 0
    assert (harness.folder / "seen").read_text() == "nothing"


def test_what_is_no_nonce_is_refused(harness):
    run = harness(*RUN, DRYDOCK_NONCE="short")
    assert run.code == 2
    assert "DRYDOCK_NONCE" in run.err


def test_records_are_fetched_from_any_place(harness):
    harness(*RUN)
    lines = (harness.folder / "build/reports/journal.jsonl").read_text().splitlines()

    fetched = harness("journal", "--from", "3", "--report-dir", "build/reports")
    assert fetched.code == 0
    assert fetched.out.splitlines() == lines[2:]
    after = harness("journal", "--from", str(len(lines) + 1), "--report-dir", "build/reports")
    assert (after.code, after.out) == (0, "")
    beyond = harness("journal", "--from", str(len(lines) + 2), "--report-dir", "build/reports")
    assert beyond.code == 2
    assert f"ends with record {len(lines)}" in beyond.err
    nowhere = harness("journal", "--from", "1", "--report-dir", "nowhere")
    assert nowhere.code == 2
    assert "--report-dir" in nowhere.err
