"""What admins change about people in their tenant: roles, membership, the staff record."""

from collections.abc import Collection, Mapping

from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext as _

from lib.bulk import among
from lib.errors import Invalid, RuleBroken
from tenants import audit, queries
from tenants.models import Membership, Role, StaffRecord, Tenant, User
from tenants.roles import Member, require


def _locked(by: Member, membership: Membership) -> Membership:
    """The membership, with everything that decides who runs the tenant locked by the tenant's row."""
    Tenant.objects.select_for_update().get(id=by.tenant.id)
    return Membership.objects.select_for_update().get(id=membership.id, tenant=by.tenant)


def _keeps_an_admin(by: Member, membership: Membership) -> None:
    """Refuse to take the admin role away from oneself or from the last admin."""
    if Role.ADMIN not in membership.roles or not membership.active:
        return
    if membership.user == by.user:
        message = _("You cannot take the admin role away from yourself. Ask another admin to do it.")
        raise RuleBroken(message, code="own-admin-role")
    if not queries.admins(by.tenant).exclude(id=membership.id).exists():
        message = _("This is the only admin here. Make someone else an admin first.")
        raise RuleBroken(message, code="last-admin")


def change_roles(*, by: Member, membership: Membership, roles: Collection[str]) -> Membership:
    """Set what a person may do here. Raises Invalid without a role, RuleBroken when nobody could run the tenant."""
    require(by, "people.manage")
    wanted = [role.value for role in Role if role.value in roles]
    if not wanted:
        raise Invalid(_("Choose at least one role. To take someone out, switch the membership off."), field="roles")
    membership = _locked(by, membership)
    before = list(membership.roles)
    if Role.ADMIN not in wanted:
        _keeps_an_admin(by, membership)
    if set(before) != set(wanted):
        membership.roles = wanted
        membership.save(update_fields=["roles"])
        audit.record(by, "person.roles_changed", membership, person=str(membership.user), before=before, after=wanted)
    return membership


def switch_off(*, by: Member, membership: Membership) -> Membership:
    """End a membership without losing anything the person did here. Doing it again changes nothing."""
    require(by, "people.manage")
    membership = _locked(by, membership)
    if membership.user == by.user:
        raise RuleBroken(
            _("You cannot switch off your own membership. Ask another admin to do it."), code="own-membership"
        )
    _keeps_an_admin(by, membership)
    if membership.active:
        membership.active = False
        membership.save(update_fields=["active"])
        audit.record(by, "person.switched_off", membership, person=str(membership.user))
    return membership


def switch_on(*, by: Member, membership: Membership) -> Membership:
    """Let a person back in with the roles they had."""
    require(by, "people.manage")
    membership = _locked(by, membership)
    if not membership.active:
        membership.active = True
        membership.save(update_fields=["active"])
        audit.record(by, "person.switched_on", membership, person=str(membership.user))
    return membership


def save_staff_record(
    *,
    by: Member,
    user: User,
    job_class: str,
    full_time: bool,
    building: str,
    employee_number: str,
    supervisor: User | None = None,
) -> StaffRecord:
    """What the roster says about a member. Reward rules ask for job and full-time, the queue for the rest.

    Raises Invalid for someone who would be their own supervisor.
    """
    require(by, "people.manage")
    if supervisor == user:
        raise Invalid(_("Nobody is their own supervisor."), field="supervisor")
    fields = {
        "job_class": job_class,
        "full_time": full_time,
        "building": building,
        "employee_number": employee_number,
        "supervisor": supervisor,
    }
    record, _made = StaffRecord.objects.update_or_create(user=user, defaults=fields)
    audit.record(by, "person.staff_recorded", record, person=str(user), job=job_class, full_time=full_time)
    return record


def accept_role(*, by: Member, role: Role, earned_by: str) -> Membership:
    """Take a role that was offered. The caller has checked the offer; `earned_by` says in the audit what earned it."""
    membership = _locked(by, Membership.objects.get(tenant=by.tenant, user=by.user, active=True))
    if role not in membership.roles:
        membership.roles = [each.value for each in Role if each in membership.roles or each == role]
        membership.save(update_fields=["roles"])
        audit.record(by, "person.role_accepted", membership, role=role.value, earned_by=earned_by)
    return membership


def enroll(*, by: Member, people: Mapping[str, str]) -> dict[str, User]:
    """The accounts of people by e-mail address (lower case), made for those who have none and given the name.

    A new account is a member who earns. It has no password: its owner chooses one with a link to their address. The
    names and memberships of accounts that are there stay as they are.
    """
    require(by, "people.manage")
    there = {user.email: user for user in User.objects.filter(email__in=among(list(people), "text"))}
    missing = [email for email in people if email not in there]
    if not missing:
        return there
    made = [User(email=email, name=people[email], password=make_password(None)) for email in missing]
    User.objects.bulk_create(made, ignore_conflicts=True)  # someone else may make one of them just now
    found = {user.email: user for user in User.objects.filter(email__in=missing)}
    new = [user for user in made if found[user.email].id == user.id]
    Membership.objects.bulk_create([Membership(tenant=by.tenant, user=user, roles=[Role.EARNER]) for user in new])
    audit.record_all(by, "person.enrolled", [(user, {"person": str(user)}) for user in new])
    return there | found
