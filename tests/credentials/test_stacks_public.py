"""Stacks as everyone can read them: the list, the rule in words, what is in one."""

import pytest

from credentials.actions.editions import retire
from credentials.actions.stacks import create_stack, publish_stack, retire_stack
from tests.credentials.sample import published


@pytest.fixture
def trio(cast):
    return [published(cast, title=title).micro_credential for title in ("One", "Two", "Three")]


def stack_of(cast, items, *, needed=None, title="Numbers", publish=True):
    with cast.inside():
        stack = create_stack(
            by=cast.by(cast.cleo), title=title, description="You can count.", needed=needed, items=items
        )
        return publish_stack(by=cast.by(cast.cleo), stack=stack) if publish else stack


def test_the_list_shows_published_ones_with_their_rule(cast, trio, client, django_assert_max_num_queries):
    stack_of(cast, trio, needed=2)
    stack_of(cast, trio, title="Everything")
    stack_of(cast, trio, title="Not ready", publish=False)
    with django_assert_max_num_queries(6):
        page = client.get("/t/lakeside/stacks/").content.decode()
    assert "Earn any 2 of these 3 to complete the stack." in page
    assert "Earn all 3 to complete the stack." in page
    assert "Not ready" not in page
    assert "No stacks yet" in client.get("/t/harbor/stacks/").content.decode()


def test_the_page_shows_what_is_in_it_in_order(cast, trio, client, django_assert_max_num_queries):
    inner = stack_of(cast, trio[:2], title="Inner")
    outer = stack_of(cast, [trio[2], inner], title="Outer")
    with django_assert_max_num_queries(10):
        page = client.get(f"/t/lakeside/stacks/{outer.slug}/")
    assert [piece.title for piece in page.context["pieces"]] == ["Three", "Inner"]
    html = page.content.decode()
    assert f"/t/lakeside/mc/{trio[2].slug}/" in html
    assert f"/t/lakeside/stacks/{inner.slug}/" in html
    assert "Issued by Lakeside Schools." in html


def test_a_piece_that_is_retired_keeps_its_name_but_no_link(cast, trio, client):
    stack = stack_of(cast, trio)
    with cast.inside():
        retire(by=cast.by(cast.cleo), edition=trio[0].editions.get())
    page = client.get(f"/t/lakeside/stacks/{stack.slug}/").content.decode()
    assert "Not offered right now." in page
    assert f"/mc/{trio[0].slug}/" not in page
    assert "One" in page


def test_a_retired_stack_stays_readable_and_drafts_are_not_found(cast, trio, client):
    stack = stack_of(cast, trio)
    with cast.inside():
        retire_stack(by=cast.by(cast.cleo), stack=stack)
    assert "This stack is retired." in client.get(f"/t/lakeside/stacks/{stack.slug}/").content.decode()
    assert stack.title not in client.get("/t/lakeside/stacks/").content.decode()
    waiting = stack_of(cast, trio, title="Draft", publish=False)
    client.force_login(cast.cleo)
    assert client.get(f"/t/lakeside/stacks/{waiting.slug}/").status_code == 404
    assert client.get(f"/t/harbor/stacks/{stack.slug}/").status_code == 404
    assert client.get("/t/lakeside/stacks/nothing/").status_code == 404
