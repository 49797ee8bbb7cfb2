"""The inbox as a list: tabs, search, pages, and how it holds up with many rows."""

import pytest
from django.urls import reverse

from badges.models import Badge
from lib import clock
from lib.ids import uuid7
from recognition.models import Grant, YearUse
from tests.cast import make_user
from tests.recognition.scene import badge, day, edition, grants, policy

pytestmark = pytest.mark.django_db
INBOX = reverse("inbox", args=["lakeside"])


def many_grants(cast, count):
    """Rows as real ones, from one made as in production."""
    with clock.at(day(2026, 10, 5)):
        rule = policy(cast)
        first = badge(cast, edition(cast))
        people = [make_user(f"p{number} Person {number}") for number in range(count - 1)]
        badges = []
        for place, person in enumerate(people):
            copy = Badge.objects.get(id=first.id)
            copy.pk, copy.earner, copy.recipient_name = uuid7(), person, person.name
            copy.status_index = (first.status_index + place + 1) % 131_072
            badges.append(copy)
        Badge.objects.bulk_create(badges)
        with cast.inside():
            starts = day(2026, 7, 1).date()
            uses = [
                YearUse(policy=rule, earner=each.earner, year_starts=starts, count=1, cents=50_000) for each in badges
            ]
            YearUse.objects.bulk_create(uses)
            Grant.objects.bulk_create(
                Grant(policy=rule, badge=each, earner=each.earner, use=use, cents=50_000)
                for each, use in zip(badges, uses, strict=True)
            )


def test_five_hundred_rows_are_paged_with_few_queries(cast, client, django_assert_max_num_queries):
    many_grants(cast, 500)
    client.force_login(cast.rao)
    with django_assert_max_num_queries(12):
        page = client.get(INBOX).content.decode()
    assert page.count('name="grant"') == 50
    assert "Waiting (500)" in page
    last = client.get(f"{INBOX}?page=10").content.decode()
    assert last.count('name="grant"') == 50
    assert "Previous page" in last
    assert "Next page" not in last


def test_search_finds_people_badges_and_rules(cast, client):
    many_grants(cast, 3)
    client.force_login(cast.rao)
    for words, rows in (("alvarez", 1), ("questions", 3), ("stipend person", 2), ("nobody", 0)):
        assert client.get(INBOX, {"q": words}).content.decode().count('name="grant"') == rows, words
    assert "Nothing here fits “nobody”" in client.get(INBOX, {"q": "nobody"}).content.decode()


def test_tabs_hold_what_was_answered(cast, client):
    many_grants(cast, 1)
    client.force_login(cast.rao)
    client.post(reverse("grant_decline", args=["lakeside", grants(cast)[0].id]), {"reason": "No."})
    assert "No badges are waiting." in client.get(INBOX).content.decode()
    assert "Ada Alvarez" in client.get(f"{INBOX}?tab=declined").content.decode()
    assert "Ada Alvarez" not in client.get(f"{INBOX}?tab=honored").content.decode()
    assert "No badges are waiting." in client.get(f"{INBOX}?tab=bogus").content.decode()


def test_the_inbox_is_for_recognizers_and_admins(cast, client):
    for user, status in ((cast.rao, 200), (cast.cleo, 200), (cast.ada, 403), (cast.mallory, 404), (cast.stranger, 404)):
        client.force_login(user)
        assert client.get(INBOX).status_code == status, user
    client.logout()
    assert client.get(INBOX).status_code == 302


def test_hostile_titles_are_escaped(cast, client):
    with clock.at(day(2026, 10, 5)):
        policy(cast, title="<script>alert(1)</script>")
        badge(cast, edition(cast))
    client.force_login(cast.rao)
    assert "<script>alert" not in client.get(INBOX).content.decode()
