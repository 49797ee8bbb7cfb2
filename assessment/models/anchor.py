"""Anchors: work with a known score for every line, which assessors are measured against."""

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from credentials.models import Edition, RubricLevel, RubricLine
from lib import clock
from lib.transitions import moves
from submissions.models import Submission
from tenants.models import ScopedModel, User


class Anchor(ScopedModel):
    """A sample of one edition with the level that stands for each line, and why. Frozen once it is published.

    What is shown of it are copies of `submission`, a new one for each reading, so that nothing tells one from work
    that was handed in. See docs/adr/0016.
    """

    class Use(models.TextChoices):
        PRACTICE = "practice", _("Practice")
        HIDDEN = "hidden", _("Hidden check")

    class State(models.TextChoices):
        DRAFT = "draft", _("Being written")
        PUBLISHED = "published", _("In use")
        RETIRED = "retired", _("Retired")

    MOVES = moves(
        State,
        {
            State.DRAFT: {State.PUBLISHED, State.RETIRED},
            State.PUBLISHED: {State.RETIRED},
            State.RETIRED: set(),
        },
    )

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()  # what it is called: sample 1, 2, …
    use = models.CharField(_("used for"), max_length=10, choices=Use, default=Use.PRACTICE)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    submission = models.OneToOneField(Submission, models.PROTECT, related_name="+")  # the sample it is made of
    source = models.ForeignKey(Submission, models.PROTECT, null=True, related_name="+")  # null: it was written
    made_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")  # null: brought from an edition
    made_at = models.DateTimeField(default=clock.now, editable=False)
    names_checked = models.BooleanField(_("no names in it"), default=False)
    published_at = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)
    retired_why = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["edition", "number"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "edition", "number"], name="one_anchor_a_number"),
            models.CheckConstraint(
                name="published_anchor_was_checked_for_names",
                condition=models.Q(state__in=["draft", "retired"])
                | models.Q(names_checked=True, published_at__isnull=False),
            ),
            models.CheckConstraint(
                name="retired_anchor_says_why",
                condition=(models.Q(state="retired", retired_at__isnull=False) & ~models.Q(retired_why=""))
                | (~models.Q(state="retired") & models.Q(retired_at=None, retired_why="")),
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "use", "edition"], condition=models.Q(state="published"), name="anchor_in_use"
            )
        ]
        triggers = [
            pgtrigger.Trigger(
                name="published_anchor_is_complete",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(new__state="published"),
                func="""
                    IF EXISTS (
                        SELECT 1 FROM credentials_rubricline r WHERE r.edition_id = NEW.edition_id AND NOT EXISTS (
                            SELECT 1 FROM assessment_anchorline l WHERE l.anchor_id = NEW.id AND l.line_id = r.id
                            AND l.level_id IS NOT NULL AND l.rationale <> ''
                        )
                    ) THEN
                        RAISE EXCEPTION 'anchor % lacks a line', NEW.id USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="published_anchor_is_frozen",
                operation=pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                condition=~pgtrigger.Q(old__state="draft"),
                # What may still change is that it is retired.
                func="""
                    IF TG_OP = 'DELETE' OR NEW.state = 'draft' OR ROW(
                        NEW.id, NEW.edition_id, NEW.number, NEW.use, NEW.submission_id, NEW.source_id, NEW.made_by_id,
                        NEW.published_at
                    ) IS DISTINCT FROM ROW(
                        OLD.id, OLD.edition_id, OLD.number, OLD.use, OLD.submission_id, OLD.source_id, OLD.made_by_id,
                        OLD.published_at
                    ) THEN
                        RAISE EXCEPTION 'anchor % is frozen', OLD.id USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.edition_id} {self.number}"


class AnchorLine(ScopedModel):
    """The level that stands for one line of an anchor, and why. Both may be missing in a draft."""

    anchor = models.ForeignKey(Anchor, models.CASCADE, related_name="lines")
    line = models.ForeignKey(RubricLine, models.PROTECT, related_name="+")
    level = models.ForeignKey(RubricLevel, models.PROTECT, null=True, related_name="+")
    rationale = models.TextField(_("why this level"), blank=True, max_length=4000)

    class Meta:
        ordering = ["line__position", "line_id"]
        constraints = [models.UniqueConstraint(fields=["anchor", "line"], name="one_level_a_line_of_an_anchor")]
        triggers = [
            pgtrigger.Trigger(
                name="anchor_line_fits",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.Before,
                func="""
                    IF NOT EXISTS (
                        SELECT 1 FROM credentials_rubricline r JOIN assessment_anchor a ON a.edition_id = r.edition_id
                        WHERE r.id = NEW.line_id AND a.id = NEW.anchor_id
                    ) THEN
                        RAISE EXCEPTION 'this line is of another edition' USING ERRCODE = 'check_violation';
                    END IF;
                    IF NEW.level_id IS NOT NULL AND NOT EXISTS (
                        SELECT 1 FROM credentials_rubriclevel v WHERE v.id = NEW.level_id AND v.line_id = NEW.line_id
                    ) THEN
                        RAISE EXCEPTION 'this level is of another line' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="frozen_with_its_anchor",
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                func="""
                    IF EXISTS (
                        SELECT 1 FROM assessment_anchor a WHERE a.state <> 'draft'
                        AND ((TG_OP <> 'INSERT' AND a.id = OLD.anchor_id)
                             OR (TG_OP <> 'DELETE' AND a.id = NEW.anchor_id))
                    ) THEN
                        RAISE EXCEPTION 'this anchor is frozen' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN COALESCE(NEW, OLD);
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line_id}: {self.level_id}"
