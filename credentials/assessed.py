"""How an edition is assessed, as a part of laurel.edition/1: who reads, how often, and what has to be met to earn it.

What is as usual is left out of the canonical form, so the hashes of editions from before one could choose stay true.
"""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from credentials.models import Edition
from credentials.shape import Reader

Plan, Mode = Edition.Plan, Edition.Mode
USUAL: dict[str, Any] = {
    "plan": Plan.ONE.value,
    "second_share": 10,
    "newcomer_readings": 10,
    "others_needed": None,
    "mode": Mode.FREE.value,
    "fee_cents": 0,
    "fee_currency": "",
    "precheck": False,
}
MOST_CENTS = 10_000_000


def assessment_of(data: dict[str, Any]) -> dict[str, Any]:
    """All of the assessment of canonical `data`, with what is usual where it says nothing."""
    return USUAL | data.get("assessment", {})


def read_assessment(top: Reader) -> dict[str, Any]:
    """The field `assessment`, as it goes into the canonical form: {} when all is as usual."""
    part = top.part("assessment")
    clean = {
        "plan": part.choice("plan", Plan.values, USUAL["plan"]),
        "second_share": part.number("second_share", 0, 100, USUAL["second_share"]),
        "newcomer_readings": part.number("newcomer_readings", 0, 1000, USUAL["newcomer_readings"]),
        "others_needed": part.number("others_needed", 0, 60),
        "mode": part.choice("mode", Mode.values, USUAL["mode"]),
        "fee_cents": part.number("fee_cents", 0, MOST_CENTS, 0),
        "fee_currency": part.text("fee_currency", 3),
        "precheck": part.flag("precheck"),
    }
    _fee(part, clean)
    part.done()
    changed = {name: value for name, value in clean.items() if value != USUAL[name]}
    return {"assessment": changed} if changed else {}


def _fee(part: Reader, clean: dict[str, Any]) -> None:
    currency = clean["fee_currency"]
    if clean["mode"] == Mode.PAID:
        if not clean["fee_cents"]:
            part.note("fee_cents", _("Say what it costs. If it costs nothing, choose another way to assess it."))
        if not (len(currency) == 3 and currency.isascii() and currency.isalpha() and currency.isupper()):
            part.note("fee_currency", _("Name the currency by its code of three capital letters, like USD."))
    else:
        for name in ("fee_cents", "fee_currency"):
            if clean[name]:
                part.note(name, _("Only an edition that is assessed for a fee has one. Leave this empty."))
                clean[name] = USUAL[name]


def export_assessment(edition: Edition) -> dict[str, Any]:
    """What `read_assessment` gives for the same edition."""
    changed = {name: getattr(edition, name) for name in USUAL if getattr(edition, name) != USUAL[name]}
    return {"assessment": changed} if changed else {}


def pass_rule_problem(data: dict[str, Any]) -> str:
    """Why nobody could tell from canonical `data` who passes, or "" if all is well."""
    needed = assessment_of(data)["others_needed"]
    others = [line for line in data["rubric"] if not line.get("required", True)]
    if needed is None or not data["rubric"]:
        return ""
    if needed > len(others):
        return ngettext(
            "The scoring guide has %(n)s line that does not have to be met, so it cannot be %(needed)s of them.",
            "The scoring guide has %(n)s lines that do not have to be met, so it cannot be %(needed)s of them.",
            len(others),
        ) % {"n": len(others), "needed": needed}
    if not needed and len(others) == len(data["rubric"]):
        return _("No line has to be met, so everyone would pass. Require a line, or ask for some of the others.")
    return ""


def pass_rule(required: int, others: int, needed: int | None) -> str:
    """What has to be met, in a sentence. `required` and `others` are numbers of lines; `needed` None: all others."""
    if not others or needed is None or needed >= others:
        return _("Every line has to be met.")
    if not needed:
        return _("Every line marked “required” has to be met. The others do not keep anyone from the badge.")
    facts = {"needed": needed, "others": others}
    if not required:
        return _("At least %(needed)s of the %(others)s lines have to be met.") % facts
    return _("Every line marked “required” has to be met, and at least %(needed)s of the %(others)s others.") % facts


def readers(edition: Edition) -> str:
    """How many read a submission, and who, in a sentence or two."""
    number = {
        Plan.ONE: _("One reader scores your work."),
        Plan.TWO: _("Two readers score your work, and neither sees what the other says."),
        Plan.CONDITIONAL: _("One reader scores your work. A second one scores it too when it is a close call."),
    }[Plan(edition.plan)]
    settled = "" if edition.plan == Plan.ONE else _("Where they differ, a senior assessor settles it.")
    who = {
        Mode.PEER: _("Readers are people who have earned this."),
        Mode.CERTIFIED: _("Readers are calibrated on this micro-credential."),
    }.get(Mode(edition.mode), "")
    return " ".join(filter(None, (number, settled, who)))
