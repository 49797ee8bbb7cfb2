"""Stacks: made from what a catalog offers, refused when they contradict themselves, frozen once published."""

import pytest
from django.db import IntegrityError, transaction

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
        with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
            attempt()
