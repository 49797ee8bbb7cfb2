"""What others say for a badge: its issuer's newer copy (`refresh`) and endorsements, each with a proof of its own."""

from datetime import datetime
from typing import Any

from badges.openbadges.errors import BadgeError, FileInvalid, gettext_noop
from badges.openbadges.jws import Token, parse_token
from badges.openbadges.proving import credential_of, embedded_proof_steps, token_proof_steps
from badges.openbadges.report import Step
from badges.openbadges.sources import Sources, site_of
from badges.openbadges.values import dicts, issuer_id, moment, step_from, strings, text_of

REFRESH_SERVICE = "1EdTechCredentialRefresh"
MAX_ENDORSEMENTS = 24

REFRESH_SAME = gettext_noop("We asked the issuer for a newer copy of this badge. This is the latest.")
REFRESH_NEWER = gettext_noop("The issuer has a newer copy of this badge. The checks below are about that copy.")
REFRESH_BAD = gettext_noop("The newer copy that the issuer offers does not hold: %(why)s We went on with this one.")
REFRESH_OTHER = gettext_noop("it is about another badge.")
REFRESH_KIND = gettext_noop("We cannot ask for newer copies in the way that this badge names (%(kind)s).")
ENDORSED = gettext_noop("%(who)s stands behind it, and the signature fits.")
ENDORSEMENT_BAD = gettext_noop("An endorsement in the name of %(who)s does not count. %(why)s")
ENDORSEMENT_ABOUT = gettext_noop("It is about something else.")
ENDORSEMENT_DATES = gettext_noop("It is not valid at this time.")
ENDORSEMENT_KIND = gettext_noop("It is not an endorsement.")
ENDORSEMENTS_MANY = gettext_noop("There are more endorsements than we look at. We checked the first %(count)s.")


def refreshed(
    credential: dict[str, Any], sources: Sources, now: datetime
) -> tuple[list[Step], dict[str, Any] | Token | None]:
    """Ask the issuer once for a newer copy (Open Badges 3.0, verification, step “Refresh”).

    No steps when the badge names no refresh service. The copy is None unless it is newer, says that it is the same
    badge of the same issuer, and has a proof of that issuer.
    """
    services = dicts(credential.get("refreshService"))
    if not services:
        return [], None
    service = services[0]
    if REFRESH_SERVICE not in strings(service.get("type")) or not isinstance(service.get("id"), str):
        kind = {"kind": str(service.get("type"))[:60]}
        return [Step("refresh", "skipped", REFRESH_KIND, kind)], None
    try:
        gotten = sources.anything(service["id"])
    except BadgeError as error:
        return [step_from("refresh", error, "warning")], None
    copy = credential_of(gotten) if isinstance(gotten, Token) else gotten
    if copy.get("id") != credential.get("id") or issuer_id(copy) != issuer_id(credential):
        return [Step("refresh", "warning", REFRESH_BAD, {"why": REFRESH_OTHER})], None
    for step in _proof_steps(gotten, copy, sources, now):
        if step.state != "ok":
            return [Step("refresh", "warning", REFRESH_BAD, {"why": step.sentence})], None
    if not _is_newer(copy, credential):
        return [Step("refresh", "ok", REFRESH_SAME)], None
    return [Step("refresh", "ok", REFRESH_NEWER)], gotten


def endorsement_steps(credential: dict[str, Any], sources: Sources, now: datetime) -> list[Step]:
    """A step for each endorsement of the badge, of what was earned, and of the issuer."""
    subject = credential.get("credentialSubject")
    achievement = subject.get("achievement") if isinstance(subject, dict) else None
    found = []
    for endorsed in (credential, achievement, credential.get("issuer")):
        if isinstance(endorsed, dict):
            found += [(each, endorsed) for each in dicts(endorsed.get("endorsement"))]
            found += [(each, endorsed) for each in strings(endorsed.get("endorsementJwt"))]
    steps = [_endorsement_step(each, endorsed, credential, sources, now) for each, endorsed in found[:MAX_ENDORSEMENTS]]
    if len(found) > MAX_ENDORSEMENTS:
        steps.append(Step("endorsement", "warning", ENDORSEMENTS_MANY, {"count": MAX_ENDORSEMENTS}))
    return steps


def _endorsement_step(
    given: dict[str, Any] | str, endorsed: dict[str, Any], badge: dict[str, Any], sources: Sources, now: datetime
) -> Step:
    who = ""
    try:
        token = parse_token(given) if isinstance(given, str) else None
        document = credential_of(token) if token else {"@context": badge.get("@context"), **given}
        who = text_of(document["issuer"].get("name")) if isinstance(document.get("issuer"), dict) else ""
        who = who or site_of(issuer_id(document)) or issuer_id(document)[:100]
        for step in _proof_steps(token or document, document, sources, now):
            if step.state != "ok":
                return _no_endorsement(who, step.sentence)
    except FileInvalid as error:
        return _no_endorsement(who, str(error))
    if "EndorsementCredential" not in strings(document.get("type")):
        return _no_endorsement(who, ENDORSEMENT_KIND)
    about = document.get("credentialSubject")
    if not isinstance(about, dict) or not about.get("id") or about["id"] != endorsed.get("id"):
        return _no_endorsement(who, ENDORSEMENT_ABOUT)
    starts, ends = moment(document.get("validFrom")), moment(document.get("validUntil"))
    if starts is None or starts > now or (ends and ends <= now):
        return _no_endorsement(who, ENDORSEMENT_DATES)
    return Step("endorsement", "ok", ENDORSED, {"who": who})


def _no_endorsement(who: str, why: str) -> Step:
    return Step("endorsement", "failed", ENDORSEMENT_BAD, {"who": who or "?", "why": why})


def _proof_steps(
    secured: dict[str, Any] | Token, credential: dict[str, Any], sources: Sources, now: datetime
) -> list[Step]:
    if isinstance(secured, Token):
        return token_proof_steps(secured, credential, sources)
    return embedded_proof_steps(credential, sources, now)


def _is_newer(copy: dict[str, Any], credential: dict[str, Any]) -> bool:
    """By the date of the proof, or else by the date of the credential."""
    dates = []
    for document in (copy, credential):
        proofs = dicts(document.get("proof"))
        dates.append(moment(proofs[0].get("created") if proofs else document.get("validFrom")))
    return all(dates) and dates[0] > dates[1]
