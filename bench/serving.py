"""How fast a public badge is served, against a bare Django view of one stored row: same database, same kind of server.

    make bench BENCH=serving ARGS="100 1000000"

Columns: a second, and as a share of the bare view at the same concurrency. Each figure is the middle one of several
short rounds in which all take turns, so that what else the machine does meets all of them. Of the rows, `SIGNED` are
badges that were really signed, and those are asked for; the others have a shorter document, since nobody does.
"""

import os
import random
import subprocess
import sys
import time
from statistics import median

from bench import load
from bench.ground import as_owner, prepare

CONCURRENCY = (1, 8, 32)
ROUNDS, SECONDS = 5, 0.6
SIGNED = 1_000
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
COLUMNS = """id, tenant_id, issuer_id, earner_id, edition_id, state, visibility, show_name, recipient_name,
    recipient_salt, recipient_hash, results, awarded_at, status_list_id, status_index, key_id, document,
    document_sha256, minted_at, revision, succession, suspended_note, suspended_for_part, revoked_reason, revoked_note,
    superseded_at"""
# Superseded, so that one person may hold them all: otherwise a million people would have to be made first.
FILL = f"""
    INSERT INTO badges_badge ({COLUMNS})
    SELECT md5('badge' || n)::uuid, tenant_id, issuer_id, earner_id, edition_id, state, visibility, show_name,
        recipient_name, recipient_salt, recipient_hash, results, awarded_at, status_list_id, 1000000 + n, key_id,
        convert_to(repeat('x', 500), 'UTF8'), document_sha256, minted_at, revision, succession, suspended_note,
        suspended_for_part, revoked_reason, revoked_note, now()
    FROM badges_badge, generate_series({{first}}, {{last}}) n WHERE id = '{{model}}'
"""
BARE = """
    INSERT INTO bench_row SELECT md5('row' || n)::uuid, '{{"n": ' || n || ', "text": "'
        || (SELECT string_agg(md5(n || '-' || k), '') FROM generate_series(1, 63) k) || '"}}'
    FROM generate_series({first}, {last}) n ON CONFLICT DO NOTHING
"""


