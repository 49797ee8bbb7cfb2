"""The life of an edition: draft, with a vetter, published, replaced or retired."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from credentials import mail
from credentials.actions.vetting import add_note
from credentials.exchange import export_edition, parse, public_edition
from credentials.models import Edition, MicroCredential, VettingNote
from credentials.search import index_edition
from credentials.sections import SECTIONS, gaps
from credentials.writing import fill, replace_parts
from lib import clock
from lib.canonical import content_hash
from lib.errors import NotAllowed, RuleBroken
from lib.ids import short_code, uuid7
from lib.transitions import move
from tenants import audit
from tenants.members import one_at_a_time
from tenants.roles import Member, require

State = Edition.State
OPEN = (State.DRAFT, State.VETTING)


@transaction.atomic
def import_edition(
    *, by: Member, data: Any, micro_credential: MicroCredential | None = None, id: UUID | None = None
) -> Edition:
    """A draft from laurel.edition/1: of a new micro-credential, or the next edition of one of this tenant.

    Raises Invalid with .field and .facts["errors"] (path → sentence) when `data` is not a whole, correct edition.
    With an `id` that is already there the same draft is returned, so that a double click creates once.
    """
    require(by, "edition.write")
    made = _made_before(by, id)
    if made is not None:
        return made
    clean = parse(data)
    edition = _new(by, clean, micro_credential or _new_micro_credential(by, clean["title"]), id)
    audit.record(by, "edition.imported", edition, title=edition.title, number=edition.number)
    return edition


@transaction.atomic
def start_edition(*, by: Member, title: str, id: UUID | None = None) -> Edition:
    """An empty draft of a new micro-credential. `id` as in import_edition."""
    require(by, "edition.write")
    made = _made_before(by, id)
    if made is not None:
        return made
    clean = parse(blank(title), strict=False)
    edition = _new(by, clean, _new_micro_credential(by, clean["title"]), id)
    audit.record(by, "edition.started", edition, title=edition.title)
    return edition


@transaction.atomic
def copy_edition(*, by: Member, edition: Edition, title: str, id: UUID | None = None) -> Edition:
    """A draft of a new micro-credential with the text of `edition`. `id` as in import_edition."""
    require(by, "edition.write")
    _same_tenant(by, edition.micro_credential)
    made = _made_before(by, id)
    if made is not None:
        return made
    clean = parse({**export_edition(edition), "title": title}, strict=False)
    made = _new(by, clean, _new_micro_credential(by, clean["title"]), id)
    audit.record(by, "edition.copied", made, source=str(edition.id), title=made.title)
    return made


@transaction.atomic
def new_edition(*, by: Member, micro_credential: MicroCredential) -> Edition:
    """A draft of the next edition, with the text of the newest one. Work already begun stays on its own edition."""
    require(by, "edition.write")
    _same_tenant(by, micro_credential)
    newest = micro_credential.editions.order_by("-number").first()
    if newest is None:
        raise RuleBroken(_("There is no edition to start from."), code="no-edition")
    edition = _new(by, export_edition(newest), micro_credential, None)
    audit.record(by, "edition.renewed", edition, title=edition.title, number=edition.number)
    return edition


@transaction.atomic
def save_section(*, by: Member, edition: Edition, section: str, values: dict[str, Any], rev: int) -> Edition:
    """Put `values` (fields of laurel.edition/1) in place of one section of a draft.

    Raises Invalid with paths when they are wrong, and RuleBroken with code "stale" when someone saved after `rev`.
    """
    edition = _lock(by, "edition.write", edition)
    _must_be(edition, State.DRAFT)
    if edition.rev != rev:
        raise RuleBroken(
            _("This draft was changed somewhere else since you opened this page."), code="stale", rev=edition.rev
        )
    before = export_edition(edition)
    after = {**before, **{name: values[name] for name in SECTIONS[section].fields if name in values}}
    if section == "criteria":  # a line of the scoring guide goes with the criterion it is about
        kept = {each.get("key") for each in after["criteria"]}
        after["rubric"] = [line for line in before["rubric"] if line["criterion"] in kept]
    clean = parse(after, strict=False)
    if clean == before:
        return edition
    fill(edition, clean)
    edition.rev += 1
    edition.changed_at = clock.now()
    edition.save()
    replace_parts(edition, clean)
    audit.record(by, "edition.saved", edition, section=section, rev=edition.rev)
    return edition


@transaction.atomic
def send_to_vetting(*, by: Member, edition: Edition) -> Edition:
    """Hand a complete draft to the vetters. From now on its text is frozen, until one of them returns it."""
    edition = _lock(by, "edition.write", edition)
    _must_be(edition, State.DRAFT)
    missing = gaps(export_edition(edition))
    if missing:
        raise RuleBroken(
            _("This is not complete yet. %(first)s") % {"first": missing[0].sentence}, code="incomplete", gaps=missing
        )
    move(edition, State.VETTING)
    edition.round += 1
    edition.sent_at = clock.now()
    edition.save(update_fields=["state", "round", "sent_at"])
    audit.record(by, "edition.sent_to_vetting", edition, round=edition.round)
    mail.edition_to_vet(edition)
    return edition


@transaction.atomic
def return_to_author(*, by: Member, edition: Edition, notes: Sequence[dict[str, str]] = ()) -> Edition:
    """Give the draft back with what has to change: `notes` of {section, kind, text}, besides those already written."""
    edition = _lock(by, "edition.vet", edition)
    _must_be(edition, State.VETTING)
    for note in notes:
        add_note(by=by, edition=edition, **note)
    written = VettingNote.objects.filter(edition=edition, round=edition.round)
    if not written.exclude(kind=VettingNote.Kind.PRAISE).exists():
        raise RuleBroken(_("Write at least one note that says what to change."), code="no-notes")
    move(edition, State.DRAFT)
    edition.changed_at = clock.now()
    edition.save(update_fields=["state", "changed_at"])
    audit.record(by, "edition.returned", edition, round=edition.round, notes=written.count())
    mail.edition_returned(edition, notes=list(written.select_related("by")))
    return edition


@transaction.atomic
def publish(*, by: Member, edition: Edition) -> Edition:
    """Approve and publish: hash the text, replace the edition published before, put it in the catalog's search."""
    edition = _lock(by, "edition.vet", edition)
    _must_be(edition, State.VETTING)
    if by.user is None:
        raise NotAllowed(_("A person has to vet this."), code="vetter-needed")
    older = edition.micro_credential.editions.select_for_update().filter(state=State.PUBLISHED).first()
    if older is not None:
        move(older, State.SUPERSEDED)
        older.save(update_fields=["state"])
        audit.record(by, "edition.superseded", older, newer=str(edition.id))
    move(edition, State.PUBLISHED)
    edition.vetter = by.user
    edition.published_at = clock.now()
    edition.content_hash = content_hash(public_edition(edition))
    edition.save(update_fields=["state", "vetter", "published_at", "content_hash"])
    index_edition(edition)
    audit.record(by, "edition.published", edition, number=edition.number, content_hash=edition.content_hash)
    mail.edition_published(edition)
    return edition


