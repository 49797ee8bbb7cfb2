"""Props for tests about keeping, exporting and erasing: files in tries of every state, and what storage has."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from lib import clock
from submissions.actions.evidence import add_file
from submissions.actions.outcomes import mark_passed, return_for_changes
from submissions.models import Artifact, Captions, Preview, Rendering, StoredFile, Submission
from submissions.purge import purge
from tenants.roles import system
from tests.assessment import stage as scoring
from tests.cast import Cast
from tests.submissions import stage

START = datetime(2026, 9, 1, tzinfo=UTC)


@contextmanager
def day(number: float) -> Iterator[datetime]:
    """So many days after everything began."""
    with clock.at(START + timedelta(days=number)) as moment:
        yield moment


def add(cast: Cast, draft: Submission, name: str = "plan.pdf", content: bytes | None = None) -> Artifact:
    """The earner of `draft` adds a file to the lesson plan."""
    with scoring.inside(cast):
        plan = stage.criterion_of(draft.edition, "plan")
        file = stage.upload(name, content or stage.pdf(name))
        return add_file(by=cast.by(draft.earner), submission=draft, criterion=plan, upload=file)


def decide(cast: Cast, draft: Submission, *, passed: bool = True) -> Submission:
    """Send it and decide on it, now."""
    sent = scoring.send(cast, draft)
    act = mark_passed if passed else return_for_changes
    with scoring.inside(cast):
        return act(by=system(cast.lakeside), submission=sent, **({} if passed else {"met": {}}))


def furnish(cast: Cast, file: StoredFile) -> None:
    """Give a file what a worker makes of it: a preview, words, captions, and a stray of a worker that was killed."""
    folder = f"previews/{file.tenant_id}/{file.id}"
    with scoring.inside(cast):
        for name in ("thumb-0", "page-7"):
            default_storage.save(f"{folder}/{name}", ContentFile(b"picture"))
        facts = {"key": f"{folder}/thumb-0", "content_type": "image/webp", "size": 7}
        Preview.objects.create(file=file, kind=Preview.Kind.THUMB, **facts)
        Captions.objects.create(file=file, text="WEBVTT")
        Rendering.objects.update_or_create(file=file, defaults={"texts": ["Words that can be read in it"]})


def purge_on(cast: Cast, number: float):
    """What a night's purge of Lakeside reports."""
    with day(number), cast.inside():
        return purge(cast.lakeside)


def states(cast: Cast) -> dict[str, str]:
    """The state of each file by the name of the artifact it came with."""
    with scoring.inside(cast):
        return {each.name: each.file.state for each in Artifact.objects.exclude(file=None).select_related("file")}


def local_keys() -> set[str]:
    """All that storage and quarantine have on local disk."""
    media, parts = Path(default_storage.location), settings.FILE_UPLOAD_TEMP_DIR / "parts"
    found = {str(each.relative_to(media)) for each in media.rglob("*") if each.is_file()}
    return found | {f"parts/{each.relative_to(parts)}" for each in parts.rglob("*") if each.is_file()}
