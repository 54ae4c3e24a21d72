"""Secrets in every spelling through every channel: no byte that leaves the harness holds one.

DRYDOCK_SECRETS says how many; the count that matters is that of the soak tier.
"""

import base64
import json
import os
import random
import shutil
import subprocess
import sys

import pytest
import spellings
from conftest import GTEST_SAMPLES, ROOT, Harness
from test_handover import NONCE, records_of

SAMPLES = ROOT / "tests/samples/leaks"
COUNT = int(os.environ.get("DRYDOCK_SECRETS", "14"))
BATCH = 100  # secrets of one run
CONFIG = """\
drydock: harness/v1
name: leaks
services:
  llm: {{kind: mockllm, url_env: MOCKLLM_URL, local: {{fixtures: fixtures}}}}
  app:
    kind: http
    url_env: APP_URL
    local: {{run: [{python}, {samples}/application.py{broken}], ready: /healthz}}
secrets:
{secrets}suites:
  - {{name: pytest, kind: pytest, path: suite, uses: [llm, app]}}
  - {{name: gtest, kind: gtest, path: {binary}}}
  - {{name: output, kind: command, run: [{python}, {samples}/command.py, output]}}
  - {{name: tap, kind: command, results: tap, run: [{python}, {samples}/command.py, tap]}}
  - {{name: junit, kind: command, results: junit, run: [{python}, {samples}/command.py, junit]}}
limits: {{test: 60s}}
"""


class Project:
    """A folder whose suites say `values`, declared in each of the three ways."""

    def __init__(self, folder, values):
        self.folder = folder
        self.harness = Harness(folder)
        self.search = spellings.Search(value for value, _ in values)
        self.flags, self.variables, declared = [], {}, ""
        for number, (value, multiline) in enumerate(values):
            name = f"SECRET_{number}"
            if not multiline and number % 3 == 0:
                self.flags += ["--secret-env", name]
                self.variables[name] = value
                continue
            more = ", multiline: true" if multiline else ""
            if number % 3 == 1:
                declared += f"  - {{name: {name}, env: {name}{more}}}\n"
                self.variables[name] = value
            else:
                (folder / name).write_text(value + "\n", encoding="utf-8")
                declared += f"  - {{name: {name}, file: {folder / name}{more}}}\n"
        self.declared = declared
        leaks = [
            {"value": value, "texts": [text for text, _ in spellings.spell(value).values()]}
            for value, _ in values
        ]
        texts = [text for leak in leaks for text in leak["texts"]]
        (folder / "leaks.json").write_text(json.dumps(leaks))
        (folder / "leaks.texts").write_bytes(b"".join(text.encode() + b"\0" for text in texts))
        (folder / "leaks.values").write_bytes(b"".join(v.encode() + b"\0" for v, _ in values))
        shutil.copytree(SAMPLES, folder / "suite", ignore=shutil.ignore_patterns("[!t]*"))
        (folder / "fixtures").mkdir()
        fixtures = [
            {
                "name": f"says {number}",
                "match": {"user": {"equals": f"say number {number}."}},
                "reply": {"text": "x" * (number % 400) + " ".join(leak["texts"])},
            }
            for number, leak in enumerate(leaks)
        ]
        (folder / "fixtures/all.json").write_text(
            json.dumps({"drydock": "fixtures/v1", "fixtures": fixtures}, ensure_ascii=False)
        )
        self.variables |= {
            "LEAKS": str(folder / "leaks.json"),
            "LEAKS_TEXTS": str(folder / "leaks.texts"),
            "LEAKS_VALUES": str(folder / "leaks.values"),
        }
        self.write_config()

    def write_config(self, broken=""):
        (self.folder / "harness.yaml").write_text(
            CONFIG.format(
                python=sys.executable,
                samples=SAMPLES,
                binary=GTEST_SAMPLES / "leaks",
                secrets=self.declared,
                broken=broken,
            )
        )

    def launched_run(self, *arguments):
        """(code, out, err) of a run in a pod and in a job of GitHub, with the launcher's word."""
        summary = self.folder / "summary.md"
        with (self.folder / "err").open("wb") as err:
            process = subprocess.Popen(
                self.harness.command("run", "--python", sys.executable, *self.flags, *arguments),
                cwd=self.folder,
                env=self.harness.environment(
                    **self.variables,
                    DRYDOCK_NONCE=NONCE,
                    GITHUB_ACTIONS="true",
                    GITHUB_STEP_SUMMARY=str(summary),
                ),
                stdout=subprocess.PIPE,
                stderr=err,
            )
            lines = []

            def read():
                for line in process.stdout:
                    lines.append(line)
                    yield line.decode(errors="replace").rstrip("\n")

            for seq, record in records_of(read()):
                if json.loads(record)["event"] == "run_finished":
                    self.harness("journal", "--ack", str(seq), "--report-dir", "build/reports")
            code = process.wait(60)
        return code, b"".join(lines), (self.folder / "err").read_bytes()

    def told(self, *arguments):
        done = subprocess.run(
            self.harness.command(*arguments),
            cwd=self.folder,
            env=self.harness.environment(**self.variables),
            capture_output=True,
            timeout=60,
            check=False,
        )
        return done.stdout + done.stderr


