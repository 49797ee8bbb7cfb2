"""Reading access.txt: who gets what at every address."""

from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).with_name("access.txt")


@dataclass(frozen=True)
class Row:
    """What each persona gets at the address `name` of `thing` by `method`."""

    name: str
    thing: str
    method: str
    codes: tuple[str, ...]

    def __str__(self) -> str:
        cells = "".join(f"{code:>9}" for code in self.codes)
        return f"{self.name:<37}{self.thing:<17}{self.method:<6}{cells}"


def read() -> tuple[tuple[str, ...], list[Row]]:
    """The names of the personas, and the rows."""
    lines = [line.split() for line in FILE.read_text().splitlines() if line.strip() and not line.startswith("#")]
    (_name, _thing, _method, *personas), *rows = lines
    return tuple(personas), [Row(name, thing, method, tuple(codes)) for name, thing, method, *codes in rows]
