"""The side that is not trusted: `python -m submissions.media.child`, started limited by sandbox.py.

Reads its task as JSON from standard input and writes files into the working folder, the list of them last. Knows no
settings, no database and no secrets.
"""

import errno
import json
import os
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from submissions.media.processors.task import MANIFEST, Refused, Task, task_from

_OFFICE = "application/vnd.openxmlformats-officedocument"
_PROCESSORS = {
    "application/pdf": "pdf",
    "image/heic": "heic",
    f"{_OFFICE}.wordprocessingml.document": "word",
    f"{_OFFICE}.presentationml.presentation": "slides",
    "text/plain": "text",
    "text/csv": "table",
    "image": "pictures",
    "video": "film",
    "audio": "sound",
}


def processor(content_type: str) -> Callable[[Task], None]:
    """The function that makes previews of such files. Only its own libraries are loaded."""
    name = _PROCESSORS.get(content_type) or _PROCESSORS[content_type.partition("/")[0]]
    return import_module(f"submissions.media.processors.{name}").make


def run(task: Task) -> dict[str, object]:
    """The manifest: what was made, or the problem. Anything unforeseen goes up and ends the process."""
    try:
        processor(task.content_type)(task)
    except Refused as refusal:
        return {"problem": refusal.problem}
    except MemoryError:
        return {"problem": "memory"}
    except OSError as problem:
        if problem.errno in (errno.EFBIG, errno.ENOSPC):
            return {"problem": "output"}
        raise
    return {
        "problem": "",
        "previews": task.previews,
        "seconds": task.seconds,
        "pages": task.pages,
        "texts": task.texts,
        "left_out": task.left_out,
    }


def main() -> None:
    """Do the one task and write the manifest under its name only when it is whole."""
    told = run(task_from(json.load(sys.stdin)))
    partial = Path(f"{MANIFEST}.part")
    partial.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
    os.replace(partial, MANIFEST)


if __name__ == "__main__":
    main()
