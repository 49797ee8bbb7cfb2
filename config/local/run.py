"""`make run`: services, migrations, demo, web server, worker and beat, until Ctrl-C."""

import http.client
import os
import socket
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

from config.local.processes import Child
from config.local.services import CHECKOUT, Services, services
from config.local.supervisor import Supervisor
from config.local.terminal import Problem, say

READY_WITHIN = 120  # seconds
DEMO_PASSWORD = "laurel-demo"
DEMO_NAMES = ("earner", "assessor", "senior", "author", "vetter", "admin", "recognizer", "coach", "outsider")


def run(data: Path, port: int) -> int:
    """Serve on 127.0.0.1:`port` from the data folder until a signal stops us."""
    with services(data, port=port) as running:
        _require_free(port)
        _prepare(running)
        programs = _programs(running, port)
        supervisor = Supervisor(running.children)
        try:
            for program in programs:
                supervisor.start(program)
            _wait_until_ready(supervisor, running.env["BASE_URL"], port)
            _announce(running)
            while True:
                time.sleep(0.5)
                supervisor.tick()
        finally:
            say("Stopping Laurel.")
            for program in programs:
                program.ask_to_stop()
            for program in programs:
                program.stop()


def _require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            raise Problem(f"Port {port} needs special rights. Choose one above 1023: make run PORT=8001") from None
        except OSError:
            raise Problem(
                f"Port {port} is in use by another program. Stop that program, or choose another port: "
                f"make run PORT={port + 1}"
            ) from None


def _prepare(running: Services) -> None:
    """Migrate as the owner of the tables, collect static files, load the demo."""
    owner = running.env | {"DATABASE_URL": running.env["DATABASE_OWNER_URL"]}
    both = [
        _manage(running, "migrate", "--no-input", env=owner),
        _manage(running, "collectstatic", "--no-input", "--verbosity=0"),
    ]
    for step in both:
        step.start()
    _finish(both)
    if _with_demo():
        say("Loading the demo (the first time takes a while).")
        demo = _manage(running, "demo")
        demo.start()
        _finish([demo])


def _manage(running: Services, *arguments: str, env: dict[str, str] | None = None) -> Child:
    command = [sys.executable, str(CHECKOUT / "manage.py"), *arguments]
    return _child(running, arguments[0], command, env)


def _child(running: Services, name: str, command: list[str], env: dict[str, str] | None = None) -> Child:
    log = running.data / "log" / f"{name}.log"
    return Child(name=name, command=command, log=log, ledger=running.ledger, cwd=CHECKOUT, env=env or running.env)


def _finish(steps: list[Child]) -> None:
    """Wait for programs that end by themselves; if one fails, stop all and show the end of its log."""
    try:
        for step in steps:
            while step.exit_code() is None:
                time.sleep(0.05)
            if code := step.exit_code():
                raise Problem(
                    f"manage.py {step.name} failed (exit code {code}):\n{step.last_lines(25)}\nSee {step.log}"
                )
    finally:
        for step in steps:
            step.stop()


def _programs(running: Services, port: int) -> list[Child]:
    """The web server, the worker, those for films and for what is fetched from outside, and beat."""
    python = [sys.executable, "-m"]
    web = [
        "granian",
        "--interface=wsgi",
        "--http=1",
        "--no-ws",
        "--host=127.0.0.1",
        f"--port={port}",
        "--workers=2",
    ]
    web += ["--blocking-threads=8", "--respawn-failed-workers", "--workers-kill-timeout=5"]
    celery = ["celery", "--app=config"]
    worker = ["worker", "--loglevel=info", "--without-gossip", "--without-mingle"]
    # the queues are named in CELERY_TASK_ROUTES; this runner does not load Django's settings
    media = [*worker, "--concurrency=1", "--queues=media", "--hostname=media@%h"]
    outside = [*worker, "--pool=threads", "--concurrency=8", "--queues=outside", "--hostname=outside@%h"]
    beat = ["beat", "--loglevel=info", f"--schedule={running.data / 'run' / 'beat-schedule'}", "--pidfile="]
    return [
        _child(running, "web", [*python, *web, "config.wsgi:application"]),
        _child(running, "worker", [*python, *celery, *worker, "--concurrency=2"]),
        _child(running, "media", [*python, *celery, *media]),
        _child(running, "outside", [*python, *celery, *outside]),
        _child(running, "beat", [*python, *celery, *beat]),
    ]


def _wait_until_ready(supervisor: Supervisor, base_url: str, port: int) -> None:
    limit = time.monotonic() + READY_WITHIN
    while True:
        status, answer = _health(base_url, port)
        if status == 200:
            return
        supervisor.tick()
        if failing := supervisor.crash_looping():
            raise Problem(f"The {failing.name} cannot start:\n{failing.last_lines(25)}\nSee {failing.log}")
        if time.monotonic() > limit:
            raise Problem(f"Laurel did not get ready in {READY_WITHIN} s. /healthz says: {answer}")
        time.sleep(0.25)


def _health(base_url: str, port: int) -> tuple[int, str]:
    """Ask our own web server how it is; 0 stands for no answer."""
    base = urlsplit(base_url)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/healthz", headers={"Host": base.netloc, "X-Forwarded-Proto": base.scheme})
        response = connection.getresponse()
        return response.status, response.read(2000).decode(errors="replace")
    except (OSError, http.client.HTTPException) as error:
        return 0, str(error)
    finally:
        connection.close()


def _with_demo() -> bool:
    return os.environ.get("LAUREL_DEMO", "1") != "0"


def _announce(running: Services) -> None:
    say(f"\nLaurel is ready at {running.env['BASE_URL']}\n")
    if _with_demo():
        say(f"Demo accounts (password {DEMO_PASSWORD}):")
        for name in DEMO_NAMES:
            say(f"  {name}@demo.example")
        say("")
    if "EMAIL_URL" not in running.env:
        say(f"Mail is kept in {running.data / 'mail'}")
    say(f"Logs are in     {running.data / 'log'}")
    say("Press Ctrl-C to stop.")
