"""Each worker has a database and a cache of its own; what a killed run left is found and told."""

import re
import shlex
import subprocess
import sys
import time

import psycopg
import pytest
import redis
from conftest import ROOT, Harness

SERVICES = """drydock: harness/v1
services:
  db: {kind: postgres, url_env: DATABASE_URL, local: {database: app}}
  cache: {kind: redis, url_env: REDIS_URL, local: {}}
"""

RUN = """drydock: harness/v1
services:
  db: {{kind: postgres, url_env: DATABASE_URL, local: {{database: app}}, isolation: database}}
  cache: {{kind: redis, url_env: REDIS_URL, local: {{}}, isolation: {cache}}}
migrations: {{service: db, dir: migrations}}
suites:
  - {{name: ships, kind: pytest, path: ships, uses: [db, cache]}}
  - {{name: pier, kind: pytest, path: pier, uses: [db, cache], shares: [db, cache]}}
"""

# Two processes at a time, and each goes on only when the other has written: what one wrote the
# other must not see, in the database and in the cache.
TEST = """
import os, pathlib, time
import psycopg, pytest, redis

MEETING = pathlib.Path(os.environ["MEETING"])

@pytest.mark.parametrize("turn", range(3))
def test_is_alone(turn, drydock_database_url, drydock_cache_url, drydock_cache_prefix):
    assert drydock_database_url == os.environ["DATABASE_URL"]
    key = drydock_cache_prefix + "ship"
    cache = redis.Redis.from_url(drydock_cache_url, decode_responses=True)
    with psycopg.connect(drydock_database_url, autocommit=True) as database:
        database.execute("INSERT INTO ships (name) VALUES (%s)", [__file__])
        cache.rpush(key, __file__)
        (MEETING / f"{pathlib.Path(__file__).stem}-{turn}").touch()
        deadline = time.monotonic() + 20
        while len(list(MEETING.glob(f"*-{turn}"))) < 2 and time.monotonic() < deadline:
            time.sleep(0.005)
        names = [row[0] for row in database.execute("SELECT name FROM ships")]
        place = database.execute("SELECT current_database()").fetchone()[0]
    assert names == cache.lrange(key, 0, -1) == [__file__] * (turn + 1)
    print("worked in", place, "and in", cache.connection_pool.connection_kwargs["db"], key)
"""

SHARED = """
import os, psycopg
def test_is_in_the_shared_one(drydock_database_url, drydock_cache_prefix):
    assert drydock_cache_prefix == ""
    with psycopg.connect(drydock_database_url) as database:
        assert database.execute("SELECT current_database()").fetchone() == ("app",)
        assert database.execute("SELECT count(*) FROM ships").fetchone() == (0,)
"""

WAITS = """
import os, pathlib, time
def test_waits():
    pathlib.Path(os.environ["MEETING"], "here").touch()
    time.sleep(8)
"""

PLACE = re.compile(r"worked in (drydock_r[0-9a-f]+_[01]) and in (\d+) (.*)")


def write_suites(harness, cache="database"):
    for name, text in {
        "harness.yaml": RUN.format(cache=cache),
        "migrations/0001_ships.up.sql": "CREATE TABLE ships (name text NOT NULL);",
        "ships/test_one.py": TEST,
        "ships/test_two.py": TEST,
        "pier/test_pier.py": SHARED,
    }.items():
        (harness.folder / name).parent.mkdir(exist_ok=True)
        (harness.folder / name).write_text(text)
    (harness.folder / "meeting").mkdir()
    return {"MEETING": str(harness.folder / "meeting")}


@pytest.fixture(scope="module")
def servers(tmp_path_factory):
    """Servers of somebody else's: the run finds them by their variables."""
    other = Harness(tmp_path_factory.mktemp("servers"))
    (other.folder / "harness.yaml").write_text(SERVICES)
    # Not by a pipe: who keeps the services in the background holds it.
    with open(other.folder / "exports", "w+") as out:
        subprocess.run(
            other.command("services", "up", "--detach"),
            cwd=other.folder,
            env=other.environment(),
            stdout=out,
            check=True,
        )
        out.seek(0)
        exports = shlex.split(out.read())
    yield dict(word.split("=", 1) for word in exports if "=" in word)
    other("services", "down")


def databases_of_runs(servers):
    with psycopg.connect(servers["DATABASE_URL"]) as connection:
        rows = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE 'drydock%'")
        return sorted(row[0] for row in rows)


def keys_of_runs(servers):
    client = redis.Redis.from_url(servers["REDIS_URL"], decode_responses=True)
    return sorted(client.keys("drydock*"))


def places(run):
    return {PLACE.search(text).groups() for text in map(read, run.reports.glob("logs/ships~2F*"))}


def read(path):
    return path.read_text()


def page_file():
    page = read(ROOT / "docs/isolation.md")
    return page, re.search(r"```yaml\n(.*?)```", page, re.DOTALL).group(1)


