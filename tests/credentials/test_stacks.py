"""Stacks: made from what a catalog offers, refused when they contradict themselves, frozen once published."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from credentials.actions.editions import retire
from credentials.actions.stacks import create_stack, edit_stack, publish_stack, retire_stack
from credentials.models import Stack, StackItem
from lib.errors import Invalid, NotAllowed, RuleBroken
from lib.ids import uuid7
from tenants.models import AuditEntry, Partnership
from tests.credentials.sample import draft, published

TEXTS = {"title": "Good Talk", "description": "You lead talk in which students think."}


def two(cast):
    return [published(cast).micro_credential, published(cast, title="Listening").micro_credential]


def test_a_stack_goes_from_draft_to_published_to_retired(cast):
    items = two(cast)
    with cast.inside():
        stack = create_stack(by=cast.by(cast.cleo), **TEXTS, needed=1, items=items)
        edit_stack(by=cast.by(cast.cleo), stack=stack, **TEXTS, needed=None, items=items[::-1])
        stack = publish_stack(by=cast.by(cast.cleo), stack=stack)
        assert [each.micro_credential for each in stack.items.all()] == items[::-1]
        assert stack.state == Stack.State.PUBLISHED
        assert stack.slug == "good-talk"
        assert stack.needed is None
        retire_stack(by=cast.by(cast.cleo), stack=stack)
        verbs = list(AuditEntry.objects.filter(object_id=stack.id).values_list("verb", flat=True))
    assert sorted(verbs) == ["stack.created", "stack.edited", "stack.published", "stack.retired"]


def test_a_stack_can_hold_another_stack(cast):
    items = two(cast)
    with cast.inside():
        by = cast.by(cast.cleo)
        inner = create_stack(by=by, **TEXTS, items=items)
        with pytest.raises(Invalid, match="not offered"):
            create_stack(by=by, **TEXTS, items=[inner])
        publish_stack(by=by, stack=inner)
        outer = publish_stack(by=by, stack=create_stack(by=by, **TEXTS, items=[inner, items[0]]))
        assert outer.items.first().substack == inner
        assert outer.slug != inner.slug


def test_contradictions_are_refused_by_field(cast):
    items = two(cast)
    unpublished = draft(cast, title="Unfinished").micro_credential
    cases = [
        ({"items": []}, "items"),
        ({"items": [items[0], items[0]]}, "items"),
        ({"items": items, "needed": 3}, "needed"),
        ({"items": items, "needed": 0}, "needed"),
        ({"items": [unpublished]}, "items"),
        ({"items": items, "title": "  "}, "title"),
        ({"items": items, "title": "x" * 161}, "title"),
        ({"items": items, "description": ""}, "description"),
        ({"items": items, "description": "a\x00b"}, "description"),
        ({"items": items, "description": "a\x01b"}, "description"),  # could not be signed
    ]
    with cast.inside():
        for changes, field in cases:
            with pytest.raises(Invalid) as refusal:
                create_stack(by=cast.by(cast.cleo), **{**TEXTS, **changes})
            assert refusal.value.field == field, changes
    assert not Stack.objects.exists()


def test_foreign_items_need_a_partnership(cast):
    items = two(cast)
    with cast.inside(cast.harbor):
        by = cast.by(cast.mallory, cast.harbor)
        with pytest.raises(Invalid, match="not offered"):
            create_stack(by=by, **TEXTS, items=items)
        Partnership.objects.create(tenant=cast.harbor, issuer=cast.lakeside)
        stack = create_stack(by=by, **TEXTS, items=items)
    with cast.inside(), pytest.raises(NotAllowed):
        publish_stack(by=cast.by(cast.cleo), stack=stack)


def test_what_is_no_longer_offered_cannot_be_published(cast):
    edition = published(cast)
    with cast.inside():
        by = cast.by(cast.cleo)
        stack = create_stack(by=by, **TEXTS, items=[edition.micro_credential])
        retire(by=by, edition=edition)
        with pytest.raises(Invalid, match="not offered"):
            publish_stack(by=by, stack=stack)


def test_only_admins_make_stacks(cast):
    items = two(cast)
    with cast.inside(), pytest.raises(NotAllowed):
        create_stack(by=cast.by(cast.dora), **TEXTS, items=items)


def test_the_same_id_makes_one_stack(cast):
    items, id = two(cast), uuid7()
    with cast.inside():
        first = create_stack(by=cast.by(cast.cleo), **TEXTS, items=items, id=id)
        assert create_stack(by=cast.by(cast.cleo), **TEXTS, items=items, id=id) == first
    assert Stack.objects.count() == 1


def test_a_published_stack_is_frozen_in_the_database(cast):
    items = two(cast)
    with cast.inside():
        by = cast.by(cast.cleo)
        stack = publish_stack(by=by, stack=create_stack(by=by, **TEXTS, items=items))
        with pytest.raises(RuleBroken):
            edit_stack(by=by, stack=stack, **TEXTS, items=items)
    attempts = [
        lambda: Stack.objects.filter(id=stack.id).update(title="Other"),
        lambda: Stack.objects.filter(id=stack.id).update(needed=1),
        lambda: stack.items.all().delete(),
        lambda: stack.items.update(position=9),
        lambda: StackItem.objects.create(stack=stack, micro_credential=published(cast, title="x").micro_credential),
        lambda: Stack.objects.filter(id=stack.id).delete(),
    ]
    for attempt in attempts:
        with cast.inside(), pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
            attempt()


def posted(page, **changes):
    """What a browser sends from the stack form as it stands, with changes."""
    sheet = page.context["sheet"]
    values = {name: sheet[name].value() for name in ("title", "description", "rule", "needed", "id")}
    rows = sheet.rows["items"]
    values |= {"items-TOTAL_FORMS": len(rows.forms), "items-INITIAL_FORMS": 0}
    values |= {form["item"].html_name: form["item"].value() for form in rows.forms}
    return {name: value for name, value in (values | changes).items() if value is not None}


def test_an_admin_sets_up_a_stack_on_the_page(cast, client):
    first, second = two(cast)
    client.force_login(cast.cleo)
    new = reverse("manage_stack_new", args=["lakeside"])
    page = client.get(new)
    data = posted(page, **TEXTS, **{"items-0-item": f"mc:{first.id}", "rule": "some", "needed": "1"})
    page = client.post(new, data | {"do": "add:items"})
    page = client.post(new, posted(page, **{"items-2-item": f"mc:{second.id}", "do": "up:items-2"}))
    assert page.context["sheet"]["title"].value() == "Good Talk"
    data = posted(page)
    for _twice in range(2):
        answer = client.post(new, data)
        assert answer.status_code == 302
    stack = Stack.objects.get()
    assert [each.micro_credential for each in stack.items.all()] == [first, second]
    assert stack.needed == 1

    url = reverse("manage_stack", args=["lakeside", stack.id])
    page = client.get(url)
    assert client.post(url, posted(page, rule="all", title="Better Talk")).status_code == 302
    assert client.post(reverse("stack_publish", args=["lakeside", stack.id])).status_code == 302
    stack.refresh_from_db()
    assert (stack.title, stack.needed, stack.state) == ("Better Talk", None, "published")
    assert b"Earn all 2" in client.get(url).content
    assert b"Better Talk" in client.get(reverse("manage_stacks", args=["lakeside"])).content
    assert client.post(url, posted(page, title="Late")).status_code == 200
    stack.refresh_from_db()
    assert stack.title == "Better Talk"
    assert client.post(reverse("stack_retire", args=["lakeside", stack.id])).status_code == 302
    assert b"Offer it again" in client.get(url).content


def test_the_page_refuses_with_the_field_and_keeps_what_was_typed(cast, client):
    first, second = two(cast)
    foreign = uuid7()
    client.force_login(cast.cleo)
    new = reverse("manage_stack_new", args=["lakeside"])
    good = posted(client.get(new), **TEXTS, **{"items-0-item": f"mc:{first.id}", "items-1-item": f"mc:{second.id}"})
    cases = [
        ({"rule": "some", "needed": "3"}, "needed", "people cannot need 3"),
        ({"rule": "some", "needed": ""}, "needed", "Say how many"),
        ({"rule": "some", "needed": "many"}, "needed", "whole number"),
        ({"items-1-item": f"mc:{first.id}"}, None, "in it twice"),
        ({"items-0-item": "", "items-1-item": ""}, None, "at least one"),
        ({"title": ""}, "title", "Give it a title"),
        ({"rule": "most"}, "rule", "valid choice"),
    ]
    for changes, field, sentence in cases:
        page = client.post(new, good | changes)
        assert page.status_code == 422, changes
        sheet = page.context["sheet"]
        problems = sheet.errors[field] if field else sheet.non_field_errors()
        assert sentence in str(problems), (changes, sheet.errors)
        assert sheet["description"].value() == TEXTS["description"]
    for unknown in (f"mc:{foreign}", f"stack:{foreign}", "x", "mc:"):
        page = client.post(new, good | {"items-1-item": unknown})
        assert page.status_code == 422
        assert "not offered here" in str(page.context["sheet"].rows["items"].forms[1].errors)
    assert not Stack.objects.exists()


def test_stack_pages_are_for_admins_of_this_tenant(cast, client):
    items = two(cast)
    with cast.inside():
        stack = create_stack(by=cast.by(cast.cleo), **TEXTS, items=items)
    url = reverse("manage_stack", args=["lakeside", stack.id])
    client.force_login(cast.dora)
    assert client.get(url).status_code == 403
    client.force_login(cast.mallory)
    assert client.get(url).status_code == 404
    assert client.get(reverse("manage_stack", args=["harbor", stack.id])).status_code == 404
    assert client.post(reverse("stack_publish", args=["harbor", stack.id])).status_code == 404


def test_the_list_of_stacks_asks_a_fixed_number_of_queries(cast, client, django_assert_max_num_queries):
    client.force_login(cast.cleo)
    url = reverse("manage_stacks", args=["lakeside"])
    assert b"no stacks yet" in client.get(url).content
    items = two(cast)
    with cast.inside():
        for _n in range(10):
            create_stack(by=cast.by(cast.cleo), **TEXTS, items=items)
    with django_assert_max_num_queries(10):
        assert client.get(url).status_code == 200
