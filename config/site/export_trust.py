"""What talks, fees, appeals, comments and cases keep about a person, for the copy of their data. No other names."""

from typing import Any

from django.db.models import Prefetch

from assessment.models import Appeal, AppealOutcomeLine, Case, Finding, Reaction
from assessment.models import AppealOutcome as Outcome
from submissions.models import Conversation, Fee, Payment
from submissions.portable import moment
from tenants.models import User


def trust_of(person: User) -> dict[str, Any]:
    """In the active tenant, as plain data; call inside a transaction."""
    return {
        "talks": [_talk(each) for each in Conversation.objects.filter(earner=person).select_related("criterion")],
        "fees": [_fee(each) for each in Fee.objects.filter(earner=person).prefetch_related("payments")],
        "appeals": _appeals(person),
        "said_of_comments": [_reaction(each) for each in Reaction.objects.filter(earner=person)],
        "cases": _cases(person),
    }


def _talk(talk: Conversation) -> dict[str, Any]:
    return {
        "try": str(talk.submission_id),
        "quiz": talk.criterion.title if talk.criterion else None,
        "held_on": talk.held_on.isoformat(),
        "agreed": talk.agreed,
    }


def _fee(fee: Fee) -> dict[str, Any]:
    return {
        "work": str(fee.work_id),
        "cents": fee.cents,
        "currency": fee.currency,
        "state": fee.state,
        "invoice_number": fee.invoice_number,
        "payments": [_payment(each) for each in fee.payments.all()],
    }


def _payment(payment: Payment) -> dict[str, Any]:
    return {"kind": payment.kind, "reference": payment.reference, "at": moment(payment.at)}


def _appeals(person: User) -> list[dict[str, Any]]:
    lines = AppealOutcomeLine.objects.select_related("line", "level")
    outcomes = {
        each.appeal_id: each
        for each in Outcome.objects.filter(appeal__earner=person).prefetch_related(Prefetch("lines", lines))
    }
    found = Appeal.objects.filter(earner=person).prefetch_related("lines__decision_line__line")
    return [_appeal(each, outcomes.get(each.id)) for each in found]


def _appeal(appeal: Appeal, outcome: Outcome | None) -> dict[str, Any]:
    return {
        "try": str(appeal.submission_id),
        "state": appeal.state,
        "filed_at": moment(appeal.filed_at),
        "reasons": {each.decision_line.line.title: each.reason for each in appeal.lines.all()},
        "outcome": outcome
        and {
            "note": outcome.reason,
            "lines": [
                {"line": each.line.title, "level": each.level.name, "met": each.met, "comment": each.comment}
                for each in outcome.lines.all()
            ],
        },
    }


def _reaction(reaction: Reaction) -> dict[str, Any]:
    return {
        "kind": reaction.kind,
        "text": reaction.text,
        "answer": reaction.answer,
        "made_at": moment(reaction.made_at),
    }


def _cases(person: User) -> list[dict[str, Any]]:
    """Those of which the person was told."""
    findings: dict[Any, list[dict[str, Any]]] = {}
    for each in Finding.objects.filter(case__earner=person):
        told = {"round": each.round, "upheld": each.upheld, "reason": each.reason}
        findings.setdefault(each.case_id, []).append(told)
    found = Case.objects.filter(earner=person).exclude(state=Case.State.OPENED)
    return [
        {
            "try": str(each.submission_id),
            "state": each.state,
            "noticed_at": moment(each.noticed_at),
            "concern": each.concern,
            "reply": each.reply,
            "appeal": each.appeal,
            "upheld": each.upheld,
            "findings": findings.get(each.id, []),
        }
        for each in found
    ]
