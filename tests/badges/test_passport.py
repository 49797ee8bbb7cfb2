"""The passport: what is in it, how its owner arranges it, and what it adds up to."""

import csv
import io
import re
import zipfile
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.conf import settings
from django.urls import reverse

from badges.actions import correct, revoke, share
from badges.models import Badge, Passport, PassportLink
from badges.passport import entries_of, shown, totals
from lib import clock
from tenants.models import AuditEntry
from tests.badges.made import awarded, minted, work_off
from tests.credentials.sample import published

PAGE = reverse("passport", args=["lakeside"])
ARRANGE = reverse("passport_arrange", args=["lakeside"])


@pytest.fixture
def three(cast):
    """Ada's badges First, Second, Third, of which Third is the newest."""
    start = datetime(2025, 11, 3, 12, tzinfo=UTC)
    made = []
    for number, title in enumerate(("First", "Second", "Third")):
        with clock.at(start + timedelta(days=100 * number)):
            made.append(minted(cast, published(cast, title=title)))
    return made


def titles(client) -> list[str]:
    text = client.get(PAGE).content.decode()
    return [title.strip() for title in re.findall(r"<h2><a href=\"/b/[^\"]+\">(.*?)</a></h2>", text)]


def act(client, how, badge=None, **more):
    given = {"do": how, **({"entry": badge.id} if badge else {}), **more}
    return client.post(ARRANGE, given)


def test_the_newest_badge_comes_first(client, cast, three):
    client.force_login(cast.ada)
    assert titles(client) == ["Third", "Second", "First"]


def test_badges_are_moved_with_plain_buttons_and_the_order_stays(client, cast, three):
    first, second, third = three
    client.force_login(cast.ada)
    answer = act(client, "up", first, query="page=1")
    assert answer.status_code == 302
    assert answer["Location"] == f"{PAGE}?page=1#e-{first.id}"
    assert titles(client) == ["Third", "First", "Second"]
    act(client, "down", third)
    assert titles(client) == ["First", "Third", "Second"]
    act(client, "top", second)
    assert titles(client) == ["Second", "First", "Third"]
    act(client, "up", second)
    act(client, "down", third)
    assert titles(client) == ["Second", "First", "Third"]
    newest = minted(cast, published(cast, title="Newest"))
    assert titles(client) == ["Newest", "Second", "First", "Third"]
    act(client, "newest")
    assert titles(client) == ["Newest", "Third", "Second", "First"]
    assert newest.state == Badge.State.ISSUED
    with cast.inside():
        assert AuditEntry.objects.filter(verb="passport.arranged").count() == 6


def test_hiding_keeps_a_badge_in_ones_own_passport_and_out_of_what_others_see(client, cast, three):
    client.force_login(cast.ada)
    act(client, "hide", three[1])
    assert len(titles(client)) == 3
    assert [entry.title for entry in shown(entries_of(cast.ada))] == ["Third", "First"]
    act(client, "show", three[1])
    assert len(shown(entries_of(cast.ada))) == 3


@pytest.mark.parametrize("given", [{}, {"do": "sideways"}, {"do": "up"}, {"do": "up", "entry": "x"}, {"do": "newest "}])
def test_a_request_that_makes_no_sense_is_refused_with_a_sentence(client, cast, three, given):
    client.force_login(cast.ada)
    assert client.post(ARRANGE, given).status_code == 400
    assert not Passport.objects.exists()


def test_badges_of_others_cannot_be_arranged(client, cast, three):
    client.force_login(cast.bela)
    assert act(client, "up", three[0]).status_code == 400
    assert act(client, "hide", three[0]).status_code == 400
    assert client.get(ARRANGE).status_code == 405


@pytest.mark.parametrize("query", ["issuer=x\r\nSet-Cookie: a=b", "page=2\n", "ö"])
def test_the_way_back_carries_nothing_strange(client, cast, three, query):
    client.force_login(cast.ada)
    answer = act(client, "top", three[0], query=query)
    assert answer["Location"] == f"{PAGE}#e-{three[0].id}"


def test_it_is_filtered_by_issuer_and_year(client, cast, three):
    client.force_login(cast.ada)
    text = client.get(PAGE, {"year": "2025"}).content.decode()
    assert "First" in text
    assert "Second" not in text
    assert 'value="up"' not in text, "moving makes no sense where only some are seen"
    assert "Nothing fits both" in client.get(PAGE, {"year": "2025", "issuer": "harbor"}).content.decode()
    assert client.get(PAGE, {"year": "nonsense", "issuer": "<b>"}).status_code == 200


