"""State changes: a table of allowed moves beside each model, and one function that makes them."""

from collections.abc import Mapping
from typing import Protocol

from django.db import models
from django.utils.translation import gettext as _

from lib.errors import RuleBroken

Moves = Mapping[str, frozenset[str]]


class Stateful(Protocol):
    """A model with a `state` field and its `MOVES` table."""

    MOVES: Moves
    state: str


def moves(state_class: type[models.TextChoices], table: Mapping[str, set[str]]) -> Moves:
    """Check a table of moves against the states it is about: every state is a key, every target is a state.

    Raises ValueError at import time, so a typing mistake never reaches a request.
    """
    known = set(state_class.values)
    named = set(table) | {target for targets in table.values() for target in targets}
    if known != set(table) or not named <= known:
        raise ValueError(
            f"moves of {state_class.__name__} do not match its states: {known ^ named or known ^ set(table)}"
        )
    return {str(source): frozenset(map(str, targets)) for source, targets in table.items()}


def move(obj: Stateful, to: str) -> str:
    """Set `obj.state` to `to` and return the state it had. The caller has locked the row and saves it.

    Raises RuleBroken (409) when the table does not allow the move.
    """
    before = obj.state
    if to not in obj.MOVES[before]:
        raise RuleBroken(
            _("This is already “%(before)s”, so it cannot become “%(to)s”. Reload the page to see how it stands.")
            % {"before": _label(obj, before), "to": _label(obj, to)},
            code="wrong-state",
            state=before,
        )
    obj.state = str(to)
    return before


def _label(obj: Stateful, state: str) -> str:
    return str(dict(type(obj)._meta.get_field("state").choices or ()).get(state, state))
