"""The embedded PostgreSQL and Valkey: start, stop, and what survives what."""

import os
import signal
import stat

import psutil
import pytest

from tests.local.conftest import Runner, wait_for

pytestmark = pytest.mark.local

CONNECT = """
import os, environ, psycopg2, redis
def connect(name):
    found = environ.Env().db_url(name)
    connection = psycopg2.connect(host=found["HOST"], user=found["USER"], dbname=found["NAME"])
    connection.autocommit = True
    return connection.cursor()
owner, app = connect("DATABASE_OWNER_URL"), connect("DATABASE_URL")
queue = redis.from_url(os.environ["REDIS_URL"])
"""
WRITE = CONNECT + "owner.execute('create table kept (n int); insert into kept values (41)'); queue.set('kept', '42')"
READ = CONNECT + "app.execute('select n from kept'); print(app.fetchone()[0], queue.get('kept').decode())"


def test_a_second_start_keeps_data_and_secrets(runner: Runner) -> None:
    runner.python(WRITE)
    secrets = [runner.data / "secret_key", runner.data / "key_encryption_key"]
    before = [path.read_text() for path in secrets]

    assert runner.python(READ).split() == ["41", "42"]
    assert [path.read_text() for path in secrets] == before
    assert {stat.S_IMODE(path.stat().st_mode) for path in secrets} == {0o600}


def test_the_app_role_obeys_row_level_security_and_owns_nothing(runner: Runner) -> None:
    output = runner.python(
        CONNECT
        + """
owner.execute("select rolsuper, rolbypassrls, rolcreatedb from pg_roles where rolname = current_user")
print("owner", *owner.fetchone())
app.execute("select rolsuper, rolbypassrls, rolcreatedb from pg_roles where rolname = current_user")
print("app", *app.fetchone())
owner.execute('''create table rows (n int); alter table rows enable row level security;
    alter table rows force row level security;
    create policy p on rows using (n = 1) with check (true); insert into rows values (1), (2)''')
app.execute("select array_agg(n) from rows")
print("sees", *app.fetchone()[0])
for forbidden in ("alter table rows disable row level security", "create table a (n int)", "truncate rows"):
    try:
        app.execute(forbidden)
    except psycopg2.errors.InsufficientPrivilege:
        print("refused")
app.execute("select word_similarity('badge', 'bagde'), unaccent('é'), 'A'::citext = 'a', lower('É')")
print(*app.fetchone())
"""
    )
    assert output.splitlines()[:6] == [
        "owner False False True",
        "app False False False",
        "sees 1",
        "refused",
        "refused",
        "refused",
    ]
    assert output.split()[-3:] == ["e", "True", "é"]


def test_one_folder_serves_one_run_and_commands_join_it(runner: Runner) -> None:
    runner.background()
    before = runner.pids()

    joined = runner.python("import os; print(os.environ['DATABASE_URL'], os.environ['REDIS_URL'])").split()
    assert len(joined) == 2
    assert runner.pids() == before
    assert runner.finish("services", "--", "sh", "-c", "exit 7")[0] == 7

    code, output = runner.finish("run")
    assert code == 1
    assert "already running on the data folder" in output
    assert "Traceback" not in output


@pytest.mark.parametrize("asked", [signal.SIGTERM, signal.SIGHUP])
def test_a_polite_signal_stops_everything(runner: Runner, asked: signal.Signals) -> None:
    process = runner.background()
    pids = runner.pids().values()
    socket = (runner.data / "run" / "postgres-socket").resolve()

    process.send_signal(asked)
    assert process.wait(15) == 128 + asked
    assert not any(psutil.pid_exists(pid) for pid in pids)
    assert not socket.exists()


def test_a_start_after_kill_9_of_the_runner_ends_the_leftovers(runner: Runner) -> None:
    runner.python(WRITE)
    process = runner.background()
    pids = runner.pids()
    process.kill()
    process.wait()
    assert all(psutil.pid_exists(pid) for pid in pids.values())

    output = runner.python(READ)
    assert "Stopped postgres, left over" in output
    assert "Stopped valkey, left over" in output
    assert output.split()[-2:] == ["41", "42"]
    assert not any(psutil.pid_exists(pid) for pid in pids.values())


def test_a_start_after_kill_9_of_everything_keeps_data(runner: Runner) -> None:
    runner.python(WRITE)
    process = runner.background()
    for pid in [process.pid, *runner.pids().values()]:
        os.kill(pid, signal.SIGKILL)
    process.wait()

    assert runner.python(READ).split() == ["41", "42"]


def test_a_server_that_no_ledger_knows_is_stopped(runner: Runner) -> None:
    process = runner.background()
    server = runner.pids()["postgres"]
    process.kill()
    process.wait()
    ledger = runner.data / "run" / "processes.json"
    valkey = runner.pids()["valkey"]
    ledger.unlink()

    runner.python(CONNECT)
    assert not psutil.pid_exists(server)
    os.kill(valkey, signal.SIGTERM)  # nothing of it is in the way: each start has its own port
    wait_for(lambda: not psutil.pid_exists(valkey))


def test_data_of_another_postgresql_version_is_refused(runner: Runner) -> None:
    cluster = runner.data / "postgres"
    cluster.mkdir(parents=True)
    (cluster / "PG_VERSION").write_text("17\n")

    code, output = runner.finish("services", "--", "true")
    assert code == 1
    assert "written by PostgreSQL 17" in output
    assert "Traceback" not in output
