"""The form of the scoring workspace: one level and one comment for each open line, and a note."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessment.actions.scoring import MOST_CHARACTERS, Given
from assessment.actions.settling import Word
from assessment.differences import Difference
from assessment.evidence import panel_id
from assessment.models import Review, SavedComment, Settling
from assessment.models.comment import MOST_CHARACTERS as MOST_KEPT_CHARACTERS
from assessment.queries import ScoredLine
from credentials.models import Edition, RubricLevel
from lib.signable import no_hidden_characters


@dataclass(frozen=True)
class LevelChoice:
    """One level card. `key` is the number key that chooses it."""

    level: RubricLevel
    key: int
    checked: bool

    @property
    def needs_comment(self) -> bool:
        """Below the pass level the earner is told what to do next."""
        return not self.level.passes


@dataclass(frozen=True)
class LineCard:
    """One line as the workspace shows it."""

    scored: ScoredLine
    name: str  # of the radio buttons
    levels: Sequence[LevelChoice]
    comment: forms.BoundField
    problem: str

    @property
    def panel(self) -> str:
        """The evidence that this line is about."""
        return panel_id(self.scored.line.criterion.key)

    @property
    def chosen(self) -> RubricLevel | None:
        """The level that is chosen now."""
        return next((choice.level for choice in self.levels if choice.checked), None)

    @property
    def show_comment(self) -> bool:
        """Whether the comment box starts open: something is in it, or has to be."""
        below = self.chosen is not None and not self.chosen.passes
        return below or bool(self.problem or self.comment.errors or self.comment.value())


class ReadingForm(forms.Form):
    """Everything may be empty: a draft is saved as it stands, and finishing says what is missing."""

    token = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    note = forms.CharField(
        label=_("Overall note to the educator"),
        help_text=_("They read it above the lines."),
        required=False,
        max_length=MOST_CHARACTERS,
        widget=forms.Textarea({"rows": 3}),
    )

    def __init__(self, review: Review, lines: Sequence[ScoredLine], data: Any = None) -> None:
        self.lines = [each for each in lines if each.is_open]
        self.problems: dict = {}  # line id → what is missing before this can be sent
        initial = {"token": review.token, "note": review.note}
        for each in self.lines:
            if each.score:
                initial[f"level-{each.line.id}"] = str(each.score.level_id or "")
                initial[f"comment-{each.line.id}"] = each.score.comment
        super().__init__(data, initial=initial)
        for each in self.lines:
            levels = [(str(level.id), level.name) for level in each.line.levels.all()]
            self.fields[f"level-{each.line.id}"] = forms.ChoiceField(
                choices=levels,
                required=False,
                error_messages={"invalid_choice": _("Choose one of the levels of this line.")},
            )
            self.fields[f"comment-{each.line.id}"] = forms.CharField(
                label=_("Comment to the educator"),
                help_text=_("Needed below the pass level. Say what you saw, where, and what to do next."),
                required=False,
                max_length=MOST_CHARACTERS,
                widget=forms.Textarea({"rows": 4}),
            )

    def given(self) -> list[Given]:
        """What the valid form says, line by line."""
        said = []
        for each in self.lines:
            chosen = self.cleaned_data[f"level-{each.line.id}"]
            level = next((level for level in each.line.levels.all() if str(level.id) == chosen), None)
            said.append(Given(each.line, level, self.cleaned_data[f"comment-{each.line.id}"]))
        return said

    def cards(self) -> list[LineCard]:
        """The open lines with what was typed or saved."""
        return [self._card(each) for each in self.lines]

    def _card(self, each: ScoredLine) -> LineCard:
        name = f"level-{each.line.id}"
        chosen = self[name].value()
        return LineCard(
            scored=each,
            name=name,
            levels=[
                LevelChoice(level, key, checked=str(level.id) == chosen)
                for key, level in enumerate(each.line.levels.all(), start=1)
            ],
            comment=self[f"comment-{each.line.id}"],
            problem=self.problems.get(each.line.id) or " ".join(self[name].errors),
        )


class CommentForm(forms.Form):
    """A kept comment. With an edition, also what it is for."""

    text = forms.CharField(
        label=_("Comment"),
        help_text=_("Say what you saw, where, and what to do next. {minute} becomes the time you look at."),
        max_length=MOST_KEPT_CHARACTERS,
        widget=forms.Textarea({"rows": 3}),
        validators=[no_hidden_characters],
    )
    share = forms.ChoiceField(label=_("Who sees it"), initial=SavedComment.Share.MINE)
    where = forms.ChoiceField(label=_("What it is for"), required=False)

    def __init__(self, data: Any = None, *, edition: Edition | None = None, publish: bool, **more: Any) -> None:
        super().__init__(data, **more)
        shares = SavedComment.Share.choices
        kept = self.initial.get("share")
        self.fields["share"].choices = [
            each for each in shares if publish or each[0] in (kept, *SavedComment.Share.values[:2])
        ]
        if edition is None:
            del self.fields["where"]
        else:
            self.fields["where"].choices = [("", _("Any line")), *self._lines(edition)]

    @staticmethod
    def _lines(edition: Edition) -> list[tuple[str, list[tuple[str, str]]]]:
        """A group for each line: any level of it, and each level."""
        groups = []
        for line in edition.rubric.prefetch_related("levels"):
            levels = [(f"{line.key}:{level.position}", level.name) for level in line.levels.all()]
            groups.append((line.title, [(line.key, _("Any level")), *levels]))
        return groups

    def place(self) -> dict[str, Any]:
        """Line key and level position of the valid form, as `keep_comment` takes them."""
        key, _colon, level = self.cleaned_data.get("where", "").partition(":")
        return {"line_key": key, "level_position": int(level) if level else None}

    def words(self) -> dict[str, str]:
        """Text and share of the valid form."""
        return {name: self.cleaned_data[name] for name in ("text", "share")}


@dataclass(frozen=True)
class SettleCard:
    """One line as the page of a settling shows it."""

    difference: Difference
    name: str  # of the radio buttons
    levels: Sequence[LevelChoice]
    reason: forms.BoundField
    problem: str

    @property
    def panel(self) -> str:
        """The evidence that this line is about."""
        return panel_id(self.difference.line.criterion.key)


class SettlingForm(forms.Form):
    """A level and a reason for each line on which the readers differ. Everything may be empty, as in a ReadingForm."""

    token = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def __init__(self, settling: Settling, differences: Sequence[Difference], data: Any = None) -> None:
        self.differences = differences
        self.problems: dict = {}  # line id → what is missing before it is settled
        initial: dict[str, Any] = {"token": settling.token}
        for each in differences:
            initial[f"level-{each.line.id}"] = str(each.word.level_id or "")
            initial[f"reason-{each.line.id}"] = each.word.reason
        super().__init__(data, initial=initial)
        for each in differences:
            self.fields[f"level-{each.line.id}"] = forms.ChoiceField(
                choices=[(str(level.id), level.name) for level in each.line.levels.all()],
                required=False,
                error_messages={"invalid_choice": _("Choose one of the levels of this line.")},
            )
            self.fields[f"reason-{each.line.id}"] = forms.CharField(
                label=_("Why"),
                help_text=_("Both readers learn from it. Say what in the evidence decides it, and where."),
                required=False,
                max_length=MOST_CHARACTERS,
                widget=forms.Textarea({"rows": 4}),
            )

    def words(self) -> list[Word]:
        """What the valid form says, line by line."""
        said = []
        for each in self.differences:
            chosen = self.cleaned_data[f"level-{each.line.id}"]
            level = next((level for level in each.line.levels.all() if str(level.id) == chosen), None)
            said.append(Word(each.line, level, self.cleaned_data[f"reason-{each.line.id}"]))
        return said

    def cards(self) -> list[SettleCard]:
        """The lines with what was typed or saved."""
        cards = []
        for each in self.differences:
            name = f"level-{each.line.id}"
            chosen = self[name].value()
            cards.append(
                SettleCard(
                    difference=each,
                    name=name,
                    levels=[
                        LevelChoice(level, key, checked=str(level.id) == chosen)
                        for key, level in enumerate(each.line.levels.all(), start=1)
                    ],
                    reason=self[f"reason-{each.line.id}"],
                    problem=self.problems.get(each.line.id) or " ".join(self[name].errors),
                )
            )
        return cards