def detail_of(run, phase):
    return [record["detail"] for record in run.of("phase_finished") if record["phase"] == phase]


def test_workers_do_not_meet(harness):
    variables = write_suites(harness)

    run = harness.run("--jobs", "2", **variables)

    assert run.code == 0, run.out + run.err
    assert detail_of(run, "isolation") == ["db (database), cache (database) for 2 workers"]
    found = places(run)
    assert len(found) == 2 and len({database for database, _, _ in found}) == 2
    assert {number for _, number, _ in found} == {"1", "2"}


@pytest.mark.parametrize("cache", ["database", "prefix"])
def test_nothing_is_left_on_a_server_of_somebody_elses(harness, servers, cache):
    variables = write_suites(harness, cache)

    run = harness.run("--jobs", "2", **variables, **servers)

    assert run.code == 0, run.out + run.err
    found = places(run)
    assert len({database for database, _, _ in found}) == 2
    assert len({(number, key) for _, number, key in found}) == 2
    assert databases_of_runs(servers) == [] and keys_of_runs(servers) == []


def wait_for(condition):
    deadline = time.monotonic() + 40
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def start_and_wait(harness, variables):
    """A run in the middle of its first test, with a template and two databases."""
    for name in ("one", "two"):
        (harness.folder / f"ships/test_{name}.py").write_text(WAITS)
    running = subprocess.Popen(
        [*harness.command("run", "--jobs", "2"), "--python", sys.executable],
        cwd=harness.folder,
        env=harness.environment(**variables),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    wait_for((harness.folder / "meeting/here").exists)
    return running


def test_what_a_killed_run_left_is_dropped_by_the_next_and_told(harness, servers):
    variables = write_suites(harness) | servers
    killed = start_and_wait(harness, variables)
    killed.kill()
    killed.wait()
    left = databases_of_runs(servers)
    assert len(left) == 3

    run = harness.run("--filter", "suite(pier)", **variables)

    assert run.code == 0, run.out + run.err
    (detail,) = detail_of(run, "isolation")
    for name in left:
        assert f"dropped {name}, left by a run that was killed" in detail
    assert databases_of_runs(servers) == []


def test_an_interrupted_run_drops_its_databases(harness, servers):
    running = start_and_wait(harness, write_suites(harness) | servers)
    assert len(databases_of_runs(servers)) == 3

    running.terminate()

    assert running.wait(timeout=30) == 20
    assert databases_of_runs(servers) == []


def test_a_role_that_may_not_create_databases_is_told_the_remedy(harness, servers):
    variables = write_suites(harness)
    with psycopg.connect(servers["DATABASE_URL"], autocommit=True) as connection:
        connection.execute("CREATE ROLE deckhand LOGIN PASSWORD 'knot'")
        connection.execute("CREATE DATABASE hold OWNER deckhand")
        place = f"{connection.info.host}:{connection.info.port}"
    own = {"DATABASE_URL": f"postgresql://deckhand:knot@{place}/hold"}

    run = harness.run(**variables, **(servers | own))

    assert run.code == 11, run.out + run.err
    assert 'ALTER ROLE "deckhand" CREATEDB' in run.out
    assert "knot" not in run.out + run.err


def test_a_database_in_use_cannot_be_copied_and_its_users_are_named(harness, servers):
    variables = write_suites(harness)
    file = harness.folder / "harness.yaml"
    file.write_text(file.read_text().replace("migrations:", "# "))
    name = {"application_name": "lookout"}

    with psycopg.connect(servers["DATABASE_URL"], **name):
        run = harness.run(**variables, **servers)

    assert run.code == 11, run.out + run.err
    assert "lookout (pid" in run.out
    assert databases_of_runs(servers) == []


def test_too_few_databases_of_redis_are_told(harness, servers):
    variables = write_suites(harness)
    for number in range(12):
        (harness.folder / f"ships/test_more_{number}.py").write_text("def test_it(): pass\n")
    client = redis.Redis.from_url(servers["REDIS_URL"].replace("/0", "/5"))
    client.set("mine", "1")
    before = keys_of_runs(servers)  # the claims of the run that was killed hold for a while

    run = harness.run("--jobs", "16", **variables, **servers)

    assert run.code == 11, run.out + run.err
    assert "isolation: prefix" in run.out
    assert client.get("mine") == b"1"
    assert databases_of_runs(servers) == [] and keys_of_runs(servers) == before
    client.delete("mine")


def test_the_page_does_what_it_says(harness):
    page, file = page_file()
    command = "build/release/bin/harness run --jobs 2"
    assert re.findall(r"```sh\n(.*?)```", page, re.DOTALL) == [command + "\n"]
    variables = write_suites(harness)
    (harness.folder / "harness.yaml").write_text(file)
    (harness.folder / "ships").rename(harness.folder / "tests")

    run = harness.run(*command.split()[2:], **variables)

    assert run.code == 0, run.out + run.err
    assert detail_of(run, "isolation") == ["postgres (database), redis (database) for 2 workers"]
