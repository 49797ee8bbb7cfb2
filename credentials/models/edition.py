"""MicroCredential: the thing in the catalog. Edition: one text of it, frozen once it leaves the author's desk."""

from decimal import Decimal

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from lib import clock
from lib.ids import uuid7
from lib.transitions import moves
from tenants.models import Tenant, User


class MicroCredential(models.Model):
    """One discrete skill that can be earned. Its slug is unique across tenants, so that any partner can list it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="micro_credentials")
    slug = models.SlugField(max_length=90, unique=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    def __str__(self) -> str:
        return self.slug


class Edition(models.Model):
    """One text of a micro-credential. Editable only as a draft: triggers freeze it and all its parts afterwards."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        VETTING = "vetting", _("With a vetter")
        PUBLISHED = "published", _("Published")
        SUPERSEDED = "superseded", _("Replaced by a newer edition")
        RETIRED = "retired", _("Retired")

    MOVES = moves(
        State,
        {
            State.DRAFT: {State.VETTING},
            State.VETTING: {State.DRAFT, State.PUBLISHED},
            State.PUBLISHED: {State.SUPERSEDED, State.RETIRED},
            State.SUPERSEDED: set(),
            State.RETIRED: set(),
        },
    )

    class Icon(models.TextChoices):
        SPARK = "spark", _("Spark")
        BOOK = "book", _("Book")
        CHAT = "chat", _("Conversation")
        CODE = "code", _("Code")
        CHART = "chart", _("Chart")
        PEOPLE = "people", _("People")

    class Plan(models.TextChoices):
        ONE = "one", _("One reader")
        TWO = "two", _("Two readers, who do not see each other’s scores")
        CONDITIONAL = "conditional", _("One reader, and a second one where it matters")

    class Mode(models.TextChoices):
        FREE = "free", _("Assessors, for free")
        PAID = "paid", _("Assessors, for a fee")
        PEER = "peer", _("Peers: those who earned this before")
        CERTIFIED = "certified", _("Only assessors who are calibrated on this edition")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    micro_credential = models.ForeignKey(MicroCredential, models.PROTECT, related_name="editions")
    number = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=20, choices=State, default=State.DRAFT)
    author = models.ForeignKey(User, models.PROTECT, related_name="+")
    vetter = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    rev = models.PositiveIntegerField(default=1)  # counts saves, so that a stale edit is noticed
    round = models.PositiveSmallIntegerField(default=0)  # of vetting
    created_at = models.DateTimeField(default=clock.now, editable=False)
    changed_at = models.DateTimeField(default=clock.now)
    sent_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    content_hash = models.CharField(max_length=80, blank=True)  # lib.canonical.content_hash of exchange.public_edition

    title = models.CharField(_("title"), max_length=160)
    summary = models.CharField(_("in one sentence"), max_length=300, blank=True)
    language = models.CharField(_("language"), max_length=12, default="en")
    competency = models.TextField(_("competency"), blank=True)
    key_method = models.TextField(_("key method"), blank=True)
    rationale = models.TextField(_("supporting rationale"), blank=True)
    hours = models.DecimalField(
        _("hours of work"),
        max_digits=4,
        decimal_places=1,
        default=Decimal("8"),
        validators=[MinValueValidator(Decimal("0.5")), MaxValueValidator(Decimal("200"))],
    )
    weeks = models.PositiveSmallIntegerField(
        _("over how many weeks"), default=3, validators=[MinValueValidator(1), MaxValueValidator(104)]
    )
    topics = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    audience = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    grades = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    evidence_types = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    valid_months = models.PositiveSmallIntegerField(
        _("months that the badge is valid"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(240)],
    )  # null: for ever
    ceu_hundredths = models.PositiveIntegerField(default=0)  # hundredths of a continuing education unit; 0: none
    tries = models.PositiveSmallIntegerField(
        _("tries before talking to a coach"),
        default=3,
        validators=[MinValueValidator(1), MaxValueValidator(20)],
    )
    due_business_days = models.PositiveSmallIntegerField(
        _("business days for a review"), default=10, validators=[MinValueValidator(1), MaxValueValidator(90)]
    )
    plan = models.CharField(_("how many readers"), max_length=12, choices=Plan, default=Plan.ONE)
    second_share = models.PositiveSmallIntegerField(default=10)  # percent, by chance; conditional plan
    newcomer_readings = models.PositiveSmallIntegerField(default=10)  # of an assessor; conditional plan
    others_needed = models.PositiveSmallIntegerField(null=True)  # of the lines that are not required; null: all
    mode = models.CharField(_("who scores"), max_length=10, choices=Mode, default=Mode.FREE)
    fee_cents = models.PositiveIntegerField(default=0)  # of fee_currency; 0 unless paid
    fee_currency = models.CharField(max_length=3, blank=True)  # ISO 4217; empty unless paid
    precheck = models.BooleanField(default=False)  # whether someone looks if all is there before it is read
    icon = models.CharField(_("picture on the badge"), max_length=10, choices=Icon, default=Icon.SPARK)
    art_seed = models.CharField(max_length=60, blank=True)
    search = SearchVectorField(null=True, editable=False)

    class Meta:
        ordering = ["title", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["micro_credential", "number"], name="one_edition_a_number"),
            models.UniqueConstraint(
                fields=["micro_credential"],
                condition=models.Q(state="published"),
                name="one_published_edition",
            ),
            models.UniqueConstraint(
                fields=["micro_credential"],
                condition=models.Q(state__in=["draft", "vetting"]),
                name="one_open_edition",
            ),
            models.CheckConstraint(
                name="published_edition_is_vetted_and_hashed",
                condition=models.Q(state__in=["draft", "vetting"])
                | models.Q(vetter__isnull=False, published_at__isnull=False, content_hash__startswith="sha256:"),
            ),
            models.CheckConstraint(
                name="vetter_is_not_the_author",
                condition=models.Q(vetter=None) | ~models.Q(vetter=models.F("author")),
            ),
            models.CheckConstraint(
                name="edition_numbers_are_positive",
                condition=models.Q(hours__gt=0, weeks__gt=0, tries__gt=0, due_business_days__gt=0),
            ),
            models.CheckConstraint(
                name="badge_is_valid_for_some_time",
                condition=models.Q(valid_months=None) | models.Q(valid_months__gt=0),
            ),
            models.CheckConstraint(name="second_share_is_a_percentage", condition=models.Q(second_share__lte=100)),
            models.CheckConstraint(
                name="only_paid_editions_have_a_fee",
                condition=models.Q(mode="paid", fee_cents__gt=0, fee_currency__regex="^[A-Z]{3}$")
                | (~models.Q(mode="paid") & models.Q(fee_cents=0, fee_currency="")),
            ),
        ]
        indexes = [
            GinIndex(fields=["search"], name="edition_search"),
            GinIndex(fields=["topics"], name="edition_topics"),
            GinIndex(fields=["title"], opclasses=["gin_trgm_ops"], name="edition_title_trigram"),
            models.Index(fields=["state", "-published_at"], name="edition_by_state"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="published_edition_is_frozen",
                operation=pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                # What may still change is where the edition stands, never what it says.
                func="""
                    IF OLD.state = 'draft' THEN
                        RETURN COALESCE(NEW, OLD);
                    END IF;
                    IF OLD.state <> 'vetting' AND TG_OP = 'UPDATE' AND (
                        NEW.state IN ('draft', 'vetting')
                        OR ROW(NEW.vetter_id, NEW.published_at, NEW.content_hash)
                        IS DISTINCT FROM ROW(OLD.vetter_id, OLD.published_at, OLD.content_hash)
                    ) THEN
                        RAISE EXCEPTION 'edition % is frozen: it was published', OLD.id
                            USING ERRCODE = 'check_violation';
                    END IF;
                    IF TG_OP = 'DELETE' OR ROW(
                        NEW.id, NEW.micro_credential_id, NEW.number, NEW.author_id, NEW.title, NEW.summary,
                        NEW.language, NEW.competency, NEW.key_method, NEW.rationale, NEW.hours, NEW.weeks, NEW.topics,
                        NEW.audience, NEW.grades, NEW.evidence_types, NEW.tries, NEW.due_business_days, NEW.icon,
                        NEW.art_seed, NEW.plan, NEW.second_share, NEW.newcomer_readings, NEW.others_needed,
                        NEW.mode, NEW.fee_cents, NEW.fee_currency, NEW.precheck, NEW.valid_months, NEW.ceu_hundredths
                    ) IS DISTINCT FROM ROW(
                        OLD.id, OLD.micro_credential_id, OLD.number, OLD.author_id, OLD.title, OLD.summary,
                        OLD.language, OLD.competency, OLD.key_method, OLD.rationale, OLD.hours, OLD.weeks, OLD.topics,
                        OLD.audience, OLD.grades, OLD.evidence_types, OLD.tries, OLD.due_business_days, OLD.icon,
                        OLD.art_seed, OLD.plan, OLD.second_share, OLD.newcomer_readings, OLD.others_needed,
                        OLD.mode, OLD.fee_cents, OLD.fee_currency, OLD.precheck, OLD.valid_months, OLD.ceu_hundredths
                    ) THEN
                        RAISE EXCEPTION 'edition % is frozen', OLD.id USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"{self.title} (edition {self.number})"

    @property
    def first_readings(self) -> int:
        """How many readings of a submission are asked for from the start."""
        return 2 if self.plan == self.Plan.TWO else 1

    @property
    def tenant(self) -> Tenant:
        """The issuer."""
        return self.micro_credential.tenant
