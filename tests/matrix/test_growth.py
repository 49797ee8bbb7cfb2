"""No page needs more queries when there is more to show on it."""

import re
from collections import Counter

import pytest
from django.core.cache import cache

from tests.matrix.asking import ask, watching
from tests.matrix.conftest import undone
from tests.matrix.crowd import crowd
from tests.matrix.routes import routes
from tests.matrix.table import Row, read
from tests.matrix.world import World

PERSONAS, ROWS = read()
ROUTES = routes()
READERS = ("ada", "bela", "dora", "vito", "rao", "cleo")  # the others see less
FEW, MANY = 1, 4  # of everything, more than the world has
# Every list has to have become longer, or nothing was measured.
LISTS = {
    "accepted_issuer", "accepted_issuers", "agreement", "agreement_csv", "anchors", "api_catalog", "api_editions",
    "api_inbox", "api_my_badges", "api_my_rewards", "api_my_works", "api_queue", "api_settlings", "appeals",
    "author_home", "author_import", "author_new", "author_published", "award_imports", "badge_endorsed_by", "below",
    "case_manage", "cases", "cases_manage", "catalog", "closures", "coach_home", "coaches", "connected_apps",
    "conversations", "counts_for", "edition_editor", "endorsed_by", "endorsements", "fee_rules", "fee_vouchers",
    "fees", "fees_csv", "flags", "grants_csv", "holds", "honored_by", "inbox", "invite", "kept_comments",
    "manage_badges", "manage_home", "manage_stack", "manage_stack_new", "manage_stacks", "my_assessing", "my_stats",
    "my_work", "outside_import", "partners", "passport", "passport_clr", "passport_csv", "passport_link_new",
    "passport_links", "passport_pdf", "people", "policies", "policy_edit", "policy_new", "practice_home", "prechecks",
    "queue", "review", "review_hand_over", "reviewers", "reviews_done", "reward", "rewards", "settlings",
    "shared_passport", "shared_passport_clr", "shared_passport_csv", "shared_passport_pdf", "stacks", "tenant_home",
    "tokens", "totals_csv", "vetting_edition", "vetting_home",
}  # fmt: skip
FULL = {"audit", "mail_log"}  # as long as a page can be, already in the world as it is made

Seen = dict[tuple[Row, str], tuple[list[str], int]]


def look(world: World) -> Seen:
    """For each page and reader: the queries it took with an empty cache, and how long it was."""
    seen = {}
    for row in ROWS:
        readers = [each for each in READERS if row.codes[PERSONAS.index(each)] == "200"]
        for person in {*readers[:1], *readers[-1:]} if row.method == "GET" else ():
            given = {"slug": "lakeside", **world.things["lakeside"][row.thing]}
            cache.clear()
            with undone(), watching() as queries:
                answer = ask(world, person, "GET", ROUTES[row.name], given)
                length = len(answer.getvalue())
            assert answer.status_code == 200, row
            asked = [shape(query["sql"]) for query in queries.captured_queries]
            seen[row, person] = ([sql for sql in asked if "SAVEPOINT" not in sql], length)
    return seen


def shape(sql: str) -> str:
    """A statement without its values."""
    return re.sub(r"\(\?(, \?)+\)", "(?)", re.sub(r"'[^']*'(::\w+)?|\b\d+\b", "?", sql))


@pytest.fixture
def measured(world: World) -> tuple[Seen, Seen]:
    """All pages with a few rows on each, and with many."""
    crowd(world, "Few", FEW)
    few = look(world)
    crowd(world, "Many", MANY)
    return few, look(world)


def test_pages_take_as_many_queries_for_many_rows_as_for_few(measured: tuple[Seen, Seen]):
    few, many = measured
    more = []
    for (row, person), (queries, _length) in many.items():
        before = Counter(few[row, person][0])
        if len(queries) > before.total():
            grown = [f"{before[sql]} → {n}: {sql[:400]}" for sql, n in Counter(queries).items() if n > before[sql]]
            more.append("\n  ".join([f"{row.name} {row.thing} for {person}", *grown]))
    assert not more, "\n".join(more)
    longer = {row.name for (row, person), (_queries, length) in many.items() if length > few[row, person][1] + 100}
    assert sorted(LISTS - longer) == [], "nothing more to see there, so nothing was measured"
    assert sorted(longer - LISTS - FULL) == [], "these are lists too: name them above"
