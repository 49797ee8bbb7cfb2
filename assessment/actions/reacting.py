"""Thanking for a comment, flagging one, taking that back, and answering a flag."""

from django.db import transaction
from django.utils.translation import gettext as _

from assessment import mail
from assessment.models import DecisionLine, Reaction
from lib import clock
from lib.errors import Invalid, RuleBroken
from tenants.audit import record
from tenants.roles import Member, require

MOST_CHARACTERS = 600


@transaction.atomic
def react(*, by: Member, line: DecisionLine, kind: str, text: str = "") -> Reaction:
    """Thank for the comment on a line, or flag it with a sentence. The newer one takes the place of the older.

    Raises Invalid (400) for a flag that says nothing, and RuleBroken (409) when there is no comment or the flag on it
    was answered already.
    """
    require(by, "feedback.react", line.decision.submission)
    if kind not in Reaction.Kind.values:
        raise Invalid(_("Choose to thank or to flag."), field="kind")
    if not line.comment:
        raise RuleBroken(_("There is no comment on this line."), code="no-comment")
    text = _sentence(text, _("Say in a sentence what is wrong with this comment.")) if kind == "flag" else ""
    DecisionLine.objects.select_for_update(of=("self",)).get(pk=line.pk)
    found = Reaction.objects.filter(decision_line=line).first() or Reaction(
        decision_line=line, earner_id=line.decision.submission.earner_id
    )
    _require_open(found)
    found.kind, found.text, found.made_at = kind, text, clock.now()
    found.save()
    record(by, "feedback.thanked" if kind == Reaction.Kind.THANK else "feedback.flagged", found)
    return found


@transaction.atomic
def take_back(*, by: Member, line: DecisionLine) -> None:
    """Undo a thank-you or a flag. Harmless when there is none; RuleBroken (409) when the flag was answered."""
    require(by, "feedback.react", line.decision.submission)
    found = Reaction.objects.select_for_update().filter(decision_line=line).first()
    if found is None:
        return
    _require_open(found)
    record(by, "feedback.reaction_undone", found, kind=found.kind)
    found.delete()


@transaction.atomic
def answer_flag(*, by: Member, flag: Reaction, text: str) -> Reaction:
    """Answer a flag for good; the earner gets the answer by mail."""
    require(by, "flag.answer", flag)
    flag = Reaction.objects.select_for_update().filter(pk=flag.pk, kind=Reaction.Kind.FLAG).first()
    if flag is None:
        raise RuleBroken(_("The educator took this flag back. There is nothing to answer."), code="taken-back")
    if flag.answered_at is not None:
        raise RuleBroken(_("Someone has answered this flag already."), code="answered")
    flag.answer = _sentence(text, _("Write an answer. The educator gets it by email."))
    flag.answered_by, flag.answered_at = by.user, clock.now()
    flag.save(update_fields=["answer", "answered_by", "answered_at"])
    record(by, "feedback.flag_answered", flag)
    mail.flag_answered(flag, tenant=by.tenant)
    return flag


def _require_open(reaction: Reaction) -> None:
    if reaction.answered_at is not None:
        raise RuleBroken(_("Your flag was answered, so it can no longer be changed."), code="answered")


def _sentence(text: str, missing: str) -> str:
    text = text.replace("\r\n", "\n").replace("\x00", "").strip()
    if not text:
        raise Invalid(missing, field="text")
    if len(text) > MOST_CHARACTERS:
        facts = {"limit": MOST_CHARACTERS, "n": len(text)}
        raise Invalid(_("Cut this to %(limit)s characters. It has %(n)s.") % facts, field="text")
    return text
