"""Whatever has been added, said and promised: a try can be sent exactly when nothing of it is open."""

from dataclasses import dataclass

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lib import clock
from submissions.actions.attesting import Said, attest_all
from submissions.actions.evidence import add_text
from submissions.actions.handing_in import NotReady, submit
from submissions.models import Artifact, Promise, Students, Submission
from tests.submissions import stage


@dataclass(frozen=True)
class Piece:
    """One piece of evidence: how it stands, and what is said of its students (empty: nothing)."""

    state: str
    students: str


PIECES = st.lists(
    st.builds(Piece, st.sampled_from(["ready", "ready", "removed"]), st.sampled_from(["", *Students.values])),
    max_size=3,  # as many as the part takes
)


def _add(by, draft, number: int, piece: Piece) -> None:
    plan = stage.criterion_of(draft.edition, "plan")
    added = add_text(by=by, submission=draft, criterion=plan, text=f"Notes {number}")
    if piece.students:
        attest_all(by=by, submission=draft, said={added.id: Said(piece.students, "R-1")})
    if piece.state == "removed":
        Artifact.objects.filter(id=added.id).update(state="removed", removed_at=clock.now())


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    pieces=PIECES,
    promised=st.sets(st.sampled_from(Promise.Kind.values)),
    used_ai=st.sampled_from([None, False, True]),
    is_written=st.booleans(),
)
def test_a_try_can_be_sent_exactly_when_nothing_is_open(cast, draft, pieces, promised, used_ai, is_written):
    by = cast.by(cast.ada)
    with cast.inside(), transaction.atomic():
        if is_written:
            stage.write_all(cast, draft)
            Artifact.objects.filter(submission=draft).delete()
        for number, piece in enumerate(pieces):
            _add(by, draft, number, piece)
        for kind in promised:
            Promise.objects.create(submission=draft, kind=kind, version="2026-12", wording="Words")
        Submission.objects.filter(id=draft.id).update(used_ai=used_ai)
        here = [each for each in pieces if each.state == "ready"]
        unsaid = sum(not each.students for each in here)
        expected = is_written and here and not unsaid and {"own_work", "students"} <= promised and used_ai is not None
        try:
            sent = submit(by=by, submission=draft)
        except NotReady as refusal:
            problems = [each["problem"] for each in refusal.facts["missing"]]
            assert not expected, problems
            assert sum("say how students are protected" in each for each in problems) == unsaid
        else:
            assert expected
            assert sent.state == "submitted"
        transaction.set_rollback(True)
