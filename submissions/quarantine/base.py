"""What both quarantines can do. Each method may raise one of submissions.files.STORAGE_ERRORS."""

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from submissions.models import Upload


@dataclass(frozen=True)
class Address:
    """Where to PUT one part within the next five minutes, and the headers that belong to it."""

    url: str
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Read:
    """What was found when an upload was read again, byte by byte. `parts`: the SHA-256 of each part, from 1 on."""

    size: int
    sha256: str
    parts: dict[int, str]


class Quarantine(ABC):
    """Gathers the parts of uploads."""

    @abstractmethod
    def begin(self, upload: Upload) -> str:
        """Make room for an upload. Returns the store's own id for it, "" where it has none."""

    @abstractmethod
    def address(self, upload: Upload, number: int, sha256: str) -> Address:
        """Where part `number`, whose SHA-256 (hex) is `sha256`, is to be PUT."""

    @abstractmethod
    def stored(self, upload: Upload) -> dict[int, int]:
        """Number and size in bytes of the parts that are here. FileNotFoundError: the store forgot it all."""

    @abstractmethod
    def read(self, upload: Upload, to: Path) -> Read:
        """Put the parts together in the file `to`, reading every byte. Raises FileNotFoundError if parts are gone."""

    @abstractmethod
    def forget(self, upload: Upload, numbers: Iterable[int]) -> None:
        """Drop parts that turned out to be damaged, so that they are sent again."""

    @abstractmethod
    def publish(self, upload: Upload, checked: Path, key: str) -> None:
        """Move what `read` put into `checked` to its place in storage, under `key`."""

    @abstractmethod
    def drop(self, upload: Upload) -> None:
        """Delete all that is here of an upload. Harmless when nothing is."""


class PartHasher:
    """Hashes a stream as a whole and part by part."""

    def __init__(self, part_size: int) -> None:
        self.part_size, self.size, self.parts = part_size, 0, {}
        self._whole, self._part, self._left = hashlib.sha256(), hashlib.sha256(), part_size

    def update(self, chunk: bytes) -> None:
        """Take the next bytes."""
        self.size += len(chunk)
        self._whole.update(chunk)
        view = memoryview(chunk)
        while view:
            piece = view[: self._left]
            self._part.update(piece)
            self._left -= len(piece)
            view = view[len(piece) :]
            if not self._left:
                self._close_part()

    def _close_part(self) -> None:
        self.parts[len(self.parts) + 1] = self._part.hexdigest()
        self._part, self._left = hashlib.sha256(), self.part_size

    def result(self) -> Read:
        """What was found, after the last byte."""
        if self._left < self.part_size:
            self._close_part()
        return Read(self.size, self._whole.hexdigest(), self.parts)


def copy(source: BinaryIO, target: BinaryIO, hasher: PartHasher, chunk: int = 1_000_000) -> None:
    """Copy a stream to its end, hashing on the way."""
    while piece := source.read(chunk):
        target.write(piece)
        hasher.update(piece)
