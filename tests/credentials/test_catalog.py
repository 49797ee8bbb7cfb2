"""The catalog: whose editions it lists, filters with honest counts, pages, the way out when nothing fits, the API."""

from datetime import timedelta

import pytest
from django.http import QueryDict

from credentials.actions.editions import import_edition, publish, retire, send_to_vetting
from credentials.actions.stacks import create_stack, publish_stack
from credentials.queries import listed_editions
from credentials.queries.catalog import PAGE_SIZE, catalog
from credentials.queries.wanted import Wanted
from lib import clock
from lib.canonical import content_hash
from tenants.models import Partnership, Role, Tenant
from tests.cast import make_user
from tests.credentials.sample import draft, published, sample, sent

URL = "/t/lakeside/catalog/"
HTMX = {"HX-Request": "true"}


def published_by(cast, tenant, **changes):
    """An edition of another issuer, with people of its own."""
    author = make_user(f"Writer{tenant.slug} W", tenant, Role.AUTHOR)
    vetter = make_user(f"Reader{tenant.slug} R", tenant, Role.VETTER)
    with cast.inside(tenant):
        edition = import_edition(by=cast.by(author, tenant), data=sample(**changes))
        edition = send_to_vetting(by=cast.by(author, tenant), edition=edition)
        return publish(by=cast.by(vetter, tenant), edition=edition)


def titles(tenant, query=""):
    return [edition.title for edition in catalog(tenant, Wanted.read(QueryDict(query))).editions]


def counts(tenant, query, group):
    results = catalog(tenant, Wanted.read(QueryDict(query)))
    options = next(each for each in results.groups if each.name == group).options
    return {option.value: option.count for option in options}


@pytest.fixture
def three(cast):
    """Three editions that differ in every facet."""
    with clock.at(clock.now() - timedelta(days=200)):
        a = published(cast, title="Alpha", topics=["Math", "Play"], audience=["Teachers"], grades=["K", "1"], hours=4)
    with clock.at(clock.now() - timedelta(days=10)):
        b = published(cast, title="Bravo", topics=["Math"], audience=["Cooks"], grades=["10"], hours=12)
    c = published(cast, title="Charlie", topics=["Reading"], audience=["Teachers", "Cooks"], grades=["2"], hours=40)
    return a, b, c


def test_lists_own_partners_and_ancestors_editions_and_no_others(cast):
    state = Tenant.objects.create(slug="state", name="The State", kind=Tenant.Kind.STATE)
    partner = Tenant.objects.create(slug="partner", name="Partner")
    other = Tenant.objects.create(slug="other", name="Other")
    Tenant.objects.filter(id=cast.lakeside.id).update(parent=state)
    cast.lakeside.refresh_from_db()
    Partnership.objects.create(tenant=cast.lakeside, issuer=partner)
    for tenant in (state, partner, other):
        published_by(cast, tenant, title=f"By {tenant.slug}")
    published(cast, title="By lakeside")
    assert set(titles(cast.lakeside)) == {"By state", "By partner", "By lakeside"}
    assert titles(cast.harbor) == []
    assert titles(state) == ["By state"]


def test_drafts_waiting_replaced_and_retired_editions_are_not_listed(cast):
    draft(cast, title="Draft")
    sent(cast, title="Sent")
    gone = published(cast, title="Gone")
    with cast.inside():
        retire(by=cast.by(cast.cleo), edition=gone)
    assert not listed_editions(cast.lakeside).exists()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("topic=Math", {"Alpha", "Bravo"}),
        ("topic=Play&topic=Reading", {"Alpha", "Charlie"}),  # within a facet: or
        ("topic=Math&role=Cooks", {"Bravo"}),  # across facets: and
        ("grade=K&grade=10", {"Alpha", "Bravo"}),
        ("time=5", {"Alpha"}),
        ("time=more&time=20", {"Bravo", "Charlie"}),
        ("new=1", {"Bravo", "Charlie"}),
        ("issuer=lakeside", {"Alpha", "Bravo", "Charlie"}),
        ("issuer=nobody", set()),
        ("q=charlie&role=Cooks", {"Charlie"}),
    ],
)
def test_filters(cast, three, query, expected):
    assert set(titles(cast.lakeside, query)) == expected


