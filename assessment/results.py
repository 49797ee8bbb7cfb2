"""A decision against the pass rule of its edition, in words for the earner."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessment.models import Decision, DecisionLine
from assessment.verdicts import Line, missing


@dataclass(frozen=True)
class Result:
    """How many lines are not met, of how many, and how many of those have to be."""

    unmet: int
    lines: int
    required: int  # of the lines that are not met and have to be
    others: int  # of the rest, so many more have to be met

    @property
    def needs_all(self) -> bool:
        """Whether every line that is not met is needed."""
        return self.required + self.others == self.unmet

    @property
    def heading(self) -> str:
        """What is missing, in short."""
        facts = {"n": self.unmet, "all": self.lines}
        if self.needs_all:
            text = ngettext("%(n)s of %(all)s lines needs more.", "%(n)s of %(all)s lines need more.", self.unmet)
            return text % facts
        more = self.required + self.others
        return ngettext("meet %(n)s more line.", "meet %(n)s more lines.", more) % {"n": more}

    @property
    def sentence(self) -> str:
        """Which lines those are, where it is not simply all of them; else ""."""
        if self.needs_all:
            return ""
        required = ngettext("%(n)s required line", "%(n)s required lines", self.required) % {"n": self.required}
        others = _("%(n)s of the lines that are not required") % {"n": self.others}
        if self.required and self.others:
            return _("To earn it, meet %(required)s and %(others)s.") % {"required": required, "others": others}
        return _("To earn it, meet %(what)s.") % {"what": required if self.required else others}


def result_of(decision: Decision, lines: Sequence[DecisionLine]) -> Result:
    """The result; `lines` are those of the decision, with their rubric lines, and the edition is loaded."""
    rule = [Line(each.line_id, pass_level=0, required=each.line.required) for each in lines]
    met = {each.line_id for each in lines if each.met}
    lacks = missing(rule, met, decision.submission.edition.others_needed)
    return Result(len(lines) - len(met), len(lines), lacks.required, lacks.others)


def shows_required(decision: Decision, lines: Sequence[DecisionLine]) -> bool:
    """Whether it matters to the earner which lines are required: some can be left out."""
    others = sum(not each.line.required for each in lines)
    needed = decision.submission.edition.others_needed
    return needed is not None and needed < others
