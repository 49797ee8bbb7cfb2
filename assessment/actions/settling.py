"""Settling: a senior assessor takes what two readers differ on, and gives it a level and a reason."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from assessment.actions.deciding import Incomplete, decide, lock_submission
from assessment.actions.scoring import clean_text
from assessment.models import LEASE, Conflict, Decision, SettledLine, Settling
from assessment.queries import lines_of
from assessment.settlings import settleable
from credentials.models import RubricLevel, RubricLine
from lib import clock
from lib.errors import Invalid, RuleBroken
from lib.transitions import move
from tenants.audit import record
from tenants.roles import Member, require


class SettledByOther(RuleBroken):
    """The lease ran out and someone else has it now, so this claim writes no more."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "Your 30 minutes ran out and someone else took this over. What you wrote is kept here: "
                "you can still read and copy it, but it no longer counts."
            ),
            code="lease-lost",
        )


class AlreadySettled(RuleBroken):
    """The settling is final."""

    def __init__(self) -> None:
        super().__init__(_("You have settled this. It can no longer be changed."), code="already-sent")


@dataclass(frozen=True)
class Word:
    """What is said about one line. None leaves as it is what was saved before."""

    line: RubricLine
    level: RubricLevel | None = None
    reason: str | None = None


def claim_settling(*, by: Member, settling: Settling | None = None) -> Settling | None:
    """Take what is due first, or `settling`, for LEASE. None when nothing waits that `by` may settle.

    Takes over claims whose lease ran out: the old row keeps its draft as EXPIRED, the new one has a higher token. What
    one already holds is given back as it is. Raises RuleBroken (409) when `settling` is with someone else, or is
    not theirs to settle.
    """
    require(by, "settling.claim", settling)
    with transaction.atomic():
        free = settleable(by).select_for_update(of=("self",), skip_locked=True)
        if settling is None:
            found = free.first()
            if found is None:
                return None
        else:
            held = Settling.objects.filter(id=settling.id, settler=by.user, state=Settling.State.CLAIMED).first()
            if held is not None:
                return held
            found = free.filter(id=settling.id).first()
            if found is None:
                raise RuleBroken(
                    _("This cannot be taken: someone else has it, or you have read it. Take another one."), code="taken"
                )
        if found.state == Settling.State.CLAIMED:
            found = _succeed(found, Settling.State.EXPIRED)
        move(found, Settling.State.CLAIMED)
        found.settler = by.user
        found.token += 1
        found.claimed_at = clock.now()
        found.lease_until = found.claimed_at + LEASE
        found.save()
        record(by, "settling.claimed", found, submission=str(found.submission_id), token=found.token)
    return found


def hold_settling(*, by: Member, settling: Settling, token: int) -> Settling:
    """The row of a live claim, locked. Call it inside a transaction.

    Raises NotAllowed (403) for anyone but the holder, SettledByOther (409) for a token that is no longer the newest,
    AlreadySettled (409) once it is final, and RuleBroken (409) when it was given back.
    """
    held = Settling.objects.select_for_update(of=("self",)).select_related("submission").get(id=settling.id)
    require(by, "settling.settle", held)
    if held.state == Settling.State.EXPIRED or held.token != token:
        raise SettledByOther
    if held.state == Settling.State.FINAL:
        raise AlreadySettled
    if held.state == Settling.State.RELEASED:
        raise RuleBroken(_("You gave this back. Take it again to settle it."), code="given-back")
    return held


def save_settling(*, by: Member, settling: Settling, token: int, words: Iterable[Word]) -> Settling:
    """Save levels and reasons as they stand, and renew the lease. All or nothing.

    Raises what `hold_settling` raises, and Invalid (400) for a line on which the readers agree, a level of another
    line, or a reason that is too long.
    """
    words = list(words)
    with transaction.atomic():
        held = hold_settling(by=by, settling=settling, token=token)
        rows = {each.line_id: each for each in SettledLine.objects.filter(settling=held)}
        changed = False
        for word in words:
            _check(word, rows)
            row = rows[word.line.id]
            level_id = word.level.id if word.level else row.level_id
            reason = row.reason if word.reason is None else clean_text(word.reason, "reason")
            if (level_id, reason) != (row.level_id, row.reason):
                row.level_id, row.reason = level_id, reason
                row.save(update_fields=["level", "reason"])
                changed = True
        held.lease_until = clock.now() + LEASE
        held.save(update_fields=["lease_until"])
        if changed:
            record(by, "settling.saved", held)
    return held


def finish_settling(*, by: Member, settling: Settling, token: int) -> Decision | None:
    """Make it final, and decide. Doing it twice is doing it once.

    Raises Incomplete (400) naming every line that lacks a level or a reason, and what `hold_settling` raises.
    """
    with transaction.atomic():
        submission = lock_submission(settling.submission_id)
        try:
            held = hold_settling(by=by, settling=settling, token=token)
        except AlreadySettled:
            return Decision.objects.filter(submission=submission).first()
        if problems := _problems(held):
            raise Incomplete(problems)
        move(held, Settling.State.FINAL)
        held.finished_at = clock.now()
        held.save(update_fields=["state", "finished_at"])
        record(by, "settling.finished", held, submission=str(submission.id))
        return decide(by=by, submission=submission)


def release_settling(*, by: Member, settling: Settling, token: int) -> None:
    """Give it back. Its draft stays readable to its writer; it waits for someone else."""
    with transaction.atomic():
        held = hold_settling(by=by, settling=settling, token=token)
        _succeed(held, Settling.State.RELEASED)
        record(by, "settling.released", held)


def step_aside(*, by: Member, settling: Settling, token: int) -> None:
    """`by` knows the earner: give it back, and never be offered work of this person again."""
    with transaction.atomic():
        held = hold_settling(by=by, settling=settling, token=token)
        Conflict.objects.get_or_create(assessor=by.user, earner_id=held.earner_id)
        _succeed(held, Settling.State.RELEASED)
        record(by, "settling.conflict_declared", held)


def _succeed(old: Settling, left: str) -> Settling:
    """End the claim `old` as `left`, and give the waiting settling of the same lines that takes its place."""
    lines = list(SettledLine.objects.filter(settling=old).values_list("line", flat=True))
    move(old, left)
    old.save(update_fields=["state"])
    new = Settling.objects.create(
        tenant_id=old.tenant_id,
        submission=old.submission,
        edition_id=old.edition_id,
        earner_id=old.earner_id,
        due_on=old.due_on,
        token=old.token,
    )
    SettledLine.objects.bulk_create(SettledLine(tenant_id=old.tenant_id, settling=new, line_id=line) for line in lines)
    return new


def _check(word: Word, rows: dict) -> None:
    if word.line.id not in rows:
        raise Invalid(
            _("The readers agree on “%(line)s”, so there is nothing to settle.") % {"line": word.line.title},
            field="line",
        )
    if word.level is not None and word.level.line_id != word.line.id:
        raise Invalid(_("Choose a level of “%(line)s”.") % {"line": word.line.title}, field="level")


def _problems(held: Settling) -> dict:
    rows = {each.line_id: each for each in SettledLine.objects.filter(settling=held)}
    problems = {}
    for number, line in enumerate(lines_of(held.submission_id), start=1):
        row = rows.get(line.line_id)
        facts = {"n": number, "line": line.line.title}
        if row is None:
            continue
        if row.level_id is None:
            problems[line.line_id] = _("Line %(n)s, “%(line)s”, needs a level.") % facts
        elif not row.reason:
            problems[line.line_id] = _("Line %(n)s, “%(line)s”, needs a reason. Both readers learn from it.") % facts
    return problems
