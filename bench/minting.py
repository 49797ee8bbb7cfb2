"""Badges a second, in one run: signing one by one and in batches, and the whole path with its rows on two processes.

Against signing with PyLD end to end, with pyoxigraph end to end, and raw Ed25519 signatures (cryptography), which all
sign the same badges. `python -m bench.minting [badges]`; 20,000 by default for the whole path.
"""

import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from bench.ground import prepare

SLOW = 60  # rounds for what takes milliseconds
FAST = 20_000
WORKERS = 2


def main(count: int) -> None:
    prepare()
    say(f"load average {os.getloadavg()[0]:.1f} before the run, {os.cpu_count()} cores")
    _signing()
    _whole_path(count)


def _signing() -> None:
    """Signatures alone: from what an award says to the bytes of the signed badge."""
    from badges.minting import award_of
    from badges.openbadges import documents, proof
    from badges.openbadges.second_opinion import canonical_by_pyoxigraph
    from badges.openbadges.signing import Press

    badge, private, method = _a_badge()
    award = award_of(badge)
    awards = [_like(award, number) for number in range(FAST)]
    composed = [documents.compose(each) for each in awards[:SLOW]]
    created = badge.awarded_at

    def by_pyld(document: dict) -> bytes:
        return documents.serialize(proof.sign(document, private, verification_method=method, created=created))

    def by_pyoxigraph(document: dict) -> bytes:
        options = proof.options(method, proof.timestamp(created))
        parts = ({"@context": document["@context"], **options}, document)
        hashes = b"".join(hashlib.sha256(canonical_by_pyoxigraph(part)).digest() for part in parts)
        value = "z" + proof.base58btc_encode(private.sign(hashes))
        return documents.serialize({**document, "proof": {**options, "proofValue": value}})

    press = Press(private, method)
    assert by_pyld(composed[0]) == by_pyoxigraph(composed[0]) == press.sign(awards[0], created)
    lines, size = len(_nquads(composed[0])), len(by_pyld(composed[0]))
    say(f"\nSigning alone: a badge of {lines} statements and {size:,} bytes, in seconds of one core")
    raw = rate(lambda each: private.sign(b"x" * 64), awards)
    pyld = rate(by_pyld, composed)
    ox = rate(by_pyoxigraph, composed)
    one = rate(lambda each: Press(private, method).sign(each, created), awards[: FAST // 10])
    batch = rate(lambda each: press.sign(each, created), awards)
    for what, found in (
        ("raw Ed25519 signatures", raw),
        ("PyLD end to end", pyld),
        ("pyoxigraph end to end", ox),
        ("one by one", one),
        ("in batches", batch),
    ):
        say(f"  {what:<24}{found:>9,.0f} a second {found / pyld:>8.1f} × PyLD {100 * found / raw:>6.1f} % of raw")


def _a_badge():
    """A badge of the demo for an edition, and the key it is signed with."""
    from badges.deliveries import handle_together
    from badges.issuers import active_key, unlock, verification_method
    from badges.minting import mint_all
    from badges.models import Badge, Consumer

    _award(2)
    handle_together(Consumer.MINT, mint_all)
    badge = Badge.objects.filter(edition__isnull=False, results__len__gt=0).first() or Badge.objects.first()
    key = active_key(badge.issuer)
    return badge, unlock(key), verification_method(key)


def _like(award: Any, number: int) -> Any:
    """The same award for another person."""
    who = replace(award.recipient, identity_hash=f"sha256${number:064x}", salt=f"{number:016x}")
    return replace(
        award, id=f"{award.id[:-12]}{number:012x}", recipient=who, status=replace(award.status, index=number)
    )


def _whole_path(count: int) -> None:
    """Award rows, signed documents, events, deliveries and audit, as the workers write them."""
    from badges.deliveries import handle
    from badges.minting import mint
    from badges.models import Consumer

    say(f"\nThe whole path with its rows: a list of {count:,}, {WORKERS} processes, PostgreSQL on the same cores")
    one = 300
    _award(one)
    started = time.perf_counter()
    handle(Consumer.MINT, mint, limit=one)
    say(f"  {'minted one by one':<24}{one / (time.perf_counter() - started):>9,.0f} a second (one process)")

    tenant, made = _list_of(count)
    seconds = _in_parallel("award", str(tenant.id), str(made.id)) + _in_parallel("mint")
    _require_none_left()
    say(f"  {'a list, to the last row':<24}{count / seconds:>9,.0f} a second")

    decided = count // 4
    _award(decided)
    minting = _in_parallel("mint")
    _require_none_left()
    say(f"  {'awards that wait, minted':<24}{decided / minting:>9,.0f} a second")
    say(f"  load average {os.getloadavg()[0]:.1f} at the end")


def _require_none_left() -> None:
    from badges.models import Badge

    left = Badge.objects.filter(state=Badge.State.AWARDED).count()
    assert left == 0, f"{left} badges were not minted"


def _list_of(count: int):
    """A confirmed list of people who all have accounts, since making those is not what is measured here."""
    from badges import importing
    from credentials.models import Edition
    from lib.nudge import quiet
    from tenants.models import User
    from tenants.roles import system
    from tenants.scope import inside

    edition = Edition.objects.filter(state=Edition.State.PUBLISHED).order_by("id").first()
    people = [User(email=f"person{number}@bench.example", name=f"Person {number}") for number in range(count)]
    User.objects.bulk_create(people, batch_size=5_000)
    admin = User.objects.filter(memberships__tenant=edition.tenant, memberships__roles__contains=["admin"]).first()
    text = "email\n" + "".join(f"{person.email}\n" for person in people)
    with quiet(), inside(edition.tenant):
        by = replace(system(edition.tenant), user=admin, roles=frozenset({"admin"}))
        made = importing.read_in(by=by, thing=edition, file_name="bench.csv", data=text.encode())
        importing.start(by=by, award_import=made)
    return edition.tenant, made


def _award(count: int) -> None:
    """Award rows for pairs of person and edition with results on every line."""
    from badges.actions.many import Earned, award_many
    from badges.models import Badge
    from credentials.models import Edition
    from lib.nudge import quiet
    from tenants.models import User
    from tenants.roles import system
    from tenants.scope import inside

    edition = Edition.objects.filter(state=Edition.State.PUBLISHED).order_by("id").last()
    results = [{"line": line.key, "level": 0} for line in edition.rubric.all()]
    there = Badge.objects.count()
    people = [User(email=f"earner{there + number}@bench.example") for number in range(count)]
    User.objects.bulk_create(people)
    with quiet(), inside(edition.tenant):
        earned = [Earned(earner=person, results=results) for person in people]
        award_many(by=system(edition.tenant), earned=earned, edition=edition)


def _in_parallel(*arguments: str) -> float:
    """Seconds that the workers take, from when all of them are ready."""
    command = [sys.executable, "-m", "bench.minting", "worker", *arguments]
    workers = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(WORKERS)
    ]
    for worker in workers:
        assert worker.stdout.readline() == "ready\n"
    started = time.perf_counter()
    for worker in workers:
        worker.stdin.close()
    for worker in workers:
        assert worker.wait() == 0
    return time.perf_counter() - started


def worker(work: str, *arguments: str) -> None:
    """What a Celery worker does with one nudge."""
    import django

    django.setup()
    from badges import tasks
    from lib.nudge import quiet

    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.read()
    with quiet():
        if work == "award":
            tasks.award_import(*arguments)
        else:
            while tasks.mint_badges():
                pass


def _nquads(document: dict) -> list[bytes]:
    from badges.openbadges.canonical import canonical_nquads

    return canonical_nquads(document).splitlines()


def rate(work: Callable, given: list) -> float:
    """Calls in a second of processor time, the best of three rounds: others on the machine only make it slower."""
    best = 0.0
    for _round in range(3):
        started = time.process_time()
        for each in given:
            work(each)
        best = max(best, len(given) / (time.process_time() - started))
    return best


def say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["worker"]:
        worker(*sys.argv[2:])
    else:
        main(int(sys.argv[1]) if sys.argv[1:] else 20_000)
