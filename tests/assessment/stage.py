"""Props for these tests: work that was handed in, and readings of it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import transaction

from assessment.actions.deciding import finish
from assessment.actions.queue import claim, open_slots
from assessment.actions.scoring import Given, save_scores
from assessment.models import Decision, Review
from assessment.queries import open_lines
from credentials.models import Criterion, Edition, Prompt
from lib.ids import short_code
from submissions.actions.evidence import add_link
from submissions.actions.handing_in import promise, submit
from submissions.actions.works import newest_try, start_work
from submissions.actions.writing import save_response
from submissions.models import Submission, SubmissionLine, Work
from tenants.models import User
from tests.cast import Cast
from tests.submissions.stage import attest_ready

COMMENT = "On page 2 I saw one check. Add two more."


@contextmanager
def inside(cast: Cast) -> Iterator[None]:
    """`cast.inside()` in a transaction, as in a request; also for tests that have none of their own."""
    with cast.inside(), transaction.atomic():
        yield


def write(cast: Cast, edition: Edition, earner: User) -> Submission:
    """`earner` starts and does every part; it is not sent yet."""
    by = cast.by(earner)
    with inside(cast):
        draft = newest_try(start_work(by=by, edition=edition))
        for prompt in Prompt.objects.filter(edition=edition):
            text = f"These are my words about {prompt.key}."
            save_response(by=by, submission=draft, prompt=prompt, text=text)
        plan = Criterion.objects.get(edition=edition, key="plan")
        add_link(by=by, submission=draft, criterion=plan, url="https://example.org/plan", name="My plan")
    return draft


def send(cast: Cast, draft: Submission) -> Submission:
    """The earner promises and sends."""
    by = cast.by(draft.earner)
    with inside(cast):
        attest_ready(by, draft)
        promise(by=by, submission=draft, own_work=True, protected=True, used_ai=False)
        return submit(by=by, submission=draft)


def hand_in(cast: Cast, edition: Edition, earner: User | None = None) -> Submission:
    """Written and sent, by Ada unless said otherwise."""
    return send(cast, write(cast, edition, earner or cast.ada))


def hand_in_many(cast: Cast, edition: Edition, earners: Sequence[User]) -> None:
    """Sent works of many people, as rows after the first one's: for races, in which only the queue matters."""
    first = hand_in(cast, edition, earners[0])
    with inside(cast):
        same = {"tenant": cast.lakeside, "edition": edition}
        works = [Work(**same, earner=earner, state=Work.State.IN_REVIEW) for earner in earners[1:]]
        Work.objects.bulk_create(works)
        sent = {"state": first.state, "submitted_at": first.submitted_at, "due_on": first.due_on}
        tries = [Submission(**same, **sent, work=work, earner=work.earner, code=short_code()) for work in works]
        Submission.objects.bulk_create(tries)
        lines = list(SubmissionLine.objects.filter(submission=first))
        SubmissionLine.objects.bulk_create(
            SubmissionLine(tenant=cast.lakeside, submission=each, line_id=line.line_id)
            for each in tries
            for line in lines
        )


def take(cast: Cast, assessor: User | None = None) -> Review:
    """Bela claims the next one."""
    with inside(cast):
        claimed = claim(by=cast.by(assessor or cast.bela))
        assert claimed is not None, "nothing to claim"
        return claimed


def fill(cast: Cast, review: Review, *, below: tuple[str, ...] = (), comment: str = COMMENT) -> None:
    """The best level on every open line, but the lowest with `comment` on the lines with the keys `below`."""
    with inside(cast):
        given = []
        for line in open_lines(review.submission_id):
            levels = list(line.levels.all())
            low = line.key in below
            given.append(Given(line, levels[-1] if low else levels[0], comment if low else ""))
        save_scores(by=cast.by(review.assessor), review=review, token=review.token, given=given)


def score(cast: Cast, review: Review, *, below: tuple[str, ...] = ()) -> Decision | None:
    """`fill`, and send the score."""
    fill(cast, review, below=below)
    with inside(cast):
        return finish(by=cast.by(review.assessor), review=review, token=review.token)


def waiting(cast: Cast) -> Review:
    """The one review that waits."""
    with inside(cast):
        open_slots(by=cast.by(cast.bela))
        return Review.objects.get(state=Review.State.WAITING)
