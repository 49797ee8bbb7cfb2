"""One educator's journey through one edition, as far as the story wants it to go."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.files.base import ContentFile

from assessment.actions.deciding import decide, finish
from assessment.actions.prechecking import complete
from assessment.actions.queue import claim, open_slots
from assessment.actions.scoring import save_score
from assessment.models import Precheck, Review
from badges import completing
from badges import mail as badge_mail
from badges.deliveries import handle
from badges.minting import mint
from badges.models import Consumer
from config.demo import content, paper
from config.demo.people import World
from credentials.models import Criterion, Edition, RubricLine
from lib import clock
from recognition.actions.following import follow
from submissions.actions.attesting import Said, attest_all
from submissions.actions.evidence import add_file, add_text
from submissions.actions.handing_in import promise, read_about, submit
from submissions.actions.logs import add_entry
from submissions.actions.paying import book_payment, invoice
from submissions.actions.quizzes import finish_quiz, start_quiz
from submissions.actions.works import start_work
from submissions.actions.writing import save_response
from submissions.models import Artifact, Students, Submission
from tenants.models import Role, User
from tenants.roles import Member, system
from tenants.scope import inside

MINUTES_A_LINE = 4  # that an assessor of the demo takes


def work_off() -> None:
    """What the workers would do at this moment: mint, complete stacks, tell earners, let policies apply."""
    while handle(Consumer.MINT, mint) + handle(Consumer.STACKS, completing.follow):
        pass
    handle(Consumer.NOTICE, badge_mail.follow)
    handle(Consumer.RECOGNITION, follow)


@dataclass
class Journey:
    """An earner, an edition, when they began, and which of the sample answers they write."""

    world: World
    slug: str  # of the edition
    edition: Edition
    earner: User
    begun: datetime
    variant: int

    def __post_init__(self) -> None:
        self.tenant = self.edition.tenant
        self.by: Member = self.world.by(self.earner, self.tenant.slug)

    def start(self) -> Submission:
        """Begin, and read what it is about."""
        with inside(self.tenant), clock.at(self.begun):
            work = start_work(by=self.by, edition=self.edition)
            submission = Submission.objects.get(work=work)
            return read_about(by=self.by, submission=submission)

    def write(self, submission: Submission, *, parts: int | None = None, days: int = 1) -> None:
        """Answer and add evidence to the first `parts` criteria (all of them by default)."""
        with inside(self.tenant), clock.at(self.begun + timedelta(days=days)):
            for criterion in list(self.edition.criteria.prefetch_related("prompts"))[:parts]:
                self._fill(submission, criterion)

    def _fill(self, submission: Submission, criterion: Criterion) -> None:
        if criterion.part == Criterion.Kind.LOG:
            self._keep_log(submission, criterion)
        if criterion.part == Criterion.Kind.QUIZ:
            self._take_quiz(submission, criterion)
        if criterion.part in (Criterion.Kind.LOG, Criterion.Kind.QUIZ):
            return
        answers = content.samples()["answers"][self.slug].get(criterion.key, {})
        for prompt in criterion.prompts.all():
            text = answers[prompt.key][self.variant]
            save_response(by=self.by, submission=submission, prompt=prompt, text=text)
        artifacts = content.samples()["artifacts"][self.slug].get(criterion.key, [[]] * 3)[self.variant]
        for each in artifacts:
            if each["kind"] == "file":
                # Two scans are never the same to the byte; reviewers are told of files that are.
                scan = paper.pdf(criterion.title, each["body"]) + f"% {submission.id}\n".encode()
                file = ContentFile(scan, name=each["name"])
                add_file(by=self.by, submission=submission, criterion=criterion, upload=file)
            else:
                add_text(by=self.by, submission=submission, criterion=criterion, text=each["body"], name=each["name"])

    def _keep_log(self, submission: Submission, criterion: Criterion) -> None:
        """Each entry on the day it is about."""
        for entry in content.samples()["logs"][self.slug][criterion.key]:
            with clock.at(self.begun + timedelta(days=entry["days"])):
                facts = {"on": self.tenant.local_date(), "minutes": entry["minutes"], "what": entry["what"]}
                add_entry(by=self.by, submission=submission, criterion=criterion, **facts)

    def _take_quiz(self, submission: Submission, criterion: Criterion) -> None:
        """Passed at once; those who write the last of the sample answers need a second try."""
        right = {str(item.id): item.right_places for item in criterion.quiz_items.all()}
        for known in ([1] if self.variant == 2 else []) + [criterion.quiz_draw]:
            paper = start_quiz(by=self.by, submission=submission, criterion=criterion)
            answers = {
                number: [place for place, written in enumerate(asked["order"]) if written in right[asked["item"]]]
                for number, asked in enumerate(paper.drawn[:known], start=1)
            }
            finish_quiz(by=self.by, quiz_try=paper, answers=answers)

    def promise(self, submission: Submission, *, days: int = 2) -> None:
        """Say that students are covered in every piece of evidence, and make the promises."""
        with inside(self.tenant), clock.at(self.begun + timedelta(days=days)):
            pieces = Artifact.objects.filter(submission=submission, state=Artifact.State.READY)
            attest_all(by=self.by, submission=submission, said={each.id: Said(Students.COVERED) for each in pieces})
            promise(by=self.by, submission=submission, own_work=True, protected=True, used_ai=False)

    def send(self, submission: Submission, *, days: int) -> Submission:
        """Pay what it costs, hand in, and let the queue take it in, after a look whether all is there."""
        assessor = self.world.first(self.tenant.slug, Role.ASSESSOR)
        with inside(self.tenant), clock.at(self.begun + timedelta(days=days)):
            if self.edition.fee_cents and submission.number == 1:
                fee = invoice(by=self.by, work=submission.work)
                admin = self.world.first(self.tenant.slug, Role.ADMIN)
                book_payment(by=admin, fee=fee, reference=f"Transfer for {submission.code}")
            sent = submit(by=self.by, submission=submission)
            open_slots(by=assessor)
            for check in Precheck.objects.filter(submission=sent, state=Precheck.State.WAITING):
                complete(by=assessor, check=check)
            return sent

    def score(self, submission: Submission, *, assessor: User, days: float, not_yet: int = 0) -> None:
        """Let everyone read it whom the plan asks for, and decide.

        The last `not_yet` open lines are below the pass level, and all readers see that alike.
        """
        others = (user for user in self.world.roles[self.tenant.slug, Role.ASSESSOR] if user != assessor)
        for hours, reader in enumerate([assessor, *(user for user in others if user != self.earner)]):
            when = timedelta(days=days, hours=hours)
            if not self.read(submission, assessor=reader, when=when, not_yet=not_yet):
                break
            with inside(self.tenant), clock.at(self.begun + when + timedelta(minutes=58)):
                decide(by=system(self.tenant), submission=submission)
        with clock.at(self.begun + when + timedelta(minutes=59)):
            work_off()

    def read(self, submission: Submission, *, assessor: User, when: timedelta, not_yet: int = 0) -> bool:
        """Claim, score every open line and send, if a reading is asked for. Returns whether one was."""
        by = self.world.by(assessor, self.tenant.slug)
        with inside(self.tenant), clock.at(self.begun + when):
            waiting = Review.objects.filter(submission=submission, state=Review.State.WAITING).order_by("slot").first()
            if waiting is None:
                return False
            held = claim(by=by, review=waiting)
            opened = [status.line for status in submission.lines.select_related("line") if status.is_open]
            for place, line in enumerate(opened, start=1):
                with clock.at(held.claimed_at + timedelta(minutes=MINUTES_A_LINE * place)):
                    self._score_line(by, held, line, passes=place <= len(opened) - not_yet)
            with clock.at(held.claimed_at + timedelta(minutes=MINUTES_A_LINE * len(opened))):
                finish(by=by, review=held, token=held.token)
        return True

    def next_try(self, submission: Submission) -> Submission:
        """The draft that a "not yet" opened. What was written is carried along, so there is little left to do."""
        with inside(self.tenant):
            return Submission.objects.get(work=submission.work_id, number=submission.number + 1)

    def _score_line(self, by: Member, held: Review, line: RubricLine, *, passes: bool) -> None:
        level = next(level for level in line.levels.all() if level.passes == passes)
        comments = content.samples()["comments"][self.slug][line.key].get(level.name, [""])
        save_score(by=by, review=held, token=held.token, line=line, level=level, comment=comments[0])

    def assessors(self, rng: random.Random) -> User:
        """Somebody who may score this: never the earner."""
        others = [user for user in self.world.roles[self.tenant.slug, Role.ASSESSOR] if user != self.earner]
        return rng.choice(others)
