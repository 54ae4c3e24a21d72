#!/usr/bin/env python3
"""Measures mockllm and the harness against the ceiling of the machine, in one run.

    tests/bench/bench.py [--build build/release] [--quick] [--json build/bench.json]

The server has core 0, the load core 1. The ceiling is tests/bench/ceiling_server.cc: it ignores
the request and writes constant bytes. "engine" is common/http with the smallest handler. Rounds of
all servers alternate, and the median is shown; beside answers per second stands the server's own
processor time per answer, which a busy machine disturbs less. A runner's ceiling is
tests/bench/spawn_ceiling.cc: it starts the same test processes and looks at their exit codes alone.
Nothing here is asserted.
"""

import argparse
import contextlib
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

WORDS = 64
EMPTY_TESTS = 100
FIXTURES = """\
drydock: fixtures/v1
fixtures:
  - name: tells the weather
    match: {{user: weather in Oslo}}
    reply:
      text: It is 12 degrees in Oslo.
      usage: {{input: 41, output: 9}}
  - name: says many words at once
    match: {{user: say it at once}}
    reply: {{text: "{words}"}}
  - name: says many words slowly
    match: {{user: say it slowly}}
    reply: {{text: "{words}"}}
    pace: {{ttft_ms: 20, tokens_per_second: 50}}
"""
# Answers as a GoogleTest binary does.
LISTER = """\
#!/usr/bin/env python3
import json, sys
tests = [{{"name": f"T{{i}}", "file": "a.cc", "line": 1}} for i in range({tests})]
path = next(a.partition("json:")[2] for a in sys.argv if a.startswith("--gtest_output=json:"))
with open(path, "w") as file:
    json.dump({{"tests": len(tests), "name": "AllTests",
               "testsuites": [{{"name": "S", "tests": len(tests), "testsuite": tests}}]}}, file)
"""
CASES = """\
drydock: harness/v1
suites:
  - name: cases
    kind: command
    results: tap
    run: [sh, -c, "echo 1..{tests}; seq {tests} | sed 's/.*/ok & - t&/'"]
"""


