"""Stack: micro-credentials (and stacks) with a rule; completing it earns a badge of its own."""

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from credentials.models.edition import MicroCredential
from lib import clock
from lib.ids import uuid7
from lib.transitions import moves
from tenants.models import Tenant, User


class Stack(models.Model):
    """A set to complete: all of its items, or any N of them. Frozen once published, since badges refer to it."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")
        RETIRED = "retired", _("Retired")

    MOVES = moves(
        State,
        {State.DRAFT: {State.PUBLISHED}, State.PUBLISHED: {State.RETIRED}, State.RETIRED: {State.PUBLISHED}},
    )

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="stacks")
    slug = models.SlugField(max_length=90, unique=True)
    title = models.CharField(_("title"), max_length=160)
    description = models.TextField(_("what completing it shows"), max_length=2000)
    needed = models.PositiveSmallIntegerField(_("how many are needed"), null=True, blank=True)  # null: all of them
    offers_assessor = models.BooleanField(_("who completes it may become an assessor"), default=False)
    state = models.CharField(max_length=20, choices=State, default=State.DRAFT)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    published_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["title"]
        constraints = [
            models.CheckConstraint(name="stack_needs_some", condition=models.Q(needed=None) | models.Q(needed__gt=0)),
            models.CheckConstraint(
                name="published_stack_has_a_date",
                condition=models.Q(state="draft") | models.Q(published_at__isnull=False),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="published_stack_is_frozen",
                operation=pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                func="""
                    IF OLD.state <> 'draft' AND (
                        TG_OP = 'DELETE' OR ROW(NEW.id, NEW.tenant_id, NEW.title, NEW.description, NEW.needed)
                        IS DISTINCT FROM ROW(OLD.id, OLD.tenant_id, OLD.title, OLD.description, OLD.needed)
                    ) THEN
                        RAISE EXCEPTION 'stack % is frozen', OLD.id USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN COALESCE(NEW, OLD);
                """,
            )
        ]

    def __str__(self) -> str:
        return self.title


class StackItem(models.Model):
    """One thing in a stack: a micro-credential, whichever edition of it was earned, or another stack."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    stack = models.ForeignKey(Stack, models.CASCADE, related_name="items")
    position = models.PositiveSmallIntegerField(default=0)
    micro_credential = models.ForeignKey(
        MicroCredential, models.PROTECT, null=True, blank=True, related_name="in_stacks"
    )
    substack = models.ForeignKey(Stack, models.PROTECT, null=True, blank=True, related_name="in_stacks")

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["stack", "micro_credential"], name="item_once_a_stack"),
            models.UniqueConstraint(fields=["stack", "substack"], name="substack_once_a_stack"),
            models.CheckConstraint(
                name="item_is_one_thing",
                condition=models.Q(micro_credential=None, substack__isnull=False)
                | models.Q(micro_credential__isnull=False, substack=None),
            ),
            models.CheckConstraint(
                name="stack_is_not_in_itself",
                condition=models.Q(substack=None) | ~models.Q(substack=models.F("stack")),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="frozen_with_its_stack",
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                func="""
                    IF EXISTS (
                        SELECT 1 FROM credentials_stack s WHERE s.state <> 'draft'
                        AND ((TG_OP <> 'INSERT' AND s.id = OLD.stack_id) OR (TG_OP <> 'DELETE' AND s.id = NEW.stack_id))
                    ) THEN
                        RAISE EXCEPTION 'this stack is frozen' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN COALESCE(NEW, OLD);
                """,
            )
        ]

    def __str__(self) -> str:
        return str(self.micro_credential or self.substack)
