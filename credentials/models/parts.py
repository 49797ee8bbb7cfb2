"""The parts of an edition, section by section, as in the Digital Promise template. Frozen together with it."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from credentials.models.edition import Edition
from lib.ids import uuid7

FREEZE = pgtrigger.Trigger(
    name="frozen_with_its_edition",
    operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
    when=pgtrigger.Before,
    func="""
        IF EXISTS (
            SELECT 1 FROM credentials_edition e WHERE e.state <> 'draft'
            AND ((TG_OP <> 'INSERT' AND e.id = OLD.edition_id) OR (TG_OP <> 'DELETE' AND e.id = NEW.edition_id))
        ) THEN
            RAISE EXCEPTION 'this edition is frozen' USING ERRCODE = 'check_violation';
        END IF;
        RETURN COALESCE(NEW, OLD);
    """,
)


class Part(models.Model):
    """What all parts share: an edition, a place in its list, and the freeze."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    edition = models.ForeignKey(Edition, models.CASCADE)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        abstract = True
        ordering = ["position", "id"]
        triggers = [FREEZE]


class MethodGroup(Part):
    """A named group of method components."""

    title = models.CharField(_("group"), max_length=160)

    class Meta(Part.Meta):
        default_related_name = "method_groups"

    def __str__(self) -> str:
        return self.title


class MethodComponent(Part):
    """One step or element of the key method."""

    group = models.ForeignKey(MethodGroup, models.CASCADE, related_name="components")
    title = models.CharField(_("component"), max_length=160)
    text = models.TextField(_("what it means"), blank=True)

    class Meta(Part.Meta):
        default_related_name = "method_components"

    def __str__(self) -> str:
        return self.title


class ResearchItem(Part):
    """A cited work, with the facts a vetter checks: free online, how long, when the link was last seen."""

    title = models.CharField(_("title"), max_length=300)
    authors = models.CharField(_("authors"), max_length=300)
    year = models.PositiveSmallIntegerField(_("year"), validators=[MinValueValidator(1800), MaxValueValidator(2200)])
    source = models.CharField(_("journal, publisher or site"), max_length=300, blank=True)
    url = models.URLField(_("address"), max_length=500, blank=True)
    free_online = models.BooleanField(_("free to read online"), default=False)
    pages = models.PositiveSmallIntegerField(_("pages"), null=True, blank=True)
    note = models.TextField(_("what it says"), blank=True)
    checked_on = models.DateField(_("link checked on"), null=True, blank=True)
    classic_reason = models.CharField(_("why an older work is cited"), max_length=300, blank=True)

    class Meta(Part.Meta):
        default_related_name = "research"

    def __str__(self) -> str:
        return self.title


class Resource(Part):
    """Something to read, watch or use while working."""

    class Kind(models.TextChoices):
        ARTICLE = "article", _("Article")
        VIDEO = "video", _("Video")
        BOOK = "book", _("Book")
        WEBSITE = "website", _("Web site")
        TOOL = "tool", _("Tool")
        TEMPLATE = "template", _("Template")

    title = models.CharField(_("title"), max_length=300)
    url = models.URLField(_("address"), max_length=500, blank=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.ARTICLE)
    minutes = models.PositiveSmallIntegerField(_("minutes"), null=True, blank=True)
    captioned = models.BooleanField(_("captioned"), null=True, blank=True)
    note = models.TextField(_("why it helps"), blank=True)

    class Meta(Part.Meta):
        default_related_name = "resources"

    def __str__(self) -> str:
        return self.title


