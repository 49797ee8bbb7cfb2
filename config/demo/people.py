"""The tenants of the demo and the people in them."""

from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.hashers import make_password

from config.demo import content
from tenants.actions.founding import found_tenant
from tenants.actions.invitations import accept, invite
from tenants.actions.people import change_roles, save_staff_record
from tenants.actions.settings import list_partner
from tenants.members import member_of
from tenants.models import Invitation, Role, Tenant, User
from tenants.roles import Member
from tenants.scope import inside

PASSWORD = "laurel-demo"  # noqa: S105  the demo prints it; these accounts exist nowhere else
# Who of the story can be signed in as, by the name before @demo.example.
ACCOUNTS = {
    "earner": "Dana Rivera",
    "assessor": "Nkechi Okafor",
    "senior": "Kathleen Dougherty",
    "author": "Rosalind Fisher",
    "vetter": "Carmen Delgado",
    "admin": "Tyrone Jackson",
    "recognizer": "Miriam Adler",
    "coach": "Darlene Stickley",
    "outsider": "Allison Privette",
}


@dataclass
class World:
    """Everyone, by name, and who does what where."""

    tenants: dict[str, Tenant] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    roles: dict[tuple[str, str], list[User]] = field(default_factory=dict)  # (tenant, role) → people in order

    def by(self, user: User, slug: str) -> Member:
        """`user` as the actor in a tenant."""
        member = member_of(user, self.tenants[slug])
        if member is None:
            raise LookupError(f"{user} is not a member of {slug}")
        return member

    def first(self, slug: str, role: Role) -> Member:
        """The first person with a role in a tenant, as the actor."""
        return self.by(self.roles[slug, role][0], slug)


def populate() -> World:
    """Found the tenants, each with its first admin, and let the admins invite everyone else."""
    world = World()
    secret = make_password(PASSWORD)
    people = sorted(content.samples()["people"], key=lambda each: Role.ADMIN not in each["roles"])  # they invite
    accounts = {name: local for local, name in ACCOUNTS.items()}
    for person in people:
        local = accounts.get(person["name"], person["email_local"])
        user = User.objects.create_user(f"{local}@demo.example", name=person["name"])
        if person["name"] in accounts:
            user.password = secret
            user.save(update_fields=["password"])
        world.users[person["name"]] = user
    for facts in content.programme()["tenants"]:
        world.tenants[facts["slug"]] = _found(world, facts, people)
    for person in people:
        _join(world, person)
    for facts in content.programme()["editions"]:
        _list(world, facts)
    return world


def _found(world: World, facts: dict[str, Any], people: list[dict[str, Any]]) -> Tenant:
    admins = [each["name"] for each in people if each["tenant"] == facts["slug"] and Role.ADMIN in each["roles"]]
    return found_tenant(
        slug=facts["slug"],
        name=facts["name"],
        admin=world.users[admins[0]] if admins else None,
        kind=facts["kind"],
        parent=world.tenants.get(facts["parent"]),
        description=facts["description"],
        time_zone=facts["time_zone"],
        subdivision=facts["subdivision"],
        accent=facts["accent"],
        contact_email=f"microcredentials@{facts['slug']}.example",
    )


def _join(world: World, person: dict[str, Any]) -> None:
    slug, user = person["tenant"], world.users[person["name"]]
    tenant = world.tenants[slug]
    founder = member_of(user, tenant)
    if founder is not None:
        world.roles[slug, Role.ADMIN] = [user]
    admin = world.first(slug, Role.ADMIN)
    with inside(tenant):
        if founder is None:
            invite(by=admin, emails=[user.email], roles=person["roles"])
            accept(user=user, invitation=Invitation.objects.get(email=user.email))
        elif len(person["roles"]) > 1:
            change_roles(by=admin, membership=tenant.memberships.get(user=user), roles=person["roles"])
        save_staff_record(
            by=admin,
            user=user,
            job_class=person["job_class"],
            full_time=person["full_time"],
            building=person["building"],
            employee_number="",
        )
    for role in person["roles"]:
        holders = world.roles.setdefault((slug, Role(role)), [])
        if user not in holders:
            holders.append(user)


def _list(world: World, facts: dict[str, Any]) -> None:
    for slug in facts["listed_by"]:
        tenant, issuer = world.tenants[slug], world.tenants[facts["tenant"]]
        if not tenant.partnerships.filter(issuer=issuer).exists():
            with inside(tenant):
                list_partner(by=world.first(slug, Role.ADMIN), issuer=issuer)
