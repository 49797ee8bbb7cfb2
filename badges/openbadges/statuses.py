"""The step `status`: has the issuer taken the badge back or put it on hold?"""

from datetime import datetime
from typing import Any

from badges.openbadges import proof, status_list
from badges.openbadges.errors import BadgeError, NotResolved, gettext_noop
from badges.openbadges.jws import Token
from badges.openbadges.keys import assertion_key
from badges.openbadges.proving import credential_of, token_proof_steps
from badges.openbadges.report import Step
from badges.openbadges.sources import Sources
from badges.openbadges.values import dicts, issuer_id, moment, step_from, strings, text_of

BLOCKING = {"revocation", "suspension"}
PURPOSES = {"revocation", "suspension", "message", "refresh"}
REVOCATION_LIST = "1EdTechRevocationList"
MAX_ENTRIES = 4  # status entries of one badge that we look at

STATUS_NONE = gettext_noop("The badge has no status list, so the issuer cannot take it back.")
STATUS_OK = gettext_noop("The issuer has not taken the badge back.")
STATUS_REVOKED = gettext_noop("The issuer has taken this badge back.")
STATUS_REVOKED_WHY = gettext_noop("The issuer has taken this badge back: %(reason)s")
STATUS_SUSPENDED = gettext_noop("The issuer has put this badge on hold.")
STATUS_UNKNOWN_TYPE = gettext_noop("We cannot read the kind of status list that this badge uses (%(kind)s).")
STATUS_BAD = gettext_noop("The status list does not belong to this badge.")
STATUS_OLD = gettext_noop("The status list ran out on %(date)s.")
STATUS_DETAIL = gettext_noop("We could not check the status list. %(detail)s")
STATUS_MANY = gettext_noop("The badge names more status lists than we look at.")


def status_step(credential: dict[str, Any], sources: Sources, now: datetime) -> Step:
    """The worst that any status entry of the badge says. What cannot be had is a warning, not a failure."""
    entries = dicts(credential.get("credentialStatus"))
    if not entries:
        return Step("status", "skipped", STATUS_NONE)
    if len(entries) > MAX_ENTRIES:
        return Step("status", "warning", STATUS_MANY)
    worst = Step("status", "ok", STATUS_OK)
    for entry in entries:
        try:
            step = _entry_step(entry, credential, sources, now)
        except NotResolved as error:
            step = step_from("status", error, "warning")
        except BadgeError as error:
            step = Step("status", "failed", STATUS_DETAIL, {"detail": str(error)})
        if step.state == "failed":
            return step
        worst = step if step.state == "warning" else worst
    return worst


def _entry_step(entry: dict[str, Any], credential: dict[str, Any], sources: Sources, now: datetime) -> Step:
    kind = str(entry.get("type"))
    if kind == REVOCATION_LIST:
        return _revocation_list_step(entry, credential, sources)
    purpose, url = entry.get("statusPurpose"), entry.get("statusListCredential")
    index = str(entry.get("statusListIndex"))
    size = entry.get("statusSize", 1)
    if kind != "BitstringStatusListEntry" or str(purpose) not in PURPOSES or size != 1:
        return Step("status", "warning", STATUS_UNKNOWN_TYPE, {"kind": kind[:60]})
    if not isinstance(url, str) or not (index.isascii() and index.isdigit() and len(index) < 12):
        return Step("status", "failed", STATUS_BAD)
    gotten = sources.status_list(url)
    document = credential_of(gotten) if isinstance(gotten, Token) else gotten
    subject = document.get("credentialSubject")
    issuer = issuer_id(credential)
    if (
        not isinstance(subject, dict)
        or "BitstringStatusListCredential" not in strings(document.get("type"))
        or document.get("id") not in (None, url)
        or issuer_id(document) != issuer
        or purpose not in strings(subject.get("statusPurpose"))
    ):
        return Step("status", "failed", STATUS_BAD)
    if isinstance(gotten, Token):
        for step in token_proof_steps(gotten, document, sources):
            if step.state != "ok":
                return Step("status", "failed", STATUS_DETAIL, {"detail": step.sentence})
    else:
        method = proof.the_proof(document)["verificationMethod"]
        if method.partition("#")[0] != issuer:
            return Step("status", "failed", STATUS_BAD)
        proof.verify(document, assertion_key(sources.controller(issuer), method))
    valid_until = moment(document.get("validUntil"))
    if valid_until and valid_until <= now:
        return Step("status", "warning", STATUS_OLD, {"date": valid_until.date()})
    if status_list.is_set(status_list.decode(subject.get("encodedList")), int(index)) and purpose in BLOCKING:
        return Step("status", "failed", STATUS_REVOKED if purpose == "revocation" else STATUS_SUSPENDED)
    return Step("status", "ok", STATUS_OK)


def _revocation_list_step(entry: dict[str, Any], credential: dict[str, Any], sources: Sources) -> Step:
    """1EdTech Revocation List Status Method: an unsigned list of revoked credentials, kept at the entry's id."""
    document = sources.document(str(entry.get("id")))
    if issuer_id(document) != issuer_id(credential):
        return Step("status", "failed", STATUS_BAD)
    listed = document.get("revokedCredential", document.get("revokedCredentials"))
    for each in listed if isinstance(listed, list) else [listed]:
        revoked = each if isinstance(each, dict) else {"id": each}
        if revoked.get("id") == credential.get("id") and revoked.get("revoked", True) is not False:
            reason = text_of(revoked.get("revocationReason"))
            if reason:
                return Step("status", "failed", STATUS_REVOKED_WHY, {"reason": reason})
            return Step("status", "failed", STATUS_REVOKED)
    return Step("status", "ok", STATUS_OK)
