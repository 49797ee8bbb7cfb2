"""Zips that people asked for. All that is kept about one person, from every app and tenant: data.json and their files.

Made here since only this layer may know all apps. Files are copied one by one, so memory stays flat.
"""

import shutil
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import orjson
import structlog
from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from assessment.models import Decision
from badges.archive import write_badges, write_site
from badges.endorsements import WITH_THINGS
from badges.issuers import issuer_of
from badges.models import Badge, Endorsement, OutsideBadge
from badges.outside import outside_badges_of
from badges.queries import badges_of
from config.site.export_passport import passport_data
from config.site.export_trust import trust_of
from lib import clock
from recognition.models import RewardCard
from submissions import files
from submissions.actions import exporting
from submissions.checking import PREFIX
from submissions.models import DataExport
from submissions.owndata import tenants_of
from submissions.portable import Evidence, Original, moment
from tenants.models import Membership, Tenant, User
from tenants.queries import apps_of, staff_record, tokens_of
from tenants.scope import inside

log = structlog.get_logger(__name__)

FORMAT = "laurel.person/1"


def make(export: DataExport) -> bool:
    """Make, store and announce an export. False when it is not to be made, or storage was down and it waits on."""
    leased = exporting.take(export=export)
    if leased is None:
        return False
    with tempfile.TemporaryDirectory(prefix=PREFIX, dir=settings.FILE_UPLOAD_TEMP_DIR) as folder:
        path = Path(folder) / "export.zip"
        try:
            WRITERS[leased.kind](leased, path)
            _store(leased, path)
        except files.STORAGE_ERRORS as problem:
            log.warning("export_waits", export=str(leased.id), problem=str(problem))
            exporting.let_go(export=leased)
            return False
        if exporting.made(export=leased, size=path.stat().st_size):
            return True
    files.discard(leased.key)
    return False


def _write_mine(export: DataExport, path: Path) -> None:
    write(export.person, path)


def _write_badges(export: DataExport, path: Path) -> None:
    with transaction.atomic():
        write_badges(export.person, export.tenant, path)


