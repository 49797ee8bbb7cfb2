"""Awarding badges from a list: read it, show what was understood, and work it off in chunks when it is confirmed."""

from datetime import timedelta
from uuid import UUID

import structlog
from django.db import OperationalError, connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from badges.actions.many import Earned, award_many
from badges.award_lists import MOST_BYTES, read_list
from badges.minting import sign_if_possible
from badges.models import AwardImport, AwardImportRow, Badge
from credentials.models import Edition, Stack
from lib import clock
from lib.bulk import among
from lib.errors import Invalid, LaurelError, RuleBroken
from lib.nudge import nudge
from lib.transitions import move
from tenants.actions.people import enroll
from tenants.audit import record
from tenants.models import Role, User
from tenants.roles import Member, require

log = structlog.get_logger(__name__)

CHUNK = 500  # rows in one transaction: what a killed worker loses, and how long others wait for a person's row
RELATED = ("edition__micro_credential__tenant", "stack__tenant", "by", "tenant")
KEPT = timedelta(days=90)  # a finished list, for looking things up and for the lines that failed
KEPT_UNCONFIRMED = timedelta(days=7)
State = AwardImportRow.State


def read_in(*, by: Member, thing: Edition | Stack, file_name: str, data: bytes) -> AwardImport:
    """Keep a list with everything that was understood. Nothing is awarded until `start`. Raises Invalid."""
    require(by, "badge.import")
    if thing.tenant != by.tenant or thing.state != type(thing).State.PUBLISHED:
        raise Invalid(_("Choose something that is published here."), field="thing")
    if len(data) > MOST_BYTES:
        message = _("This file is too big. The limit is %(limit)s MB.")
        raise Invalid(message % {"limit": MOST_BYTES // 1_000_000}, field="file")
    lines = read_list(data, zone=by.tenant.zone, now=clock.now())
    about = {"edition": thing} if isinstance(thing, Edition) else {"stack": thing}
    held = _holders(about, [line.email for line in lines if not line.problem])
    with transaction.atomic():
        made = AwardImport.objects.create(by=by.user, file_name=file_name[-120:], **about)
        rows = []
        for line in lines:
            problem = line.problem or _refusal(line.email, by.user, held)
            row = AwardImportRow(
                award_import=made,
                line=line.number,
                email=line.email,
                name=line.name,
                awarded_on=line.awarded_on,
                reference=line.reference,
                awarded_at=line.awarded_at,
                problem=problem,
            )
            if problem:
                move(row, State.FAILED)
            rows.append(row)
        AwardImportRow.objects.bulk_create(rows, batch_size=5_000)
    return made


def _holders(about: dict[str, Edition | Stack], emails: list[str]) -> set[str]:
    held = Badge.objects.filter(**about, superseded_at=None).exclude(state=Badge.State.REVOKED)
    return set(held.filter(earner__email__in=among(emails, "text")).values_list("earner__email", flat=True))


def _refusal(email: str, by: User | None, held: set[str]) -> str:
    """Why this person does not get the badge, or nothing."""
    if by is not None and email == by.email:
        return _("You cannot award a badge to yourself. Another admin has to do it.")
    if email in held:
        return _("This person holds the badge already.")
    return ""


def start(*, by: Member, award_import: AwardImport) -> AwardImport:
    """Confirm a list: workers award what is waiting. Starting twice is refused."""
    from badges.tasks import award_import as task  # the tasks need this module

    require(by, "badge.import")
    with transaction.atomic():
        award_import = AwardImport.objects.select_for_update().get(id=award_import.id)
        waiting = award_import.rows.filter(state=State.WAITING).count()
        if not waiting:
            message = _("There is nothing to award in this list. Correct the file and upload it again.")
            raise RuleBroken(message, code="nothing-to-award")
        move(award_import, AwardImport.State.RUNNING)
        award_import.by = by.user
        award_import.save(update_fields=["state", "by"])
        record(by, "badge.imported", award_import, title=award_import.thing.title, badges=waiting)
        nudge(task, str(by.tenant.id), str(award_import.id))
    return award_import


def drop(*, by: Member, award_import: AwardImport) -> None:
    """Forget a list that was not confirmed."""
    require(by, "badge.import")
    with transaction.atomic():
        award_import = AwardImport.objects.select_for_update().get(id=award_import.id)
        if award_import.state != AwardImport.State.READ:
            raise RuleBroken(_("This list was confirmed in the meantime, so it stays."), code="import-confirmed")
        award_import.delete()


def work_off(award_import_id: UUID) -> int:
    """Award what waits in a confirmed list of the active tenant; returns how many rows were dealt with.

    Any number of workers may do this at once, and any of them may die: a row and its badge are one transaction.
    """
    done = 0
    while True:
        with transaction.atomic():
            award_import = AwardImport.objects.select_related("edition", "stack", "by", "tenant").get(
                id=award_import_id
            )
            if award_import.state != AwardImport.State.RUNNING:
                return done
            waiting = award_import.rows.select_for_update(skip_locked=True).filter(state=State.WAITING)
            rows = list(waiting.order_by("line")[:CHUNK])
            if not rows:
                _finish(award_import)
                return done
            _award(award_import, rows)
            done += len(rows)


def catch_up() -> None:
    """Work off what a lost nudge or a killed worker left, and forget lists that are old, in the active tenant."""
    old = Q(finished_at__lt=clock.now() - KEPT)
    unconfirmed = Q(state=AwardImport.State.READ, created_at__lt=clock.now() - KEPT_UNCONFIRMED)
    with transaction.atomic():
        AwardImport.objects.filter(old | unconfirmed).delete()
        running = list(AwardImport.objects.filter(state=AwardImport.State.RUNNING).values_list("id", flat=True))
    for each in running:
        work_off(each)


def _finish(award_import: AwardImport) -> None:
    """Close a list unless another worker still holds rows of it."""
    award_import = AwardImport.objects.select_for_update().get(id=award_import.id)
    if award_import.state == AwardImport.State.RUNNING and not award_import.rows.filter(state=State.WAITING).exists():
        move(award_import, AwardImport.State.DONE)
        award_import.finished_at = clock.now()
        award_import.save(update_fields=["state", "finished_at"])


def _award(award_import: AwardImport, rows: list[AwardImportRow]) -> None:
    """Award all of these rows; or the halves of them, down to the one that cannot be awarded."""
    try:
        with transaction.atomic():
            _award_together(award_import, rows)
            return
    except OperationalError:  # the database, not the list: the sweep comes back to it
        raise
    except Exception as problem:
        if len(rows) == 1:
            _fail(rows[0], problem)
            return
    half = len(rows) // 2
    _award(award_import, rows[:half])
    _award(award_import, rows[half:])


def _award_together(award_import: AwardImport, rows: list[AwardImportRow]) -> None:
    # Whoever confirmed the list was an admin then, and need not be one any more when it is worked off.
    by = Member(user=award_import.by, tenant=award_import.tenant, roles=frozenset({Role.ADMIN}))
    about = {"edition": award_import.edition, "stack": award_import.stack}
    held = _holders({key: thing for key, thing in about.items() if thing}, [row.email for row in rows])
    refused = {row.id: _refusal(row.email, award_import.by, held) for row in rows}
    fine = [row for row in rows if not refused[row.id]]
    people = enroll(by=by, people={row.email: row.name for row in fine})
    earned = [Earned(earner=people[row.email], awarded_at=row.awarded_at) for row in fine]
    badges = dict(
        zip([row.id for row in fine], award_many(by=by, earned=earned, sign=sign_if_possible, **about), strict=True)
    )
    for row in rows:
        move(row, State.FAILED if refused[row.id] else State.DONE)
    columns = [
        [row.id for row in rows],
        [row.state for row in rows],
        [badges[row.id].id if row.id in badges else None for row in rows],
        [refused[row.id] for row in rows],
    ]
    with connection.cursor() as cursor:
        cursor.execute(STORE, columns)


STORE = """
    UPDATE badges_awardimportrow SET state = new.state, badge_id = new.badge_id, problem = new.problem
    FROM unnest(%s::uuid[], %s::text[], %s::uuid[], %s::text[]) AS new (id, state, badge_id, problem)
    WHERE badges_awardimportrow.id = new.id
"""


def _fail(row: AwardImportRow, problem: Exception) -> None:
    row.refresh_from_db()
    move(row, State.FAILED)
    row.problem = _("Something went wrong with this line. Upload it again, and tell us if it happens again.")
    if isinstance(problem, LaurelError):
        row.problem = problem.message[:300]
    else:
        log.error("import_row_failed", row=str(row.id), exc_info=problem)
    row.save(update_fields=["state", "problem"])
