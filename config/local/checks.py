"""`make test`: every check on throwaway services, all run even if one fails, with a summary at the end."""

import json
import os
import subprocess
import sys
import time

from config.local.processes import end
from config.local.services import CHECKOUT, throwaway_services

LINT_IMPORTS = "from importlinter.cli import lint_imports_command; lint_imports_command()"
FAILED_TESTS = CHECKOUT / ".pytest_cache" / "v" / "cache" / "lastfailed"  # written by pytest for --last-failed


def run_checks(pytest_arguments: list[str]) -> int:
    """Run everything, or only pytest if it is given arguments. Return 0 if all passed, else 1."""
    with throwaway_services() as running:
        env = running.env
        if pytest_arguments:
            return _run(["-m", "pytest", *pytest_arguments], env)
        deployed = env | {"BASE_URL": "https://laurel.example.org", "ALLOWED_HOSTS": "laurel.example.org"}
        manage = str(CHECKOUT / "manage.py")
        steps = {
            "ruff check": (["-m", "ruff", "check"], env),
            "ruff format": (["-m", "ruff", "format", "--check"], env),
            "import layers": (["-c", LINT_IMPORTS], env),
            "migrations": ([manage, "makemigrations", "--check", "--dry-run"], env),
            "deployment": ([manage, "check", "--deploy", "--fail-level=WARNING"], deployed),
            "browser": (["-m", "pytest", "-m", "browser"], env),
            "pytest": (["-m", "pytest", "-m", "not browser", "-n", "auto"], env),
        }
        results = []
        for name, (arguments, step_env) in steps.items():
            print(f"== {name}", flush=True)
            start = time.monotonic()
            FAILED_TESTS.unlink(missing_ok=True)
            code = _run(arguments, step_env)
            results.append((name, code, time.monotonic() - start, _failed_tests()))
    print("\n== Summary")
    for name, code, seconds, failed in results:
        print(f"{'passed' if code == 0 else 'FAILED'}  {name}  ({seconds:.1f} s)")
        for test in failed:
            print(f"          {test}")
    return 1 if any(code for _, code, _, _ in results) else 0


def _failed_tests() -> list[str]:
    """The tests that failed in the step that just ran, so that nobody has to look for them further up."""
    return sorted(json.loads(FAILED_TESTS.read_text())) if FAILED_TESTS.exists() else []


def _run(arguments: list[str], env: dict[str, str]) -> int:
    """Run our Python with these arguments in the checkout; it ends before we do."""
    process = subprocess.Popen([sys.executable, *arguments], cwd=CHECKOUT, env=os.environ | env)
    try:
        return process.wait()
    finally:
        end(process)