def test_totals_count_hours_once_and_not_what_was_taken_back(client, cast, three):
    hours = three[0].edition.hours
    total, years = totals(entries_of(cast.ada))
    assert (total.count, total.hours) == (3, 3 * hours)
    assert [(year.year, year.count, year.hours) for year in years] == [(2026, 2, 2 * hours), (2025, 1, hours)]
    with cast.inside():
        revoke(by=cast.by(cast.cleo), badge=three[2], reason="error")
    awarded(cast, published(cast, title="Not made yet"))
    assert totals(entries_of(cast.ada))[0].count == 2
    client.force_login(cast.ada)
    text = client.get(PAGE).content.decode()
    for state in ("Taken back", "Being made", "In good standing"):
        assert state in text


def test_a_badge_says_when_it_runs_out_and_when_it_is_on_hold(client, cast, three):
    first, second, _third = three
    Badge.objects.filter(id=first.id).update(expires_at=clock.now() - timedelta(days=1))
    Badge.objects.filter(id=second.id).update(
        state="suspended", suspended_at=clock.now(), suspended_note="We look into it."
    )
    client.force_login(cast.ada)
    text = client.get(PAGE).content.decode()
    for said in ("Run out", "Was valid until", "On hold"):
        assert said in text
    assert "We look into it" not in text
    assert totals(entries_of(cast.ada))[0].count == 2, "what ran out was done all the same; what is on hold is not sure"


def test_the_table_for_license_renewal_has_a_line_for_each(client, cast, three):
    client.force_login(cast.ada)
    answer = client.get(reverse("passport_csv", args=["lakeside"]), {"year": "2026"})
    head, *lines = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert head[:5] == ["Date", "Title", "Issuer", "Hours", "CEU"]
    assert [line[1] for line in lines] == ["Third", "Second"]
    date, title, issuer, hours, _ceu, until, state, address, number = lines[0]
    assert (date, issuer, until, state) == ("2026-05-22", "Lakeside Schools", "", "In good standing")
    assert Decimal(hours) == three[2].edition.hours
    assert address == f"{settings.BASE_URL}/b/{three[2].id}"
    assert number == str(three[2].id)


def test_a_passport_that_is_cut_says_so_and_the_table_has_all_of_it(client, cast, three, monkeypatch):
    picked = make(client, cast, which="chosen", chosen=[str(three[0].id)])
    client.force_login(cast.ada)
    assert "Only the newest" not in client.get(PAGE).content.decode()
    monkeypatch.setattr("badges.passport.MOST", 2)
    page = client.get(PAGE).content.decode()
    assert titles(client) == ["Third", "Second"]
    assert "3 badges, yours to keep" in page
    assert "Only the newest 2 badges are looked at" in page
    assert "1 older one is in the table (CSV) and among the files (ZIP)." in page
    assert table(client.get(reverse("passport_csv", args=["lakeside"]))) == ["Third", "Second", "First"]
    packed = zipfile.ZipFile(io.BytesIO(client.post(reverse("passport_zip", args=["lakeside"])).content))
    assert sum(name.endswith(".json") and name.startswith("badges/") for name in packed.namelist()) == 3
    PassportLink.objects.update(revoked_at=clock.now())
    everything = make(client, cast)
    shared = client.get(everything).content.decode()
    assert "Only the newest 2 badges are looked at" in shared
    assert "Older ones are in the table (CSV)." in shared
    assert "ZIP" not in shared
    assert table(client.get(everything.rstrip("/") + ".csv")) == ["Third", "Second", "First"]
    PassportLink.objects.update(revoked_at=None)
    one = client.get(picked).content.decode()
    assert "First" in one
    assert "newest 2" not in one
    monkeypatch.setattr("badges.passport.MOST", 3)
    client.force_login(cast.ada)
    assert "Only the newest" not in client.get(PAGE).content.decode()


def table(answer) -> list[str]:
    """The titles in a table."""
    _head, *lines = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    return [line[1] for line in lines]


