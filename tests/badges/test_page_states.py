"""What the page of a badge says first, in each of its states, and that the fast door and the view say the same."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from badges import skeletons
from badges.actions import correct, share
from badges.facts import facts_of, facts_prepared
from badges.models import Badge, SigningKey
from lib import clock
from tests.badges.made import awarded, minted
from tests.credentials.sample import published

GOOD = "This badge is real and in good standing"


@pytest.fixture
def badge(cast):
    return minted(cast, published(cast))


def page(client, badge, **headers):
    return client.get(reverse("badge", args=[badge.id]), headers=headers)


def words(client, badge) -> str:
    return page(client, badge).content.decode()


def put(badge, **fields):
    """Facts that an action of the badge's life writes."""
    Badge.objects.filter(id=badge.id).update(**fields)
    badge.refresh_from_db()


def follow(badge, succession, visibility="unlisted") -> Badge:
    """A badge that takes the place of this one."""
    newer = Badge.objects.get(id=badge.id)
    newer.pk, newer._state.adding = uuid4(), True
    newer.submission_id, newer.status_index = uuid4(), (badge.status_index + 1) % 131_072
    newer.replaces, newer.succession, newer.visibility = badge, succession, visibility
    put(badge, superseded_at=clock.now())
    newer.save(force_insert=True)
    return newer


def test_a_good_badge_says_so_first_and_what_was_checked(client, badge):
    text = words(client, badge)
    assert text.index(GOOD) < text.index("What Ada showed")
    for step in ("The signature fits", "The key belongs to the issuer", "has not taken the badge back", "no end date"):
        assert step in text
    assert badge.edition.competency in text


def test_a_badge_with_an_end_says_until_when(client, badge):
    put(badge, expires_at=clock.now() + timedelta(days=400))
    text = words(client, badge)
    assert "valid until" in text
    assert "expirationYear=" in text


def test_a_badge_that_ran_out_says_so_and_leads_to_its_renewal(client, badge):
    put(badge, expires_at=clock.now() - timedelta(days=1))
    assert "This badge was valid until" in words(client, badge)
    newer = follow(badge, "renewal")
    text = words(client, badge)
    assert "It was renewed" in text
    assert f'href="/b/{newer.id}"' in text
    assert f'href="/b/{badge.id}"' in words(client, newer)


def test_a_corrected_badge_leads_to_the_one_in_its_place(client, cast, badge):
    with cast.inside():
        facts = {
            "name": "Ada B. Alvarez",
            "awarded_on": cast.lakeside.local_date(badge.awarded_at),
            "note": "Her name.",
        }
        newer = correct(by=cast.by(cast.cleo), badge=badge, **facts)
    text = words(client, badge)
    assert "A corrected badge takes its place" in text
    assert f'href="/b/{newer.id}"' in text


def test_a_newer_badge_that_is_private_is_named_but_not_linked(client, badge):
    newer = follow(badge, "renewal", visibility="private")
    text = words(client, badge)
    assert "It was renewed" in text
    assert str(newer.id) not in text


def test_a_badge_on_hold_says_since_when_and_not_why(client, badge):
    put(badge, state="suspended", suspended_at=clock.now(), suspended_note="Secret reasons")
    text = words(client, badge)
    assert "This badge is on hold" in text
    assert GOOD not in text
    assert "Secret reasons" not in text


def test_a_badge_that_is_not_signed_yet_says_so(client, cast):
    assert "This badge is being made" in words(client, awarded(cast, published(cast)))


def test_a_badge_of_a_key_that_nobody_can_trust_waits_for_a_new_signature(client, badge):
    now = clock.now()
    SigningKey.objects.filter(id=badge.key_id).update(retired_at=now, compromised_at=now)
    text = words(client, badge)
    assert "This badge is being signed anew" in text
    assert GOOD not in text


def test_a_document_that_was_changed_is_noticed_by_the_page_of_the_same_visitor(client, badge):
    assert GOOD in words(client, badge)
    document = json.loads(bytes(badge.document))
    document["credentialSubject"]["achievement"]["name"] = "Something grander"
    put(badge, document=json.dumps(document).encode())
    text = words(client, badge)
    assert "We could not confirm this badge" in text
    assert "Something was changed after the badge was signed" in text
    assert GOOD not in text


def test_the_document_of_another_badge_does_not_stand_in_for_it(client, cast, badge):
    other = minted(cast, badge.edition, cast.bela)
    put(badge, document=bytes(other.document))
    assert GOOD not in words(client, badge)


def test_nonsense_in_place_of_the_document_is_no_error(client, badge):
    for nonsense in (b"", b"[]", b"{}", b"\xff", b'{"proof": 1}'):
        put(badge, document=nonsense)
        answer = page(client, badge)
        assert answer.status_code == 200
        assert "We could not confirm this badge" in answer.content.decode()