class Criterion(Part):
    """One thing to hand in: answers to prompts, files and links, a reflection, a log, or a quiz that scores itself.

    `quiz_bank` is how many questions the quiz has. It is stored, so that pages for everyone can say it without
    reading a table in which the right answers are.
    """

    class Kind(models.TextChoices):
        OVERVIEW = "overview", _("Overview questions")
        ARTIFACT = "artifact", _("Evidence")
        REFLECTION = "reflection", _("Reflection")
        LOG = "log", _("Log of hours or observations")
        QUIZ = "quiz", _("Quiz")

    class ArtifactKind(models.TextChoices):
        FILE = "file", _("File")
        LINK = "link", _("Link")
        TEXT = "text", _("Text")

    key = models.SlugField(_("key"), max_length=60)
    part = models.CharField(_("part"), max_length=12, choices=Kind)
    title = models.CharField(_("title"), max_length=160)
    instructions = models.TextField(_("what to do"), blank=True)
    optional = models.BooleanField(_("optional"), default=False)
    artifact_min = models.PositiveSmallIntegerField(_("at least"), default=0)
    artifact_max = models.PositiveSmallIntegerField(_("at most"), default=0)
    artifact_kinds = ArrayField(models.CharField(max_length=8, choices=ArtifactKind), default=list, blank=True)
    log_minutes_min = models.PositiveIntegerField(_("minutes in all, at least"), default=0)
    log_entries_min = models.PositiveSmallIntegerField(_("entries, at least"), default=0)
    quiz_draw = models.PositiveSmallIntegerField(_("questions in a try"), default=0)
    quiz_pass = models.PositiveSmallIntegerField(_("percent to pass"), default=0)
    quiz_tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    quiz_bank = models.PositiveSmallIntegerField(_("questions in the bank"), default=0, editable=False)

    class Meta(Part.Meta):
        default_related_name = "criteria"
        constraints = [
            models.UniqueConstraint(fields=["edition", "key"], name="one_criterion_a_key"),
            models.CheckConstraint(
                name="artifacts_only_for_evidence",
                condition=(
                    models.Q(part="artifact", artifact_max__gt=0, artifact_max__gte=models.F("artifact_min"))
                    | (~models.Q(part="artifact") & models.Q(artifact_min=0, artifact_max=0))
                ),
            ),
            models.CheckConstraint(
                name="minimums_only_for_logs",
                condition=models.Q(part="log") | models.Q(log_minutes_min=0, log_entries_min=0),
            ),
            models.CheckConstraint(
                name="draws_only_for_quizzes",
                condition=models.Q(part="quiz", quiz_draw__gt=0, quiz_pass__range=(1, 100), quiz_tries__gt=0)
                | (~models.Q(part="quiz") & models.Q(quiz_draw=0, quiz_pass=0, quiz_tries=0, quiz_bank=0)),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Prompt(Part):
    """One question to answer in writing, with its word limits."""

    criterion = models.ForeignKey(Criterion, models.CASCADE, related_name="prompts")
    key = models.SlugField(_("key"), max_length=60)
    text = models.TextField(_("question"))
    min_words = models.PositiveSmallIntegerField(_("at least (words)"), default=0)
    max_words = models.PositiveSmallIntegerField(_("at most (words)"), default=500, validators=[MinValueValidator(1)])

    class Meta(Part.Meta):
        default_related_name = "prompts"
        constraints = [
            models.UniqueConstraint(fields=["criterion", "key"], name="one_prompt_a_key"),
            models.CheckConstraint(
                name="word_limits_make_sense",
                condition=models.Q(max_words__gt=0, max_words__gte=models.F("min_words")),
            ),
        ]

    def __str__(self) -> str:
        return self.text[:60]


class QuizItem(Part):
    """One question of a quiz's bank. `right_places` are those of the right choices, counted from 0.

    They and `feedback` leave the server for authors and vetters only, and for an earner once a try is over.
    """

    criterion = models.ForeignKey(Criterion, models.CASCADE, related_name="quiz_items")
    key = models.SlugField(_("key"), max_length=60)
    text = models.TextField(_("question"))
    choices = ArrayField(models.TextField(), verbose_name=_("choices"))
    right_places = ArrayField(models.PositiveSmallIntegerField(), verbose_name=_("right choices"))
    feedback = models.TextField(_("what to say after the try"), blank=True)

    class Meta(Part.Meta):
        default_related_name = "quiz_items"
        constraints = [
            models.UniqueConstraint(fields=["criterion", "key"], name="one_quiz_item_a_key"),
            models.CheckConstraint(
                name="quiz_item_can_be_answered", condition=models.Q(choices__len__gte=2, right_places__len__gte=1)
            ),
        ]

    def __str__(self) -> str:
        return self.text[:60]


class RubricLine(Part):
    """What is scored: one line of the scoring guide, about one criterion.

    `required`: without it nobody passes. Of the others the edition says how many have to be met.
    """

    criterion = models.ForeignKey(Criterion, models.CASCADE, related_name="lines")
    key = models.SlugField(_("key"), max_length=60)
    title = models.CharField(_("what is scored"), max_length=200)
    required = models.BooleanField(_("has to be met"), default=True)

    class Meta(Part.Meta):
        default_related_name = "rubric"
        constraints = [models.UniqueConstraint(fields=["edition", "key"], name="one_line_a_key")]

    def __str__(self) -> str:
        return self.title


class RubricLevel(Part):
    """One level of a line, best first. `passes` is true from the best down to the author's pass level."""

    line = models.ForeignKey(RubricLine, models.CASCADE, related_name="levels")
    name = models.CharField(_("level"), max_length=60)
    description = models.TextField(_("what it looks like"))
    passes = models.BooleanField(_("counts as met"), default=False)

    class Meta(Part.Meta):
        default_related_name = "levels"
        constraints = [
            models.UniqueConstraint(fields=["line", "position"], name="one_level_a_place"),
            models.UniqueConstraint(fields=["line", "name"], name="one_level_a_name"),
            models.UniqueConstraint(fields=["line", "id"], name="level_of_its_line"),  # for keys that hold both
        ]

    def __str__(self) -> str:
        return self.name


class Alignment(Part):
    """A statement of an outside framework that this skill belongs to (CASE item where it has an address)."""

    framework = models.CharField(_("framework"), max_length=200)
    code = models.CharField(_("code"), max_length=60, blank=True)
    name = models.CharField(_("statement"), max_length=300)
    url = models.URLField(_("address"), max_length=500)

    class Meta(Part.Meta):
        default_related_name = "alignments"

    def __str__(self) -> str:
        return self.name