class Server:
    """One server, pinned to core 0, from its first line on stdout to its end."""

    def __init__(self, command):
        begin = time.monotonic()
        self.process = subprocess.Popen(
            ["taskset", "-c", "0", *map(str, command)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        line = self.process.stdout.readline()
        self.start_ms = (time.monotonic() - begin) * 1000
        if "listening on http://" not in line:
            self.close()
            raise RuntimeError(f"{command[0]} did not start: {line!r}")
        self.port = line.rstrip().rsplit(":", 1)[1]

    def resident_mb(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        kilobytes = next(
            line.split()[1] for line in status.splitlines() if line.startswith("VmRSS:")
        )
        return int(kilobytes) / 1024

    def cpu_seconds(self):
        stat = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text(encoding="ascii")
        fields = stat.rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def close(self):
        self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(5)
        self.process.kill()
        self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Bench:
    def __init__(self, build, quick, folder):
        self.tests = build / "tests"
        self.quick = quick
        self.rounds = 1 if quick else 3
        self.seconds = 1 if quick else 3
        self.streams = 200 if quick else 1000
        self.servers = {
            "ceiling": [self.tests / "ceiling_server", "0"],
            "engine": [self.tests / "engine_server", "0"],
        }
        mockllm = build / "bin" / "mockllm"
        if mockllm.exists():
            fixtures = folder / "bench.yaml"
            words = " ".join(f"word{index}" for index in range(WORDS))
            fixtures.write_text(FIXTURES.format(words=words), encoding="utf-8")
            self.servers["mockllm"] = [mockllm, "serve", "--port", "0", "--fixtures", fixtures]
        else:
            print(f"no {mockllm}: the engine alone is measured", file=sys.stderr)

    def load(self, server, arguments):
        before = server.cpu_seconds()
        output = subprocess.run(
            [
                "taskset",
                "-c",
                "1",
                self.tests / "load_client",
                "--port",
                server.port,
                *map(str, arguments),
            ],
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        result = json.loads(output)
        if result["answers"]:
            result["cpu_us"] = (server.cpu_seconds() - before) * 1e6 / result["answers"]
        return result

    def measure(self, arguments_of):
        """Median results by server; arguments_of(name) are the load client's."""
        results = {name: [] for name in self.servers}
        for _ in range(self.rounds):
            for name, command in self.servers.items():
                with Server(command) as server:
                    results[name].append(self.load(server, arguments_of(name)))
        return {name: median(found) for name, found in results.items()}

    def start(self):
        found = {name: [] for name in self.servers}
        for _ in range(self.rounds * 3):
            for name, command in self.servers.items():
                with Server(command) as server:
                    found[name].append(
                        {"start_ms": server.start_ms, "resident_mb": server.resident_mb()}
                    )
        return {name: median(values) for name, values in found.items()}

    def short_replies(self, request_bytes):
        arguments = ["--seconds", self.seconds, "--request-bytes", request_bytes]
        return self.measure(lambda name: arguments)

    def bursts(self):
        arguments = ["--seconds", self.seconds, "--stream"]
        own = ["--user", "say it at once", "--frames-vary"]
        return self.measure(
            lambda name: arguments + (own if name == "mockllm" else ["--path", "/burst"])
        )

    def paced(self):
        arguments = [
            "--seconds",
            30,
            "--stream",
            "--once",
            "--connections",
            self.streams,
            "--gap-ms",
            20,
        ]
        own = ["--user", "say it slowly", "--frames-vary", "--skip", 1, "--tail", 3]
        return self.measure(
            lambda name: arguments + (own if name == "mockllm" else ["--path", "/paced"])
        )

    def test_processes(self, folder):
        """Milliseconds for each test process, one after another: bare, and under the harness."""
        program = self.tests / "empty_tests"
        found = []
        for number in range(self.rounds):
            bare = subprocess.run(
                [self.tests / "spawn_ceiling", program, str(EMPTY_TESTS)],
                check=True,
                capture_output=True,
                text=True,
            ).stdout
            reports = folder / f"reports-{number}"
            subprocess.run(
                [
                    *[self.tests.parent / "bin" / "harness", "run", "--gtest", program],
                    *["--jobs", "1", "--report-dir", reports],
                ],
                check=True,
                capture_output=True,
                cwd=folder,
            )
            found.append(
                {"bare_ms": json.loads(bare)["median_ms"], "harness_ms": median_gap(reports)}
            )
        return median(found)


class Sizes:
    """Large runs: their time, and the peak memory of the harness alone."""

    def __init__(self, harness, quick, folder):
        self.harness = harness
        self.folder = folder
        self.tests = 10_000 if quick else 100_000
        self.output_mb = 256 if quick else 10_000

    def timed(self, *arguments):
        begin = time.monotonic()
        with subprocess.Popen(
            [self.harness, *map(str, arguments)],
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process:
            _, status, use = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            raise RuntimeError(f"harness {arguments} ended with {process.returncode}")
        return {"s": time.monotonic() - begin, "peak_mb": use.ru_maxrss / 1024}

    def many_tests(self):
        """Listed and divided into shards by durations; and reported, as the cases of a command."""
        lister = self.folder / "lister"
        lister.write_text(LISTER.format(tests=self.tests), encoding="utf-8")
        lister.chmod(0o755)
        known = {f"lister/S.T{i}": {"us": 1000 + i * 7919 % 100_000} for i in range(self.tests)}
        (self.folder / "known.json").write_text(
            json.dumps({"drydock": "durations/v1", "tests": known}), encoding="utf-8"
        )
        (self.folder / "harness.yaml").write_text(CASES.format(tests=self.tests), encoding="utf-8")
        shard = ["--shard", "0/4", "--durations", "known.json"]
        return {
            "listed": self.timed("list", "--gtest", lister),
            "planned": self.timed("list", "--gtest", lister, *shard),
            "reported": self.timed("run"),
        }

    def longest_shard(self, shards=4):
        """Over the mean, by the durations that they were made from; nothing is below 1."""
        known = json.loads((self.folder / "known.json").read_text(encoding="utf-8"))["tests"]
        sums = []
        for index in range(shards):
            listed = subprocess.run(
                [
                    *[self.harness, "list", "--json", "--gtest", self.folder / "lister"],
                    *["--shard", f"{index}/{shards}", "--durations", "known.json"],
                ],
                check=True,
                capture_output=True,
                cwd=self.folder,
            ).stdout
            sums.append(sum(known[test["id"]]["us"] for test in json.loads(listed)["tests"]))
        return max(sums) * shards / sum(sums)

    def output(self):
        found = self.timed("run", "--command", f"loud=yes | head -c {self.output_mb}M")
        return found | {"mb_per_s": self.output_mb / found["s"]}


def median_gap(reports):
    """From the end of one test to the end of the next, by the run's journal."""
    lines = (reports / "journal.jsonl").read_text(encoding="utf-8").splitlines()
    ends = [
        record["mono_ms"]
        for record in map(json.loads, lines)
        if record["event"] == "attempt_finished"
    ]
    return statistics.median(after - before for before, after in zip(ends, ends[1:], strict=False))


def median(results):
    return {key: statistics.median(result.get(key, 0) for result in results) for key in results[0]}


def ratio(results, name, key):
    base = results["ceiling"][key]
    return results[name][key] / base if base else 0.0


def table(title, results, columns):
    print(f"\n{title}")
    print("  " + f"{'server':<10}" + "".join(f"{head:>22}" for head, _ in columns))
    for name in results:
        print("  " + f"{name:<10}" + "".join(f"{value(name):>22}" for _, value in columns))


def print_throughput(title, results, budget):
    table(
        f"{title} (budget: {budget} of the ceiling)",
        results,
        [
            ("answers/s", lambda name: f"{results[name]['per_second']:.0f}"),
            ("of the ceiling", lambda name: f"{ratio(results, name, 'per_second'):.2f}"),
            ("server us/answer", lambda name: f"{results[name].get('cpu_us', 0):.1f}"),
            (
                "ceiling's/own us",
                lambda name: f"{1 / max(ratio(results, name, 'cpu_us'), 1e-9):.2f}",
            ),
            ("p99 ms", lambda name: f"{results[name]['p99_us'] / 1000:.2f}"),
            (
                "wrong, lost",
                lambda name: f"{results[name]['wrong']:.0f}, {results[name]['lost']:.0f}",
            ),
        ],
    )


def print_paced(results, streams):
    table(
        f"{streams} streams, one frame each 20 ms (budget: p99 <= 4 x the ceiling's, none lost)",
        results,
        [
            ("late p50 ms", lambda name: f"{results[name]['lateness_p50_ms']:.2f}"),
            ("late p99 ms", lambda name: f"{results[name]['lateness_p99_ms']:.2f}"),
            ("x the ceiling's", lambda name: f"{ratio(results, name, 'lateness_p99_ms'):.2f}"),
            (
                "wrong, lost",
                lambda name: f"{results[name]['wrong']:.0f}, {results[name]['lost']:.0f}",
            ),
        ],
    )


def print_start(results):
    table(
        "start to listening, resident size idle (budget: < 20 ms, < 15 MB)",
        results,
        [
            ("start ms", lambda name: f"{results[name]['start_ms']:.1f}"),
            ("resident MB", lambda name: f"{results[name]['resident_mb']:.1f}"),
        ],
    )


def print_test_processes(found):
    own = found["harness_ms"] - found["bare_ms"]
    print("\nGoogleTest, a process per test, one at a time (budget: < 5 ms of the harness's own)")
    print(
        f"  bare {found['bare_ms']:.1f} ms, by the harness {found['harness_ms']:.1f} ms, own {own:.1f} ms"
    )


def print_sizes(tests, found, longest, output_mb, output):
    print(f"\n{tests} tests (budget: listed, planned and reported in < 3 s and < 300 MB)")
    for name, figures in found.items():
        print(f"  {name:<10}{figures['s']:>8.2f} s{figures['peak_mb']:>8.0f} MB")
    print(f"  the longest of 4 shards: {longest:.4f} of the mean (budget: 1.05)")
    print(f"{output_mb} MB of output (budget: >= 500 MB/s within 64 MB)")
    print(f"  {output['mb_per_s']:.0f} MB/s, {output['peak_mb']:.0f} MB")


def main():
    root = pathlib.Path(__file__).resolve().parents[2]
    parser = argparse.ArgumentParser(
        description="Measures mockllm and the harness against the machine's ceiling."
    )
    parser.add_argument("--build", type=pathlib.Path, default=root / "build" / "release")
    parser.add_argument("--quick", action="store_true", help="one short round, fewer streams")
    parser.add_argument("--json", type=pathlib.Path, default=root / "build" / "bench.json")
    options = parser.parse_args()
    if not (options.build / "tests" / "load_client").exists():
        sys.exit(f"no load client: cmake --build {options.build} --target bench")
    if shutil.which("taskset") is None:
        sys.exit("taskset is missing: apt-get install util-linux")

    with tempfile.TemporaryDirectory(prefix="drydock-bench-") as folder:
        bench = Bench(options.build.resolve(), options.quick, pathlib.Path(folder))
        results = {"load_average": os.getloadavg()[0]}
        results["short"] = bench.short_replies(2048)
        print_throughput(
            "short reply, keep-alive, 2 KB request, 64 connections", results["short"], 0.7
        )
        results["large"] = bench.short_replies(200_000)
        print_throughput("200 KB request", results["large"], 0.35)
        results["burst"] = bench.bursts()
        print_throughput("64-chunk stream without pace", results["burst"], 0.5)
        results["paced"] = bench.paced()
        print_paced(results["paced"], bench.streams)
        results["start"] = bench.start()
        print_start(results["start"])
        results["test_processes"] = bench.test_processes(pathlib.Path(folder))
        print_test_processes(results["test_processes"])
        home = pathlib.Path(folder) / "sizes"
        home.mkdir()
        sizes = Sizes(options.build.resolve() / "bin" / "harness", options.quick, home)
        results["many_tests"] = sizes.many_tests()
        results["longest_shard"] = sizes.longest_shard()
        results["output"] = sizes.output()
        print_sizes(
            sizes.tests,
            results["many_tests"],
            results["longest_shard"],
            sizes.output_mb,
            results["output"],
        )

    print(f"\nload average at the start: {results['load_average']:.1f}")
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    print(f"written to {options.json}")


if __name__ == "__main__":
    main()
