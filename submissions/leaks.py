"""Where an earner's own name stands in what they are about to send, though reviewers should not know who they are."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from credentials.models import Criterion
from submissions.models import Artifact, Rendering
from submissions.names import names_someone, parts_of
from submissions.outline import Outline
from tenants.models import Tenant, User


@dataclass(frozen=True)
class Leak:
    """One place with the name, as a sentence, and where to look at it."""

    sentence: str
    href: str


def leaks_of(outline: Outline, earner: User, tenant: Tenant, criterion: Criterion | None = None) -> list[Leak]:
    """All places in the open parts of a try, or in one part. One query."""
    name = parts_of(earner.name)
    criteria = [part.criterion for part in outline.parts if part.criterion and not outline.is_locked(part.criterion)]
    if criterion is not None:
        criteria = [each for each in criteria if each.id == criterion.id]
    pieces = [each for one in criteria for each in outline.artifacts[one.id] if each.state == Artifact.State.READY]
    files = [each.file_id for each in pieces if each.file_id]
    texts = dict(Rendering.objects.filter(file__in=files).values_list("file", "texts"))
    leaks: list[Leak] = []
    for one in criteria:
        leaks += _in_answers(outline, one, name, tenant)
        for artifact in outline.artifacts[one.id]:
            if artifact.state == Artifact.State.READY:
                href = reverse("artifact_view", args=[tenant.slug, outline.submission.work_id, artifact.id])
                leaks += _in_piece(artifact, texts, name, href)
    return leaks


def _in_answers(outline: Outline, criterion: Criterion, name: frozenset[str], tenant: Tenant) -> Iterator[Leak]:
    href = reverse("work_criterion", args=[tenant.slug, outline.submission.work_id, criterion.key])
    for prompt in criterion.prompts.all():
        answer = outline.responses.get(prompt.id)
        if answer is not None and names_someone(answer.text, name):
            sentence = _("Your name is in your answer to “%(question)s”.") % {"question": prompt.text}
            yield Leak(sentence, f"{href}#answer-{prompt.key}")


def _in_piece(artifact: Artifact, texts: dict[UUID, list[str]], name: frozenset[str], href: str) -> Iterator[Leak]:
    facts = {"title": artifact.name or artifact.link_title or str(artifact)[:60]}
    if artifact.kind == Artifact.Kind.TEXT and names_someone(artifact.text, name):
        yield Leak(_("Your name is in the text “%(title)s”.") % facts, href)
    if artifact.kind == Artifact.Kind.LINK and names_someone(f"{artifact.link_title} {artifact.url}", name):
        yield Leak(_("Your name is in the title or the address of “%(title)s”.") % facts, href)
    pages = [n for n, text in enumerate(texts.get(artifact.file_id, []), start=1) if names_someone(text, name)]
    if pages and len(texts[artifact.file_id]) == 1:
        yield Leak(_("Your name is in %(title)s.") % facts, href)
    elif pages:
        facts |= {"page": pages[0], "n": len(pages) - 1}
        sentence = _("Your name is on page %(page)s of %(title)s.") % facts
        if len(pages) > 1:
            sentence = (
                ngettext(
                    "Your name is on page %(page)s of %(title)s, and on %(n)s page more.",
                    "Your name is on page %(page)s of %(title)s, and on %(n)s pages more.",
                    len(pages) - 1,
                )
                % facts
            )
        yield Leak(sentence, f"{href}#page-{pages[0]}")
