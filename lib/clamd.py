"""Asking a virus scanner (clamd) about a file: its INSTREAM command over TCP, see clamd(8)."""

import socket
import struct
from typing import BinaryIO

CHUNK = 65_536


class ScannerDown(Exception):
    """The scanner did not answer, or not with a verdict. Nothing is known of the file."""


def scan(address: str, file: BinaryIO, *, seconds: float = 120) -> str:
    """Send `file` from its start to the scanner at `address` (host:port).

    Returns the name of what was found, or "" when nothing was. Raises ScannerDown.
    """
    host, _colon, port = address.rpartition(":")
    try:
        with socket.create_connection((host, int(port)), timeout=seconds) as connection:
            connection.sendall(b"zINSTREAM\0")
            file.seek(0)
            while chunk := file.read(CHUNK):
                connection.sendall(struct.pack(">I", len(chunk)) + chunk)
            connection.sendall(struct.pack(">I", 0))
            answer = _answer(connection)
    except (OSError, ValueError) as problem:
        raise ScannerDown(str(problem)) from problem
    if answer == "stream: OK":
        return ""
    if answer.startswith("stream: ") and answer.endswith(" FOUND"):
        return answer.removeprefix("stream: ").removesuffix(" FOUND")
    raise ScannerDown(answer or "no answer")


def _answer(connection: socket.socket) -> str:
    received = b""
    while not received.endswith(b"\0") and len(received) < 4096:
        more = connection.recv(4096)
        if not more:
            break
        received += more
    return received.rstrip(b"\0\n").decode("utf-8", "replace")