def test_the_transcript_of_a_passport_that_is_cut_says_so(client, cast, three, monkeypatch):
    made = []
    monkeypatch.setattr(
        "badges.passport_files.compile_pdf", lambda _layout, data, **_more: made.append(data) or b"%PDF"
    )
    client.force_login(cast.ada)
    for most in (3, 2):
        monkeypatch.setattr("badges.passport.MOST", most)
        client.get(reverse("passport_pdf", args=["lakeside"]))
    assert ["Only the newest" in data["note"] for data in made] == [False, True]
    assert [len(data["badges"]) for data in made] == [3, 2]


def test_a_passport_of_five_hundred_is_shown_in_pages(client, cast, three, django_assert_max_num_queries):
    first = three[0]
    edition = first.edition
    Badge.objects.bulk_create(
        Badge(
            tenant=cast.lakeside, issuer=first.issuer, earner=cast.ada, edition=edition, state="issued",
            recipient_name="Ada", status_list=first.status_list, status_index=number, key=first.key,
            document=b"{}", document_sha256="0" * 64, minted_at=clock.now(), superseded_at=clock.now(),
            awarded_at=clock.now() - timedelta(days=number),
        )
        for number in range(500) if number not in {badge.status_index for badge in three}
    )  # fmt: skip
    client.force_login(cast.ada)
    with django_assert_max_num_queries(14):
        answer = client.get(PAGE)
    assert len(answer.context["page"].rows) == 60
    assert answer.context["page"].next
    last = entries_of(cast.ada)[-1]
    assert act(client, "top", last.badge).status_code == 302
    assert entries_of(cast.ada)[0].id == last.id


# --- Links ------------------------------------------------------------------------------------------------------------

LINKS = reverse("passport_links", args=["lakeside"])
NEW = reverse("passport_link_new", args=["lakeside"])


def given(days=30, **more):
    day = (clock.now() + timedelta(days=days)).date().isoformat()
    return {"label": "HR at Lakeside", "last_day": day, "which": "shown", "show_name": "on", **more}


def make(client, cast, **more) -> str:
    """The path of a new link of Ada's."""
    client.force_login(cast.ada)
    answer = client.post(NEW, given(**more))
    assert answer.status_code == 302, answer.context["form"].errors
    [address] = re.findall(rf'href="{settings.BASE_URL}(/p/[^"]+)"', client.get(LINKS).content.decode())
    client.logout()
    return address


def test_a_link_shows_the_passport_to_anyone_who_has_it(client, cast, three, django_assert_max_num_queries):
    address = make(client, cast)
    with django_assert_max_num_queries(6):
        answer = client.get(address)
    text = answer.content.decode()
    assert answer.status_code == 200
    for expected in ("Passport of Ada Alvarez", "HR at Lakeside", "First", "Second", "Third"):
        assert expected in text
    assert cast.ada.email not in text
    assert "noindex" in answer["X-Robots-Tag"]
    assert answer["Referrer-Policy"] == "same-origin"
    assert "no-store" in answer["Cache-Control"]
    assert not answer.cookies, "nobody is followed"
    assert client.get(f"{address}.csv")["Content-Type"].startswith("text/csv")


def test_the_same_link_can_be_copied_again_and_is_kept_nowhere(client, cast, three):
    address = make(client, cast)
    client.force_login(cast.ada)
    assert address in client.get(LINKS).content.decode()
    secret = address.removeprefix("/p/")
    kept = PassportLink.objects.values_list().get()
    assert not any(secret in str(value) for value in kept)
    client.force_login(cast.bela)
    assert address not in client.get(LINKS).content.decode()


def test_a_link_without_the_name_says_no_name(client, cast, three):
    text = client.get(make(client, cast, show_name="")).content.decode()
    assert "Ada" not in text
    assert "An educator’s passport" in text


def test_what_was_chosen_for_a_badge_holds_for_the_one_that_corrects_it(client, cast, three):
    first, second, _third = three
    client.force_login(cast.ada)
    act(client, "top", first)
    act(client, "hide", second)
    address = make(client, cast, which="chosen", chosen=[str(second.id)])
    with cast.inside():
        for badge in (first, second):
            correct(
                by=cast.by(cast.cleo),
                badge=badge,
                name="Ada B. Alvarez",
                awarded_on=cast.lakeside.local_date(),
                note="Her name.",
            )
    work_off()
    entries = entries_of(cast.ada)
    assert [entry.title for entry in entries[:2]] == ["First", "First"]
    assert {entry.title for entry in entries if entry.is_hidden} == {"Second"}
    corrected = Badge.objects.get(replaces=second)
    assert str(corrected.id) in client.get(address).content.decode()


