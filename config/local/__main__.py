"""Command line: run | test | services. The Makefile calls it; see `make help`."""

import argparse
import os
import subprocess
import sys
from pathlib import Path

from config.local import interrupts
from config.local.processes import end
from config.local.services import CHECKOUT, InUse, running_environment, services, throwaway_services
from config.local.terminal import Problem


def main() -> int:
    """Parse the command line, do it, and return the exit code."""
    options = _parser().parse_args()
    interrupts.install()
    try:
        return options.do(options)
    except interrupts.Stopped as stop:
        return stop.exit_code
    except Problem as problem:
        print(problem, file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m config.local", description=__doc__)
    commands = parser.add_subparsers(required=True)
    run = commands.add_parser("run", help="start everything and serve until stopped")
    run.set_defaults(do=_run)
    test = commands.add_parser("test", help="run all checks, or pytest with the arguments after --")
    test.set_defaults(do=_test)
    test.add_argument("args", nargs="*")
    alone = commands.add_parser("services", help="run a command while PostgreSQL and Valkey run")
    alone.set_defaults(do=_services)
    alone.add_argument("--throwaway", action="store_true", help="on a new folder, removed at the end")
    alone.add_argument("--owner", action="store_true", help="with DATABASE_URL of the owner of the tables")
    alone.add_argument("args", nargs="+")
    for each in (run, alone):
        default = os.environ.get("LAUREL_DATA") or CHECKOUT / "var"
        each.add_argument("--data", type=Path, default=default, help="data folder (default: var/)")
        each.add_argument("--port", type=int, default=os.environ.get("PORT") or 8000)
    return parser


def _run(options: argparse.Namespace) -> int:
    from config.local.run import run

    try:
        return run(options.data, options.port)
    except interrupts.Stopped:  # the usual end
        return 0


def _test(options: argparse.Namespace) -> int:
    from config.local.checks import run_checks

    return run_checks(options.args)


def _services(options: argparse.Namespace) -> int:
    wanted = throwaway_services() if options.throwaway else services(options.data, port=options.port)
    try:
        with wanted as running:
            return _command(options, running.env)
    except InUse:
        env = running_environment(options.data)
        if env is None:
            raise
        return _command(options, env)


def _command(options: argparse.Namespace, env: dict[str, str]) -> int:
    owner = {"DATABASE_URL": env["DATABASE_OWNER_URL"]} if options.owner else {}
    return _foreground(options.args, env | owner)


def _foreground(command: list[str], env: dict[str, str]) -> int:
    """Run a command on our terminal and return its exit code; it ends before the services do."""
    try:
        process = subprocess.Popen(command, env=env)
    except FileNotFoundError:
        raise Problem(f"There is no program {command[0]}.") from None
    try:
        with interrupts.keyboard_left_to_child():
            return process.wait()
    finally:
        end(process)


if __name__ == "__main__":
    sys.exit(main())