def _write_issued(export: DataExport, path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, transaction.atomic():
        write_site(issuer_of(export.tenant), lambda name, data: archive.writestr(_entry(name), data))


WRITERS = {
    DataExport.Kind.MINE: _write_mine,
    DataExport.Kind.BADGES: _write_badges,
    DataExport.Kind.ISSUER: _write_issued,
}


def _store(export: DataExport, path: Path) -> None:
    default_storage.delete(export.key)  # of an earlier attempt that died on the way
    with path.open("rb") as made:
        stored = default_storage.save(export.key, File(made))
    if stored != export.key:
        raise OSError(f"stored as {stored} in place of {export.key}")


def write(person: User, path: Path) -> None:
    """Write the zip to `path`. Raises one of files.STORAGE_ERRORS; a single file that is not there is noted as such."""
    data, originals = collect(person)
    with zipfile.ZipFile(path, "w", allowZip64=True) as archive:
        missing = [each.path for each in originals if not _copy(archive, each)]
        for outside in outside_badges_of(person).defer(None):
            archive.writestr(_entry(outside_path(outside)), bytes(outside.data))
        for badge in _documents(person):
            archive.writestr(_entry(f"badges/{badge.id}.json"), bytes(badge.document))
        archive.writestr(_entry("data.json"), orjson.dumps(data | {"missing": missing}, option=orjson.OPT_INDENT_2))
        archive.writestr(_entry("README.txt"), _readme(person))


def _copy(archive: zipfile.ZipFile, original: Original) -> bool:
    try:
        stored = files.open_stored(original.file.key)
        with stored, archive.open(_entry(original.path), "w", force_zip64=True) as target:
            shutil.copyfileobj(stored, target, files.CHUNK)
    except FileNotFoundError:
        log.error("original_missing", key=original.file.key)
        return False
    return True


def _entry(path: str) -> zipfile.ZipInfo:
    return zipfile.ZipInfo(path, clock.now().timetuple()[:6])


def collect(person: User) -> tuple[dict[str, Any], list[Original]]:
    """Everything as plain data, and the originals that belong to it."""
    tenants, originals = [], []
    with transaction.atomic():
        person = User.objects.get(id=person.id)
        memberships = list(Membership.objects.filter(user=person).select_related("tenant"))
        here = {each.id: each for each in [*tenants_of(person), *(each.tenant for each in memberships)]}
        for tenant in sorted(here.values(), key=lambda each: each.name):
            with inside(tenant):
                evidence = Evidence(tenant, person)
                tenants.append(_tenant(tenant, person, evidence))
                originals += evidence.originals()
        data = {
            "format": FORMAT,
            "made_at": moment(clock.now()),
            "profile": {"name": person.name, "email": person.email, "since": moment(person.created_at)},
            "memberships": [
                {
                    "tenant": each.tenant.slug,
                    "roles": each.roles,
                    "active": each.active,
                    "since": moment(each.since),
                }
                for each in memberships
            ],
            "apps": [
                {"name": app.name, "since": moment(since), "may": [str(each) for each in may]}
                for app, since, may in apps_of(person)
            ],
            "endorsements": _endorsements(person),
            "tokens": [{"name": each.name, "scopes": each.scopes} for each in tokens_of(person)],
            "tenants": tenants,
            "badges": [_badge(each) for each in badges_of(person).prefetch_related("shared_evidence")],
            **passport_data(person),
            "outside_badges": [_outside(each) for each in outside_badges_of(person)],
            "rewards": [
                _reward(each) for each in RewardCard.objects.filter(earner=person).select_related("tenant", "policy")
            ],
        }
    return data, originals


def _tenant(tenant: Tenant, person: User, evidence: Evidence) -> dict[str, Any]:
    record = staff_record(person)
    told = _decisions(person)
    return {
        "tenant": tenant.slug,
        "name": tenant.name,
        "staff_record": record
        and {
            "job": record.job_class,
            "full_time": record.full_time,
            "building": record.building,
            "employee_number": record.employee_number,
        },
        "works": [facts | {"decisions": told.get(work.id, [])} for work, facts in evidence.works()],
        "erasures": evidence.erasures(),
        **trust_of(person),
    }


def _decisions(person: User) -> dict[Any, list[dict[str, Any]]]:
    """What the earner was told, by work: the same as on the feedback pages, and no names of reviewers."""
    found: dict[Any, list[dict[str, Any]]] = {}
    decisions = Decision.objects.filter(submission__earner=person).select_related("submission")
    for each in decisions.prefetch_related("lines__line", "lines__level").order_by("decided_at", "id"):
        lines = [
            {"line": one.line.title, "level": one.level.name, "met": one.met, "comment": one.comment}
            for one in each.lines.all()
        ]
        told = {"try": each.submission.number, "outcome": each.outcome, "decided_at": moment(each.decided_at)}
        found.setdefault(each.submission.work_id, []).append(told | {"note": each.note, "lines": lines})
    return found


def _documents(person: User) -> list[Badge]:
    with transaction.atomic():
        return list(Badge.objects.filter(earner=person, document__isnull=False).only("id", "document"))


def _badge(badge: Badge) -> dict[str, Any]:
    return {
        "id": str(badge.id),
        "title": badge.title,
        "issuer": badge.tenant.slug,
        "state": badge.state,
        "visibility": badge.visibility,
        "awarded_at": moment(badge.awarded_at),
        "expires_at": moment(badge.expires_at),
        "replaces": str(badge.replaces_id) if badge.replaces_id else None,
        "succession": badge.succession,
        "suspended_at": moment(badge.suspended_at),
        "suspended_note": badge.suspended_note,
        "revoked_at": moment(badge.revoked_at),
        "revoked_reason": badge.revoked_reason,
        "revoked_note": badge.revoked_note,
        "shown_evidence": [
            {"name": each.name, "part": each.description, "since": moment(each.shared_at)}
            for each in badge.shared_evidence.all()
        ],
        "document": f"badges/{badge.id}.json" if badge.minted_at else None,
    }


def outside_path(badge: OutsideBadge) -> str:
    """Where the file of a badge from elsewhere is in the copy."""
    return f"badges/elsewhere/{badge.id}"


def _outside(badge: OutsideBadge) -> dict[str, Any]:
    return {
        "id": str(badge.id),
        "number": badge.credential_id,
        "title": badge.title,
        "issuer": badge.issuer_name,
        "issuer_id": badge.issuer_id,
        "form": badge.form,
        "state": badge.state,
        "visibility": badge.visibility,
        "awarded_at": moment(badge.awarded_at),
        "expires_at": moment(badge.expires_at),
        "added_at": moment(badge.added_at),
        "file": outside_path(badge),
    }


def _endorsements(person: User) -> list[dict[str, Any]]:
    """What the person wrote as a recognizer."""
    return [
        {
            "tenant": each.tenant.slug,
            "about": each.thing.title,
            "comment": each.comment,
            "at": moment(each.at),
            "state": each.state,
        }
        for each in Endorsement.objects.filter(by=person).select_related(*WITH_THINGS)
    ]


def _reward(card: RewardCard) -> dict[str, Any]:
    return {
        "tenant": card.tenant.slug,
        "rule": card.policy.title,
        "badge": str(card.badge_id or card.outside_id),
        "state": card.state,
        "cents": card.cents,
        "ceu_hundredths": card.ceu_hundredths,
        "changed_at": moment(card.changed_at),
    }


def _readme(person: User) -> str:
    return "\n".join(
        [
            _("All that Laurel keeps about %(name)s.") % {"name": person.get_full_name()},
            "",
            _("data.json: your profile, groups, work, answers, promises, what reviewers told you, badges and rewards."),
            _("evidence/: your files, just as you uploaded them. data.json says which is which."),
            _("badges/: your badges as signed documents. Anyone can check them, also without Laurel."),
            _("badges/elsewhere/: badges of other issuers that you added, just as you gave them."),
            "",
        ]
    )