def test_private_and_hidden_badges_are_only_shown_when_chosen(client, cast, three):
    first, second, _third = three
    with cast.inside():
        share(by=cast.by(cast.ada), badge=first, visibility="private", show_name=False)
    client.force_login(cast.ada)
    act(client, "hide", second)
    text = client.get(make(client, cast)).content.decode()
    assert "Third" in text
    assert "First" not in text
    assert "Second" not in text
    PassportLink.objects.all().delete()
    chosen = client.get(make(client, cast, which="chosen", chosen=[first.id, second.id])).content.decode()
    assert "First" in chosen
    assert "Second" in chosen
    assert "Third" not in chosen
    assert f"/b/{first.id}" not in chosen, "the page of a private badge opens for nobody else"


def test_a_link_ends_on_its_day_and_says_so_then(client, cast, three):
    address = make(client, cast, days=3)
    with clock.at(clock.now() + timedelta(days=2.9)):
        assert client.get(address).status_code == 200
    with clock.at(clock.now() + timedelta(days=5)):
        for path in (address, f"{address}.csv"):
            answer = client.get(path)
            assert answer.status_code == 410
            assert "This link has ended" in answer.content.decode()
            assert "Ada" not in answer.content.decode()


def test_a_link_is_switched_off_at_once_and_for_good(client, cast, three):
    address = make(client, cast)
    end = reverse("passport_link_end", args=["lakeside", PassportLink.objects.get().id])
    client.force_login(cast.bela)
    assert client.post(end).status_code == 404
    assert client.get(address).status_code == 200
    client.force_login(cast.ada)
    for _click in range(2):
        assert client.post(end).status_code == 302
    assert client.get(address).status_code == 410
    assert "Switched off" in client.get(LINKS).content.decode()
    with cast.inside():
        verbs = AuditEntry.objects.filter(verb__startswith="passport.").order_by("id").values_list("verb", flat=True)
        assert list(verbs) == ["passport.linked", "passport.unlinked"]


@pytest.mark.parametrize("token", ["x", "A" * 43, "no-such", "A" * 2000])
def test_an_unknown_link_is_nowhere(client, db, token):
    assert client.get(f"/p/{token}").status_code == 404


def test_a_guessed_secret_for_a_link_that_exists_opens_nothing(client, cast, three):
    address = make(client, cast)
    changed = address[:-2] + ("A" if address[-2] != "A" else "B") + address[-1]
    assert client.get(changed).status_code == 404


def test_links_go_on_working_when_the_secret_of_the_site_was_changed(client, cast, three, settings):
    address = make(client, cast)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another secret, long enough"
    assert client.get(address).status_code == 200
    settings.SECRET_KEY_FALLBACKS = []
    assert client.get(address).status_code == 404


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"label": " "}, "label"),
        ({"days": -2}, "last_day"),
        ({"days": 400}, "last_day"),
        ({"last_day": "soon"}, "last_day"),
        ({"which": "some"}, "which"),
        ({"which": "chosen"}, "chosen"),
        ({"which": "chosen", "chosen": ["x"]}, "chosen"),
        ({"which": "chosen", "chosen": [str(uuid4())]}, "chosen"),
    ],
)
def test_what_cannot_be_a_link_gets_a_sentence_and_keeps_what_was_typed(client, cast, three, more, field):
    client.force_login(cast.ada)
    answer = client.post(NEW, given(**{"label": "HR at Lakeside", **more}))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    if field != "label":
        assert "HR at Lakeside" in answer.content.decode()
    assert not PassportLink.objects.exists()


def test_a_reader_may_check_whose_it_is_where_that_is_allowed(client, cast, three):
    address = make(client, cast, check_email="on")
    assert "belongs to this email address" in client.post(address, {"email": "ADA@example.org "}).content.decode()
    assert "does not belong" in client.post(address, {"email": "bela@example.org"}).content.decode()
    nonsense = client.post(address, {"email": "nonsense"})
    assert nonsense.status_code == 422
    assert "nonsense" in nonsense.content.decode()
    PassportLink.objects.update(check_email=False)
    closed = client.post(address, {"email": "ada@example.org"})
    assert "email address" not in closed.content.decode()