def test_counts_say_what_a_value_would_show_under_the_other_filters(cast, three):
    assert counts(cast.lakeside, "", "topic") == {"Math": 2, "Play": 1, "Reading": 1}
    assert counts(cast.lakeside, "role=Cooks", "topic") == {"Math": 1, "Play": 0, "Reading": 1}
    # A facet does not narrow its own counts, since its values add up.
    assert counts(cast.lakeside, "topic=Math", "topic") == {"Math": 2, "Play": 1, "Reading": 1}
    assert counts(cast.lakeside, "topic=Math", "role") == {"Teachers": 1, "Cooks": 1}
    assert counts(cast.lakeside, "q=bravo", "topic") == {"Math": 1, "Play": 0, "Reading": 0}


def test_editions_in_a_stack_can_be_chosen(cast, three):
    with cast.inside():
        items = [three[0].micro_credential, three[1].micro_credential]
        stack = create_stack(
            by=cast.by(cast.cleo), title="Numbers", description="You teach numbers.", needed=None, items=items
        )
        publish_stack(by=cast.by(cast.cleo), stack=stack)
    assert counts(cast.lakeside, "", "stack") == {stack.slug: 2}
    assert set(titles(cast.lakeside, f"stack={stack.slug}")) == {"Alpha", "Bravo"}


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("title", ["Alpha", "Bravo", "Charlie"]),
        ("newest", ["Charlie", "Bravo", "Alpha"]),
        ("shortest", ["Alpha", "Bravo", "Charlie"]),
        ("nonsense", ["Charlie", "Bravo", "Alpha"]),
    ],
)
def test_orders(cast, three, sort, expected):
    assert titles(cast.lakeside, f"sort={sort}") == expected


def test_applied_filters_are_chips_that_drop_one_each(cast, three, client):
    page = client.get(URL, {"topic": ["Math", "Play"], "time": "5", "q": "alpha"})
    chips = {chip.label: chip.url for chip in page.context["chips"]}
    assert set(chips) == {"“alpha”", "Math", "Play", "Up to 5 hours"}
    assert chips["Math"] == "?q=alpha&topic=Play&time=5"
    assert chips["“alpha”"] == "?topic=Math&topic=Play&time=5"
    assert 'href="?topic=Math&amp;topic=Play&amp;time=5"' in page.content.decode()


def test_when_nothing_fits_the_page_names_the_filter_to_drop(cast, three, client):
    page = client.get(URL, {"topic": "Math", "role": "Teachers", "time": "20"}).content.decode()
    assert "Nothing fits all 3 filters." in page
    assert "to see 1" in page
    # Dropping the topic or the time would show one each; the first of equals is named.
    way_out = catalog(cast.lakeside, Wanted.read(QueryDict("topic=Math&role=Teachers&time=more"))).way_out
    assert (way_out.facet, way_out.label, way_out.count) == ("topic", "Math", 1)


def test_the_filter_that_frees_most_is_named(cast, three):
    published(cast, title="Delta", topics=["Math"], audience=["Cooks"], grades=["3"], hours=3)
    results = catalog(cast.lakeside, Wanted.read(QueryDict("topic=Math&role=Cooks&grade=K")))
    assert results.total == 0
    assert (results.way_out.facet, results.way_out.label, results.way_out.count) == ("grade", "Grade K", 2)


def test_when_dropping_one_filter_is_not_enough_all_can_be_dropped(cast, three, client):
    page = client.get(URL, {"topic": "Reading", "grade": "K", "time": "20"}).content.decode()
    assert "Clear all filters to see 3" in page


def test_a_search_without_a_match_offers_everything(cast, three, client):
    page = client.get(URL, {"q": "zzzyxw"}).content.decode()
    assert "Nothing matches “zzzyxw”." in page
    assert "See all 3" in page


def test_a_corrected_search_says_so(cast, three, client):
    page = client.get(URL, {"q": "charly"}).content.decode()
    assert "Showing results for <b>charlie</b>" in page
    assert ">Charlie</a>" in page


def test_htmx_gets_list_counts_and_the_sentence_to_read_out(cast, three, client):
    page = client.get(URL, {"topic": "Math", "q": "", "sort": "best"}, headers=HTMX)
    html = page.content.decode()
    assert "<html" not in html
    assert '<div id="live" hx-swap-oob="innerHTML">2 micro-credentials</div>' in html
    assert 'hx-swap-oob="true"' in html
    assert page["HX-Push-Url"] == f"{URL}?topic=Math"
    assert "HX-Request" in page["Vary"]


