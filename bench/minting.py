"""Badges a second: signing alone and minting with all its rows, against raw Ed25519 signatures in the same run."""

import time
from collections.abc import Callable

from bench.ground import prepare

ROUNDS = 200


def main() -> None:
    prepare()
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from badges.deliveries import handle
    from badges.issuers import active_key, unlock, verification_method
    from badges.minting import award_of, mint
    from badges.models import Badge, Consumer
    from badges.openbadges import documents, proof

    raw = Ed25519PrivateKey.generate()
    baseline = _rate("raw Ed25519 signatures", lambda: raw.sign(b"x" * 64), 20_000)

    while handle(Consumer.MINT, mint):  # what the demo awarded
        pass
    _award(ROUNDS)
    badge = Badge.objects.filter(state=Badge.State.AWARDED, edition__isnull=False).first()
    key = active_key(badge.issuer)
    private, method = unlock(key), verification_method(key)

    def sign() -> None:
        document = documents.compose(award_of(badge))
        proof.sign(document, private, verification_method=method, created=badge.awarded_at)

    _rate("compose and sign", sign, ROUNDS, baseline)
    started = time.perf_counter()
    minted = handle(Consumer.MINT, mint, limit=ROUNDS)
    _say("mint, with every row", minted / (time.perf_counter() - started), baseline)


def _award(count: int) -> None:
    """Award rows for as many pairs of person and edition as asked for."""
    from badges.actions import award
    from badges.models import Badge
    from credentials.models import Edition
    from lib.nudge import quiet
    from tenants.models import User
    from tenants.roles import system
    from tenants.scope import inside

    editions = list(Edition.objects.filter(state=Edition.State.PUBLISHED).select_related("micro_credential__tenant"))
    pairs = ((user, edition) for user in User.objects.all() for edition in editions)
    with quiet():
        for user, edition in pairs:
            if Badge.objects.filter(state=Badge.State.AWARDED).count() >= count:
                return
            results = [{"line": line.key, "level": 0} for line in edition.rubric.all()]
            with inside(edition.tenant):
                award(by=system(edition.tenant), earner=user, edition=edition, results=results)


def _rate(what: str, work: Callable[[], object], rounds: int, baseline: float | None = None) -> float:
    work()
    started = time.perf_counter()
    for _round in range(rounds):
        work()
    rate = rounds / (time.perf_counter() - started)
    _say(what, rate, baseline)
    return rate


def _say(what: str, rate: float, baseline: float | None) -> None:
    ratio = f"  1 : {baseline / rate:,.0f} of raw signatures" if baseline else ""
    print(f"{what:<26} {rate:>9,.0f} a second{ratio}")


if __name__ == "__main__":
    main()
