"""docs/services.md as a reader takes it: its file, and its commands in one shell."""

import json
import os
import pathlib
import re
import subprocess
import sys

from conftest import BIN, ROOT

PAGE = (ROOT / "docs/services.md").read_text()
SCRIPT = "".join(re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL))
KEY = "-----BEGIN KEY-----\nbm90aGluZyB0byBzZWUgaGVyZQ==\n-----END KEY-----\n"


def test_the_pages_commands_in_their_order(harness):
    for name, text in {
        "harness.yaml": re.search(r"```yaml\n(.*?)```", PAGE, re.DOTALL).group(1),
        "seed.csv": "1,ship\n",
        "signing.pem": KEY,
        "worker.sh": 'echo "$BUS" >bus.txt\nexec sleep 600\n',
        "migrations/0001_ships.up.sql": "CREATE TABLE ships (name text);\n",
        "migrations/0002_index.up.sql": "-- drydock: no transaction\n"
        "CREATE INDEX CONCURRENTLY ships_name ON ships (name);\n",
        "tests/test_ships.py": "import os\n\ndef test_sails():\n"
        "    assert os.environ['NATS_URL'] == open('bus.txt').read().strip()\n",
    }.items():
        (harness.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (harness.folder / name).write_text(text)
    (harness.folder / "build/release").mkdir(parents=True)
    (harness.folder / "build/release/bin").symlink_to(BIN)
    done = subprocess.run(
        ["bash", "-o", "errexit", "-c", f"trap '{BIN}/harness services down' EXIT\n{SCRIPT}"],
        cwd=harness.folder,
        env=harness.environment(
            PEPPER="a-pepper-that-nobody-guesses",
            PATH=f"{pathlib.Path(sys.executable).parent}:{os.environ['PATH']}",
        ),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "a-pepper-that" not in done.stdout + done.stderr

    waited = json.loads((harness.folder / "wait.json").read_text())
    assert [(s["name"], s["readiness"]) for s in waited["services"]] == [
        ("db", "ready"),
        ("rows", "ready"),
    ]
    assert "0001_ships.up.sql: pending\n" in done.stdout
    status = json.loads((harness.folder / "status.json").read_text())
    assert [m["state"] for m in status["migrations"]] == ["applied", "applied"]
    assert (
        "0 applied, 2 there already" in (harness.folder / "build/reports/journal.jsonl").read_text()
    )


def test_every_secret_is_told_at_once_and_none_is_shown(harness):
    (harness.folder / "harness.yaml").write_text(
        "drydock: harness/v1\nname: x\nsecrets:\n"
        "  - {name: KEY, env: SIGNING, shape: pem}\n"
        "  - {name: TOKEN, env: TOKEN}\n"
        "  - {name: GONE, file: no/such/file}\n"
        "suites: [{name: s, kind: command, run: ['true']}]\n"
    )
    run = harness.run(SIGNING="sesame-open-2-sesame", TOKEN="changeme")
    assert run.code == 13, run.out + run.err
    said = run.out + run.err
    for told in (
        "secret KEY: variable SIGNING is not PEM",
        "TOKEN is a placeholder",
        "secret GONE",
    ):
        assert told in said
    assert "sesame-open-2" not in said


LOST = """drydock: harness/v1
name: x
services:
  gate: {kind: file, path: gate}
  check: {kind: command, ready: [test, -e, check]}
  worker:
    kind: command
    ready: [test, -s, pid]
    local: {run: [sh, -c, 'echo $$ >pid; exec sleep 600']}
suites:
  - {name: gate, kind: command, run: [sh, -c, 'rm gate; exit 1'], uses: [gate]}
  - {name: check, kind: command, run: [sh, -c, 'rm check; exit 1'], uses: [check]}
  - {name: worker, kind: command, run: [sh, kill.sh], uses: [worker]}
"""


def test_a_lost_application_fails_and_a_lost_service_is_the_environment(harness):
    (harness.folder / "harness.yaml").write_text(LOST)
    for name in ("gate", "check"):
        (harness.folder / name).write_text("x")
    # Not before it is dead: a zombie is, whoever has to reap it.
    (harness.folder / "kill.sh").write_text(
        "kill -9 $(cat pid)\n"
        "while grep -q 'State:.[RSD]' /proc/$(cat pid)/status; do sleep 0.02; done\n"
        "exit 1\n"
    )
    run = harness.run()
    assert run.code == 1, run.out + run.err
    outcomes = {r["test"].partition("/")[0]: r for r in run.of("attempt_finished")}
    assert {name: record["outcome"] for name, record in outcomes.items()} == {
        "gate": "environment",
        "check": "failed",
        "worker": "failed",
    }
    assert "the application worker died: ended with signal 9" in outcomes["worker"]["reason"]
    assert "the service gate was lost: is not there" in outcomes["gate"]["reason"]
