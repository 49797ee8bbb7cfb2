"""Start a program with limits, without network and files: `python -I -S confine.py '{…}' program argument …`.

Runs before anything else is imported, so it is one file that needs only the standard library. It limits itself and then
becomes the program (exec), so the limits hold for whatever the program loads or starts. Linux on x86-64 and ARM64 can
close the network (seccomp(2)), Linux from 5.13 files (landlock(7)); elsewhere these parts do nothing and say so.
"""

import ctypes
import json
import os
import platform
import resource
import signal
import struct
import sys

CANNOT_START = 126  # the exit status when the program itself could not be started, as in a shell

_PR_SET_PDEATHSIG, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 1, 22, 38
_SECCOMP_MODE_FILTER = 2
_LOAD, _JUMP_EQUAL, _JUMP_AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06  # BPF: ld abs, jeq, jge, ret
_ALLOW, _KILL, _EPERM = 0x7FFF0000, 0x80000000, 0x00050001
_X32 = 0x40000000  # calls from here on are the x32 forms of the same calls

# The architecture as the kernel names it, and the numbers of: socket, io_uring_setup, io_uring_enter,
# io_uring_register; setsid and setpgid, which would leave the group that is killed in the end; ptrace,
# process_vm_readv and process_vm_writev, which would reach into the process that started us.
_MACHINES = {
    "x86_64": (0xC000003E, (41, 425, 426, 427, 112, 109, 101, 310, 311)),
    "aarch64": (0xC00000B7, (198, 425, 426, 427, 157, 154, 117, 270, 271)),
}

# Landlock has the same numbers on all machines: create_ruleset, add_rule, restrict_self. Each version of it knows more
# rights (linux/landlock.h); those that are not handled stay allowed.
_CREATE, _ADD, _RESTRICT, _ASK_VERSION, _BENEATH = 444, 445, 446, 1, 1
_RIGHTS_BY_VERSION = {1: 0x1FFF, 2: 0x3FFF, 3: 0x7FFF, 5: 0xFFFF}
_EXECUTE, _READ, _LIST = 1, 4, 8
_RIGHTS_OF_FILES = 0x1 | 0x2 | 0x4 | 0x4000 | 0x8000  # execute, write, read, truncate, ioctl


def close_network() -> bool:
    """Forbid this process and its children to open sockets. False where the system cannot: nothing changed then."""
    if sys.platform != "linux" or platform.machine() not in _MACHINES:
        return False
    architecture, forbidden = _MACHINES[platform.machine()]
    program = b"".join(_rules(architecture, forbidden))
    code = ctypes.create_string_buffer(program, len(program))
    # struct sock_fprog: number of rules, then a pointer, with the padding of the platform
    filters = struct.pack("HP", len(program) // 8, ctypes.addressof(code))
    return _prctl(_PR_SET_NO_NEW_PRIVS, 1) and _prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, filters)


def close_files(rights: dict[str, str]) -> bool:
    """Leave only some paths, and what is beneath them: "read", "list" (names only) or "all". Paths may be missing.

    Also keeps /proc of other processes shut. False where the system cannot: nothing changed then.
    """
    if sys.platform != "linux":
        return False
    version = _syscall(_CREATE, None, ctypes.c_size_t(0), _ASK_VERSION)
    if version < 1:
        return False
    handled = max(known for since, known in _RIGHTS_BY_VERSION.items() if since <= version)
    granted = {"read": _EXECUTE | _READ | _LIST, "list": _LIST, "all": handled}
    rules = _syscall(_CREATE, struct.pack("Q", handled), ctypes.c_size_t(8), 0)
    for path, right in rights.items():
        _allow(rules, path, granted[right] & handled)
    return _prctl(_PR_SET_NO_NEW_PRIVS, 1) and _syscall(_RESTRICT, rules, 0) == 0


def _allow(rules: int, path: str, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    if not os.path.isdir(path):
        rights &= _RIGHTS_OF_FILES
    _syscall(_ADD, rules, _BENEATH, struct.pack("=Qi", rights, place), 0)
    os.close(place)


def _syscall(number: int, *arguments: object) -> int:
    return ctypes.CDLL(None, use_errno=True).syscall(number, *arguments)


def die_with_parent() -> None:
    """Have the kernel kill this process when the one that started it is gone. Linux only; elsewhere nothing."""
    if sys.platform == "linux":
        _prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL))


def _rules(architecture: int, forbidden: tuple[int, ...]) -> list[bytes]:
    """struct sock_filter: code, jump if true, jump if false, value. Jumps count from the next rule."""
    after = len(forbidden)
    rules = [
        (_LOAD, 0, 0, 4),  # seccomp_data.arch
        (_JUMP_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, 0),  # seccomp_data.nr
        (_JUMP_AT_LEAST, after + 1, 0, _X32),
        *((_JUMP_EQUAL, after - at, 0, number) for at, number in enumerate(forbidden)),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _EPERM),
    ]
    return [struct.pack("HBBI", *rule) for rule in rules]


def _prctl(option: int, first: int, second: bytes | None = None) -> bool:
    call = ctypes.CDLL(None, use_errno=True).prctl
    call.argtypes = [ctypes.c_int, ctypes.c_ulong, ctypes.c_char_p, ctypes.c_ulong, ctypes.c_ulong]
    return call(option, first, second, 0, 0) == 0


def _limit(which: int, most: int, *, grace: int = 0) -> None:
    """Lower a limit; the hard one comes `grace` after the soft one. One that is lower already stays."""
    _soft, hard = resource.getrlimit(which)
    hard = most + grace if hard == resource.RLIM_INFINITY else min(most + grace, hard)
    resource.setrlimit(which, (min(most, hard), hard))


def main(arguments: list[str]) -> None:
    """Take on the limits, report on the pipe what is closed, become the program."""
    limits, command = json.loads(arguments[0]), arguments[1:]
    die_with_parent()
    if os.getppid() != limits["parent"]:  # it went before we asked
        os._exit(CANNOT_START)
    os.nice(limits["nice"])
    os.umask(0o077)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_CPU, limits["cpu_seconds"], grace=1)  # SIGXCPU tells it from a kill
    _limit(resource.RLIMIT_FSIZE, limits["file_bytes"])
    _limit(resource.RLIMIT_NOFILE, limits["files"])
    closed = {"files": close_files(limits["paths"]), "network": close_network()}
    os.write(limits["report"], json.dumps(closed).encode())
    os.close(limits["report"])
    _limit(resource.RLIMIT_AS, limits["memory_bytes"])
    try:
        os.execv(command[0], command)  # noqa: S606 - no shell is the point
    except OSError:
        os._exit(CANNOT_START)


if __name__ == "__main__":
    main(sys.argv[1:])
