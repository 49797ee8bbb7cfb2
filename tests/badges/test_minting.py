"""From award to signed badge: exactly once, whatever happens in between, and checkable by others."""

import json
import threading

import pytest
from django.core import mail as outbox
from django.db import connection, transaction

from badges import completing
from badges.actions import award, revoke
from badges.completing import progress
from badges.deliveries import handle
from badges.issuers import did_document_of, public_half
from badges.minting import mint
from badges.models import Badge, BadgeEvent, Consumer, Delivery, SigningKey
from credentials.actions.stacks import create_stack, publish_stack
from lib.errors import RuleBroken
from tenants.models import AuditEntry, OutgoingMail
from tenants.tasks import deliver
from tests.badges.independent import verify_with_pyoxigraph
from tests.badges.made import awarded, best_results, minted, work_off
from tests.badges.node import verify_with_node
from tests.credentials.sample import published


def test_an_award_is_minted_signed_and_mailed(cast):
    badge = minted(cast, published(cast))
    assert badge.state == Badge.State.ISSUED
    document = json.loads(bytes(badge.document))
    assert document["credentialSubject"]["result"]
    assert cast.ada.email not in json.dumps(document)
    with cast.inside():
        verbs = set(AuditEntry.objects.filter(object_id=badge.id).values_list("verb", flat=True))
    assert verbs == {"badge.awarded", "badge.issued"}
    [message] = OutgoingMail.objects.filter(user=cast.ada, kind="badge_issued")
    assert deliver(message.id)
    assert outbox.outbox[-1].to == [cast.ada.email]
    assert f"/b/{badge.id}" in outbox.outbox[-1].body


def test_others_can_verify_a_minted_badge_and_notice_a_changed_one(cast):
    badge = minted(cast, published(cast))
    document, key = json.loads(bytes(badge.document)), public_half(badge.key).public_bytes_raw()
    assert verify_with_pyoxigraph(document, key)
    assert not verify_with_pyoxigraph({**document, "name": "Something grander"}, key)


def test_a_node_verifier_agrees(cast):
    badge = minted(cast, published(cast))
    document, keys = json.loads(bytes(badge.document)), did_document_of(badge.issuer)
    assert verify_with_node(document, keys)["verified"]
    document["credentialSubject"]["achievement"]["name"] = "Something grander"
    assert not verify_with_node(document, keys)["verified"]


def test_whatever_an_author_may_write_can_be_signed(cast):
    """Every kind of character that passes the check of an import, in places that go into the badge."""
    words = "Lesen \t & “Fragen” — 問い 😀\r\nÜbung <b>\u2028 \u200d"
    url = "https://example.org/standards/%7C?a=(1)&b='2';c#d~é"
    alignment = {"framework": words, "code": "8", "name": words, "url": url}
    edition = published(cast, competency=words, summary=words, topics=["😀"], alignments=[alignment])
    badge = minted(cast, edition)
    assert badge.state == Badge.State.ISSUED, Delivery.objects.get(event__badge=badge).error
    [said] = json.loads(bytes(badge.document))["credentialSubject"]["achievement"]["alignment"]
    assert said["targetUrl"] == url


def test_awarding_twice_is_one_badge(cast):
    edition = published(cast)
    first, second = awarded(cast, edition), awarded(cast, edition)
    assert first.id == second.id
    assert BadgeEvent.objects.filter(badge=first).count() == 1


def test_minting_the_same_award_again_changes_nothing(cast):
    badge = minted(cast, published(cast))
    mint(badge.events.get(kind="awarded"))
    assert BadgeEvent.objects.filter(badge=badge, kind="issued").count() == 1


def test_a_worker_that_dies_before_commit_leaves_the_award_to_the_next_one(cast):
    badge = awarded(cast, published(cast))

    def die(event):
        mint(event)
        raise KeyboardInterrupt  # what a kill looks like from inside: nothing after this line runs

    with pytest.raises(KeyboardInterrupt), transaction.atomic():
        handle(Consumer.MINT, die)
    badge.refresh_from_db()
    assert badge.state == Badge.State.AWARDED
    work_off()
    badge.refresh_from_db()
    assert badge.state == Badge.State.ISSUED
    assert BadgeEvent.objects.filter(badge=badge, kind="issued").count() == 1


