"""Checks a badge step by step and says for each step what was found. Resolvers are handed in; no network here."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from jsonschema import Draft201909Validator
from jsonschema.exceptions import best_match
from referencing import Registry

from badges.openbadges import proof, status_list
from badges.openbadges.content import hash_identity, normal_email
from badges.openbadges.contexts import ACHIEVEMENT_CREDENTIAL_SCHEMA, schema
from badges.openbadges.errors import BadgeError, NotResolved, gettext_noop
from badges.openbadges.keys import assertion_key, did_key_document
from badges.openbadges.reading import read_badge_file
from badges.openbadges.report import Report, Step

ResolveDid = Callable[[str], dict[str, Any]]
FetchStatusList = Callable[[str], dict[str, Any]]
BADGE_TYPES = {"AchievementCredential", "OpenBadgeCredential"}
BLOCKING = {"revocation", "suspension"}
PURPOSES = {"revocation", "suspension", "message", "refresh"}

READ_OK = gettext_noop("We could read the badge.")
SCHEMA_OK = gettext_noop("The badge has every part that Open Badges 3.0 asks for.")
SCHEMA_BAD = gettext_noop("The badge breaks a rule of Open Badges 3.0 at “%(place)s”.")
NOT_A_BADGE = gettext_noop("This is a signed document, but not an Open Badges 3.0 badge.")
SUBJECT_OK = gettext_noop("The badge says who earned it.")
SUBJECT_BAD = gettext_noop("The badge does not say who earned it.")
RESULT_BAD = gettext_noop("The badge gives a result that is not on its scoring guide.")
PROOF_OK = gettext_noop("The signature fits. Nothing was changed since the badge was signed.")
PROOF_LATE = gettext_noop("The signature was dated %(date)s, which is still to come.")
PROOF_EXPIRED = gettext_noop("The signature ran out on %(date)s.")
PROOF_NO_KEY = gettext_noop("We could not check the signature without the key of the issuer.")
ISSUER_OK = gettext_noop("The key belongs to the issuer, %(issuer)s.")
ISSUER_BAD = gettext_noop("The badge names %(issuer)s as issuer, but somebody else signed it.")
ISSUER_UNREACHABLE = gettext_noop("We could not get the key of the issuer. Please try again later.")
ISSUER_METHOD = gettext_noop("We cannot look up keys of the kind that %(did)s uses.")
STATUS_NONE = gettext_noop("The badge has no status list, so the issuer cannot take it back.")
STATUS_OK = gettext_noop("The issuer has not taken the badge back.")
STATUS_REVOKED = gettext_noop("The issuer has taken this badge back.")
STATUS_SUSPENDED = gettext_noop("The issuer has put this badge on hold.")
STATUS_UNKNOWN_TYPE = gettext_noop("We cannot read the kind of status list that this badge uses (%(kind)s).")
STATUS_UNREACHABLE = gettext_noop("We could not get the status list of the issuer. Please try again later.")
STATUS_BAD = gettext_noop("The status list does not belong to this badge.")
STATUS_OLD = gettext_noop("The status list ran out on %(date)s.")
STATUS_DETAIL = gettext_noop("We could not check the status list. %(detail)s")
DATES_OK = gettext_noop("The badge has no end date.")
DATES_UNTIL = gettext_noop("The badge is valid until %(date)s.")
DATES_EARLY = gettext_noop("The badge is not valid before %(date)s.")
DATES_LATE = gettext_noop("The badge was valid until %(date)s.")
DATES_BAD = gettext_noop("The dates of the badge cannot be read.")
RECIPIENT_OK = gettext_noop("The badge belongs to this e-mail address.")
RECIPIENT_BAD = gettext_noop("The badge does not belong to this e-mail address.")
AFTER_FAILURE = gettext_noop("We did not check this, because of the problem above.")


STEPS = ("read", "schema", "subject", "proof", "issuer", "status", "dates")


def verify_file(
    data: bytes,
    *,
    resolve_did: ResolveDid,
    fetch_status_list: FetchStatusList,
    now: datetime,
    email: str = "",
) -> Report:
    """Check a PNG, SVG or JSON badge; see `verify_credential`. Never raises for any bytes."""
    try:
        badge = read_badge_file(data)
    except BadgeError as error:
        skipped = [Step(name, "skipped", AFTER_FAILURE) for name in STEPS[1:]]
        return Report((_from_error("read", error), *skipped), None)
    report = verify_credential(
        badge.credential, resolve_did=resolve_did, fetch_status_list=fetch_status_list, now=now, email=email
    )
    return Report(report.steps, badge.credential, badge.source)


def verify_credential(
    credential: dict[str, Any],
    *,
    resolve_did: ResolveDid,
    fetch_status_list: FetchStatusList,
    now: datetime,
    email: str = "",
) -> Report:
    """Check a credential that came out of `reading`. Steps: read, schema, subject, proof, issuer, status, dates.

    `resolve_did` gets a DID other than did:key and returns its DID document; `fetch_status_list` gets the
    address of a status list credential and returns it. Both raise NotResolved when they cannot.
    With `email` a step `recipient` says whether the badge belongs to that address.
    """
    steps = [Step("read", "ok", READ_OK), _schema_step(credential)]
    if steps[-1].state == "failed":
        steps += [Step(name, "skipped", AFTER_FAILURE) for name in STEPS[2:]]
        return Report(tuple(steps), credential)
    resolve = _Resolver(resolve_did)
    steps.append(_subject_step(credential))
    steps += _proof_and_issuer_steps(credential, resolve, now)
    steps.append(_status_step(credential, resolve, fetch_status_list, now))
    steps.append(_dates_step(credential, now))
    if email:
        steps.append(_recipient_step(credential, email))
    return Report(tuple(steps), credential)


class _Resolver:
    """Remembers DID documents during one check, and answers did:key itself."""

    def __init__(self, resolve_did: ResolveDid) -> None:
        self._resolve_did = resolve_did
        self._known: dict[str, dict[str, Any]] = {}

    def __call__(self, did: str) -> dict[str, Any]:
        if did not in self._known:
            if did.startswith("did:key:"):
                self._known[did] = did_key_document(did)
            elif did.startswith("did:web:"):
                self._known[did] = _fetched(self._resolve_did, did, ISSUER_UNREACHABLE)
            else:
                raise NotResolved(ISSUER_METHOD, code="did-method", did=did[:100])
        return self._known[did]


def _fetched(fetch: Callable[[str], dict[str, Any]], name: str, failure: str) -> dict[str, Any]:
    try:
        document = fetch(name)
    except (OSError, LookupError, ValueError) as error:
        raise NotResolved(failure, code="unreachable") from error
    if not isinstance(document, dict):
        raise NotResolved(failure, code="unreachable")
    return document


def _schema_step(credential: dict[str, Any]) -> Step:
    if not BADGE_TYPES & set(_strings(credential.get("type"))):
        return Step("schema", "failed", NOT_A_BADGE)
    validator = Draft201909Validator(schema(ACHIEVEMENT_CREDENTIAL_SCHEMA), registry=Registry())
    error = best_match(validator.iter_errors(credential))
    if error is not None:
        return Step("schema", "failed", SCHEMA_BAD, {"place": error.json_path[:200]})
    return Step("schema", "ok", SCHEMA_OK)


def _subject_step(credential: dict[str, Any]) -> Step:
    subject = credential["credentialSubject"]
    if not subject.get("id") and not subject.get("identifier"):
        return Step("subject", "failed", SUBJECT_BAD)
    levels = {}
    for line in _dicts(subject["achievement"].get("resultDescription")):
        ids = [level.get("id") for level in _dicts(line.get("rubricCriterionLevel"))]
        levels[str(line.get("id"))] = [str(identifier) for identifier in ids]
    for result in _dicts(subject.get("result")):
        level, line = result.get("achievedLevel"), str(result.get("resultDescription"))
        if level is not None and str(level) not in levels.get(line, ()):
            return Step("subject", "failed", RESULT_BAD)
    return Step("subject", "ok", SUBJECT_OK)


def _proof_and_issuer_steps(credential: dict[str, Any], resolve: _Resolver, now: datetime) -> list[Step]:
    try:
        the_proof = proof.the_proof(credential)
    except BadgeError as error:
        return [_from_error("proof", error), Step("issuer", "skipped", AFTER_FAILURE)]
    method = the_proof["verificationMethod"]
    try:
        key = assertion_key(resolve(method.partition("#")[0]), method)
    except BadgeError as error:
        return [Step("proof", "skipped", PROOF_NO_KEY), _from_error("issuer", error)]
    issuer = _issuer_id(credential)
    if method.partition("#")[0] == issuer:
        issuer_step = Step("issuer", "ok", ISSUER_OK, {"issuer": issuer[:200]})
    else:
        issuer_step = Step("issuer", "failed", ISSUER_BAD, {"issuer": issuer[:200]})
    try:
        proof.verify(credential, key)
        return [_proof_dates_step(the_proof, now), issuer_step]
    except BadgeError as error:
        return [_from_error("proof", error), issuer_step]


def _proof_dates_step(the_proof: dict[str, Any], now: datetime) -> Step:
    created, expires = _moment(the_proof.get("created")), _moment(the_proof.get("expires"))
    if created and created > now:
        return Step("proof", "failed", PROOF_LATE, {"date": created.date()})
    if expires and expires <= now:
        return Step("proof", "failed", PROOF_EXPIRED, {"date": expires.date()})
    return Step("proof", "ok", PROOF_OK)


def _status_step(
    credential: dict[str, Any], resolve: _Resolver, fetch_status_list: FetchStatusList, now: datetime
) -> Step:
    entries = _dicts(credential.get("credentialStatus"))
    if not entries:
        return Step("status", "skipped", STATUS_NONE)
    worst = Step("status", "ok", STATUS_OK)
    for entry in entries:
        try:
            step = _entry_step(entry, _issuer_id(credential), resolve, fetch_status_list, now)
        except NotResolved as error:
            step = Step("status", "warning", error.template, error.params)
        except BadgeError as error:
            step = Step("status", "failed", STATUS_DETAIL, {"detail": str(error)})
        if step.state == "failed":
            return step
        worst = step if step.state == "warning" else worst
    return worst


def _entry_step(
    entry: dict[str, Any], issuer: str, resolve: _Resolver, fetch_status_list: FetchStatusList, now: datetime
) -> Step:
    kind = str(entry.get("type"))
    purpose, url = entry.get("statusPurpose"), entry.get("statusListCredential")
    index = str(entry.get("statusListIndex"))
    size = entry.get("statusSize", 1)
    if kind != "BitstringStatusListEntry" or str(purpose) not in PURPOSES or size != 1:
        return Step("status", "warning", STATUS_UNKNOWN_TYPE, {"kind": kind[:60]})
    if not isinstance(url, str) or not (index.isascii() and index.isdigit() and len(index) < 12):
        return Step("status", "failed", STATUS_BAD)
    document = _fetched(fetch_status_list, url, STATUS_UNREACHABLE)
    subject = document.get("credentialSubject")
    if (
        not isinstance(subject, dict)
        or "BitstringStatusListCredential" not in _strings(document.get("type"))
        or document.get("id") not in (None, url)
        or _issuer_id(document) != issuer
        or purpose not in _strings(subject.get("statusPurpose"))
    ):
        return Step("status", "failed", STATUS_BAD)
    method = proof.the_proof(document)["verificationMethod"]
    if method.partition("#")[0] != issuer:
        return Step("status", "failed", STATUS_BAD)
    proof.verify(document, assertion_key(resolve(issuer), method))
    valid_until = _moment(document.get("validUntil"))
    if valid_until and valid_until <= now:
        return Step("status", "warning", STATUS_OLD, {"date": valid_until.date()})
    if status_list.is_set(status_list.decode(subject.get("encodedList")), int(index)) and purpose in BLOCKING:
        return Step("status", "failed", STATUS_REVOKED if purpose == "revocation" else STATUS_SUSPENDED)
    return Step("status", "ok", STATUS_OK)


def _dates_step(credential: dict[str, Any], now: datetime) -> Step:
    valid_from, valid_until = _moment(credential["validFrom"]), _moment(credential.get("validUntil"))
    if valid_from is None or ("validUntil" in credential and valid_until is None):
        return Step("dates", "failed", DATES_BAD)
    if valid_from > now:
        return Step("dates", "failed", DATES_EARLY, {"date": valid_from.date()})
    if valid_until is None:
        return Step("dates", "ok", DATES_OK)
    if valid_until <= now:
        return Step("dates", "failed", DATES_LATE, {"date": valid_until.date()})
    return Step("dates", "ok", DATES_UNTIL, {"date": valid_until.date()})


def _recipient_step(credential: dict[str, Any], email: str) -> Step:
    asked = {email.strip(), normal_email(email)}
    for identity in _dicts(credential["credentialSubject"].get("identifier")):
        claim, salt = identity.get("identityHash"), identity.get("salt") or ""
        if identity.get("identityType") != "emailAddress":
            continue
        known = {hash_identity(one, str(salt)) for one in asked} if identity.get("hashed") is True else asked
        if isinstance(claim, str) and claim in known:
            return Step("recipient", "ok", RECIPIENT_OK)
    return Step("recipient", "failed", RECIPIENT_BAD)


def _from_error(name: str, error: BadgeError) -> Step:
    return Step(name, "failed", error.template, error.params)


def _issuer_id(document: dict[str, Any]) -> str:
    issuer = document.get("issuer")
    return str(issuer.get("id")) if isinstance(issuer, dict) else str(issuer)


def _moment(value: object) -> datetime | None:
    """An XML Schema dateTimeStamp; None for anything else, also for a time without zone."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) and "T" in value else None
        return moment.astimezone(UTC) if moment is not None and moment.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


def _dicts(value: object) -> list[dict[str, Any]]:
    return [item for item in (value if isinstance(value, list) else [value]) if isinstance(item, dict)]


def _strings(value: object) -> list[str]:
    return [item for item in (value if isinstance(value, list) else [value]) if isinstance(item, str)]
