"""What admins set about their tenant: its profile, its calendar, its partners, the tenants below it."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from lib.errors import Invalid, RuleBroken
from tenants import audit
from tenants.members import ancestors, one_at_a_time
from tenants.models import Closure, Partnership, Tenant
from tenants.roles import Member, require

PROFILE = (
    "name",
    "kind",
    "description",
    "contact_email",
    "website",
    "time_zone",
    "country",
    "subdivision",
    "other_buildings_only",
)
MOST_LEVELS = 4  # state, district, school, and one to spare; the middleware loads as many


def save_profile(*, by: Member, **fields: Any) -> Tenant:
    """Save any of PROFILE. What changed is audited by field name, with the values before and after."""
    require(by, "tenant.manage")
    tenant = Tenant.objects.select_for_update().get(id=by.tenant.id)
    changed = {name: [getattr(tenant, name), fields[name]] for name in PROFILE if name in fields}
    changed = {name: pair for name, pair in changed.items() if pair[0] != pair[1]}
    if changed:
        for name, (_before, after) in changed.items():
            setattr(tenant, name, after)
        tenant.save(update_fields=list(changed))
        audit.record(by, "tenant.profile_saved", tenant, changed=changed)
    return tenant


def add_closure(*, by: Member, day: date, name: str) -> Closure:
    """A day on which nothing is due. The same day again only changes its name."""
    require(by, "tenant.manage")
    closure, _made = Closure.objects.update_or_create(tenant=by.tenant, day=day, defaults={"name": name})
    audit.record(by, "closure.added", closure, day=day.isoformat(), name=name)
    return closure


def remove_closure(*, by: Member, closure: Closure) -> None:
    """Make the day a working day again. Due dates that were promised stay as they are."""
    require(by, "tenant.manage")
    audit.record(by, "closure.removed", closure, day=closure.day.isoformat(), name=closure.name)
    closure.delete()


def list_partner(*, by: Member, issuer: Tenant) -> Partnership:
    """Show the published micro-credentials of `issuer` in this tenant's catalog."""
    require(by, "partner.manage")
    if issuer.id == by.tenant.id:
        raise RuleBroken(_("Your own micro-credentials are in your catalog already."), code="own-tenant")
    partnership, made = Partnership.objects.get_or_create(tenant=by.tenant, issuer=issuer)
    if made:
        audit.record(by, "partner.listed", partnership, issuer=issuer.name)
    return partnership


def unlist_partner(*, by: Member, partnership: Partnership) -> None:
    """Take the issuer out of the catalog. Work that people started stays."""
    require(by, "partner.manage")
    audit.record(by, "partner.unlisted", partnership, issuer=partnership.issuer.name)
    partnership.delete()


def create_child(*, by: Member, slug: str, name: str, kind: str) -> Tenant:
    """A tenant below this one, with its time zone, calendar and colours. Admins here are admins there.

    The very same again (a double click) gives the one that is there.
    """
    require(by, "tenant.manage")
    one_at_a_time(by)
    if len(ancestors(by.tenant)) + 2 > MOST_LEVELS:
        raise RuleBroken(_("There are enough levels above this one. Add it one level up."), code="too-deep")
    above = by.tenant
    same = {name: getattr(above, name) for name in ("time_zone", "country", "subdivision", "accent")}
    child, made = Tenant.objects.get_or_create(
        slug=slug, defaults={"name": name, "kind": kind, "parent": above, **same}
    )
    if not made:
        if (child.parent_id, child.name, child.kind) == (above.id, name, kind):
            return child
        raise Invalid(_("This short name is taken. Choose another one."), field="slug")
    audit.record(by, "tenant.child_created", child, slug=slug, name=name)
    return child
