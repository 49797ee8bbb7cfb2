"""The sections of an edition as an author meets them, and what each still needs before a vetter reads it."""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from credentials.assessed import pass_rule_problem
from credentials.criteria import small_banks, unscored
from credentials.models import Criterion
from lib import clock

CLASSIC_AFTER = 10  # years: an older work needs a reason


@dataclass(frozen=True)
class Section:
    """One page of the editor: its address, its name, and the fields of laurel.edition/1 it holds."""

    key: str
    title: str | Promise
    hint: str | Promise
    fields: tuple[str, ...]


SECTIONS = {
    each.key: each
    for each in (
        Section(
            "basics",
            gettext_lazy("Basics"),
            gettext_lazy("Title, one sentence, time, topics and who it is for"),
            (
                "title", "summary", "language", "hours", "weeks", "topics", "audience", "grades", "evidence_types",
                "tries", "due_business_days", "badge",
            ),
        ),
        Section(
            "competency",
            gettext_lazy("Competency and key method"),
            gettext_lazy("What the person can do, and the way to do it"),
            ("competency", "key_method"),
        ),
        Section(
            "method",
            gettext_lazy("Method components"),
            gettext_lazy("The steps or elements of the key method, in groups"),
            ("method_components",),
        ),
        Section(
            "research",
            gettext_lazy("Rationale and research"),
            gettext_lazy("Why it works, and the works that show it"),
            ("rationale", "research"),
        ),
        Section(
            "resources",
            gettext_lazy("Resources"),
            gettext_lazy("What to read, watch or use"),
            ("resources",),
        ),
        Section(
            "criteria",
            gettext_lazy("What to hand in"),
            gettext_lazy("Questions, evidence, logs, quizzes and reflection"),
            ("criteria",),
        ),
        Section(
            "rubric",
            gettext_lazy("Scoring guide"),
            gettext_lazy("What is scored, with levels and the pass level"),
            ("rubric",),
        ),
        Section(
            "assessment",
            gettext_lazy("How it is assessed"),
            gettext_lazy("Who reads the work, how many of them, and what has to be met"),
            ("assessment",),
        ),
        Section(
            "alignments",
            gettext_lazy("Alignments"),
            gettext_lazy("Standards and frameworks this belongs to"),
            ("alignments",),
        ),
    )
}  # fmt: skip
OPTIONAL = {"assessment", "alignments"}


@dataclass(frozen=True)
class Gap:
    """Something that is missing, in one sentence, and the section where it belongs."""

    section: str
    sentence: str


def gaps(data: dict[str, Any]) -> list[Gap]:
    """What canonical `data` still needs before it can be sent to a vetter, in the order of the sections."""
    found = [
        Gap(section, sentence)
        for name, section, sentence in (
            ("summary", "basics", _("Say in one sentence what the person does.")),
            ("topics", "basics", _("Name at least one topic, so that people find it.")),
            ("audience", "basics", _("Say who it is for.")),
            ("competency", "competency", _("Write the competency.")),
            ("key_method", "competency", _("Write the key method.")),
            ("method_components", "method", _("Add at least one group of method components.")),
            ("rationale", "research", _("Write why this works.")),
            ("research", "research", _("Cite at least one work.")),
            ("resources", "resources", _("Add at least one resource.")),
            ("criteria", "criteria", _("Say what people hand in.")),
            ("rubric", "rubric", _("Write the scoring guide.")),
        )
        if not data[name]
    ]
    found += [
        Gap("method", _("The group “%(title)s” has no components yet.") % {"title": group["title"]})
        for group in data["method_components"]
        if not group["components"]
    ]
    real = (Criterion.Kind.ARTIFACT, Criterion.Kind.LOG)
    if data["criteria"] and not any(each["part"] in real for each in data["criteria"]):
        found.append(Gap("criteria", _("Ask for at least one piece of evidence from real work.")))
    found += [
        Gap("criteria", f"{data['criteria'][index]['title']}: {sentence}") for index, sentence in small_banks(data)
    ]
    if data["rubric"]:
        found += [
            Gap("rubric", _("No line is about “%(title)s” yet.") % {"title": data["criteria"][index]["title"]})
            for index in unscored(data)
        ]
    if problem := pass_rule_problem(data):
        found.append(Gap("assessment", problem))
    order = list(SECTIONS)
    return sorted(found, key=lambda gap: order.index(gap.section))


def advice(data: dict[str, Any]) -> list[Gap]:
    """What a vetter is likely to ask about. It does not stop anyone."""
    found = []
    this_year = clock.now().year
    free = sum(each["free_online"] for each in data["research"])
    if data["research"] and free < 2:
        found.append(Gap("research", _("Fewer than 2 of the works are free to read online.")))
    old = sum(each["year"] < this_year - CLASSIC_AFTER and not each["classic_reason"] for each in data["research"])
    if old:
        found.append(
            Gap(
                "research",
                ngettext(
                    "%(n)s work is more than 10 years old. Say why you cite it.",
                    "%(n)s works are more than 10 years old. Say why you cite them.",
                    old,
                )
                % {"n": old},
            )
        )
    silent = sum(each["kind"] == "video" and not each["captioned"] for each in data["resources"])
    if silent:
        found.append(
            Gap(
                "resources",
                ngettext("%(n)s video has no captions.", "%(n)s videos have no captions.", silent) % {"n": silent},
            )
        )
    if not 2 <= data["hours"] <= 20:
        found.append(Gap("basics", _("Most micro-credentials take 2 to 20 hours. Is this one discrete skill?")))
    return found
