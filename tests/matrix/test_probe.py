"""Things of one tenant do not exist in the other: same answer as for what was never made, whoever asks."""

import re
from uuid import UUID

import pytest
from django.http import HttpResponse

from tests.matrix.asking import ask, lasting_writes, outcome, watching
from tests.matrix.conftest import undone
from tests.matrix.routes import nowhere, routes
from tests.matrix.table import Row, read
from tests.matrix.world import Given, World

PERSONAS, ROWS = read()
ROUTES = routes()
SHUT_OUT = ("in", "401", "403", "404")
NAMES_A_PART = {
    "key",
    "criterion",
    "prompt",
    "section",
    "number",
    "kind",
    "extension",
    "language",
}  # of a thing that is named too
# A digest only says which look of the tenant is asked for; any other leads to the one of today.
# A dead link to a new password has a page of its own, which says how to get another one. What may be written of an
# upload is in a signed key, so that a wrong key is refused before anything is looked up.
NAMES_NO_THING = {"theme", "logo", "account_reset_password_from_key", "upload_part"}
# Taking out what is not there is no problem: the answer is about the rest of the form, which is empty here.
GONE_IS_FINE = {"mark_remove": "422"}
# A way back from signing in, which leads on to a page without looking; that page looks.
LEADS_ON = {("work_start", "GET")}
# Endorsements are of what other tenants show to everyone.
OF_OTHERS = {"endorse_thing", "endorse_badge"}
ABOUT_A_THING = [row for row in ROWS if ROUTES[row.name].about and row.name not in NAMES_NO_THING | OF_OTHERS]
IN_A_TENANT = [row for row in ABOUT_A_THING if "slug" in ROUTES[row.name].takes]
OUTSIDE = [row for row in ABOUT_A_THING if "slug" not in ROUTES[row.name].takes]
OTHER = {"lakeside": "harbor", "harbor": "lakeside"}


def called(row: Row) -> str:
    return f"{row.name}-{row.thing}-{row.method}"


def welcome(row: Row) -> list[str]:
    """Those who get in, by the table."""
    return [person for person, code in zip(PERSONAS, row.codes, strict=True) if code not in SHUT_OUT]


def missing(row: Row, given: Given) -> Given:
    """`given` with something that does not exist in place of each thing."""
    return {name: given[name] if name in NAMES_A_PART else made for name, made in nowhere(ROUTES[row.name]).items()}


def text(answer: HttpResponse, given: Given) -> str:
    """What is said, without what was asked for, and without what is new each time."""
    said = answer.content.decode()
    for name in given.keys() - NAMES_A_PART - {"slug"}:
        said = said.replace(str(given[name]), "?")
    return re.sub(r"\b[A-Za-z0-9]{64}\b", "a CSRF token", said)


def test_there_is_enough_to_probe():
    assert len({row.name for row in IN_A_TENANT}) > 80
    assert len(OUTSIDE) > 10


@pytest.mark.parametrize("row", IN_A_TENANT, ids=called)
def test_what_is_in_another_tenant_is_as_good_as_not_there(world: World, row: Row):
    """Omar has every role in both tenants, so that nothing but the tenant in the address can stop him."""
    route = ROUTES[row.name]
    probers = {"lakeside": ["omar", "cleo", *welcome(row)[:1]], "harbor": ["omar", "mallory"]}
    for here, people in probers.items():
        for person in people:
            foreign = {**world.things[OTHER[here]][row.thing], "slug": here}
            nothing = {**missing(row, foreign), "slug": here}
            with undone(), watching() as queries:
                answer = ask(world, person, row.method, route, foreign)
            with undone():
                unknown = ask(world, person, row.method, route, nothing)
            allowed = {"404"} if person == "omar" else {"404", "403"}
            if (row.name, row.method) in LEADS_ON:
                allowed = {"302"}
            assert outcome(answer) in allowed, f"{person} in {here}"
            assert outcome(answer) == outcome(unknown)
            assert text(answer, foreign) == text(unknown, nothing)
            assert lasting_writes(queries) == []


@pytest.mark.parametrize("row", OUTSIDE, ids=called)
def test_what_was_never_made_is_not_found(world: World, row: Row):
    given = missing(row, world.things["lakeside"][row.thing])
    for person in ("anyone", "omar"):
        with undone():
            answer = ask(world, person, row.method, ROUTES[row.name], given)
        assert outcome(answer) in (("in", "404") if person == "anyone" else ("404",))


PAIRS = [row for row in IN_A_TENANT if sum(kind == "UUIDConverter" for kind in ROUTES[row.name].takes.values()) > 1]


@pytest.mark.parametrize("row", [row for row in PAIRS if welcome(row)], ids=called)
def test_two_things_in_an_address_have_to_belong_together(world: World, row: Row):
    """One's own work with someone else's file, one's own edition with a note on another one, and so on."""
    route, own = ROUTES[row.name], {"slug": "lakeside", **world.things["lakeside"][row.thing]}
    names = [name for name in route.about if isinstance(own[name], UUID)]
    assert len(names) >= 2
    every = [things for tenant in world.things.values() for things in tenant.values() if set(names) <= things.keys()]
    tried = 0
    for name in names:
        kept = [each for each in names if each != name]
        belong = [things[name] for things in every if all(things[each] == own[each] for each in kept)]
        for things in every:
            if things[name] not in belong:
                tried += 1
                with undone():
                    answer = ask(world, welcome(row)[0], row.method, route, {**own, name: things[name]})
                allowed = {"404", GONE_IS_FINE.get(row.name, "404")}
                assert outcome(answer) in allowed, f"{name} of something else"
    assert tried >= 2


HARBOR_ONLY = re.compile(
    r"Harbor District (Draft|Waiting|Back|Listed|Begun|Scored|Returned|Passed|Sent|Logged|Planned|Offered|plan|stipend)"
    r"|Hana Holt|Hugo Hale|Holly Hart|Hedy Hill|Hans Heim|Hiro Hall|Hilda Hope|@harbor\.example"
)
LAKESIDE_ONLY = re.compile(r"Lakeside Schools (Draft|Waiting|Listed|Begun|Sent|Planned|plan|stipend)|Ada Alvarez")
PAGES = [row for row in ROWS if row.method == "GET" and "200" in row.codes]


def test_no_page_for_people_of_one_tenant_says_anything_of_the_other(world: World):
    own = 0
    for row in PAGES:
        person = PERSONAS[len(PERSONAS) - 2 - row.codes[-2::-1].index("200")]  # anyone but mallory
        given = {"slug": "lakeside", **world.things["lakeside"][row.thing]}
        with undone():
            answer = ask(world, person, "GET", ROUTES[row.name], given)
            said = answer.getvalue().decode(errors="replace")
        assert not HARBOR_ONLY.search(said), f"{row.name} for {person}: {HARBOR_ONLY.search(said)}"
        own += bool(LAKESIDE_ONLY.search(said))
    assert own > 40
