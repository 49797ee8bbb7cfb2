"""The cast: the people of every test, each with a part. Lakeside issues and recognizes; Harbor is someone else."""

from dataclasses import dataclass

from lib import pgscope
from tenants.members import member_of
from tenants.models import Membership, Role, Tenant, User
from tenants.roles import Member

PASSWORD = "correct horse battery"


@dataclass(frozen=True)
class Cast:
    """Two tenants and the people in them."""

    lakeside: Tenant
    harbor: Tenant
    ada: User  # earner
    bela: User  # assessor, who may also earn
    cleo: User  # admin of Lakeside
    dora: User  # author
    vito: User  # vetter
    rao: User  # recognizer
    mallory: User  # admin, author, assessor and recognizer of Harbor
    stranger: User  # signed in, member of nothing

    def by(self, user: User, tenant: Tenant | None = None) -> Member:
        """`user` as the actor in `tenant` (default: Lakeside). Enter its scope before calling an action."""
        member = member_of(user, tenant or self.lakeside)
        assert member is not None, f"{user} is not a member"
        return member

    def inside(self, tenant: Tenant | None = None):
        """A `with` block in which `tenant` (default: Lakeside) is active."""
        return pgscope.scope((tenant or self.lakeside).id)


def make_user(name: str, tenant: Tenant | None = None, *roles: Role) -> User:
    """A person with an account, and a membership where a tenant is given."""
    user = User.objects.create_user(f"{name.split()[0].lower()}@example.org", PASSWORD, name=name)
    if tenant is not None:
        Membership.objects.create(tenant=tenant, user=user, roles=list(roles))
    return user


def make_cast() -> Cast:
    """The whole cast, fresh."""
    lakeside = Tenant.objects.create(slug="lakeside", name="Lakeside Schools", accent="#1d5bb5", subdivision="WV")
    harbor = Tenant.objects.create(slug="harbor", name="Harbor District")
    return Cast(
        lakeside=lakeside,
        harbor=harbor,
        ada=make_user("Ada Alvarez", lakeside, Role.EARNER),
        bela=make_user("Bela Bright", lakeside, Role.ASSESSOR, Role.EARNER),
        cleo=make_user("Cleo Carter", lakeside, Role.ADMIN),
        dora=make_user("Dora Diaz", lakeside, Role.AUTHOR),
        vito=make_user("Vito Vance", lakeside, Role.VETTER),
        rao=make_user("Rao Reed", lakeside, Role.RECOGNIZER),
        mallory=make_user("Mallory Moss", harbor, Role.ADMIN, Role.AUTHOR, Role.ASSESSOR, Role.RECOGNIZER),
        stranger=make_user("Stranger Stone"),
    )
