"""Checks a badge step by step and says for each step what was found. Resolvers are handed in; no network here."""

from datetime import datetime
from typing import Any

from jsonschema import Draft201909Validator
from jsonschema.exceptions import best_match
from referencing import Registry

from badges.openbadges import ob2
from badges.openbadges.content import hash_identity, normal_email
from badges.openbadges.contexts import ACHIEVEMENT_CREDENTIAL_SCHEMA, CREDENTIALS_V1, CREDENTIALS_V2, schema
from badges.openbadges.errors import BadgeError, gettext_noop
from badges.openbadges.jws import Token, parse_token
from badges.openbadges.proving import AFTER_FAILURE, credential_of, embedded_proof_steps, token_proof_steps
from badges.openbadges.reading import ReadBadge, Source, read_badge_file
from badges.openbadges.report import Report, Step
from badges.openbadges.sources import Fetch, FetchStatusList, ResolveDid, Sources, fetch_nothing
from badges.openbadges.statuses import status_step
from badges.openbadges.values import dicts, moment, step_from, strings
from badges.openbadges.vouching import REFRESH_BAD, endorsement_steps, refreshed

__all__ = ["Report", "Step", "is_recipient", "verify_credential", "verify_file"]

BADGE_TYPES = {"AchievementCredential", "OpenBadgeCredential"}

READ_OK = gettext_noop("We could read the badge.")
SCHEMA_OK = gettext_noop("The badge has every part that Open Badges 3.0 asks for.")
SCHEMA_BAD = gettext_noop("The badge breaks a rule of Open Badges 3.0 at “%(place)s”.")
NOT_A_BADGE = gettext_noop("This is a signed document, but not an Open Badges 3.0 badge.")
SUBJECT_OK = gettext_noop("The badge says who earned it.")
SUBJECT_BAD = gettext_noop("The badge does not say who earned it.")
RESULT_BAD = gettext_noop("The badge gives a result that is not on its scoring guide.")
DATES_OK = gettext_noop("The badge has no end date.")
DATES_UNTIL = gettext_noop("The badge is valid until %(date)s.")
DATES_EARLY = gettext_noop("The badge is not valid before %(date)s.")
DATES_LATE = gettext_noop("The badge was valid until %(date)s.")
DATES_BAD = gettext_noop("The dates of the badge cannot be read.")
RECIPIENT_OK = gettext_noop("The badge belongs to this e-mail address.")
RECIPIENT_BAD = gettext_noop("The badge does not belong to this e-mail address.")
STEPS = ("read", "schema", "subject", "proof", "issuer", "status", "dates")


def verify_file(
    data: bytes,
    *,
    resolve_did: ResolveDid,
    fetch_status_list: FetchStatusList,
    now: datetime,
    email: str = "",
    fetch: Fetch = fetch_nothing,
) -> Report:
    """Check a badge in a PNG, SVG, JSON or token file: Open Badges 3.0 or 2.0. Never raises for any bytes.

    `resolve_did` gets a did:web and returns its DID document; `fetch_status_list` gets the address of a status list
    credential and returns it; `fetch` gets any other address and returns the bytes there. All raise NotResolved when
    they cannot. With `email` a step `recipient` says whether the badge belongs to that address.
    """
    sources = Sources(resolve_did, fetch_status_list, fetch)
    source: Source = "json"
    try:
        badge = read_badge_file(data)
        source = badge.source
        return _checked(badge, sources, now, email)
    except BadgeError as error:
        skipped = [Step(name, "skipped", AFTER_FAILURE) for name in STEPS[1:]]
        return Report((step_from("read", error), *skipped), None, source)


def verify_credential(
    credential: dict[str, Any],
    *,
    resolve_did: ResolveDid,
    fetch_status_list: FetchStatusList,
    now: datetime,
    email: str = "",
    fetch: Fetch = fetch_nothing,
) -> Report:
    """Check an Open Badges 3.0 credential that came out of `reading`. Steps: read, schema, subject, proof, issuer,
    refresh (if the badge names a service), status, dates, recipient (with `email`), endorsement (one for each).
    """
    return _credential_report(credential, None, "json", Sources(resolve_did, fetch_status_list, fetch), now, email)


def is_recipient(report: Report, email: str) -> bool:
    """Whether the badge of a report belongs to an e-mail address. Says nothing about whether the badge is real."""
    if report.credential is None:
        return False
    if report.form == "ob2":
        return ob2.recipient_step(report.credential, email).state == "ok"
    return _recipient_step(report.credential, email).state == "ok"


