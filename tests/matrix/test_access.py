"""Every address × every persona: the exact answer, and that neither reading nor being refused changes anything."""

import pytest

from tests.matrix.asking import ask, lasting_writes, outcome, watching
from tests.matrix.conftest import undone
from tests.matrix.routes import WRITING, Route, routes
from tests.matrix.table import Row, read
from tests.matrix.world import World

PERSONAS, ROWS = read()
ROUTES = routes()

# Addresses that write when they are read, and why.
WRITES_ON_READING = {
    "art": "a picture is drawn for its first visitor, and kept",
    "badge_jwt": "the key for tokens is made when it is first needed",
    "badge_pdf": "as art",
    "badge_png": "as art",
    "badge_svg": "as art",
    "ob2_png": "as art",
    "ob2_svg": "as art",
    "coach_work": "every look of a coach at a draft is on record",
    "case": "that a member of the panel looked is on record",
    "case_about": "that the educator looked is on record",
    "fees_csv": "who took the names is on record",
    "grants_csv": "who took the names is on record",
    "og_card": "as art",
    "queue": "what was handed in since the last look is put in the queue",
}


def test_the_table_names_every_address_and_no_other():
    named = {row.name for row in ROWS}
    assert sorted(ROUTES.keys() - named) == [], "say in access.txt who gets what there"
    assert sorted(named - ROUTES.keys()) == [], "these are gone: take them out of access.txt"


def test_the_table_says_everything_once():
    seen = [(row.name, row.thing, row.method) for row in ROWS]
    assert [each for each in seen if seen.count(each) > 1] == []
    assert [str(row) for row in ROWS if len(row.codes) != len(PERSONAS)] == []


def test_the_table_has_every_method_of_the_api():
    said = {(row.name, row.method) for row in ROWS}
    there = {(route.name, method) for route in ROUTES.values() for method in route.methods}
    assert sorted(there - said) == []


@pytest.mark.parametrize("name", sorted({row.name for row in ROWS}))
def test_everyone_gets_what_the_table_says(world: World, name: str):
    rows = [row for row in ROWS if row.name == name]
    found, written = [], []
    for row in rows:
        answers = [_answer(world, person, ROUTES[name], row) for person in PERSONAS]
        found.append(Row(row.name, row.thing, row.method, tuple(code for code, _writes in answers)))
        written += [
            f"{row.method} {row.thing} by {person}: {sql}"
            for person, (_code, writes) in zip(PERSONAS, answers, strict=True)
            for sql in writes
        ]
    assert [str(row) for row in found] == [str(row) for row in rows]
    assert written == [], "reading, or being refused, changed something"


def _answer(world: World, person: str, route: Route, row: Row) -> tuple[str, list[str]]:
    """The code, and what was written by a request that should not write."""
    given = {"slug": "lakeside", **world.things["lakeside"][row.thing]}
    with undone(), watching() as queries:
        answer = ask(world, person, row.method, route, given)
    innocent = answer.status_code >= 400 or (row.method == "GET" and route.name not in WRITES_ON_READING)
    return outcome(answer), lasting_writes(queries) if innocent else []


@pytest.mark.parametrize("name", sorted(name for name, route in ROUTES.items() if not route.is_api))
def test_methods_that_the_table_does_not_name_do_nothing(world: World, name: str):
    """Omar has every role, so it is not his role that stops him."""
    rows = [row for row in ROWS if row.name == name]
    given = {"slug": "lakeside", **world.things["lakeside"][rows[0].thing]}
    for method in {"GET", *WRITING} - {row.method for row in rows}:
        with undone(), watching() as queries:
            answer = ask(world, "omar", method, ROUTES[name], given)
        if method == "GET":
            assert answer.status_code in (404, 405)
        if name not in WRITES_ON_READING:
            assert lasting_writes(queries) == [], method


def test_pages_are_there_for_those_who_ask_for_the_head_alone(world: World):
    """Link checkers and monitors do, and it changes nothing. Omar has every role."""
    wrong = []
    for row in (row for row in ROWS if row.method == "GET"):
        url = ROUTES[row.name].url({"slug": "lakeside", **world.things["lakeside"][row.thing]})
        with undone():
            code = outcome(world.browser("omar").get(url))
        with undone(), watching() as queries:
            head = outcome(world.browser("omar").head(url))
        if code == "200" != head:
            wrong.append(f"{row.name} {row.thing}: {head}")
        if row.name not in WRITES_ON_READING and lasting_writes(queries):
            wrong.append(f"{row.name} {row.thing} writes")
    assert "\n".join(wrong) == ""
