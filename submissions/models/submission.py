"""Submission: one try within a work, and what was written and promised in it."""

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from credentials.models import Edition, Prompt, RubricLevel, RubricLine
from lib import clock
from lib.transitions import moves
from submissions.models.work import Work
from tenants.models import ScopedManager, ScopedModel, User


class EarnersTries(ScopedManager):
    """Leaves out samples, so that no list, sweep, figure or decision about earners ever meets one."""

    def get_queryset(self) -> models.QuerySet:
        return super().get_queryset().exclude(state="sample")


class Samples(ScopedManager):
    """Only samples."""

    def get_queryset(self) -> models.QuerySet:
        return super().get_queryset().filter(state="sample")


# Sent and not yet in the queue, or in the queue and taken back since: what the queue has to act on. There are few of
# these at any time, and they have an index of their own.
OUT_OF_STEP = models.Q(state="submitted", queued_at=None) | models.Q(state="draft", queued_at__isnull=False)


class Submission(ScopedModel):
    """One try. Written as a draft, then handed in; `code` stands for the earner's name wherever it is scored.

    `objects` is what earners wrote; `samples` is what assessors train with (docs/adr/0016), and `with_samples` both.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Not sent yet")
        SUBMITTED = "submitted", _("With reviewers")
        PASSED = "passed", _("Earned")
        NOT_YET = "not_yet", _("Not yet")
        SAMPLE = "sample", _("Sample for assessors")

    MOVES = moves(
        State,
        {
            State.DRAFT: {State.SUBMITTED, State.PASSED},  # passed unsent: an appeal found the last open lines met
            State.SUBMITTED: {State.PASSED, State.NOT_YET, State.DRAFT},
            State.PASSED: set(),
            State.NOT_YET: set(),
            State.SAMPLE: set(),
        },
    )

    objects = EarnersTries()
    samples = Samples()
    with_samples = ScopedManager()

    work = models.ForeignKey(Work, models.PROTECT, related_name="submissions")
    earner = models.ForeignKey(User, models.PROTECT, related_name="+")
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField(default=1)
    code = models.CharField(max_length=8)
    state = models.CharField(max_length=20, choices=State, default=State.DRAFT)
    used_ai = models.BooleanField(_("AI tools were used"), null=True)  # null: the earner has not said
    about_read_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    submitted_at = models.DateTimeField(null=True)
    due_on = models.DateField(null=True)
    queued_at = models.DateTimeField(null=True)  # when the review queue made place for it; it can still be taken back
    taken_in_at = models.DateTimeField(null=True)  # when a reviewer took it up
    sent_back = models.TextField(blank=True)  # what was missing when it came back unread; "" once it is sent again
    decided_at = models.DateTimeField(null=True)
    appeal_open = models.BooleanField(default=False)  # its lines may still change, so it waits

    class Meta:
        ordering = ["work", "number"]
        constraints = [
            models.UniqueConstraint(fields=["work", "number"], name="one_try_a_number"),
            models.UniqueConstraint(fields=["tenant", "code"], name="one_submission_a_code"),
            models.UniqueConstraint(
                fields=["work"], condition=models.Q(state__in=["draft", "submitted"]), name="one_open_try"
            ),
            models.CheckConstraint(
                name="submitted_has_dates",
                condition=models.Q(state="draft") | models.Q(submitted_at__isnull=False, due_on__isnull=False),
            ),
            models.CheckConstraint(
                name="decided_has_a_date",
                condition=models.Q(state__in=["draft", "submitted", "sample"], decided_at=None)
                | models.Q(state__in=["passed", "not_yet"], decided_at__isnull=False),
            ),
            models.CheckConstraint(
                name="try_waits_for_the_appeal", condition=models.Q(state="draft") | models.Q(appeal_open=False)
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "submitted_at"], condition=OUT_OF_STEP, name="submission_out_of_step"),
            models.Index(fields=["tenant", "-decided_at"], name="submission_by_decision"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="a_try_is_sent_when_it_may_be",
                operation=pgtrigger.UpdateOf("state"),
                when=pgtrigger.Before,
                condition=pgtrigger.Q(old__state="draft", new__state="submitted"),
                func="""
                    IF EXISTS (
                        SELECT 1 FROM credentials_edition e WHERE e.id = NEW.edition_id AND NEW.number > e.tries
                    ) AND NOT EXISTS (
                        SELECT 1 FROM submissions_conversation c
                        WHERE c.submission_id = NEW.id AND c.criterion_id IS NULL
                    ) THEN
                        RAISE EXCEPTION 'submission % waits for a conversation', NEW.id
                            USING ERRCODE = 'check_violation';
                    END IF;
                    IF EXISTS (
                        SELECT 1 FROM credentials_edition e
                        WHERE e.id = NEW.edition_id AND e.mode = 'paid' AND e.fee_cents > 0
                    ) AND NOT EXISTS (
                        SELECT 1 FROM submissions_fee f
                        WHERE f.work_id = NEW.work_id AND f.state IN ('paid', 'waived', 'voucher')
                    ) THEN
                        RAISE EXCEPTION 'submission % waits for its fee', NEW.id USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return self.code


class SubmissionLine(ScopedModel):
    """Whether a rubric line is open in this try, or was met in an earlier one and is carried."""

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="lines")
    line = models.ForeignKey(RubricLine, models.PROTECT, related_name="+")
    carried_level = models.ForeignKey(RubricLevel, models.PROTECT, null=True, related_name="+")  # null: open

    class Meta:
        ordering = ["line__position"]
        constraints = [models.UniqueConstraint(fields=["submission", "line"], name="one_status_a_line")]

    def __str__(self) -> str:
        return f"{self.line_id} {'met' if self.carried_level_id else 'open'}"

    @property
    def is_open(self) -> bool:
        return self.carried_level_id is None


class Response(ScopedModel):
    """The earner's words on one prompt. `rev` counts saves, so that two tabs do not overwrite each other."""

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="responses")
    prompt = models.ForeignKey(Prompt, models.PROTECT, related_name="+")
    text = models.TextField(blank=True)
    rev = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["submission", "prompt"], name="one_response_a_prompt")]

    def __str__(self) -> str:
        return self.text[:60]


class Promise(ScopedModel):
    """Something the earner affirmed before handing in, with the very words they agreed to."""

    class Kind(models.TextChoices):
        OWN_WORK = "own_work", _("Own work")
        STUDENTS = "students", _("Student privacy")
        TRAINING = "training", _("Use for assessor training")

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="promises")
    kind = models.CharField(max_length=12, choices=Kind)
    version = models.CharField(max_length=20)
    wording = models.TextField()
    given_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["submission", "kind"], name="one_promise_a_kind")]

    def __str__(self) -> str:
        return self.kind
