"""Props for these tests: work that was handed in, and readings of it."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier
from typing import Any

from django.db import connections, transaction

from assessment.actions.deciding import finish
from assessment.actions.queue import claim, open_slots
from assessment.actions.scoring import Given, save_scores
from assessment.actions.settling import Word, claim_settling, finish_settling, save_settling
from assessment.models import Decision, Review, Settling
from assessment.queries import open_lines
from credentials.models import Criterion, Edition, Prompt
from lib.ids import short_code
from submissions.actions.evidence import add_link
from submissions.actions.handing_in import promise, submit
from submissions.actions.works import newest_try, start_work
from submissions.actions.writing import save_response
from submissions.models import Submission, SubmissionLine, Work
from tenants.models import Role, User
from tests.cast import Cast, make_user
from tests.submissions.stage import attest_ready, edition_data, publish_edition

REASON = "The second check on page 2 asks every student."
COMMENT = "On page 2 I saw one check. Add two more."


@contextmanager
def inside(cast: Cast) -> Iterator[None]:
    """`cast.inside()` in a transaction, as in a request; also for tests that have none of their own."""
    with cast.inside(), transaction.atomic():
        yield


def together(cast: Cast, work: Callable[[Any], Any], on: Sequence[Any]) -> list[Any]:
    """`work` on each of `on`, all at the same moment, each in a thread with a connection of its own."""
    start = Barrier(len(on))

    def one(each: Any) -> Any:
        try:
            start.wait(10)
            with cast.inside():
                return work(each)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(on)) as pool:
        return list(pool.map(one, on))


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


def publish_with(cast: Cast, title: str, *, lines: dict[str, bool] | None = None, **assessment: Any) -> Edition:
    """An edition that says how it is assessed. `lines`: key of a line → whether it is required."""
    data = edition_data(title)
    for line in data["rubric"]:
        if lines and line["key"] in lines:
            line["required"] = lines[line["key"]]
    return publish_edition(cast, title, assessment=assessment, rubric=data["rubric"])


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


def take(cast: Cast, assessor: User | None = None, of: Submission | None = None) -> Review:
    """Bela claims the next one, or one of a submission."""
    by = cast.by(assessor or cast.bela)
    with inside(cast):
        open_slots(by=by)
        chosen = Review.objects.filter(submission=of, state=Review.State.WAITING).first() if of else None
        claimed = claim(by=by, review=chosen)
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


def differ(cast: Cast, edition: Edition | None = None, *, below: tuple[str, ...] = ("plans",)) -> Settling:
    """Ada's work, read by Bela, who sees the lines `below` as not met, and by Otto, who sees all as met."""
    edition = edition or publish_with(cast, "Read by two", plan="two")
    hand_in(cast, edition)
    otto = make_user("Otto Ost", cast.lakeside, Role.ASSESSOR)
    assert score(cast, take(cast), below=below) is None
    assert score(cast, take(cast, otto)) is None
    with inside(cast):
        return Settling.objects.select_related("submission").get(state=Settling.State.WAITING)


def senior(cast: Cast, name: str = "Sana Sand") -> User:
    """A senior assessor, made when first asked for."""
    email = f"{name.split()[0].lower()}@example.org"
    return User.objects.filter(email=email).first() or make_user(name, cast.lakeside, Role.SENIOR)


def take_to_settle(cast: Cast, settler: User | None = None) -> Settling:
    """Sana takes the next one."""
    settler = settler or senior(cast)
    with inside(cast):
        claimed = claim_settling(by=cast.by(settler))
        assert claimed is not None, "nothing to settle"
        return claimed


def settle(cast: Cast, settling: Settling, *, below: tuple[str, ...] = (), reason: str = REASON) -> Decision | None:
    """The best level on every line to settle, but the lowest on those with the keys `below`."""
    by = cast.by(settling.settler)
    with inside(cast):
        words = []
        for row in settling.words.select_related("line"):
            levels = list(row.line.levels.all())
            words.append(Word(row.line, levels[-1] if row.line.key in below else levels[0], reason))
        save_settling(by=by, settling=settling, token=settling.token, words=words)
        return finish_settling(by=by, settling=settling, token=settling.token)
