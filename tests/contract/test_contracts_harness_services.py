"""Exit codes that need real services: refused for good, a migration that fails, a lost one."""

from __future__ import annotations

import contextlib
import pathlib
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator

from harness_runs import Folder

PASSES = "def test_passes():\n    pass\n"


@contextlib.contextmanager
def redis_with_password(folder: pathlib.Path, password: str) -> Iterator[int]:
    """A Redis on a free port that wants a password."""
    program = shutil.which("redis-server")
    assert program, "redis-server is missing: apt-get install redis-server"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    with subprocess.Popen(
        [*command, "--requirepass", password], cwd=folder, stdout=subprocess.DEVNULL
    ) as server:
        try:
            deadline = time.monotonic() + 20
            while socket.socket().connect_ex(("127.0.0.1", port)) != 0:
                assert time.monotonic() < deadline, "Redis does not listen"
            yield port
        finally:
            server.terminate()


def test_11_a_service_that_refuses_for_good(folder: Folder) -> None:
    folder.write("suite/test_it.py", PASSES)
    folder.write(
        "harness.yaml",
        "drydock: harness/v1\nname: a\nservices:\n"
        "  cache: {kind: redis, url_env: REDIS_URL}\n"
        "suites:\n  - {name: suite, kind: pytest, path: suite, uses: [cache]}\n",
    )

    with redis_with_password(folder.path, "right") as port:
        began = time.monotonic()
        refused = folder.run(environment={"REDIS_URL": f"redis://:wr0ng@127.0.0.1:{port}/0"})
        accepted = folder.run(environment={"REDIS_URL": f"redis://:right@127.0.0.1:{port}/0"})

    assert refused.code == 11
    assert "wr0ng" not in refused.speech
    assert time.monotonic() - began < 30, "what is refused for good is not waited for"
    assert accepted.code == 0, accepted.speech


DATABASE = (
    "drydock: harness/v1\nname: a\nservices:\n"
    "  database: {kind: postgres, url_env: DATABASE_URL, local: {database: app}}\n"
    "migrations: {service: database, dir: migrations}\n"
    "suites:\n  - {name: suite, kind: pytest, path: suite, uses: [database]}\n"
)


def test_12_a_migration_that_fails_is_shown_with_its_statement(folder: Folder) -> None:
    folder.write("suite/test_it.py", PASSES)
    folder.write("harness.yaml", DATABASE)
    folder.write("migrations/0001_first.up.sql", "CREATE TABLE berths (name text);\n")
    folder.write(
        "migrations/0002_second.up.sql",
        "CREATE TABLE a (b int);\n\nINSERT INTO births (name) VALUES ('North 1');\n",
    )

    ended = folder.run()

    assert ended.code == 12, ended.speech
    assert "0002_second.up.sql:3:13" in ended.speech
    assert "INSERT INTO births" in ended.speech


def test_a_local_database_is_gone_after_the_run(folder: Folder) -> None:
    folder.write(
        "suite/test_it.py",
        "import os\n\ndef test_it():\n"
        "    assert os.environ['DATABASE_URL'].startswith('postgresql://')\n"
        "    path = os.environ['DRYDOCK_ARTIFACTS_DIR'] + '/url'\n"
        "    open(path, 'w').write(os.environ['DATABASE_URL'].rsplit('@')[1])\n",
    )
    folder.write("harness.yaml", DATABASE)
    folder.write("migrations/0001_first.up.sql", "CREATE TABLE berths (name text);\n")

    ended = folder.run()

    assert ended.code == 0, ended.speech
    (kept,) = ended.reports.glob("artifacts/*/url")
    place = kept.read_text().split("/")[0].split(":")
    assert socket.socket().connect_ex((place[0], int(place[1]))) != 0
