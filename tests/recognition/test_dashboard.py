"""The dashboard: its sums are right, small groups stay hidden, and it does not grow slow."""

import csv
import io
from datetime import timedelta

import pytest
from django.urls import reverse

from lib import clock
from lib.exports import safe
from lib.ids import uuid7
from recognition.actions.grants import decline, honour
from recognition.queries import dashboard, spending
from submissions.models import Submission, Work
from tenants.models import Invitation, Membership, Role
from tests.cast import make_user
from tests.recognition.scene import badge, day, edition, editions, grants, policy, staff

pytestmark = pytest.mark.django_db
NOW = day(2026, 10, 5)
HOME = reverse("manage_home", args=["lakeside"])


@pytest.fixture(autouse=True)
def _today():
    with clock.at(NOW):
        yield


@pytest.fixture
def cleo(client, cast):
    client.force_login(cast.cleo)
    return client


def work(what, earner, state, *tries):
    """A work with its tries as rows: (state, sent in so many days ago, decided after so many days)."""
    made = Work.objects.create(earner=earner, edition=what, state=state, created_at=NOW, changed_at=NOW)
    for number, (how, ago, took) in enumerate(tries, start=1):
        sent_at = None if ago is None else NOW - timedelta(days=ago)
        Submission.objects.create(
            work=made,
            earner=earner,
            edition=what,
            number=number,
            code=str(uuid7())[-8:],
            state=how,
            submitted_at=sent_at,
            due_on=None if sent_at is None else (sent_at + timedelta(days=14)).date(),
            decided_at=None if took is None else sent_at + timedelta(days=took),
        )


def test_every_number_is_right(cast, cleo):
    one, two, three = editions(cast, 3)
    zoe = make_user("Zoe Zimmer", cast.lakeside, Role.EARNER)
    make_user("Idle Ike", cast.lakeside, Role.EARNER)
    with cast.inside():
        work(one, cast.ada, "passed", ("passed", 60, 4))
        work(two, cast.ada, "passed", ("not_yet", 50, 10), ("passed", 30, 2))
        work(one, cast.bela, "in_review", ("submitted", 20, None))
        work(two, cast.bela, "in_review", ("submitted", 3, None))
        work(three, zoe, "active", ("draft", None, None))
    policy(cast, max_count=2, max_cents=100_000)
    for what, who in ((one, cast.ada), (two, cast.ada), (three, cast.ada), (one, cast.bela)):
        badge(cast, what, who)
    first, second, third = grants(cast)
    with cast.inside():
        honour(by=cast.by(cast.rao), grant=first)
        decline(by=cast.by(cast.rao), grant=third, reason="No.")

    page = cleo.get(HOME)
    tiles, needs = page.context["tiles"], page.context["needs"]
    assert (tiles.educators, tiles.active) == (4, 3)  # Ada, Bela and Zoe of Ada, Bela, Zoe and Ike
    assert (tiles.badges, tiles.passes, tiles.first_tries) == (4, 2, 1)
    assert tiles.median_days == 4.0  # of 2, 4 and 10
    assert (tiles.honoured_cents, tiles.honoured) == (50_000, 1)
    assert needs.late_reviews == 1  # sent 20 days ago, due after 14
    assert (needs.grants, needs.grants_cents) == (1, 50_000)
    assert page.context["months"][-4:] == [
        ("July 2026", 0, 0), ("August 2026", 2, 0), ("September 2026", 2, 0), ("October 2026", 1, 4),
    ]  # fmt: skip
    assert [count for _name, count in page.context["funnel"]] == [5, 4, 2]
    (row,) = page.context["spending"]
    assert (row.people, row.badges, row.waiting_cents, row.honoured_cents, row.at_the_limit) == (
        1,
        2,
        50_000,
        50_000,
        1,
    )
    assert page.context["top"] == [("Skill 1", 2), ("Skill 2", 1), ("Skill 3", 1)]
    text = " ".join(page.content.decode().split())
    assert "2 things need you:" in text
    assert "of 4, 75%" in text
    assert "50% of work scored here passed on the first try" in text
    assert "1 badge waits to be honored</a> ($500), since October 5, 2026" in text
    assert second.state == "pending"


def test_an_empty_tenant_has_words_not_zeros_only(cleo):
    text = cleo.get(HOME).content.decode()
    for words in ("Nothing waits for you.", "No work was sent in yet.", "No rules are active yet.", "No decisions yet"):
        assert words in text


def test_what_needs_someone(cast, cleo):
    policy(cast, full_time_only=True, ends_on=day(2026, 10, 20).date())
    badge(cast, edition(cast))
    with cast.inside():
        for email, days in (("soon@example.org", 3), ("later@example.org", 20)):
            Invitation.objects.create(
                email=email, roles=["earner"], secret_hash=email, expires_at=NOW + timedelta(days=days)
            )
    needs = cleo.get(HOME).context["needs"]
    assert (needs.off_roster, needs.invitations, needs.ending, needs.grants) == (1, 1, 1, 0)


def people_in(cast, building, count, with_badge, what):
    for number in range(count):
        person = make_user(f"{building}{number} Person", cast.lakeside, Role.EARNER)
        staff(cast, person, building=building)
        if number < with_badge:
            badge(cast, what, person, followed=False)


