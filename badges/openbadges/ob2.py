"""Open Badges 2.0: an Assertion that its issuer keeps at its address (hosted), or that the issuer signed (JWS).

A hosted assertion has no signature. What its address says counts, so the copy that somebody hands in is compared with
it, and the address has to be one that the issuer's profile stands for (section “Assertion Verification”).
"""

import hashlib
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from badges.openbadges.content import normal_email
from badges.openbadges.errors import BadgeError, DocumentInvalid, KeyInvalid, NotResolved, gettext_noop
from badges.openbadges.jws import Token, check_signature, key_from_pem
from badges.openbadges.reading import Source
from badges.openbadges.report import Report, Step
from badges.openbadges.sources import Sources, is_web_address, site_of
from badges.openbadges.values import dicts, moment, step_from, strings, text_of

CONTEXTS = {"https://w3id.org/openbadges/v2", "https://openbadgespec.org/v2/context.json"}
SIGNED = {"SignedBadge", "signed"}
NEEDED = {
    "Assertion": ("id", "recipient", "badge", "issuedOn"),
    "BadgeClass": ("id", "name", "criteria", "issuer"),
    "Issuer": ("id", "name", "url"),
}

READ_OK = gettext_noop("We could read the badge.")
SCHEMA_OK = gettext_noop("The badge has every part that Open Badges 2.0 asks for.")
MISSING = gettext_noop("A part that Open Badges 2.0 asks for is missing: “%(part)s” (%(kind)s).")
OTHER_ID = gettext_noop("The %(kind)s that we got says it is kept elsewhere (%(id)s).")
NO_WAY = gettext_noop("The badge does not say how it can be checked.")
SUBJECT_OK = gettext_noop("The badge says who earned it.")
SUBJECT_BAD = gettext_noop("The badge does not say who earned it.")
HOSTED_OK = gettext_noop("%(host)s keeps this badge and says the same. It has no signature: we rely on that site.")
HOSTED_OTHER = gettext_noop("The address of the badge says something else than this copy (“%(part)s”).")
SIGNED_OK = gettext_noop("The signature fits. Nothing was changed since the badge was signed.")
NO_KEY = gettext_noop("The issuer does not list the key %(key)s.")
NO_PEM = gettext_noop("The badge does not say which key of the issuer signed it.")
ISSUER_OK = gettext_noop("The badge is kept where the issuer, %(issuer)s, keeps its badges.")
ISSUER_KEY_OK = gettext_noop("The key belongs to the issuer, %(issuer)s.")
ISSUER_BAD = gettext_noop("The badge names %(issuer)s as issuer, but is kept somewhere else (%(host)s).")
STATUS_OK = gettext_noop("The issuer has not taken the badge back.")
STATUS_NONE = gettext_noop("The issuer names no list of badges that it took back.")
STATUS_REVOKED = gettext_noop("The issuer has taken this badge back.")
STATUS_REVOKED_WHY = gettext_noop("The issuer has taken this badge back: %(reason)s")
STATUS_BAD = gettext_noop("The list of badges that were taken back is not the issuer’s.")
DATES_OK = gettext_noop("The badge has no end date.")
DATES_UNTIL = gettext_noop("The badge is valid until %(date)s.")
DATES_EARLY = gettext_noop("The badge is not valid before %(date)s.")
DATES_LATE = gettext_noop("The badge was valid until %(date)s.")
DATES_BAD = gettext_noop("The dates of the badge cannot be read.")
RECIPIENT_OK = gettext_noop("The badge belongs to this e-mail address.")
RECIPIENT_BAD = gettext_noop("The badge does not belong to this e-mail address.")
AFTER_FAILURE = gettext_noop("We did not check this, because of the problem above.")
STEPS = ("schema", "subject", "proof", "issuer", "status", "dates")


def is_assertion(document: dict[str, Any]) -> bool:
    """Whether a document is an Assertion of Open Badges 2.0; one that was taken back may be no more than its id."""
    contexts = set(strings(document.get("@context")))
    return "Assertion" in strings(document.get("type")) or (bool(contexts & CONTEXTS) and "badge" in document)


def hosted_report(given: dict[str, Any], source: Source, sources: Sources, now: datetime, email: str) -> Report:
    """Check an Assertion that its issuer keeps at the Assertion's id."""
    said_by = given.get("verification") or given.get("verify")
    if isinstance(said_by, dict) and SIGNED & set(strings(said_by.get("type"))):
        problem = Step("schema", "failed", NO_WAY)
        return _stopped([problem], given, source)
    try:
        address = _address(given, "Assertion")
        kept = sources.document(address)
        if kept.get("id") != address:
            raise DocumentInvalid(OTHER_ID, kind="Assertion", id=str(kept.get("id"))[:200])
        if kept.get("revoked") is True and "badge" not in kept:
            return _revoked_report(kept, given, source)
        assertion, badge_class, profile = _complete(kept, sources)
    except BadgeError as error:
        return _stopped([step_from("schema", error)], given, source)
    steps = [Step("schema", "ok", SCHEMA_OK), _subject_step(assertion), _same_step(given, kept)]
    steps.append(_scope_step(assertion, profile))
    steps.append(_revoked_step(assertion) if assertion.get("revoked") is True else Step("status", "ok", STATUS_OK))
    return _report(steps, (assertion, badge_class, profile), source, now, email)


