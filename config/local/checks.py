"""`make test`: every check on throwaway services, all run even if one fails, with a summary at the end."""

import os
import subprocess
import sys
import time

from config.local.processes import end
from config.local.services import CHECKOUT, throwaway_services

LINT_IMPORTS = "from importlinter.cli import lint_imports_command; lint_imports_command()"


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
            code = _run(arguments, step_env)
            results.append((name, code, time.monotonic() - start))
    print("\n== Summary")
    for name, code, seconds in results:
        print(f"{'passed' if code == 0 else 'FAILED'}  {name}  ({seconds:.1f} s)")
    return 1 if any(code for _, code, _ in results) else 0


def _run(arguments: list[str], env: dict[str, str]) -> int:
    """Run our Python with these arguments in the checkout; it ends before we do."""
    process = subprocess.Popen([sys.executable, *arguments], cwd=CHECKOUT, env=os.environ | env)
    try:
        return process.wait()
    finally:
        end(process)