def test_small_groups_are_hidden_and_cannot_be_worked_out(cast):
    what = edition(cast)
    people_in(cast, "Elm", 7, 6, what)
    people_in(cast, "Oak", 6, 5, what)
    people_in(cast, "Fir", 6, 1, what)
    people_in(cast, "Ash", 2, 2, what)
    with cast.inside():
        shown = {each.name: (each.people, each.earned) for each in dashboard.buildings(cast.lakeside)}
    assert shown == {"Ash": (None, None), "Elm": (7, 6), "Fir": (6, None), "Oak": (6, 5)}


def test_one_hidden_number_takes_the_next_smallest_with_it(cast):
    what = edition(cast)
    people_in(cast, "Elm", 7, 6, what)
    people_in(cast, "Oak", 6, 5, what)
    people_in(cast, "Fir", 6, 1, what)
    with cast.inside():
        shown = {each.name: each.earned for each in dashboard.buildings(cast.lakeside)}
    assert shown == {"Elm": 6, "Fir": None, "Oak": None}


def test_ten_thousand_submissions_take_no_more_queries(cast, cleo, django_assert_max_num_queries):
    what = edition(cast)
    policy(cast)
    badge(cast, what)
    people = [make_user(f"n{number} Many") for number in range(100)]
    Membership.objects.bulk_create(Membership(tenant=cast.lakeside, user=each, roles=["earner"]) for each in people)
    skills = [what, *editions(cast, 9)]
    with cast.inside():
        works = [
            Work(earner=each, edition=skill, state="returned", created_at=NOW, changed_at=NOW)
            for each in people
            for skill in skills
        ]
        Work.objects.bulk_create(works)
        Submission.objects.bulk_create(
            Submission(
                work=each,
                earner=each.earner,
                edition=each.edition,
                number=number,
                code=f"{place:04x}-{number}",
                state="not_yet",
                submitted_at=NOW - timedelta(days=number),
                due_on=NOW.date(),
                decided_at=NOW,
            )
            for place, each in enumerate(works)
            for number in range(1, 11)
        )
    with django_assert_max_num_queries(32):
        page = cleo.get(HOME)
    assert page.context["months"][-1][1] + page.context["months"][-2][1] == 10_000
    assert page.context["tiles"].median_days == 5.5


def rows_of(answer):
    return list(csv.reader(io.StringIO(answer.content.decode().removeprefix("\ufeff"))))


def test_the_grants_download_is_complete_and_safe_to_open(cast, cleo):
    cast.ada.name = "=HYPERLINK(evil)"
    cast.ada.save()
    policy(cast, title='+Stipend, "new"', ceu_hundredths=150)
    staff(cast, cast.ada, building="@Elm", employee_number="-7")
    badge(cast, edition(cast))
    answer = cleo.get(reverse("grants_csv", args=["lakeside"]))
    head, row = rows_of(answer)
    found = dict(zip(head, row, strict=True))
    assert (found["name"], found["building"], found["employee_number"]) == ("'=HYPERLINK(evil)", "'@Elm", "'-7")
    assert (found["rule"], found["dollars"], found["ceu_hours"]) == ('\'+Stipend, "new"', "500.00", "1.50")
    assert (found["awarded_on"], found["state"], found["email"]) == ("2026-10-05", "Waiting", cast.ada.email)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="lakeside-grants-2026-10-05.csv"'


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "＝1"])
def test_formulas_become_text(cell):
    assert safe(cell) == f"'{cell}"


def test_the_totals_download_says_what_the_page_says(cast, cleo):
    policy(cast)
    badge(cast, edition(cast))
    with cast.inside():
        honour(by=cast.by(cast.rao), grant=grants(cast)[0])
    rows = rows_of(cleo.get(reverse("totals_csv", args=["lakeside"])))
    assert ["last 365 days", "", "badges", "1"] in rows
    assert ["last 365 days", "", "honored_dollars", "500.00"] in rows
    assert ["rule, year from 2026-07-01", "Stipend", "honored_dollars", "500.00"] in rows
    assert ["month", "October 2026", "earned", "1"] in rows


def test_only_admins_see_it_and_only_their_own(cast, client):
    for name, rao in (("manage_home", 403), ("totals_csv", 403), ("grants_csv", 200)):
        url = reverse(name, args=["lakeside"])
        for user, status in ((cast.cleo, 200), (cast.rao, rao), (cast.ada, 403), (cast.mallory, 404)):
            client.force_login(user)
            assert client.get(url).status_code == status, (name, user)


def test_a_neighbours_numbers_are_not_counted(cast, client):
    with cast.inside():
        work(edition(cast), cast.ada, "passed", ("passed", 60, 4))
    policy(cast)
    badge(cast, edition(cast, "Other"))
    client.force_login(cast.mallory)
    page = client.get(reverse("manage_home", args=["harbor"]))
    tiles = page.context["tiles"]
    assert (tiles.educators, tiles.badges, tiles.passes, tiles.honoured) == (0, 0, 0, 0)
    assert page.context["spending"] == []
    with cast.inside(cast.harbor):
        assert spending.spending(cast.harbor) == []
