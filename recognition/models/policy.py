"""Policy: a recognizer's dated rule: who earns what for which badge. Public, since earners see it before applying."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from credentials.models import MicroCredential, Stack
from lib import clock
from lib.ids import uuid7
from lib.transitions import moves
from tenants.models import Tenant, User


class Policy(models.Model):
    """Once active it is frozen: to change it, end it and start another, so every grant can cite its rule.

    Money is in cents; CEU and other contact hours are in hundredths of an hour.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        ACTIVE = "active", _("Active")
        ENDED = "ended", _("Ended")

    # Back to draft only before its first day, when no grant can cite it yet.
    MOVES = moves(State, {State.DRAFT: {State.ACTIVE}, State.ACTIVE: {State.ENDED, State.DRAFT}, State.ENDED: set()})

    class Target(models.TextChoices):
        ANY = "any", _("Any micro-credential we list")
        MICRO_CREDENTIAL = "mc", _("One micro-credential")
        STACK = "stack", _("A stack")
        ISSUER = "issuer", _("Everything from one issuer")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="policies")
    title = models.CharField(_("name"), max_length=160)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)

    job_classes = ArrayField(models.CharField(max_length=80), default=list, blank=True)  # empty: any job
    full_time_only = models.BooleanField(_("full-time staff only"), default=False)
    target = models.CharField(_("for"), max_length=8, choices=Target, default=Target.ANY)
    micro_credential = models.ForeignKey(MicroCredential, models.PROTECT, null=True, blank=True, related_name="+")
    stack = models.ForeignKey(Stack, models.PROTECT, null=True, blank=True, related_name="+")
    issuer = models.ForeignKey(Tenant, models.PROTECT, null=True, blank=True, related_name="+")
    cents = models.PositiveIntegerField(_("dollars"), default=0)
    ceu_hundredths = models.PositiveIntegerField(_("CEU hours"), default=0)
    max_count = models.PositiveSmallIntegerField(_("at most (badges a year)"), null=True, blank=True)
    max_cents = models.PositiveIntegerField(_("at most (dollars a year)"), null=True, blank=True)
    max_ceu_hundredths = models.PositiveIntegerField(_("at most (CEU hours a year)"), null=True, blank=True)
    year_starts_month = models.PositiveSmallIntegerField(_("year starts in month"), default=7)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)
    note = models.TextField(_("note for educators"), blank=True, max_length=1000)

    class Meta:
        ordering = ["title"]
        verbose_name_plural = "policies"
        constraints = [
            models.CheckConstraint(
                name="policy_gives_something",
                condition=models.Q(cents__gt=0) | models.Q(ceu_hundredths__gt=0),
            ),
            models.CheckConstraint(
                name="policy_names_its_target",
                condition=models.Q(target="any", micro_credential=None, stack=None, issuer=None)
                | models.Q(target="mc", micro_credential__isnull=False, stack=None, issuer=None)
                | models.Q(target="stack", micro_credential=None, stack__isnull=False, issuer=None)
                | models.Q(target="issuer", micro_credential=None, stack=None, issuer__isnull=False),
            ),
            models.CheckConstraint(
                name="policy_dates_in_order",
                condition=models.Q(ends_on=None) | models.Q(ends_on__gte=models.F("starts_on")),
            ),
            models.CheckConstraint(
                name="policy_caps_hold_one_badge",
                condition=(models.Q(max_cents=None) | models.Q(max_cents__gte=models.F("cents")))
                & (models.Q(max_ceu_hundredths=None) | models.Q(max_ceu_hundredths__gte=models.F("ceu_hundredths")))
                & (models.Q(max_count=None) | models.Q(max_count__gt=0)),
            ),
            models.CheckConstraint(
                name="policy_year_starts_in_a_month",
                condition=models.Q(year_starts_month__gte=1, year_starts_month__lte=12),
            ),
        ]
        indexes = [models.Index(fields=["state", "target"], name="policy_by_target")]
        triggers = [
            pgtrigger.Trigger(
                name="active_policy_is_frozen",
                operation=pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                # An active policy may only be ended: its state and its last day change, nothing else.
                func="""
                    IF OLD.state = 'draft' THEN
                        RETURN COALESCE(NEW, OLD);
                    END IF;
                    IF TG_OP = 'DELETE' OR (to_jsonb(NEW) - 'state' - 'ends_on') <> (to_jsonb(OLD) - 'state' - 'ends_on')
                    THEN
                        RAISE EXCEPTION 'policy % is frozen', OLD.id USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,  # noqa: E501
            )
        ]

    def __str__(self) -> str:
        return self.title
