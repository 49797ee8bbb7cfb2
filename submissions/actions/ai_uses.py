"""The note on AI tools: whether any were used, which, where, and what the earner changed in what they gave."""

from collections.abc import Collection, Sequence
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


def require_answer(used_ai: bool | None, lines: int) -> None:
    """Raise Invalid (400) naming "used_ai" unless the answer, None where there is none, fits the number of lines."""
    if used_ai is None:
        raise Invalid(_("Say if you used AI tools. Both answers are fine."), field="used_ai")
    if used_ai and not lines:
        raise Invalid(_("Say which AI tool you used, and what you changed."), field="used_ai")
    if lines and not used_ai:
        raise Invalid(
            _("You said that you used no AI tools, and also named some. Change one of the two."), field="used_ai"
        )
    if lines > MOST_USES:
        raise Invalid(_("Name at most %(n)s AI tools.") % {"n": MOST_USES}, field="used_ai")


def checked(use: Use, parts: Collection[str]) -> Use:
    """A line as it is stored. `parts`: the keys of the edition's parts. Raises Invalid (400) naming its field."""
    tool = " ".join(use.tool.replace("\x00", "").split())
    changed = use.what_changed.replace("\r\n", "\n").replace("\x00", "").strip()
    if not tool:
        raise Invalid(_("Write the name of the AI tool."), field="tool")
    if len(tool) > MOST_TOOL:
        raise Invalid(_("This name is too long. Use at most %(n)s characters.") % {"n": MOST_TOOL}, field="tool")
    if not changed:
        raise Invalid(_("Say what you changed in what the tool gave you."), field="what_changed")
    if len(changed) > MOST_CHANGED:
        message = _("This is too long. Use at most %(n)s characters.") % {"n": f"{MOST_CHANGED:,}"}
        raise Invalid(message, field="what_changed")
    if use.criterion and use.criterion not in parts:
        raise Invalid(_("Choose one of the parts."), field="criterion")
    return Use(tool, changed, use.criterion)


def write(draft: Submission, used_ai: bool | None, uses: Sequence[Use]) -> None:
    """Store the answer and the lines in place of what there was, in the caller's transaction.

    Raises Invalid (400) naming the field, like "used_ai" or "ai_uses[0].tool".
    """
    require_answer(used_ai, len(uses))
    parts = {each.key: each for each in Criterion.objects.filter(edition=draft.edition_id)}
    good = []
    for number, use in enumerate(uses):
        try:
            good.append(checked(use, parts))
        except Invalid as problem:
            raise Invalid(problem.message, field=f"ai_uses[{number}].{problem.field}") from problem
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
        for position, use in enumerate(good)
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
