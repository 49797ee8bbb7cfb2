"""Decision: the outcome of a submission, line by line. Rows are only ever added."""

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from assessment.models.review import Review
from credentials.models import RubricLevel, RubricLine
from lib import clock
from submissions.models import Submission
from tenants.models import ScopedModel

APPEND_ONLY = pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)

NEVER_ON_A_SAMPLE = pgtrigger.Trigger(
    name="samples_are_not_decided",
    operation=pgtrigger.Insert,
    when=pgtrigger.Before,
    func="""
        IF EXISTS (SELECT 1 FROM submissions_submission s WHERE s.id = NEW.submission_id AND s.state = 'sample') THEN
            RAISE EXCEPTION 'submission % is a sample', NEW.submission_id USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    """,
)


DECIDED_FROM_FINAL_READINGS = pgtrigger.Trigger(
    name="decided_from_final_readings",
    operation=pgtrigger.Insert,
    when=pgtrigger.Before,
    func="""
        IF NOT EXISTS (
            SELECT 1 FROM assessment_review r
            WHERE r.submission_id = NEW.submission_id AND r.state = 'final'
        ) AND NOT EXISTS (  -- a draft that an appeal of the try before it made pass
            SELECT 1 FROM assessment_appeal a WHERE a.draft_id = NEW.submission_id AND a.state = 'changed'
        ) AND NOT EXISTS (  -- a try that a panel ended
            SELECT 1 FROM assessment_case c JOIN submissions_submission s ON s.work_id = c.work_id
            WHERE s.id = NEW.submission_id AND c.state = 'closed' AND c.upheld
        )
        OR EXISTS (
            SELECT 1 FROM assessment_review r
            WHERE r.submission_id = NEW.submission_id AND r.state IN ('waiting', 'claimed')
        )
        OR EXISTS (
            SELECT 1 FROM assessment_settling s
            WHERE s.submission_id = NEW.submission_id AND s.state IN ('waiting', 'claimed')
        ) THEN
            RAISE EXCEPTION 'submission % is not read and settled yet', NEW.submission_id
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    """,
)


class Decision(ScopedModel):
    """One submission, one decision, for good. There is none before all readings are final and all is settled."""

    class Outcome(models.TextChoices):
        PASSED = "passed", _("Earned")
        NOT_YET = "not_yet", _("Not yet")

    submission = models.OneToOneField(Submission, models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=10, choices=Outcome)
    decided_at = models.DateTimeField(default=clock.now)
    note = models.TextField(blank=True)

    class Meta:
        triggers = [
            APPEND_ONLY,
            DECIDED_FROM_FINAL_READINGS,
            NEVER_ON_A_SAMPLE,
            pgtrigger.Trigger(
                name="nothing_is_decided_while_a_case_is_open",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                func="""
                    IF EXISTS (
                        SELECT 1 FROM assessment_case c JOIN submissions_submission s ON s.work_id = c.work_id
                        WHERE s.id = NEW.submission_id AND c.state <> 'closed'
                    ) THEN
                        RAISE EXCEPTION 'a case about submission % is open', NEW.submission_id
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.submission_id}: {self.outcome}"


class DecisionLine(ScopedModel):
    """The level that stands for one line, and the comment the earner reads.

    `review`: a reading that gave this level; none for a line that is carried, or settled at a level nobody gave.
    """

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="lines")
    line = models.ForeignKey(RubricLine, models.PROTECT, related_name="+")
    level = models.ForeignKey(RubricLevel, models.PROTECT, related_name="+")
    met = models.BooleanField()
    carried = models.BooleanField(default=False)  # met in an earlier try
    comment = models.TextField(blank=True)
    review = models.ForeignKey(Review, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["line__position"]
        constraints = [models.UniqueConstraint(fields=["decision", "line"], name="one_outcome_a_line")]
        triggers = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.line_id}: {self.level_id}"
