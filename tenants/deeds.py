"""Audit entries in words. Verbs of all apps are listed here, by name only; a test fails when one is missing."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.apps import apps
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenants.models import AuditEntry, Role

# "<who> …": what follows the name of the person.
SENTENCES: dict[str, Promise] = {
    "absence.added": gettext_lazy("planned time away from scoring"),
    "absence.removed": gettext_lazy("ended time away from scoring"),
    "anchor.made": gettext_lazy("began a sample for assessors"),
    "anchor.published": gettext_lazy("put a sample for assessors into use"),
    "anchor.retired": gettext_lazy("retired a sample for assessors"),
    "anchor.saved": gettext_lazy("worked on a sample for assessors"),
    "appeal.decided": gettext_lazy("finished the second look that an appeal asked for"),
    "appeal.filed": gettext_lazy("appealed a result"),
    "appeal.withdrawn": gettext_lazy("took an appeal back"),
    "artifact.added": gettext_lazy("added a piece of evidence"),
    "artifact.attested": gettext_lazy("said how students are protected in evidence"),
    "artifact.refused": gettext_lazy("could not take a piece of evidence"),
    "artifact.removed": gettext_lazy("removed a piece of evidence"),
    "artifact.restored": gettext_lazy("brought removed evidence back"),
    "artifact.reused": gettext_lazy("used earlier evidence again"),
    "assessor.profile_saved": gettext_lazy("changed what an assessor takes on"),
    "badge.awarded": gettext_lazy("awarded a badge"),
    "badge.corrected": gettext_lazy("corrected a badge"),
    "badge.evidence_shown": gettext_lazy("changed what evidence a badge shows"),
    "badge.imported": gettext_lazy("awarded badges from a list"),
    "badge.issued": gettext_lazy("signed a badge"),
    "badge.lifted": gettext_lazy("put a badge back in good standing"),
    "badge.renewed": gettext_lazy("renewed a badge"),
    "badge.revoked": gettext_lazy("took a badge back"),
    "outside.added": gettext_lazy("added a badge from elsewhere to their passport"),
    "outside.shared": gettext_lazy("changed who can see a badge from elsewhere"),
    "outside.removed": gettext_lazy("took a badge from elsewhere out of their passport"),
    "issuer.accepted": gettext_lazy("accepted badges of an outside issuer"),
    "issuer.no_longer_accepted": gettext_lazy("no longer accepts badges of an outside issuer"),
    "issuer.equivalence_added": gettext_lazy("said what badges of an outside issuer count as"),
    "issuer.equivalence_removed": gettext_lazy("no longer counts a badge of an outside issuer"),
    "badge.shared": gettext_lazy("changed who can see a badge"),
    "badge.suspended": gettext_lazy("put a badge on hold"),
    "issuer.archived": gettext_lazy("had the badges of this group packed as files"),
    "passport.arranged": gettext_lazy("arranged their passport"),
    "passport.linked": gettext_lazy("made a link to their passport"),
    "passport.unlinked": gettext_lazy("switched off a link to their passport"),
    "calibration.passed": gettext_lazy("showed that they score as the samples are scored"),
    "calibration.paused": gettext_lazy("has to practice again before scoring more"),
    "captions.removed": gettext_lazy("removed captions"),
    "captions.saved": gettext_lazy("wrote captions"),
    "coach.assigned": gettext_lazy("gave a coach to an educator or a building"),
    "coach.looked": gettext_lazy("looked at a draft as a coach"),
    "coach.noted": gettext_lazy("wrote a note on a draft as a coach"),
    "coach.unassigned": gettext_lazy("ended a coaching"),
    "closure.added": gettext_lazy("added a closed day"),
    "closure.removed": gettext_lazy("removed a closed day"),
    "comment.changed": gettext_lazy("changed a kept comment"),
    "comment.dropped": gettext_lazy("dropped a kept comment"),
    "comment.kept": gettext_lazy("kept a comment for next time"),
    "case.appealed": gettext_lazy("asked for a new panel in a case"),
    "case.closed": gettext_lazy("closed a case"),
    "case.evidence_viewed": gettext_lazy("opened evidence in a case"),
    "case.found": gettext_lazy("found the outcome of a case"),
    "case.no_reply": gettext_lazy("went on with a case without a reply"),
    "case.opened": gettext_lazy("opened a case about a work"),
    "case.panel_named": gettext_lazy("named the panel of a case"),
    "case.replied": gettext_lazy("replied in a case"),
    "case.viewed": gettext_lazy("looked at a case"),
    "case.voted": gettext_lazy("voted in a case"),
    "conversation.recorded": gettext_lazy("recorded a talk with an educator"),
    "edition.copied": gettext_lazy("began a copy of an edition"),
    "edition.imported": gettext_lazy("imported an edition"),
    "edition.note_answered": gettext_lazy("answered a vetter’s note"),
    "edition.note_removed": gettext_lazy("removed a vetter’s note"),
    "edition.noted": gettext_lazy("wrote a note on an edition"),
    "edition.published": gettext_lazy("published an edition"),
    "edition.renewed": gettext_lazy("began a new edition"),
    "edition.retired": gettext_lazy("retired an edition"),
    "edition.returned": gettext_lazy("gave an edition back to its author"),
    "edition.saved": gettext_lazy("edited an edition"),
    "edition.sent_to_vetting": gettext_lazy("sent an edition to a vetter"),
    "edition.started": gettext_lazy("started a micro-credential"),
    "edition.superseded": gettext_lazy("replaced an edition by a newer one"),
    "erasure.asked": gettext_lazy("asked to have their evidence erased"),
    "erasure.begun": gettext_lazy("began to erase someone’s evidence"),
    "erasure.cancelled": gettext_lazy("decided to keep their evidence"),
    "erasure.done": gettext_lazy("erased someone’s evidence"),
    "fee.asked": gettext_lazy("asked for a fee"),
    "fee.cancelled": gettext_lazy("cancelled an invoice"),
    "fee.invoiced": gettext_lazy("asked for an invoice"),
    "fee.paid": gettext_lazy("booked a payment"),
    "fee.refunded": gettext_lazy("paid a fee back"),
    "fee.rule_added": gettext_lazy("made work free for a group"),
    "fee.rule_ended": gettext_lazy("ended that work is free for a group"),
    "fee.voucher_used": gettext_lazy("used a voucher"),
    "fee.waived": gettext_lazy("made work free of charge"),
    "feedback.flag_answered": gettext_lazy("answered a flagged comment"),
    "feedback.flagged": gettext_lazy("flagged a comment"),
    "feedback.reaction_undone": gettext_lazy("took back what they said of a comment"),
    "feedback.thanked": gettext_lazy("thanked for a comment"),
    "fees.exported": gettext_lazy("downloaded fees"),
    "grant.asked": gettext_lazy("asked about a reward"),
    "grant.cancelled": gettext_lazy("cancelled a reward"),
    "grant.capped": gettext_lazy("held a reward to its limit"),
    "grant.declined": gettext_lazy("declined a reward"),
    "grant.handed_on": gettext_lazy("moved a reward to the corrected badge"),
    "grant.honoured": gettext_lazy("honored a reward"),
    "endorsement.given": gettext_lazy("endorsed something"),
    "endorsement.signed_anew": gettext_lazy("signed an endorsement anew, since its key was withdrawn"),
    "endorsement.withdrawn": gettext_lazy("withdrew an endorsement"),
    "grant.made": gettext_lazy("made a reward from a badge"),
    "grant.replied": gettext_lazy("answered a question about a reward"),
    "grants.exported": gettext_lazy("downloaded rewards for payroll"),
    "hold.lifted": gettext_lazy("ended a hold on evidence"),
    "hold.set": gettext_lazy("put a hold on evidence"),
    "invitation.accepted": gettext_lazy("accepted an invitation"),
    "invitation.resent": gettext_lazy("sent an invitation again"),
    "invitation.sent": gettext_lazy("invited someone"),
    "invitation.withdrawn": gettext_lazy("took an invitation back"),
    "key.rotated": gettext_lazy("made a new signing key"),
    "key.withdrawn": gettext_lazy("withdrew a signing key"),
    "link.rechecked": gettext_lazy("had a link opened again"),
    "log.added": gettext_lazy("wrote an entry in a log"),
    "log.changed": gettext_lazy("changed an entry of a log"),
    "log.removed": gettext_lazy("removed an entry from a log"),
    "mail.resent": gettext_lazy("sent a mail again"),
    "mark.added": gettext_lazy("marked a place in a piece of evidence"),
    "mark.removed": gettext_lazy("took a mark out of a review"),
    "membership.first_admin": gettext_lazy("became the first admin"),
    "membership.joined_as_earner": gettext_lazy("joined to earn a micro-credential"),
    "partner.listed": gettext_lazy("added a partner to the catalog"),
    "partner.unlisted": gettext_lazy("took a partner out of the catalog"),
    "person.roles_changed": gettext_lazy("changed someone’s roles"),
    "person.staff_recorded": gettext_lazy("changed a staff record"),
    "person.enrolled": gettext_lazy("made an account for a person on a list"),
    "person.role_accepted": gettext_lazy("accepted a role that was offered"),
    "person.switched_off": gettext_lazy("ended a membership"),
    "person.switched_on": gettext_lazy("let someone back in"),
    "pointer.added": gettext_lazy("pointed to a place in a piece of evidence"),
    "pointer.changed": gettext_lazy("changed what a reviewer should look for"),
    "pointer.removed": gettext_lazy("no longer points to a place in a piece of evidence"),
    "policy.activated": gettext_lazy("switched a reward rule on"),
    "policy.created": gettext_lazy("wrote a reward rule"),
    "policy.deleted": gettext_lazy("deleted a reward rule"),
    "policy.edited": gettext_lazy("changed a reward rule"),
    "policy.ended": gettext_lazy("ended a reward rule"),
    "policy.withdrawn": gettext_lazy("withdrew a reward rule"),
    "precheck.complete": gettext_lazy("found a submission complete"),
    "precheck.sent_back": gettext_lazy("sent a submission back before it was scored"),
    "practice.finished": gettext_lazy("scored a practice sample"),
    "practice.started": gettext_lazy("began to practice on a sample"),
    "quiz.finished": gettext_lazy("finished a try at a quiz"),
    "quiz.started": gettext_lazy("began a try at a quiz"),
    "response.saved": gettext_lazy("wrote a response"),
    "retention.changed": gettext_lazy("changed how long evidence is kept"),
    "retention.purged": gettext_lazy("deleted what was kept long enough"),
    "review.assigned": gettext_lazy("gave a review to another assessor"),
    "review.claimed": gettext_lazy("took a review"),
    "review.conflict_declared": gettext_lazy("declared a conflict of interest"),
    "review.escalated": gettext_lazy("told the admins about a review that takes long"),
    "review.finished": gettext_lazy("finished a review"),
    "review.handed_over": gettext_lazy("handed a review over to a colleague"),
    "review.moved": gettext_lazy("moved a review up or down in the queue"),
    "review.one_more_asked": gettext_lazy("asked for one more reading"),
    "review.released": gettext_lazy("gave a review back"),
    "review.saved": gettext_lazy("scored a line"),
    "review.second_asked": gettext_lazy("asked for a second reading"),
    "review.undone": gettext_lazy("took a score back right after sending it"),
    "settling.claimed": gettext_lazy("took something to settle"),
    "settling.conflict_declared": gettext_lazy("declared a conflict of interest before settling"),
    "settling.finished": gettext_lazy("settled where two readers differ"),
    "settling.opened": gettext_lazy("asked a senior assessor to settle"),
    "settling.released": gettext_lazy("gave back what was to settle"),
    "settling.saved": gettext_lazy("wrote on what is to settle"),
    "stack.created": gettext_lazy("made a stack"),
    "stack.edited": gettext_lazy("changed a stack"),
    "stack.offer_changed": gettext_lazy("changed whether a stack makes assessors"),
    "stack.published": gettext_lazy("published a stack"),
    "stack.retired": gettext_lazy("retired a stack"),
    "submission.decided": gettext_lazy("decided on a submission"),
    "submission.lines_carried": gettext_lazy("kept lines that an appeal found met"),
    "submission.passed": gettext_lazy("passed a submission"),
    "submission.returned": gettext_lazy("returned a submission for changes"),
    "statement.posted": gettext_lazy("posted the work of assessors in a period"),
    "submission.sent_back": gettext_lazy("sent a submission back, since something is missing"),
    "submission.sent": gettext_lazy("sent work in for review"),
    "submission.taken_back": gettext_lazy("took a submission back"),
    "submission.taken_in": gettext_lazy("put a submission in the queue"),
    "tenant.accent_saved": gettext_lazy("changed the accent color"),
    "tenant.child_created": gettext_lazy("added an organization below"),
    "tenant.founded": gettext_lazy("set this organization up"),
    "tenant.logo_removed": gettext_lazy("removed the logo"),
    "tenant.logo_saved": gettext_lazy("changed the logo"),
    "tenant.profile_saved": gettext_lazy("changed the settings"),
    "upload.abandoned": gettext_lazy("let an unfinished upload go"),
    "upload.begun": gettext_lazy("began to upload a file"),
    "upload.reopened": gettext_lazy("asked for damaged parts of a file again"),
    "training.taken_back": gettext_lazy("took back that reviewers may train with their work"),
    "voucher.made": gettext_lazy("made a voucher"),
    "voucher.withdrawn": gettext_lazy("withdrew a voucher"),
    "work.about_read": gettext_lazy("read what a micro-credential asks"),
    "work.goal_set": gettext_lazy("set a goal date"),
    "work.promised": gettext_lazy("signed the promise"),
    "work.started": gettext_lazy("started a micro-credential as an earner"),
    "work.taken_up": gettext_lazy("went on with work that was set aside"),
    "work.withdrawn": gettext_lazy("set work aside"),
}
_ROLE_NAMES = {role.value: role.label for role in Role}


@dataclass(frozen=True)
class Deed:
    """One audit entry, ready to be read."""

    entry: AuditEntry

    @property
    def who(self) -> str:
        """The name of the person, or of the program."""
        return self.entry.actor.get_full_name() if self.entry.actor else _("Laurel")

    @property
    def what(self) -> str:
        """What follows the name."""
        return str(SENTENCES.get(self.entry.verb, self.entry.verb))

    @property
    def kind(self) -> str:
        """What kind of thing it was done to."""
        try:
            return str(apps.get_model(self.entry.object_type)._meta.verbose_name)
        except LookupError:
            return self.entry.object_type

    @cached_property
    def facts(self) -> list[tuple[str, str]]:
        """What was noted with it, as names and values."""
        return [(name.replace("_", " "), _in_words(value)) for name, value in self.entry.facts.items()]


def _in_words(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict):
        return "; ".join(f"{name.replace('_', ' ')}: {_change(each)}" for name, each in value.items())
    if isinstance(value, list):
        return ", ".join(map(_in_words, value)) or _("nothing")
    if value in (None, ""):
        return _("nothing")
    return str(_ROLE_NAMES.get(value, value))


def _change(value: Any) -> str:
    """A pair of values is what was there before and after."""
    return " → ".join(map(_in_words, value)) if isinstance(value, list) else _in_words(value)
