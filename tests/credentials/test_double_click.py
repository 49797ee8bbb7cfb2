"""The second click of a double click arrives while the first is still being answered: one thing is made."""

import json
import threading
from collections.abc import Callable
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from credentials.models import Edition, MicroCredential, Stack, VettingNote
from tenants.models import User
from tests.credentials.sample import published, sample, sent


def twice(user: User, click: Callable[[Client], int]) -> list[int]:
    """The answers to two clicks of one person at the same time."""
    together, codes = threading.Barrier(2), []

    def run() -> None:
        client = Client(raise_request_exception=False)
        client.force_login(user)
        together.wait()
        codes.append(click(client))
        connection.close()

    threads = [threading.Thread(target=run) for _click in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return codes


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["author_new", "author_import"])
def test_a_draft_is_started_once(cast, name):
    given = {"id": uuid4(), "title": "Asking Better Questions", "text": json.dumps(sample())}
    codes = twice(cast.dora, lambda client: client.post(reverse(name, args=["lakeside"]), given).status_code)
    assert codes == [302, 302]
    assert (Edition.objects.count(), MicroCredential.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_a_stack_is_made_once(cast):
    item = published(cast).micro_credential
    given = {
        "id": uuid4(),
        "title": "Talk",
        "description": "You lead talk.",
        "rule": "all",
        "items-TOTAL_FORMS": 1,
        "items-INITIAL_FORMS": 0,
        "items-0-item": f"mc:{item.id}",
    }
    path = reverse("manage_stack_new", args=["lakeside"])
    assert twice(cast.cleo, lambda client: client.post(path, given).status_code) == [302, 302]
    assert Stack.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_note_is_written_once(cast):
    path = reverse("vetting_edition", args=["lakeside", sent(cast).id])
    given = {"do": "note", "section": "basics", "kind": "must_fix", "text": "Say for whom it is."}
    assert twice(cast.vito, lambda client: client.post(path, given).status_code) == [302, 302]
    with cast.inside(), transaction.atomic():
        assert VettingNote.objects.count() == 1