def _checked(badge: ReadBadge, sources: Sources, now: datetime, email: str) -> Report:
    token, document = None, badge.credential
    if badge.address:
        found = sources.anything(badge.address)
        token, document = (found, None) if isinstance(found, Token) else (None, found)
    elif badge.token:
        token = parse_token(badge.token)
    if token is not None and ob2.is_assertion(token.payload):
        return ob2.signed_report(token, badge.source, sources, now, email)
    if token is not None:
        return _credential_report(credential_of(token), token, badge.source, sources, now, email)
    if ob2.is_assertion(document):
        return ob2.hosted_report(document, badge.source, sources, now, email)
    return _credential_report(document, None, badge.source, sources, now, email)


def _credential_report(
    credential: dict[str, Any], token: Token | None, source: Source, sources: Sources, now: datetime, email: str
) -> Report:
    form = "ob3-jwt" if token else "ob3"
    steps = [Step("read", "ok", READ_OK), _schema_step(credential)]
    if steps[-1].state == "failed":
        steps += [Step(name, "skipped", AFTER_FAILURE) for name in STEPS[2:]]
        return Report(tuple(steps), credential, source, form)
    steps.append(_subject_step(credential))
    steps += _proof_steps(credential, token, sources, now)
    authentic = all(step.state == "ok" for step in steps)
    copy = None
    if authentic:
        refreshing, copy = refreshed(credential, sources, now)
        steps += refreshing
    if copy is not None:
        newer = credential_of(copy) if isinstance(copy, Token) else copy
        problem = _problem_of(newer)
        if problem is None:
            credential = newer
        else:
            steps[-1] = Step("refresh", "warning", REFRESH_BAD, {"why": problem.sentence})
    # For a badge that anybody may have written nothing more is fetched.
    steps.append(status_step(credential, sources, now) if authentic else Step("status", "skipped", AFTER_FAILURE))
    steps.append(_dates_step(credential, now))
    if email:
        steps.append(_recipient_step(credential, email))
    if authentic:
        steps += endorsement_steps(credential, sources, now)
    return Report(tuple(steps), credential, source, form)


def _problem_of(credential: dict[str, Any]) -> Step | None:
    """What is wrong with a newer copy, whose proof was checked before."""
    step = _schema_step(credential)
    step = _subject_step(credential) if step.state == "ok" else step
    return None if step.state == "ok" else step


def _proof_steps(credential: dict[str, Any], token: Token | None, sources: Sources, now: datetime) -> list[Step]:
    if token is not None:
        return token_proof_steps(token, credential, sources)
    return embedded_proof_steps(credential, sources, now)


def _schema_step(credential: dict[str, Any]) -> Step:
    if not BADGE_TYPES & set(strings(credential.get("type"))):
        return Step("schema", "failed", NOT_A_BADGE)
    credential = _as_current(credential)
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
    for line in dicts(subject["achievement"].get("resultDescription")):
        ids = [level.get("id") for level in dicts(line.get("rubricCriterionLevel"))]
        levels[str(line.get("id"))] = [str(identifier) for identifier in ids]
    for result in dicts(subject.get("result")):
        level, line = result.get("achievedLevel"), str(result.get("resultDescription"))
        if level is not None and str(level) not in levels.get(line, ()):
            return Step("subject", "failed", RESULT_BAD)
    return Step("subject", "ok", SUBJECT_OK)


def _dates_step(credential: dict[str, Any], now: datetime) -> Step:
    credential = _as_current(credential)
    valid_from, valid_until = moment(credential.get("validFrom")), moment(credential.get("validUntil"))
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
    if str(credential["credentialSubject"].get("id")).lower() == f"mailto:{normal_email(email)}":
        return Step("recipient", "ok", RECIPIENT_OK)
    for identity in dicts(credential["credentialSubject"].get("identifier")):
        claim, salt = identity.get("identityHash"), identity.get("salt") or ""
        if identity.get("identityType") != "emailAddress":
            continue
        known = {hash_identity(one, str(salt)) for one in asked} if identity.get("hashed") is True else asked
        if isinstance(claim, str) and claim in known:
            return Step("recipient", "ok", RECIPIENT_OK)
    return Step("recipient", "failed", RECIPIENT_BAD)


def _as_current(credential: dict[str, Any]) -> dict[str, Any]:
    """A credential of the data model 1.1 with the names that 2.0 has for its parts, as the schema knows only those."""
    contexts = credential.get("@context")
    if not isinstance(contexts, list) or contexts[:1] != [CREDENTIALS_V1]:
        return credential
    current = {**credential, "@context": [CREDENTIALS_V2, *contexts[1:]]}
    for old, new in (("issuanceDate", "validFrom"), ("expirationDate", "validUntil")):
        if old in current:
            current.setdefault(new, current.pop(old))
    return current