def signed_report(token: Token, source: Source, sources: Sources, now: datetime, email: str) -> Report:
    """Check an Assertion in a JWS, signed with the RSA key that the issuer's profile lists."""
    try:
        assertion, badge_class, profile = _complete(token.payload, sources)
    except BadgeError as error:
        return _stopped([step_from("schema", error)], token.payload, source)
    steps = [Step("schema", "ok", SCHEMA_OK), _subject_step(assertion)]
    try:
        key = _key_of(assertion, profile, sources)
    except BadgeError as error:
        return _stopped(
            [*steps, Step("proof", "skipped", AFTER_FAILURE), step_from("issuer", error)], assertion, source
        )
    try:
        check_signature(token, key_from_pem(key))
        steps.append(Step("proof", "ok", SIGNED_OK))
    except BadgeError as error:
        steps.append(step_from("proof", error))
    steps.append(Step("issuer", "ok", ISSUER_KEY_OK, {"issuer": text_of(profile["name"])}))
    steps.append(_revocation_list_step(assertion, profile, sources))
    return _report(steps, (assertion, badge_class, profile), source, now, email)


Parts = tuple[dict[str, Any], dict[str, Any], dict[str, Any]]


def _report(steps: list[Step], parts: Parts, source: Source, now: datetime, email: str) -> Report:
    assertion, badge_class, profile = parts
    steps = [Step("read", "ok", READ_OK), *steps, _dates_step(assertion, now)]
    if email:
        steps.append(recipient_step(assertion, email))
    whole = {**assertion, "badge": {**badge_class, "issuer": profile}}
    return Report(tuple(steps), whole, source, "ob2")


def _stopped(steps: list[Step], document: dict[str, Any], source: Source) -> Report:
    done = {step.name for step in steps}
    skipped = [Step(name, "skipped", AFTER_FAILURE) for name in STEPS if name not in done]
    return Report((Step("read", "ok", READ_OK), *steps, *skipped), document, source, "ob2")


def _revoked_report(kept: dict[str, Any], given: dict[str, Any], source: Source) -> Report:
    """Of a badge that was taken back its address may say no more than that."""
    steps = [Step(name, "skipped", AFTER_FAILURE) for name in STEPS if name != "status"]
    return Report((Step("read", "ok", READ_OK), *steps, _revoked_step(kept)), given, source, "ob2")


def _complete(assertion: dict[str, Any], sources: Sources) -> Parts:
    """The Assertion with its BadgeClass and its Issuer, each from its own address unless it was signed along."""
    _check_parts(assertion, "Assertion")
    badge_class = _part(assertion["badge"], "BadgeClass", sources)
    profile = _part(badge_class["issuer"], "Issuer", sources)
    return assertion, badge_class, profile


def _part(value: object, kind: str, sources: Sources) -> dict[str, Any]:
    """A linked part is what its address says: a copy inside of the assertion proves nothing about somebody else."""
    address = _address(value if isinstance(value, dict) else {"id": value}, kind)
    part = sources.document(address)
    if part.get("id") != address:
        raise DocumentInvalid(OTHER_ID, kind=kind, id=str(part.get("id"))[:200])
    _check_parts(part, kind)
    return part


def _check_parts(document: dict[str, Any], kind: str) -> None:
    for name in NEEDED[kind]:
        if not document.get(name):
            raise DocumentInvalid(MISSING, part=name, kind=kind)


def _address(document: dict[str, Any], kind: str) -> str:
    address = document.get("id")
    if not isinstance(address, str) or not is_web_address(address):
        raise DocumentInvalid(MISSING, part="id", kind=kind)
    return address


def _subject_step(assertion: dict[str, Any]) -> Step:
    recipient = assertion["recipient"]
    complete = isinstance(recipient, dict) and isinstance(recipient.get("identity"), str) and recipient.get("type")
    return Step("subject", "ok", SUBJECT_OK) if complete else Step("subject", "failed", SUBJECT_BAD)


def _same_step(given: dict[str, Any], kept: dict[str, Any]) -> Step:
    """Every part of the copy must be what the address says; a part written out counts as its id."""
    for name, value in given.items():
        if name in ("@context", "image"):
            continue
        there = kept.get(name)
        if value != there and (_reference(value) is None or _reference(value) != _reference(there)):
            return Step("proof", "failed", HOSTED_OTHER, {"part": name[:60]})
    return Step("proof", "ok", HOSTED_OK, {"host": urlsplit(kept["id"]).netloc[:100]})


