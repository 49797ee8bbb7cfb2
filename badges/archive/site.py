"""What an issuer has given out, as files at the paths at which Laurel serves them: a plain file server carries on.

Everything that verifies a badge is among them: the badge, the DID document, the status lists. The lists have no end of
validity, so badges go on verifying; what is taken back later needs a new export. Private badges belong to their earners
and are left out; their places on the status lists are there.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from badges import hosted
from badges.achievements import achievement_of
from badges.archive.mine import STYLE
from badges.issuers import did_document_of, key_for, profile_of
from badges.models import Badge, Issuer, SigningKey
from badges.openbadges import documents
from badges.openbadges.baking import bake_png, bake_svg
from badges.passport import STATES, state_of
from badges.pictures import artwork_of
from badges.status import signed_status_list
from badges.tokens import token_of
from credentials.models import Edition, Stack
from lib import clock

Put = Callable[[str, bytes], None]  # the path below the root of the host, without a slash before it; the bytes
BATCH = 200
SERVING = "badges/archive/serving.txt"


@dataclass
class Tally:
    """How much of each was written."""

    badges: int = 0
    achievements: int = 0
    lists: int = 0


def write_site(issuer: Issuer, put: Put) -> Tally:
    """Hand every file to `put`; returns how many there were. Files keep their addresses, see docs/operations.md."""
    tally = Tally()
    with timezone.override(issuer.tenant.zone):
        things: dict[str, Edition | Stack] = {}
        listed = []
        for badge in _badges(issuer):
            thing = badge.edition or badge.stack
            things[_path("achievement", _kind(thing), thing.id)] = thing
            for path, data in _badge_files(badge):
                put(path, data)
            if badge.visibility == Badge.Visibility.PUBLIC:
                listed.append({"path": _path("badge", badge.id), **_facts(badge)})
            tally.badges += 1
        for path, thing in sorted(things.items()):
            for each, data in _thing_files(path, thing):
                put(each, data)
            tally.achievements += 1
        for path, data in _issuer_files(issuer, tally):
            put(path, data)
        titles = sorted(((path, thing.title) for path, thing in things.items()), key=lambda pair: pair[1].casefold())
        context = {"issuer": issuer, "badges": listed, "achievements": titles, "made_at": clock.now(), "root": ""}
        put("index.html", _page("index", context))
        put("style.css", STYLE.encode())
        put("SERVING.txt", render_to_string(SERVING, {"issuer": issuer}).encode())
    return tally


def _badges(issuer: Issuer) -> Iterator[Badge]:
    found: QuerySet[Badge] = Badge.objects.filter(tenant=issuer.tenant_id, issuer=issuer, document__isnull=False)
    found = found.exclude(visibility=Badge.Visibility.PRIVATE).order_by("id")
    related = ("edition__micro_credential__tenant", "stack__tenant", "tenant", "issuer__tenant")
    last = None
    while batch := list((found.filter(id__gt=last) if last else found).select_related(*related)[:BATCH]):
        yield from batch
        last = batch[-1].id


def _badge_files(badge: Badge) -> Iterator[tuple[str, bytes]]:
    document = bytes(badge.document)
    art = artwork_of(badge.edition or badge.stack)
    yield _path("badge_json", badge.id), document
    yield _path("badge_png", badge.id), bake_png(bytes(art.png), document.decode())
    yield _path("badge_svg", badge.id), bake_svg(art.svg.encode(), document.decode())
    yield _path("badge_jwt", badge.id), token_of(badge, key_for(badge.issuer, SigningKey.Algorithm.ES256)).encode()
    yield _path("ob2_assertion", badge.id), documents.serialize(hosted.assertion_of(badge))
    if badge.state == Badge.State.ISSUED:
        yield _path("ob2_png", badge.id), hosted.picture_of(badge, "png")
        yield _path("ob2_svg", badge.id), hosted.picture_of(badge, "svg")
    yield _path("badge", badge.id), _page("badge", {**_facts(badge), "made_at": clock.now(), "root": "../"})


def _thing_files(path: str, thing: Edition | Stack) -> Iterator[tuple[str, bytes]]:
    achievement = achievement_of(thing)
    profile = profile_of(thing.tenant.issuer)
    document = documents.achievement_document(achievement, profile)
    art, kind = artwork_of(thing), _kind(thing)
    yield f"{path}.json", documents.serialize(document)
    yield path, _page("achievement", {"achievement": achievement, "issuer": profile, "path": path, "root": "../../"})
    yield _path("art", kind, thing.id, "png"), bytes(art.png)
    yield _path("art", kind, thing.id, "svg"), art.svg.encode()
    yield _path("ob2_class", kind, thing.id), documents.serialize(hosted.class_of(thing))


def _issuer_files(issuer: Issuer, tally: Tally) -> Iterator[tuple[str, bytes]]:
    """The profile is a file in a folder, since its own address is that folder: see SERVING.txt."""
    yield _path("issuer_did", issuer.id), json.dumps(did_document_of(issuer)).encode()
    folder = _path("issuer_profile", issuer.id)
    yield f"{folder}/profile.json", documents.serialize(documents.profile_document(profile_of(issuer)))
    yield _path("ob2_issuer", issuer.id), documents.serialize(hosted.issuer_document(issuer))
    for listed in issuer.status_lists.order_by("number"):
        yield _path("status_list", issuer.id, listed.number), signed_status_list(listed)
        tally.lists += 1


def _facts(badge: Badge) -> dict[str, Any]:
    state = state_of(badge)
    return {
        "badge": badge,
        "thing": badge.edition or badge.stack,
        "name": badge.recipient_name if badge.show_name else "",
        "state": state,
        "state_name": str(STATES[state]),
        "results": _results(json.loads(bytes(badge.document))["credentialSubject"]),
    }


def _results(subject: dict[str, Any]) -> list[tuple[str, str]]:
    """The level reached on each line, in words, as the signed document says it."""
    lines = {line["id"]: line for line in subject["achievement"].get("resultDescription", [])}
    found = []
    for result in subject.get("result", []):
        line = lines[result["resultDescription"]]
        level = next(each for each in line["rubricCriterionLevel"] if each["id"] == result["achievedLevel"])
        found.append((line["name"], level["name"]))
    return found


def _page(name: str, context: dict[str, Any]) -> bytes:
    return render_to_string(f"badges/archive/{name}.html", context).encode()


def _kind(thing: Edition | Stack) -> str:
    return "e" if isinstance(thing, Edition) else "s"


def _path(name: str, *args: object) -> str:
    return reverse(name, args=args).removeprefix("/")