def main(sizes: list[int]) -> None:
    prepare()
    subprocess.run([sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity=0"], check=True)
    as_owner("CREATE TABLE bench_row (id uuid PRIMARY KEY, body text NOT NULL)")
    as_owner("GRANT ALL ON bench_row TO PUBLIC")
    model, filled = _one_badge(), 0
    for size in sizes:
        signed = _signed(model, min(SIGNED, size))
        as_owner(FILL.format(first=filled, last=size - len(signed) - 1, model=model.id))
        as_owner(BARE.format(first=filled, last=size - 1))
        filled = size
        as_owner("VACUUM ANALYZE badges_badge, bench_row")
        _measure(size, [str(each) for each in signed])


def _one_badge():  # noqa: ANN202 - a model, which cannot be imported before the settings are
    """A badge of the demo's first edition, made the way the product makes them."""
    from badges.actions import award
    from badges.deliveries import handle
    from badges.minting import mint
    from badges.models import Consumer
    from credentials.models import Edition
    from lib.nudge import quiet
    from tenants.models import User
    from tenants.roles import system
    from tenants.scope import inside

    edition = Edition.objects.filter(state=Edition.State.PUBLISHED).select_related("micro_credential__tenant").first()
    results = [{"line": line.key, "level": 0} for line in edition.rubric.all()]
    with quiet(), inside(edition.tenant):
        badge = award(
            by=system(edition.tenant), earner=User.objects.order_by("email")[0], edition=edition, results=results
        )
        while handle(Consumer.MINT, mint):
            pass
    badge.refresh_from_db()
    return badge


def _signed(model, count: int) -> list:  # noqa: ANN001 - as above
    """So many more badges like it, each with a document that is signed for it. What there is already is used again."""
    import hashlib

    from django.utils import timezone

    from badges.issuers import active_key, unlock, verification_method
    from badges.minting import award_of
    from badges.models import Badge
    from badges.openbadges.signing import Press
    from lib.ids import uuid7

    key = active_key(model.issuer)
    press = Press(unlock(key), verification_method(key))
    there = list(Badge.objects.filter(status_index__range=(500_000, 600_000)).values_list("id", flat=True))
    new = []
    for number in range(len(there), count):
        badge = Badge.objects.get(id=model.id)
        badge.id, badge._state.adding = uuid7(), True
        badge.status_index, badge.superseded_at, badge.submission_id = 500_000 + number, timezone.now(), None
        badge.document = press.sign(award_of(badge), badge.awarded_at)
        badge.document_sha256 = hashlib.sha256(badge.document).hexdigest()
        new.append(badge)
    Badge.objects.bulk_create(new)
    return [*there, *(badge.id for badge in new)]


def _measure(size: int, badges: list[str]) -> None:
    random.seed(1)
    random.shuffle(badges)
    port, bare_port = 8391, 8392
    servers = [_serve("config.wsgi:application", port), _serve("bench.bare:application", bare_port)]
    try:
        for each in (port, bare_port):
            _wait(each)
        from hashlib import md5
        from uuid import UUID

        wanted = [random.randrange(size) for _ in range(2_000)]
        rows = [UUID(md5(f"row{n}".encode(), usedforsecurity=False).hexdigest()) for n in wanted]
        tags = {each: load.fetch(port, f"/b/{each}.json")[1]["etag"] for each in badges}
        pages = {each: load.fetch(port, f"/b/{each}", accept=BROWSER)[1]["etag"] for each in badges[:200]}
        asked = {
            "bare view": (bare_port, [load.request(bare_port, f"/row/{each}") for each in rows], b"200"),
            "badge.json": (port, [load.request(port, f"/b/{each}.json") for each in badges], b"200"),
            "badge.json, 304": (
                port,
                [load.request(port, f"/b/{each}.json", if_none_match=tags[each]) for each in badges],
                b"304",
            ),
            "page": (port, [load.request(port, f"/b/{each}", accept=BROWSER) for each in badges], b"200"),
            "page, 304": (
                port,
                [load.request(port, f"/b/{each}", accept=BROWSER, if_none_match=tag) for each, tag in pages.items()],
                b"304",
            ),
        }
        print(f"\n{size:,} badges, bytes of an answer: ", end="")
        print(", ".join(f"{what} {len(load.fetch(*_first(each))[2]):,}" for what, each in asked.items()))
        print(f"{'':<18}" + "".join(f"{f'{n} at once':>22}" for n in CONCURRENCY))
        rates = {what: [] for what in asked}
        for at_once in CONCURRENCY:
            for what, figure in _rounds(asked, at_once).items():
                rates[what].append(figure)
        for what, figures in rates.items():
            both = zip(figures, rates["bare view"], strict=True)
            shares = [f"{figure:>12,.0f} {figure / bare:>8.0%} " for figure, bare in both]
            print(f"{what:<18}" + "".join(shares))
    finally:
        for server in servers:
            server.terminate()
        for server in servers:
            server.wait()


def _first(asked: tuple) -> tuple[int, str]:
    return asked[0], asked[1][0].split(b" ")[1].decode()


def _rounds(asked: dict[str, tuple], at_once: int) -> dict[str, float]:
    found: dict[str, list[float]] = {what: [] for what in asked}
    for turn in range(ROUNDS + 1):
        for what, (port, requests, status) in asked.items():
            figure, answers = load.rate(port, requests, at_once=at_once, seconds=SECONDS)
            if answers.statuses != {status}:
                raise RuntimeError(f"{what}: {answers.statuses} instead of {status}")
            if turn:  # the first warms up
                found[what].append(figure)
    return {what: median(figures) for what, figures in found.items()}


def _serve(application: str, port: int) -> subprocess.Popen:
    """As `make run` does it."""
    options = ["--interface=wsgi", "--http=1", "--no-ws", "--host=127.0.0.1", f"--port={port}", "--workers=2"]
    options += ["--blocking-threads=8", "--workers-kill-timeout=5", "--log-level=error"]
    return subprocess.Popen([sys.executable, "-m", "granian", *options, application], env=os.environ)


def _wait(port: int) -> None:
    for _second in range(300):
        try:
            load.fetch(port, "/")
        except (OSError, IndexError, ValueError):
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"nothing answers on port {port}")


if __name__ == "__main__":
    main([int(each) for each in sys.argv[1:]] or [100, 1_000_000])