def _reference(value: object) -> str | None:
    found = value.get("id") if isinstance(value, dict) else value
    return found if isinstance(found, str) and is_web_address(found) else None


def _scope_step(assertion: dict[str, Any], profile: dict[str, Any]) -> Step:
    """Hosted verification: by default the host of the issuer's id; else what its `verification` allows."""
    rules = profile.get("verification")
    rules = rules if isinstance(rules, dict) else {}
    address, home = urlsplit(assertion["id"]), urlsplit(profile["id"])
    allowed = strings(rules.get("allowedOrigins"))
    starts = strings(rules.get("startsWith"))
    fits = address.netloc in allowed if allowed else bool(starts) or address.netloc == home.netloc
    if starts:
        fits = fits and any(_is_below(assertion["id"], start) for start in starts)
    facts = {"issuer": text_of(profile["name"]), "host": address.netloc[:100]}
    return Step("issuer", "ok" if fits else "failed", ISSUER_OK if fits else ISSUER_BAD, facts)


def _is_below(address: str, start: str) -> bool:
    """`https://a.example` alone must not stand for `https://a.example.evil.example`."""
    return address.startswith(start) and site_of(address) == site_of(start)


def _key_of(assertion: dict[str, Any], profile: dict[str, Any], sources: Sources) -> object:
    """The PEM of the key that the badge names, if the profile of the issuer lists it as its own."""
    said_by = assertion.get("verification") or assertion.get("verify")
    said_by = said_by if isinstance(said_by, dict) else {}
    listed = profile.get("publicKey")
    entries = listed if isinstance(listed, list) else [listed]
    name = said_by.get("creator") or said_by.get("url") or _name_of(entries[0])
    if not isinstance(name, str):
        raise KeyInvalid(NO_PEM, code="key-missing")
    entry = next((each for each in entries if _name_of(each) == name), None)
    if entry is None:
        raise KeyInvalid(NO_KEY, code="key-unknown", key=name[:200])
    document = entry if isinstance(entry, dict) and entry.get("publicKeyPem") else sources.document(name)
    if document.get("owner") != profile["id"]:
        raise KeyInvalid(NO_KEY, code="key-controller", key=name[:200])
    return document.get("publicKeyPem")


def _name_of(entry: object) -> object:
    return entry.get("id") if isinstance(entry, dict) else entry


def _revoked_step(assertion: dict[str, Any]) -> Step:
    reason = text_of(assertion.get("revocationReason"))
    return Step("status", "failed", STATUS_REVOKED_WHY if reason else STATUS_REVOKED, {"reason": reason})


def _revocation_list_step(assertion: dict[str, Any], profile: dict[str, Any], sources: Sources) -> Step:
    address = profile.get("revocationList")
    if not isinstance(address, str):
        return Step("status", "skipped", STATUS_NONE)
    try:
        document = sources.document(address)
    except NotResolved as error:
        return step_from("status", error, "warning")
    if document.get("issuer") != profile["id"]:
        return Step("status", "failed", STATUS_BAD)
    listed = document.get("revokedAssertions")
    for each in listed if isinstance(listed, list) else []:
        entry = each if isinstance(each, dict) else {"id": each}
        if assertion["id"] == entry.get("id") or (assertion.get("uid") and assertion["uid"] == entry.get("uid")):
            return _revoked_step(entry)
    return Step("status", "ok", STATUS_OK)


def _dates_step(assertion: dict[str, Any], now: datetime) -> Step:
    starts, ends = moment(assertion["issuedOn"]), moment(assertion.get("expires"))
    if starts is None or ("expires" in assertion and ends is None):
        return Step("dates", "failed", DATES_BAD)
    if starts > now:
        return Step("dates", "failed", DATES_EARLY, {"date": starts.date()})
    if ends is None:
        return Step("dates", "ok", DATES_OK)
    late = ends <= now
    return Step("dates", "failed" if late else "ok", DATES_LATE if late else DATES_UNTIL, {"date": ends.date()})


def recipient_step(assertion: dict[str, Any], email: str) -> Step:
    """IdentityObject: an e-mail address in plain, or `sha256$` (`md5$` in old badges) of address and salt."""
    recipient = next(iter(dicts(assertion["recipient"])), {})
    identity, salt = str(recipient.get("identity")), str(recipient.get("salt") or "")
    if recipient.get("type") == "email":
        for asked in (email.strip(), normal_email(email)):
            if recipient.get("hashed") is True:
                kind, _dollar, digest = identity.partition("$")
                if kind in ("sha256", "md5") and digest.lower() == _digest(kind, asked + salt):
                    return Step("recipient", "ok", RECIPIENT_OK)
            elif normal_email(identity) == normal_email(asked):
                return Step("recipient", "ok", RECIPIENT_OK)
    return Step("recipient", "failed", RECIPIENT_BAD)


def _digest(kind: str, text: str) -> str:
    return hashlib.new(kind, text.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()
