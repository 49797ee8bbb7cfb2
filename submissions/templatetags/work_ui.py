"""Template filters of the earner's pages."""

from django import template
from django.forms import BoundField
from django.urls import reverse

from credentials.models import Prompt
from lib import durations
from submissions.models import Artifact
from submissions.outline import Outline, Part
from submissions.promise_forms import PieceFields
from tenants.models import Tenant

register = template.Library()


@register.filter
def answer_to(outline: Outline, prompt: Prompt) -> str:
    """The words written on a prompt, or nothing."""
    response = outline.responses.get(prompt.id)
    return response.text.strip() if response else ""


@register.filter
def in_hours(minutes: int) -> str:
    """Minutes in words."""
    return durations.in_hours(minutes)


@register.simple_tag
def part_url(tenant: Tenant, work_id: object, part: Part) -> str:
    """The page of a part of the task list."""
    if part.criterion is None:
        return reverse(f"work_{part.key}", args=[tenant.slug, work_id])
    return reverse("work_criterion", args=[tenant.slug, work_id, part.criterion.key])


@register.simple_tag
def piece_fields(form: object, artifact: Artifact) -> dict[str, BoundField] | None:
    """The fields on students of one piece: those of `form`, or fresh ones where it was made before the piece was."""
    fields = form.piece_fields(artifact) if isinstance(form, PieceFields) else None
    if fields is None:
        fresh = PieceFields(auto_id="%s")
        fresh.add_pieces([artifact])
        fields = fresh.piece_fields(artifact)
    return fields
