"""What a Prometheus is told while a run goes on."""

import re
import socket
import time
import urllib.request

SUITE = """\
import os, pathlib, time

def test_first():
    pass

def test_second():
    deadline = time.monotonic() + 30
    while not pathlib.Path("go").exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert pathlib.Path("go").exists()
"""


def scraped(url):
    with urllib.request.urlopen(url, timeout=5) as answer:
        return answer.read().decode()


def test_a_run_that_goes_on_is_scraped(harness):
    (harness.folder / "test_x.py").write_text(SUITE)
    process = harness.start("--pytest", "test_x.py", "--metrics-listen", "127.0.0.1:0")
    url = re.fullmatch(r"metrics: (http://127\.0\.0\.1:\d+/metrics)\n", process.stderr.readline())[
        1
    ]
    deadline = time.monotonic() + 30
    both = ("drydock_attempts_total{outcome=\"passed\",suite=\"test_x.py\"} 1",
            "drydock_attempts_running{suite=\"test_x.py\"} 1")  # fmt: skip
    while not all(line in (page := scraped(url)) for line in both):
        assert time.monotonic() < deadline, page
    assert 'drydock_tests_selected{suite="test_x.py"} 2' in page
    assert "test_second" not in page

    (harness.folder / "go").touch()
    out, err = process.communicate(timeout=60)

    assert process.returncode == 0, out + err
    with socket.socket() as gone:
        port = int(url.rsplit(":", 1)[1].split("/")[0])
        assert gone.connect_ex(("127.0.0.1", port)) != 0


def test_an_address_that_cannot_be_listened_at_ends_with_2_and_clears_no_report(harness):
    (harness.folder / "test_x.py").write_text("def test_x():\n    pass\n")
    kept = harness.folder / "build/reports/verdict.json"
    assert harness.run("--pytest", "test_x.py").code == 0
    before = kept.read_bytes()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        for wrong, said in ((address, "in use"), ("9464", "HOST:PORT"), ("1.2.3.4", "HOST:PORT")):
            ended = harness("run", "--pytest", "test_x.py", "--metrics-listen", wrong)
            assert ended.code == 2, ended.err
            assert said in ended.err and wrong in ended.err
    assert kept.read_bytes() == before
