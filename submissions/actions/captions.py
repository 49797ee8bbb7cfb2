"""Captions of one's own film or recording: saved as they are written, never over what another tab has saved."""

import re

from django.db import transaction
from django.utils.translation import gettext as _

from lib import clock
from lib.errors import Invalid, RuleBroken
from submissions import captions, files
from submissions.actions.drafts import lock_draft, require_open
from submissions.models import Artifact, Captions
from tenants import audit
from tenants.roles import Member

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})?")


class StaleCaptions(RuleBroken):
    """The captions were saved elsewhere since the writer last saw them. `theirs` is what is stored."""

    def __init__(self, theirs: Captions) -> None:
        super().__init__(
            _("These captions were changed in another tab or on another device. Below you see both."), code="stale"
        )
        self.theirs = theirs


@transaction.atomic
def save_captions(*, by: Member, artifact: Artifact, language: str, text: str, rev: int | None = None) -> Captions:
    """Store captions, in plain WebVTT whatever they were. `rev` is the one the writer last saw (0: none yet).

    Saving what is stored already changes nothing. Raises Invalid (400) that names the wrong line, StaleCaptions (409),
    and RuleBroken (409) once the try is sent or the part is met.
    """
    if not _LANGUAGE.fullmatch(language):
        raise Invalid(_("This is no language we know."), field="language")
    _lock(by, artifact)
    plain = captions.written(captions.cues_of(text))
    stored = Captions.objects.select_for_update().filter(file=artifact.file_id, language=language).first()
    if stored is None:
        stored = Captions.objects.create(file=artifact.file, language=language, text=plain, saved_at=clock.now())
    elif stored.text == plain:
        return stored
    elif rev is not None and rev != stored.rev:
        raise StaleCaptions(stored)
    else:
        stored.text, stored.rev, stored.saved_at = plain, stored.rev + 1, clock.now()
        stored.save(update_fields=["text", "rev", "saved_at"])
    audit.record(by, "captions.saved", artifact, language=language, rev=stored.rev)
    return stored


@transaction.atomic
def remove_captions(*, by: Member, artifact: Artifact, language: str) -> None:
    """Delete the captions in one language. Removing what is gone is no problem."""
    _lock(by, artifact)
    if Captions.objects.filter(file=artifact.file_id, language=language).delete()[0]:
        audit.record(by, "captions.removed", artifact, language=language)


def _lock(by: Member, artifact: Artifact) -> None:
    draft = lock_draft(by, artifact.submission)
    require_open(draft, artifact.criterion)
    if artifact.file is None or files.kind_of(artifact) not in ("video", "audio"):
        raise RuleBroken(_("Only a film or a recording can have captions."), code="no-film")
