"""People: one account each, memberships with roles in any number of tenants, and how they are invited."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from lib import clock
from lib.ids import uuid7
from tenants.models.scoped import ScopedModel
from tenants.models.tenant import Tenant


class Role(models.TextChoices):
    """What a person can be in a tenant. tenants/roles.py lists what each may do."""

    EARNER = "earner", _("Educator")
    ASSESSOR = "assessor", _("Assessor")
    SENIOR = "senior", _("Senior assessor")
    AUTHOR = "author", _("Author")
    VETTER = "vetter", _("Vetter")
    COACH = "coach", _("Coach")
    RECOGNIZER = "recognizer", _("Recognizer")
    EVALUATOR = "evaluator", _("Evaluator")
    ADMIN = "admin", _("Admin")


class UserManager(BaseUserManager):
    """Makes accounts; e-mail addresses are kept in lower case, so there is one account an address."""

    def create_user(self, email: str, password: str | None = None, *, name: str = "", **more: Any) -> "User":
        """A new account. Without a password nobody can sign in to it until a reset link is used."""
        user = self.model(email=self.normalize_email(email).lower(), name=name, **more)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, email: str | None) -> "User":
        return self.get(email=(email or "").lower())


class User(AbstractBaseUser):
    """One person, one account, in whatever tenants they belong to. The e-mail address is the sign-in name."""

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects = UserManager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="user_email_is_lower_case", condition=models.Q(email=Lower("email")))
        ]

    def __str__(self) -> str:
        return self.get_full_name()

    def get_full_name(self) -> str:
        """The name as the person wrote it, or the part of the address before the @."""
        return self.name or self.email.split("@")[0]

    def get_short_name(self) -> str:
        """First name and initial, as in the header."""
        first, *rest = self.get_full_name().split()
        return f"{first} {rest[-1][0]}." if rest else first


class Membership(models.Model):
    """The roles one person holds in one tenant. Read before a tenant is active, so it is not a scoped row."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="memberships")
    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    roles = ArrayField(models.CharField(max_length=20, choices=Role))
    active = models.BooleanField(default=True)
    since = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "user"], name="one_membership"),
            models.CheckConstraint(
                name="membership_roles_are_known",
                condition=models.Q(roles__contained_by=list(Role.values)) & models.Q(roles__len__gt=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.tenant_id}: {', '.join(self.roles)}"


class StaffRecord(ScopedModel):
    """What the roster of a tenant says about a member: what policies ask for. Private to that tenant."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    job_class = models.CharField(_("job"), max_length=80, blank=True)
    full_time = models.BooleanField(_("full-time"), default=True)
    building = models.CharField(_("building"), max_length=120, blank=True)
    employee_number = models.CharField(_("employee number"), max_length=40, blank=True)
    supervisor = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "user"], name="one_staff_record"),
            models.CheckConstraint(
                name="nobody_supervises_themselves",
                condition=models.Q(supervisor=None) | ~models.Q(supervisor=models.F("user")),
            ),
        ]
        indexes = [models.Index(fields=["tenant", "building"], name="staff_by_building")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.job_class}"


class Invitation(ScopedModel):
    """A link sent to an address. Whoever opens it within its life gets the roles, with a new account or their own."""

    email = models.EmailField(_("e-mail"))
    roles = ArrayField(models.CharField(max_length=20, choices=Role))
    secret_hash = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "email"],
                condition=models.Q(accepted_at=None, withdrawn_at=None),
                name="one_open_invitation",
            ),
            models.CheckConstraint(
                name="invitation_roles_are_known",
                condition=models.Q(roles__contained_by=list(Role.values)) & models.Q(roles__len__gt=0),
            ),
            models.CheckConstraint(
                name="invitation_expires_later", condition=models.Q(expires_at__gt=models.F("created_at"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} ({', '.join(self.roles)})"