def test_going_back_in_the_browser_gives_the_whole_page(cast, three, client):
    page = client.get(URL, {"topic": "Math"}, headers={**HTMX, "HX-History-Restore-Request": "true"})
    assert "<html" in page.content.decode()


def test_an_empty_catalog_says_so(cast, client):
    page = client.get("/t/harbor/catalog/")
    assert page.status_code == 200
    assert "No micro-credentials yet" in page.content.decode()


@pytest.fixture
def many(cast):
    for n in range(PAGE_SIZE + 3):
        published(cast, title=f"Number {n:02}")


def test_pages(cast, many, client, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        page = client.get(URL, {"sort": "title", "page": "2"})
    assert [edition.title for edition in page.context["results"].editions] == ["Number 24", "Number 25", "Number 26"]
    assert "25 to 27 of 27" in page.content.decode()
    for beyond in ("3", "9999"):
        assert client.get(URL, {"page": beyond}).context["wanted"].page == 2
    for nonsense in ("0", "-1", "x", "1e9", "٣", "99999999999"):
        assert client.get(URL, {"page": nonsense}).context["wanted"].page == 1


def test_queries_do_not_grow_with_the_catalog(cast, many, client, django_assert_max_num_queries):
    client.force_login(cast.ada)
    with django_assert_max_num_queries(12):
        client.get(URL, {"q": "nmber", "topic": "Questions"})


def test_markup_in_titles_and_topics_is_shown_as_text(cast, client):
    published(cast, title='<b>Bold</b> & "quoted"', topics=["<i>Topic</i>"])
    page = client.get(URL, {"topic": "<i>Topic</i>"}).content.decode()
    assert "<b>Bold" not in page
    assert "<i>Topic" not in page
    assert "&lt;b&gt;Bold&lt;/b&gt; &amp; &quot;quoted&quot;" in page


def test_front_page_shows_short_ones_topics_and_stacks(cast, three, client, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        page = client.get("/t/lakeside/")
    assert [edition.title for edition in page.context["editions"]] == ["Alpha", "Bravo", "Charlie"]
    assert page.context["topics"] == [("Math", 2), ("Play", 1), ("Reading", 1)]
    assert "No micro-credentials yet" in client.get("/t/harbor/").content.decode()


def test_api_lists_the_same_by_cursor(cast, three, client):
    everything = client.get("/api/v1/t/lakeside/catalog/").json()
    assert [each["title"] for each in everything["results"]] == ["Charlie", "Bravo", "Alpha"]
    first = client.get("/api/v1/t/lakeside/catalog/", {"role": "Teachers", "page_size": 1}).json()
    assert [each["title"] for each in first["results"]] == ["Charlie"]
    second = client.get(first["next"]).json()
    assert [each["title"] for each in second["results"]] == ["Alpha"]
    assert second["next"] is None
    assert client.get("/api/v1/t/lakeside/catalog/", {"q": "charly"}).json()["results"][0]["title"] == "Charlie"


def test_api_gives_a_whole_edition_whose_hash_can_be_checked(cast, client):
    edition = published(cast)
    answer = client.get(f"/api/v1/t/lakeside/catalog/{edition.micro_credential.slug}/").json()
    assert answer["content"] == sample()
    assert answer["content_hash"] == content_hash(answer["content"])
    assert answer["url"].endswith(f"/t/lakeside/mc/{edition.micro_credential.slug}/")
    missing = client.get("/api/v1/t/harbor/catalog/" + edition.micro_credential.slug + "/")
    assert missing.status_code == 404
    assert missing["Content-Type"] == "application/problem+json"


def test_a_search_shows_the_best_match_first_and_no_search_the_newest(cast, three):
    published(cast, title="Delta", summary="Like bravo, but not bravo.")
    assert titles(cast.lakeside, "q=bravo&sort=best") == ["Bravo", "Delta"]
    assert titles(cast.lakeside, "q=bravo&sort=newest") == ["Delta", "Bravo"]
    assert titles(cast.lakeside, "sort=best") == ["Delta", "Charlie", "Bravo", "Alpha"]