def test_a_private_page_and_an_unknown_one_are_kept_by_nobody(client, cast, badge):
    tag = page(client, badge)["ETag"]
    with cast.inside():
        share(by=cast.by(cast.ada), badge=badge, visibility="private", show_name=True)
    answer = page(client, badge, **{"if-none-match": tag})
    assert answer.status_code == 403
    assert "no-store" in answer["Cache-Control"]
    assert "ETag" not in answer
    unknown = client.get(f"/b/{uuid4()}")
    assert unknown.status_code == 404
    assert "no-store" in unknown["Cache-Control"]


def test_door_and_view_give_the_same_page(client, cast, badge):
    """The first visitor renders the page, the second gets it through the door, a third one brings a cookie."""
    states = [
        {},
        {"expires_at": clock.now() + timedelta(days=9)},
        {"expires_at": clock.now() - timedelta(days=9)},
        {"expires_at": None, "state": "suspended", "suspended_at": clock.now(), "suspended_note": "?"},
        {"state": "issued", "suspended_at": None, "suspended_note": "", "visibility": "public"},
        {"show_name": False},
        {"show_name": True, "recipient_name": "<b>Ada & “Ada” O'Hara</b>"},
    ]
    for fields in states:
        put(badge, **fields)
        skeletons.cache.clear()
        by_view = page(client, badge)
        by_door = page(client, badge)
        by_hand = client.get(reverse("badge", args=[badge.id]), headers={"cookie": "theme=1"})
        assert by_view.content == by_door.content == by_hand.content, fields
        for name in {*by_view.headers, *by_door.headers} - {"Content-Length"}:
            seen, quick = by_view.headers.get(name), by_door.headers.get(name)
            if name == "Vary":
                seen, quick = ({each.strip() for each in value.split(",")} for value in (seen, quick))
            assert seen == quick, (fields, name)


def test_the_door_opens_no_session_and_asks_the_database_once(client, badge, django_assert_num_queries):
    page(client, badge)
    page(client, badge)  # the statement is prepared
    with django_assert_num_queries(1):
        assert GOOD in words(client, badge)
    with django_assert_num_queries(1):
        assert client.get(reverse("badge_json", args=[badge.id])).status_code == 200
    assert not client.cookies


def test_both_ways_of_asking_the_database_give_the_same_facts(badge):
    assert facts_of(badge.id) == facts_prepared(badge.id) == facts_prepared(badge.id)
    assert facts_of(uuid4()) is facts_prepared(uuid4()) is None


def test_two_badges_of_one_kind_never_show_each_others_words(client, cast, badge):
    other = minted(cast, badge.edition, cast.bela)
    for _time in range(2):
        first, second = words(client, badge), words(client, other)
        assert "Ada Alvarez" in first
        assert str(badge.id) in first
        assert "Ada" not in second
        assert str(badge.id) not in second
        assert "Bela Bright" in second


def test_a_new_name_of_the_issuer_is_on_the_page_at_once(client, cast, badge):
    words(client, badge)
    type(cast.lakeside).objects.filter(id=cast.lakeside.id).update(name="Lakeside Unified")
    assert "Lakeside Unified" in words(client, badge)


def test_the_earner_sees_their_own_controls_and_nobody_else_does(client, cast, badge):
    words(client, badge)
    client.force_login(cast.ada)
    assert "Choose who sees this" in words(client, badge)
    client.logout()
    assert "Choose who sees this" not in words(client, badge)


def test_search_engines_get_the_badge_in_their_words_and_only_where_it_is_public(client, cast, badge):
    answer = page(client, badge)
    assert answer["X-Robots-Tag"] == "noindex"
    with cast.inside():
        share(by=cast.by(cast.ada), badge=badge, visibility="public", show_name=True)
    answer = page(client, badge)
    assert "X-Robots-Tag" not in answer
    text = answer.content.decode()
    assert 'name="robots"' not in text
    data = json.loads(text.split('<script type="application/ld+json">')[1].split("</script>")[0])
    assert data["@type"] == "EducationalOccupationalCredential"
    assert data["name"] == badge.edition.title
    assert data["url"].endswith(f"/b/{badge.id}")
    assert f'<link rel="canonical" href="{data["url"]}">' in text


def test_the_page_fetches_nothing_from_elsewhere(client, badge):
    text = words(client, badge)
    here = page(client, badge)["Content-Security-Policy"]
    assert "default-src 'none'" in here
    assert "&lt;iframe src=&quot;http" in text  # what may be copied is text
    for part in text.split('src="')[1:]:
        assert part.startswith("/"), part[:80]