def test_one_badge_that_cannot_be_minted_does_not_hold_up_the_others(cast):
    broken, fine = published(cast), published(cast, title="Another skill")
    stuck = awarded(cast, broken)
    Badge.objects.filter(id=stuck.id).update(results=[{"line": "no-such-line", "level": 0}])
    good = awarded(cast, fine)
    work_off()
    good.refresh_from_db()
    assert good.state == Badge.State.ISSUED
    delivery = Delivery.objects.get(event__badge=stuck, consumer=Consumer.MINT)
    assert delivery.done_at is None
    assert delivery.tries == 1
    assert delivery.error


def test_the_private_key_is_stored_encrypted(cast):
    badge = minted(cast, published(cast))
    key = SigningKey.objects.get(issuer=badge.issuer)
    assert bytes(key.private_encrypted).startswith(b"gAAAA")


def stack_of(cast, *editions, needed=None):
    with cast.inside():
        by = cast.by(cast.cleo)
        items = [edition.micro_credential for edition in editions]
        stack = create_stack(
            by=by, title="All about checking", description="The whole skill.", needed=needed, items=items
        )
        return publish_stack(by=by, stack=stack)


def test_the_last_badge_of_a_stack_brings_the_badge_of_the_stack(cast):
    one, two = published(cast), published(cast, title="Another skill")
    stack = stack_of(cast, one, two)
    minted(cast, one)
    assert not Badge.objects.filter(stack=stack).exists()
    assert progress(stack, cast.ada) == (1, 2)
    minted(cast, two)
    badge = Badge.objects.get(stack=stack)
    assert badge.earner == cast.ada
    assert badge.state == Badge.State.ISSUED
    assert json.loads(bytes(badge.document))["credentialSubject"]["achievement"]["achievementType"] == "Certificate"


def test_a_stack_published_late_goes_to_those_who_hold_all_of_it_already(cast):
    one, two = published(cast), published(cast, title="Another skill")
    minted(cast, one)
    minted(cast, two)
    minted(cast, one, earner=cast.bela)  # only a part
    stack = stack_of(cast, one, two)
    assert completing.catch_up() == 1
    assert [badge.earner for badge in Badge.objects.filter(stack=stack)] == [cast.ada]
    assert completing.catch_up() == 0


def test_any_n_of_m_is_enough_when_the_stack_says_so(cast):
    editions = [published(cast, title=f"Skill {n}") for n in range(3)]
    stack = stack_of(cast, *editions, needed=2)
    for edition in editions:
        minted(cast, edition)
    assert Badge.objects.filter(stack=stack).count() == 1


def test_a_revoked_badge_does_not_count_toward_a_stack(cast):
    one, two = published(cast), published(cast, title="Another skill")
    stack = stack_of(cast, one, two)
    first = minted(cast, one)
    with cast.inside():
        revoke(by=cast.by(cast.cleo), badge=first, reason="error")
    minted(cast, two)
    assert not Badge.objects.filter(stack=stack).exists()


def test_a_badge_is_taken_back_once(cast):
    badge = minted(cast, published(cast))
    with cast.inside():
        revoke(by=cast.by(cast.cleo), badge=badge, reason="error")
        with pytest.raises(RuleBroken):
            revoke(by=cast.by(cast.cleo), badge=badge, reason="error")


@pytest.mark.django_db(transaction=True)
def test_parallel_workers_mint_each_badge_once(cast):
    editions = [published(cast, title=f"Skill {n}") for n in range(6)]
    badges = [awarded(cast, edition) for edition in editions]

    def worker():
        handle(Consumer.MINT, mint)
        connection.close()

    run_in_threads([worker] * 4)
    assert Badge.objects.filter(state=Badge.State.ISSUED).count() == len(badges)
    assert BadgeEvent.objects.filter(kind="issued").count() == len(badges)


@pytest.mark.django_db(transaction=True)
def test_two_decisions_at_once_award_once(cast):
    edition = published(cast)
    results = best_results(edition)

    def decide():
        with cast.inside():
            award(by=cast.by(cast.bela), earner=cast.ada, edition=edition, results=results)
        connection.close()

    run_in_threads([decide] * 5)
    assert Badge.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_last_parts_minted_at_once_complete_a_stack_once(cast):
    one, two = published(cast), published(cast, title="Another skill")
    stack = stack_of(cast, one, two)
    awarded(cast, one)
    awarded(cast, two)
    handle(Consumer.MINT, mint)

    def worker():
        handle(Consumer.STACKS, completing.follow)
        connection.close()

    run_in_threads([worker] * 3)
    assert Badge.objects.filter(stack=stack).count() == 1


def run_in_threads(works):
    failures = []

    def guarded(work):
        try:
            work()
        except BaseException as problem:
            failures.append(problem)
            raise

    threads = [threading.Thread(target=guarded, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not failures
