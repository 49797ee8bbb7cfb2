"""The note on AI tools: whether any were used, which, where, and what the earner changed in what they gave."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from credentials.models import Criterion
from lib.errors import Invalid
from submissions.models import AiUse, Submission

MOST_USES = 20  # lines in one try
MOST_TOOL = 80  # characters
MOST_CHANGED = 1000  # characters


@dataclass(frozen=True)
class Use:
    """One line. `criterion` is the key of a part; empty is the whole work."""

    tool: str
    what_changed: str
    criterion: str = ""


def checked(used_ai: bool | None, uses: Sequence[Use]) -> list[Use]:
    """The lines as they are stored. Raises Invalid (400) naming the field: "used_ai", or "ai_uses" with `line`."""
    if used_ai is None:
        raise Invalid(_("Say if you used AI tools. Both answers are fine."), field="used_ai")
    if used_ai and not uses:
        raise Invalid(_("Say which AI tool you used, and what you changed."), field="used_ai")
    if uses and not used_ai:
        raise Invalid(
            _("You said that you used no AI tools, and also named some. Change one of the two."), field="used_ai"
        )
    if len(uses) > MOST_USES:
        raise Invalid(_("Name at most %(n)s AI tools.") % {"n": MOST_USES}, field="ai_uses")
    return [_checked(number, use) for number, use in enumerate(uses)]


def _checked(line: int, use: Use) -> Use:
    tool = " ".join(use.tool.replace("\x00", "").split())
    changed = use.what_changed.replace("\r\n", "\n").replace("\x00", "").strip()
    facts = {"field": "ai_uses", "line": line}
    if not tool:
        raise Invalid(_("Write the name of the AI tool."), part="tool", **facts)
    if len(tool) > MOST_TOOL:
        raise Invalid(
            _("This name is too long. Use at most %(n)s characters.") % {"n": MOST_TOOL}, part="tool", **facts
        )
    if not changed:
        raise Invalid(_("Say what you changed in what the tool gave you."), part="what_changed", **facts)
    if len(changed) > MOST_CHANGED:
        message = _("This is too long. Use at most %(n)s characters.") % {"n": f"{MOST_CHANGED:,}"}
        raise Invalid(message, part="what_changed", **facts)
    return Use(tool, changed, use.criterion)


def write(draft: Submission, used_ai: bool, uses: Sequence[Use]) -> None:
    """Store checked lines in place of what there was, in the caller's transaction. Raises Invalid (400)."""
    parts = {each.key: each for each in Criterion.objects.filter(edition=draft.edition_id)}
    for line, use in enumerate(uses):
        if use.criterion and use.criterion not in parts:
            raise Invalid(_("Choose one of the parts."), field="ai_uses", line=line, part="criterion")
    draft.used_ai = used_ai
    draft.save(update_fields=["used_ai"])
    AiUse.objects.filter(submission=draft).delete()
    AiUse.objects.bulk_create(
        AiUse(
            submission=draft,
            tool=use.tool,
            criterion=parts.get(use.criterion),
            what_changed=use.what_changed,
            position=position,
        )
        for position, use in enumerate(uses)
    )


def carry(sent: Submission, draft: Submission) -> None:
    """The next try begins with what was said in the one before, unsaved on `draft` itself."""
    draft.used_ai = sent.used_ai
    AiUse.objects.bulk_create(
        AiUse(
            submission=draft,
            tool=old.tool,
            criterion_id=old.criterion_id,
            what_changed=old.what_changed,
            position=old.position,
        )
        for old in AiUse.objects.filter(submission=sent)
    )