@transaction.atomic
def retire(*, by: Member, edition: Edition) -> Edition:
    """Take a published edition out of the catalog. Badges and work that was begun stay as they are."""
    edition = _lock(by, "edition.retire", edition)
    move(edition, State.RETIRED)
    edition.save(update_fields=["state"])
    audit.record(by, "edition.retired", edition, number=edition.number)
    return edition


def blank(title: str) -> dict[str, Any]:
    """An edition that says nothing but its title, in laurel.edition/1."""
    texts = dict.fromkeys(("summary", "competency", "key_method", "rationale"), "")
    lists: dict[str, list] = {name: [] for name in ("method_components", "research", "resources", "criteria", "rubric")}
    return {"format": "laurel.edition/1", "title": title, **texts, **lists}


def _new(by: Member, clean: dict[str, Any], micro_credential: MicroCredential, id: UUID | None) -> Edition:
    _same_tenant(by, micro_credential)
    # The lock makes two people who start the next edition at once wait for each other.
    MicroCredential.objects.select_for_update().get(id=micro_credential.id)
    opened = micro_credential.editions.filter(state__in=OPEN).first()
    if opened is not None:
        raise RuleBroken(
            _("There is already an open draft of this, by %(author)s.") % {"author": opened.author},
            code="draft-open",
            edition=opened,
        )
    newest = micro_credential.editions.order_by("-number").values_list("number", flat=True).first() or 0
    edition = Edition(id=id or uuid7(), micro_credential=micro_credential, number=newest + 1, author=by.user)
    fill(edition, clean)
    try:
        with transaction.atomic():
            edition.save(force_insert=True)
    except IntegrityError:  # an id that is someone else's
        raise RuleBroken(_("This form was sent before. Open a new one."), code="id-taken") from None
    replace_parts(edition, clean)
    return edition


def _new_micro_credential(by: Member, title: str) -> MicroCredential:
    stem = slugify(title)[:76].strip("-") or "skill"
    for slug in (stem, f"{stem}-{by.tenant.slug[:12]}", *(f"{stem}-{short_code().lower()}" for _try in range(5))):
        if MicroCredential.objects.filter(slug=slug).exists():
            continue
        try:
            with transaction.atomic():
                return MicroCredential.objects.create(tenant=by.tenant, slug=slug)
        except IntegrityError:  # someone took it in this moment
            continue
    raise RuleBroken(_("There are too many micro-credentials of this name. Choose another title."), code="slug-taken")


def _made_before(by: Member, id: UUID | None) -> Edition | None:
    if id is None:
        return None
    one_at_a_time(by)
    return Edition.objects.filter(id=id, author=by.user, micro_credential__tenant=by.tenant).first()


def _lock(by: Member, verb: str, edition: Edition) -> Edition:
    locked = Edition.objects.select_for_update(of=("self",)).select_related("micro_credential__tenant", "author")
    edition = locked.get(id=edition.id)
    _same_tenant(by, edition.micro_credential)
    require(by, verb, edition)
    return edition


def _same_tenant(by: Member, micro_credential: MicroCredential) -> None:
    if micro_credential.tenant_id != by.tenant.id:
        raise NotAllowed(_("This belongs to another organization."), code="other-tenant")


def _must_be(edition: Edition, state: str) -> None:
    if edition.state != state:
        raise RuleBroken(
            _("This is “%(state)s” now, so this cannot be done.") % {"state": edition.get_state_display()},
            code="wrong-state",
            state=edition.state,
        )
