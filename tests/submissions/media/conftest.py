"""Previews need no database. Every test here also shows that no process of it lives on."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from submissions.media import CannotPreview, Limits, Made, make_previews

Preview = Callable[..., Made]
Refusal = Callable[..., str]


@pytest.fixture(autouse=True)
def _nothing_lives_on(tmp_path) -> Iterator[None]:
    yield
    assert not _running_in(tmp_path)


def _running_in(folder: Path) -> list[str]:
    """Processes that work in `folder` or were told of a file in it, also those that lost their parent."""
    found = []
    for process in psutil.process_iter():
        try:
            where = [process.cwd(), *process.cmdline()]
        except psutil.Error:
            continue
        if process.pid != psutil.Process().pid and any(str(folder) in each for each in where):
            found.append(str(process))
    return found


@pytest.fixture
def folder(tmp_path) -> Path:
    """Where previews go."""
    path = tmp_path / "previews"
    path.mkdir()
    return path


@pytest.fixture
def preview(tmp_path, folder) -> Preview:
    """Make previews of bytes or of a file; keyword arguments are limits."""

    def make(content: bytes | Path, content_type: str, **limits: float) -> Made:
        source = tmp_path / "source"
        if isinstance(content, Path):
            source = content
        else:
            source.write_bytes(content)
        made = make_previews(source, content_type, folder, limits=Limits(**{"nice": 0} | limits))
        assert sorted(folder.iterdir()) == sorted(each.path for each in made.previews)
        return made

    return make


@pytest.fixture
def refusal(preview, folder) -> Refusal:
    """Why there is no preview: the sentence. It comes soon, says that nothing is lost, and leaves nothing behind."""

    def ask(content: bytes | Path, content_type: str, *, within: float = 20, **limits: float) -> str:
        began = time.monotonic()
        with pytest.raises(CannotPreview) as refused:
            preview(content, content_type, **limits)
        assert time.monotonic() - began < within
        assert not list(folder.iterdir())
        sentence, kept = refused.value.sentence.split(" The file itself ")
        assert kept == "is kept and can be downloaded."
        return sentence.removeprefix("There is no preview, because ")

    return ask
