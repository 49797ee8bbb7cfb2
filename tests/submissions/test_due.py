"""The rule of the purge against a plain model of it, for any set of files, tries, holds and clocks."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lib import clock
from submissions.models import Artifact, Hold, StoredFile, Submission, Work
from submissions.purge import purge
from submissions.retention import DEFAULTS
from tenants.models import User
from tests.submissions import stage

NOW = datetime(2030, 1, 1, tzinfo=UTC)
EARNERS = 4
ages = st.sampled_from([0, 29, 179, 180, 181, 364, 365, 366, 1094, 1095, 1096])


@dataclass(frozen=True)
class Use:
    """One artifact that names a file: in which try, in which state, and how many days ago it was removed."""

    work: int
    state: str
    removed: int


@dataclass(frozen=True)
class Named:
    """One file and what names it. `owner`: whose it is."""

    film: bool
    owner: int
    uses: list[Use]


works = st.lists(
    st.tuples(st.sampled_from(["draft", "submitted", "passed", "not_yet"]), ages), min_size=EARNERS, max_size=EARNERS
)
uses = st.builds(Use, st.integers(0, EARNERS - 1), st.sampled_from(["ready", "removed"]), ages)
files = st.lists(st.builds(Named, st.booleans(), st.integers(0, EARNERS - 1), st.lists(uses, min_size=1, max_size=3)),
                 min_size=1, max_size=5)  # fmt: skip
holds = st.sets(st.tuples(st.sampled_from(["person", "work"]), st.integers(0, EARNERS - 1)), max_size=1)


def is_over(use: Use, film: bool, tries: list[tuple[str, int]]) -> bool:
    """Whether this use of a file needs it no longer, in words of its own."""
    state, age = tries[use.work]
    if state == "submitted":
        return False
    if state == "draft":
        untouched = age >= DEFAULTS["drafts"]
        return untouched and (use.state == "ready" or use.removed >= DEFAULTS["removed"])
    if use.state == "removed":
        return use.removed >= DEFAULTS["removed"]
    return age >= DEFAULTS["film" if film else "evidence"]


def is_held(named: Named, held: set[tuple[str, int]]) -> bool:
    return ("person", named.owner) in held or any(("work", use.work) in held for use in named.uses)


@pytest.mark.django_db
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tries=works, named=files, held=holds)
def test_exactly_what_nothing_needs_and_nothing_holds_is_deleted(cast, edition, tries, named, held):
    with cast.inside(), clock.at(NOW), transaction.atomic():
        people, made = lay_out(edition, tries, named)
        for kind, number in held:
            work = made[number].work
            on = {"person": people[number]} if kind == "person" else {"work": work}
            Hold.objects.create(reason="A case", set_by=cast.cleo, **on)
        report = purge(cast.lakeside)
        gone = {each.key for each in StoredFile.objects.filter(state="gone")}
        transaction.set_rollback(True)
    over = {f"f-{n}": all(is_over(use, each.film, tries) for use in each.uses) for n, each in enumerate(named)}
    expected = {key for key, each in zip(over, named, strict=True) if over[key] and not is_held(each, held)}
    assert gone == expected
    assert sum(each["count"] for each in report.deleted.values()) == len(expected)
    assert report.held == sum(over.values()) - len(expected)


def lay_out(edition, tries, named) -> tuple[list[User], list[Submission]]:
    """Rows as hypothesis wants them: an earner, a work and a try for each of `tries`, and the files in them."""
    criterion = stage.criterion_of(edition, "plan")
    people = [User.objects.create_user(f"p{n}@example.org") for n in range(len(tries))]
    made = []
    for number, (state, age) in enumerate(tries):
        then = NOW - timedelta(days=age)
        work = Work.objects.create(earner=people[number], edition=edition, changed_at=then)
        sent = {} if state == "draft" else {"submitted_at": then, "due_on": then.date()}
        decided = {"decided_at": then} if state in ("passed", "not_yet") else {}
        facts = {"work": work, "earner": people[number], "edition": edition, "code": f"C{number}"}
        made.append(Submission.objects.create(state=state, **facts, **sent, **decided))
    for number, each in enumerate(named):
        kind = "video/mp4" if each.film else "application/pdf"
        facts = {"key": f"f-{number}", "size": 1, "sha256": "0" * 64, "content_type": kind, "created_at": NOW}
        file = StoredFile.objects.create(earner=people[each.owner], state="kept", **facts)
        for use in each.uses:
            removed = {"removed_at": NOW - timedelta(days=use.removed)} if use.state == "removed" else {}
            facts = {"submission": made[use.work], "criterion": criterion, "earner": people[use.work], "file": file}
            Artifact.objects.create(kind="file", state=use.state, **facts, **removed)
    return people, made
