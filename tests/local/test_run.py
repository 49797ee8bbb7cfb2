"""`make run` as a whole, and the parts of it that need no services."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from config.local.processes import Child, Ledger
from config.local.supervisor import Supervisor
from tests.local.conftest import Runner, wait_for

pytestmark = pytest.mark.local


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def child(tmp_path: Path, ledger: Ledger, *command: str) -> Child:
    return Child("toy", list(command), tmp_path / "toy.log", ledger, tmp_path, env=dict(os.environ))


def test_run_serves_until_it_is_interrupted(runner: Runner) -> None:
    port = free_port()
    process = runner.start("run", "--port", str(port), LAUREL_DEMO="0")
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if line.startswith("Press Ctrl-C"):
            break
    assert f"Laurel is ready at http://127.0.0.1:{port}\n" in lines, "".join(lines)
    pids = runner.pids()
    assert set(pids) == {"postgres", "valkey", "web", "worker", "media", "outside", "beat"}

    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", "/healthz")
    assert connection.getresponse().status == 200
    connection.close()

    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 0
    assert not any(psutil.pid_exists(pid) for pid in pids.values())


def test_a_port_in_use_is_named(runner: Runner) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, output = runner.finish("run", "--port", str(port))
    assert code == 1
    assert f"Port {port} is in use" in output
    assert f"PORT={port + 1}" in output
    assert "Traceback" not in output


def test_a_program_that_ends_is_started_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    toy = child(tmp_path, Ledger(tmp_path / "ledger.json"), "/bin/sh", "-c", "echo once more; exit 3")
    supervisor = Supervisor([], first_pause=0.05)
    supervisor.start(toy)

    def ticked_until_looping() -> bool:
        supervisor.tick()
        return supervisor.crash_looping() is toy

    wait_for(ticked_until_looping, 10)
    assert toy.log.read_text().count("once more") == 3
    assert "The toy stopped (exit code 3)" in capsys.readouterr().out


def test_stopping_reaches_what_the_program_has_started(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.json")
    toy = child(tmp_path, ledger, "/bin/sh", "-c", "trap '' TERM; sleep 60 & echo $!; wait; sleep 60")
    toy.grace = 0.3
    toy.start()
    wait_for(lambda: toy.log.read_text().strip().isdigit())
    grandchild = int(toy.log.read_text())

    toy.stop()
    wait_for(lambda: not psutil.pid_exists(grandchild) or psutil.Process(grandchild).status() == "zombie")
    assert json.loads(ledger.path.read_text()) == {}


def test_a_later_run_ends_orphans_whose_leader_is_gone(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.json")
    code = "import subprocess, sys, time; "
    code += "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']); time.sleep(60)"
    toy = child(tmp_path, ledger, sys.executable, "-c", code)
    toy.start()
    assert toy.process is not None
    leader = psutil.Process(toy.process.pid)
    wait_for(lambda: len(leader.children()) == 1)
    orphan = leader.children()[0]
    leader.kill()
    toy.process.wait()

    assert Ledger(ledger.path).stop_leftovers() == ["toy"]
    wait_for(lambda: not orphan.is_running() or orphan.status() == psutil.STATUS_ZOMBIE)


def test_a_reused_process_id_is_left_alone(tmp_path: Path) -> None:
    stranger = subprocess.Popen(["sleep", "60"], start_new_session=True)
    try:
        row = {"pid": stranger.pid, "started": time.time() - 3600, "signal": 15, "program": "/bin/sleep"}
        path = tmp_path / "ledger.json"
        path.write_text(json.dumps({"web": row}))
        assert Ledger(path).stop_leftovers() == []
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()
