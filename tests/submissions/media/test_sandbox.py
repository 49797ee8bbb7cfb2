"""What runs in the sandbox can fail in every way without doing harm."""

import json
import os
import socket
import subprocess
import sys
import time

import psutil
import pytest

from submissions.media import CannotPreview, Limits, make_previews
from submissions.media.confine import close_network
from submissions.media.sandbox import Ending, Outcome, run_limited
from tests.submissions.media.samples import photo

CRASHED = "something in this file stopped our viewer."
MEGABYTE = 1_000_000


def run(code: str, folder, *, seconds: float = 10, readable=(), **limits) -> Outcome:
    """Run Python code as processors run."""
    limits = Limits(nice=0, **limits)
    return run_limited([sys.executable, "-c", code], folder=folder, seconds=seconds, limits=limits, readable=readable)


def test_no_process_in_the_sandbox_reaches_the_network(folder):
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        call = f"import socket; socket.create_connection(('127.0.0.1', {server.getsockname()[1]}))"
        grandchild = f"import subprocess, sys; sys.exit(subprocess.run([sys.executable, '-c', {call!r}]).returncode)"

        for outcome in (run(call, folder), run(grandchild, folder)):
            assert (outcome.network_closed, outcome.ending) == (True, Ending.FAILED)
            assert "PermissionError: [Errno 1]" in outcome.errors
        with pytest.raises(BlockingIOError):
            server.accept()


def test_where_the_network_cannot_be_closed_that_is_said_and_nothing_changes(monkeypatch):
    monkeypatch.setattr("platform.machine", lambda: "riscv64")

    assert close_network() is False


def test_the_sandbox_sees_no_secrets_of_ours_and_no_open_files(folder, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "do-not-tell")
    with (folder / "open").open("w") as ours:
        os.set_inheritable(ours.fileno(), True)

        code = (
            "import os, sys\nfor number in range(3, 200):\n  try: os.fstat(number)\n  except OSError: pass\n"
            "  else: sys.exit(1)\nprint(dict(os.environ), file=sys.stderr)"
        )

        outcome = run(code, folder)

    assert outcome.ending is Ending.DONE
    assert "do-not-tell" not in outcome.errors
    assert "PATH" in outcome.errors


@pytest.mark.parametrize("path", ["{beside}", "/etc/passwd", "/proc/{parent}/environ", "{root}/pyproject.toml"])
def test_the_sandbox_reads_no_file_but_the_one_it_was_given(folder, tmp_path, path):
    beside, given = tmp_path / "beside", tmp_path / "given"
    beside.write_text("of another earner")
    given.write_text("of this earner")
    other = path.format(beside=beside, parent=os.getpid(), root=os.getcwd())
    code = f"import sys; print(open({str(given)!r}).read(), file=sys.stderr); open({other!r}).read()"

    outcome = run(code, folder, readable=[str(given)])

    if not outcome.files_closed:
        pytest.skip("this kernel has no Landlock")
    assert outcome.errors.startswith("of this earner")
    assert "PermissionError" in outcome.errors


def test_the_sandbox_writes_into_its_folder_only(folder, tmp_path):
    outcome = run(f"open('mine', 'w').write('x'); open({str(tmp_path / 'other')!r}, 'w')", folder)

    if not outcome.files_closed:
        pytest.skip("this kernel has no Landlock")
    assert (folder / "mine").read_text() == "x"
    assert "PermissionError" in outcome.errors
    assert not (tmp_path / "other").exists()


def test_a_program_that_hangs_is_ended_with_all_it_started(folder):
    hang = "import subprocess, time; subprocess.Popen(['sleep', '60']); time.sleep(60)"

    outcome = run(hang, folder, seconds=1)

    assert outcome.ending is Ending.TIMEOUT
    assert 1 <= outcome.seconds < 3


def test_what_a_program_leaves_running_is_ended_with_it(folder):
    assert run("import subprocess; subprocess.Popen(['sleep', '60'])", folder).ending is Ending.DONE


def test_a_program_cannot_leave_the_group_that_is_killed_in_the_end(folder):
    assert "PermissionError" in run("import os; os.setsid()", folder).errors
    leave = "import os, sys\nif os.fork() == 0:\n  os.setpgid(0, 0)\nelse:\n  sys.exit(os.wait()[1] >> 8)"
    assert "PermissionError" in run(leave, folder).errors