def decoded(frames):
    return b"\n".join(
        base64.b64decode(line.split(b" ")[6])
        for line in frames.splitlines()
        if line.startswith(b"@@drydock ")
    )


def everything_in(folder):
    """Each file of a report folder by its name, and all names as one more."""
    files = {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
    names = "\n".join(str(path.relative_to(folder)) for path in files)
    return {str(path.relative_to(folder)): data for path, data in files.items()} | {
        "names": names.encode(errors="surrogateescape")
    }


def leaks_of(search, channels):
    """Lines that name channel and spelling, of each secret that is there."""
    return sorted(
        {
            f"{channel}: {spelling}: {needle!r}"
            for channel, data in channels.items()
            for spelling, needle in search.of(data)
        }
    )


@pytest.mark.parametrize("batch", range(-(-COUNT // BATCH)))
def test_no_secret_leaves(tmp_path, batch):
    generator = random.Random(20_000 + batch)
    count = min(BATCH, COUNT - batch * BATCH)
    project = Project(tmp_path, [spellings.make(generator, i) for i in range(count)])
    channels = {}

    code, out, err = project.launched_run()

    assert code == 1, err.decode(errors="replace")[-4_000:]
    reports = tmp_path / "build/reports"
    outcomes = json.loads((reports / "verdict.json").read_text())["counts"]
    # All of it has run: else there was nothing to leak.
    assert outcomes["failed"] > count and outcomes["llm_miss"] > 0, outcomes
    assert outcomes["vanished"] + outcomes["discovery_error"] + outcomes["not_run"] == 0, outcomes
    channels |= {"out": out, "err": err, "frames": decoded(out)}
    channels["github"] = (tmp_path / "summary.md").read_bytes()
    channels |= everything_in(reports)
    assert {"logs/app.log", "logs/llm.log", "report.html"} <= channels.keys()
    shutil.copytree(reports, tmp_path / "before")
    channels["show"] = project.told("report", "show")
    channels["diff"] = project.told("report", "diff", "before", "build/reports")
    channels["recover"] = project.told("report", "recover", "before")
    channels["doctor"] = project.told("doctor", *project.flags)
    channels["doctor json"] = project.told("doctor", "--json", *project.flags)
    channels["list"] = project.told("list", "--python", sys.executable, *project.flags)
    for shard in range(2):
        project.told(
            "run", "--python", sys.executable, *project.flags, "--filter", "kind(command)",
            "--shard", f"{shard}/2", "--report-dir", f"shard-{shard}",
        )  # fmt: skip
    channels["merge"] = project.told(
        "report", "merge", "shard-0", "shard-1", "--report-dir", "merged"
    )
    channels |= {
        f"merged/{name}": data for name, data in everything_in(tmp_path / "merged").items()
    }
    project.write_config(broken=", --broken")
    channels["a service that ends"] = project.told("run", *project.flags, "--report-dir", "ended")
    channels |= {f"ended/{name}": data for name, data in everything_in(tmp_path / "ended").items()}

    leaks = leaks_of(project.search, channels)

    assert leaks == [], f"{len(leaks)} leaks:\n" + "\n".join(leaks[:200])


def test_a_secret_that_is_not_declared_is_found_by_this_search(tmp_path):
    value = "not-declared-1234"
    search = spellings.Search([value])
    for name, (text, _) in spellings.spell(value).items():
        assert leaks_of(search, {"out": f"see {text} there".encode()}), name
    assert not leaks_of(search, {"out": b"see not-declared there"})
