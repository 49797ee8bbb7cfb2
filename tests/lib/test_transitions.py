"""States change along their table and nowhere else."""

from enum import Enum

import pytest
from django.apps import apps
from django.db import models

from lib.errors import RuleBroken
from lib.transitions import move, moves
from tenants.models import OutgoingMail


class Colour(models.TextChoices):
    RED = "red"
    GREEN = "green"


MADE_AS = {"sample"}  # states in which rows are made and stay, beside the first one
STATEFUL = [model for model in apps.get_models() if hasattr(model, "MOVES")]


def test_a_move_on_the_table_is_made_and_returns_the_old_state():
    mail = OutgoingMail()
    assert move(mail, OutgoingMail.State.SENT) == "waiting"
    assert mail.state == "sent"
    assert type(mail.state) is str


def test_a_move_off_the_table_is_refused_in_words_and_changes_nothing():
    mail = OutgoingMail(state="sent")
    with pytest.raises(RuleBroken) as refusal:
        move(mail, OutgoingMail.State.WAITING)
    assert (refusal.value.code, refusal.value.status) == ("wrong-state", 409)
    assert "“Sent”" in refusal.value.message
    assert "“Waiting”" in refusal.value.message
    assert refusal.value.facts == {"state": "sent"}
    assert mail.state == "sent"


def test_the_same_state_again_is_refused():
    with pytest.raises(RuleBroken):
        move(OutgoingMail(state="sent"), OutgoingMail.State.SENT)


@pytest.mark.parametrize(
    "table",
    [
        {Colour.RED: {Colour.GREEN}},
        {Colour.RED: {"blue"}, Colour.GREEN: set()},
        {Colour.RED: set(), Colour.GREEN: set(), "blue": set()},
    ],
    ids=["a state has no row", "an unknown target", "an unknown state"],
)
def test_a_table_with_a_mistake_does_not_import(table: dict):
    with pytest.raises(ValueError):
        moves(Colour, table)


def test_a_right_table_becomes_plain_strings():
    assert moves(Colour, {Colour.RED: {Colour.GREEN}, Colour.GREEN: set()}) == {
        "red": frozenset({"green"}),
        "green": frozenset(),
    }


def test_there_are_models_with_tables():
    assert len(STATEFUL) >= 5


@pytest.mark.parametrize("model", STATEFUL, ids=lambda model: model._meta.label)
def test_every_state_can_be_reached_from_the_first(model: type[models.Model]):
    field = model._meta.get_field("state")
    first = field.default.value if isinstance(field.default, Enum) else str(field.default)
    queue = [first, *(value for value, _label in field.choices if value in MADE_AS)]
    reached = set(queue)
    while queue:
        new = model.MOVES[queue.pop()] - reached
        reached |= new
        queue += new
    assert reached == {value for value, _label in field.choices}