def test_a_program_that_writes_too_much_is_ended(folder):
    one = f"f = open('one', 'wb')\nwhile True: f.write(bytes({MEGABYTE}))"
    many = f"import time\nfor n in range(600):\n  open(f'{{n}}', 'wb').write(bytes({MEGABYTE}))\n  time.sleep(0.05)"

    assert "File too large" in run(one, folder, output_bytes=3 * MEGABYTE).errors
    assert run(many, folder, output_bytes=9 * MEGABYTE).ending is Ending.TOO_MUCH_OUTPUT


def test_when_the_worker_is_killed_its_sandbox_goes_too(folder):
    code = (
        "import sys; from pathlib import Path; from submissions.media.sandbox import run_limited; "
        "from submissions.media import Limits; run_limited([sys.executable, '-c', 'import time; time.sleep(60)'], "
        f"folder=Path({str(folder)!r}), seconds=60, limits=Limits(nice=0))"
    )
    worker = subprocess.Popen([sys.executable, "-c", code], cwd=os.getcwd())
    until(lambda: any("time.sleep" in each.cmdline()[-1] for each in psutil.Process(worker.pid).children()))
    (inside,) = psutil.Process(worker.pid).children()

    worker.kill()
    worker.wait()

    until(lambda: not inside.is_running() or inside.status() == psutil.STATUS_ZOMBIE)


def until(happens) -> None:
    """Wait up to ten seconds."""
    deadline = time.monotonic() + 10
    while not happens():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("import time; time.sleep(60)", "making one took too long."),
        ("while True: pass", "making one took too long."),
        ("bytearray(10**10)", "this file needs more memory than we can give."),
        ("import os; os.abort()", CRASHED),
        ("import ctypes; ctypes.string_at(0)", CRASHED),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", CRASHED),
        ("import socket; socket.socket()", CRASHED),
        ("import sys; sys.exit(3)", CRASHED),
        ("print('no manifest')", CRASHED),
        (f"for name in 'ab': open(name, 'wb').truncate({MEGABYTE})", "it would have become too large."),
    ],
)
def test_a_processor_that_goes_wrong_costs_only_the_preview(refusal, monkeypatch, code, said):
    monkeypatch.setattr("submissions.media.making._CHILD", (sys.executable, "-c", code))

    assert refusal(b"any", "image/png", picture_seconds=2, output_bytes=1_500_000, within=8) == said


GOOD = {"kind": "image", "name": "image-0.webp", "content_type": "image/webp", "position": 0, "width": 8, "height": 8}
TOLD = {"problem": "", "previews": [GOOD], "seconds": None, "pages": 0, "texts": [], "left_out": []}


@pytest.mark.parametrize(
    "told",
    [
        *(TOLD | {"previews": [GOOD | change]} for change in (
            {"name": "../image-0.webp"}, {"name": "/etc/passwd"}, {"name": "link.webp"}, {"name": "gone.webp"},
            {"name": "empty.webp"}, {"kind": "script"}, {"content_type": "text/html"}, {"content_type": "image/jpeg"},
            {"width": -1}, {"width": 10**9}, {"height": "8"}, {"position": True},
        )),
        TOLD | {"previews": []},
        TOLD | {"previews": [GOOD, GOOD]},
        TOLD | {"previews": None},
        TOLD | {"seconds": "long"},
        TOLD | {"seconds": float("nan")},
        TOLD | {"pages": 1.5},
        TOLD | {"texts": [1]},
        TOLD | {"texts": ["x" * 200_001]},
        TOLD | {"left_out": [["unknown", {}]]},
        TOLD | {"left_out": [["pages", {"shown": "<b>", "all": 2}]]},
        {"problem": "unheard of"},
        [],
        {},
    ],
    ids=lambda told: "",
)  # fmt: skip
def test_a_processor_that_was_taken_over_cannot_pass_on_what_it_likes(tmp_path, folder, monkeypatch, told):
    def pretend(command, *, folder, **_rest) -> Outcome:
        (folder / "image-0.webp").write_bytes(b"RIFF0000WEBP")
        (folder / "link.webp").symlink_to("image-0.webp")
        (folder / "empty.webp").touch()
        (folder / "manifest.json").write_text(json.dumps(told))
        return Outcome(Ending.DONE, 0, "", 0.1, True, True)

    monkeypatch.setattr("submissions.media.making.run_limited", pretend)
    source = tmp_path / "source"
    source.write_bytes(photo())

    with pytest.raises(CannotPreview) as refused:
        make_previews(source, "image/jpeg", folder)

    assert refused.value.problem == "crashed"
    assert not list(folder.iterdir())
