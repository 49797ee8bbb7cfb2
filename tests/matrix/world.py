"""One of everything, twice: made in Lakeside by its people and in Harbor by others, through the actions."""

import re
from dataclasses import dataclass, replace
from datetime import timedelta

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from assessment.actions.anchors import make_anchor, publish_anchor
from assessment.actions.appealing import file_appeal
from assessment.actions.casework import name_panel, open_case, reply
from assessment.actions.commenting import keep_comment
from assessment.actions.marking import add_mark
from assessment.actions.queue import claim, open_slots
from assessment.actions.reacting import react
from assessment.actions.settling import claim_settling
from assessment.actions.working import add_absence
from assessment.models import Anchor, AnchorLine, AnchorReading, DecisionLine, Precheck, Review, Settling
from badges import importing
from badges.actions import revoke, share
from badges.models import AwardImport, Badge
from config.site.export import make
from credentials.actions.editions import return_to_author
from credentials.actions.stacks import create_stack, offer_assessing, publish_stack
from credentials.actions.vetting import add_note
from credentials.models import Criterion, Edition, Stack, VettingNote
from lib import clock
from lib.ids import uuid7
from lib.transitions import move
from recognition.actions.grants import ask
from recognition.actions.policies import activate
from submissions.actions.coaching import assign as assign_coach
from submissions.actions.erasing import ask_erasure
from submissions.actions.evidence import add_file, add_text, remove_artifact
from submissions.actions.exporting import ask_export
from submissions.actions.handing_in import promise, submit
from submissions.actions.keeping import hold_what
from submissions.actions.logs import add_entry
from submissions.actions.paying import invoice
from submissions.actions.pointers import add_pointer
from submissions.actions.quizzes import start_quiz
from submissions.actions.uploads import begin_upload
from submissions.actions.vouchers import make_free, make_voucher
from submissions.erasure import erase
from submissions.models import Artifact, LogEntry, Preview, Submission, Work
from submissions.places import Place
from tenants import mail
from tenants.actions import invitations, tokens
from tenants.actions.look import save_logo
from tenants.actions.settings import add_closure, list_partner
from tenants.models import Invitation, Membership, OutgoingMail, Partnership, Role, Tenant, User
from tests.assessment import stage
from tests.assessment.anchors import anchor, practice_once
from tests.badges.made import minted, work_off
from tests.cast import Cast, make_cast, make_user
from tests.credentials.sample import draft as draft_edition
from tests.credentials.sample import log_part, quiz_part
from tests.credentials.sample import sent as sent_edition
from tests.recognition import scene
from tests.submissions import fee_stage
from tests.submissions.props import film
from tests.submissions.stage import attest_ready, box, edition_data, pdf, picture, publish_edition, video

Given = dict[str, object]  # parameters of addresses


@dataclass
class World:
    """What there is, and who looks at it."""

    cast: Cast
    persons: dict[str, User | None]
    things: dict[str, dict[str, Given]]  # slug of a tenant → name of a thing → what its addresses take
    sessions: dict[str, str]

    def browser(self, person: str) -> Client:
        """A fresh browser in which `person` has signed in."""
        client = Client(raise_request_exception=False)
        if person in self.sessions:
            client.cookies[settings.SESSION_COOKIE_NAME] = self.sessions[person]
        return client


def make_world() -> World:
    """Everything, fresh. Takes a few seconds."""
    cast = make_cast()
    every = tuple(role for role in Role if role != Role.EVALUATOR)
    persons = {
        "anyone": None,
        "stranger": cast.stranger,
        "ada": cast.ada,
        "egon": make_user("Egon Eden", cast.lakeside, Role.EARNER),
        "bela": cast.bela,
        "dora": cast.dora,
        "vito": cast.vito,
        "rao": cast.rao,
        "cleo": cast.cleo,
        "mallory": cast.mallory,
        "omar": make_user("Omar Ost", cast.lakeside, *every),  # every role, in both tenants
    }
    Membership.objects.create(tenant=cast.harbor, user=persons["omar"], roles=list(every))
    there = replace(
        cast,
        lakeside=cast.harbor,
        harbor=cast.lakeside,
        ada=make_user("Hana Holt", cast.harbor, Role.EARNER),
        bela=make_user("Hugo Hale", cast.harbor, Role.ASSESSOR, Role.EARNER),
        cleo=make_user("Holly Hart", cast.harbor, Role.ADMIN),
        dora=make_user("Hedy Hill", cast.harbor, Role.AUTHOR),
        vito=make_user("Hans Heim", cast.harbor, Role.VETTER),
        rao=make_user("Hiro Hall", cast.harbor, Role.RECOGNIZER),
    )
    third = Tenant.objects.create(slug="cove", name="Cove College", kind=Tenant.Kind.UNIVERSITY)
    things = {
        "lakeside": furnish(cast, persons["egon"], third),
        "harbor": furnish(there, make_user("Hilda Hope", cast.harbor, Role.EARNER), third),
    }
    return World(cast, persons, things, {name: _session(user) for name, user in persons.items() if user})


def _session(user: User) -> str:
    client = Client()
    client.force_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def furnish(cast: Cast, other: User, partner: Tenant) -> dict[str, Given]:
    """One of everything in the tenant that `cast` calls Lakeside. `other` is a second earner there."""
    return {
        "-": {},
        **_settings(cast, partner),
        **_people(cast),
        **_editions(cast),
        **_leaving(cast),
        **_works(cast, other),
        **_samples(cast),
        **_badges(cast),
        **_settling(cast),
        **_trust(cast),
        **_reviewing(cast),
    }


def _reviewing(cast: Cast) -> dict[str, Given]:
    """Bela will be away; Dora coaches Ada; a stack offers the role of an assessor; one of Ada's works is looked at."""
    tenant, admin = cast.lakeside, cast.by(cast.cleo)
    Membership.objects.filter(tenant=tenant, user=cast.dora).update(roles=[Role.AUTHOR, Role.COACH])
    day = tenant.local_date() + timedelta(days=9)
    sent = stage.hand_in(cast, stage.publish_with(cast, f"{tenant.name} Looked through", precheck=True))
    with stage.inside(cast):
        away = add_absence(by=cast.by(cast.bela), starts_on=day, ends_on=day)
        coaching = assign_coach(by=admin, coach=cast.dora, earner=cast.ada)
        begun = Work.objects.get(edition__title=f"{tenant.name} Begun", earner=cast.ada)
        open_slots(by=cast.by(cast.bela))
        check = Precheck.objects.get(submission=sent)
        stack = Stack.objects.get(title=f"{tenant.name} Offered")
        offer_assessing(by=admin, stack=stack, offers=True)
    return {
        "absence": {"absence": away.id},
        "assessor": {"user": cast.bela.id},
        "coached": {"work": begun.id, "key": "plan"},
        "coaching": {"coaching_id": coaching.id},
        "precheck": {"check": check.id},
        "offer": {"stack": stack.id},
    }


def _settling(cast: Cast) -> dict[str, Given]:
    """Two works of Ada's on which two readers differ. Vito, who settles too, has taken one of them."""
    Membership.objects.filter(tenant=cast.lakeside, user=cast.vito).update(roles=[Role.VETTER, Role.SENIOR])
    second = make_user(f"Una{cast.lakeside.slug} Uhl", cast.lakeside, Role.ASSESSOR)
    given = {}
    for thing in ("settling", "settling:queued"):
        edition = stage.publish_with(cast, f"{cast.lakeside.name} {thing}", plan="two")
        draft = stage.write(cast, edition, cast.ada)
        shown = _filmed(cast, draft)
        sent = stage.send(cast, draft)
        stage.score(cast, stage.take(cast, of=sent), below=("plans",))
        stage.score(cast, stage.take(cast, second, of=sent))
        with stage.inside(cast):
            opened = Settling.objects.get(submission=sent)
            if thing == "settling":
                claim_settling(by=cast.by(cast.vito), settling=opened)
        given[thing] = {"settling": opened.id, **shown}
    return given


def _settings(cast: Cast, partner: Tenant) -> dict[str, Given]:
    tenant, by = cast.lakeside, cast.by(cast.cleo)
    with cast.inside():
        closure = add_closure(by=by, day=tenant.local_date() + timedelta(days=30), name="Storm")
        partnership = list_partner(by=by, issuer=partner)
        save_logo(by=by, upload=SimpleUploadedFile("logo.png", picture()), alt="A heron")
        mail.unknown_account(f"nobody@{tenant.slug}.example.org")
        lost = OutgoingMail.objects.get(to=f"nobody@{tenant.slug}.example.org")
        lost.tenant = tenant
        move(lost, OutgoingMail.State.GAVE_UP)
        lost.save()
    tenant.refresh_from_db()
    return {
        "closure": {"closure": closure.id},
        "partnership": {"partnership": partnership.id},
        "mail": {"mail": lost.id},
        "logo": {"digest": tenant.logo_digest},
        "theme": {"digest": "0000"},
    }


def _people(cast: Cast) -> dict[str, Given]:
    tenant, new = cast.lakeside, f"new@{cast.lakeside.slug}.example.org"
    with cast.inside():
        invitations.invite(by=cast.by(cast.cleo), emails=[new], roles=[Role.EARNER])
        invited = Invitation.objects.get(email=new)
    secret = _linked(new, rf"/t/{tenant.slug}/join/([^/\s]+)/")[1]
    token, _secret = tokens.create_token(user=cast.ada, id=uuid7(), name="Script", scopes=["read"], days=30)
    Client().post(reverse("account_reset_password"), {"email": cast.ada.email})
    reset = _linked(cast.ada.email, r"/password/reset/([0-9A-Za-z]+)-([0-9A-Za-z-]+)/")
    scene.staff(cast, cast.ada, job_class="Teacher")
    return {
        "person": {"user": cast.ada.id},
        "invitation": {"invitation": invited.id, "secret": secret},
        "token": {"token": token.id},
        "reset": {"uidb36": reset[1], "key": reset[2]},
    }


def _linked(to: str, pattern: str) -> re.Match[str]:
    """What the newest mail to someone leads to."""
    found = re.search(pattern, OutgoingMail.objects.filter(to=to).order_by("-created_at", "-id")[0].text)
    assert found, f"no link in the mail to {to}"
    return found


def _editions(cast: Cast) -> dict[str, Given]:
    vetter, admin = cast.by(cast.vito), cast.by(cast.cleo)
    name = cast.lakeside.name
    draft = draft_edition(cast, title=f"{name} Draft")
    waiting = sent_edition(cast, title=f"{name} Waiting")
    back = sent_edition(cast, title=f"{name} Back")
    listed = publish_edition(cast, f"{name} Listed")
    with cast.inside():
        asked = add_note(by=vetter, edition=waiting, section="competency", kind="must_fix", text="Say what it shows.")
        add_note(by=vetter, edition=back, section="competency", kind="must_fix", text="Say for whom it is.")
        return_to_author(by=vetter, edition=back)
        told = VettingNote.objects.get(edition=back)
        items = [listed.micro_credential]
        texts = {"description": "You lead talk in which students think.", "items": items}
        planned = create_stack(by=admin, title=f"{name} Planned", **texts)
        offered = create_stack(by=admin, title=f"{name} Offered", **texts)
        publish_stack(by=admin, stack=offered)
        rule = scene.draft(cast, title=f"{name} plan", starts_on=cast.lakeside.local_date())
        active = scene.draft(cast, title=f"{name} stipend", starts_on=cast.lakeside.local_date())
        activate(by=admin, policy=active)
    edited = {"section": "competency"}
    return {
        "edition:draft": {"edition": draft.id, "kind": "e", "thing": draft.id, "extension": "svg", **edited},
        "edition:waiting": {"edition": waiting.id, "note": asked.id, **edited},
        "edition:back": {"edition": back.id, "note": told.id, **edited},
        "edition": {
            "edition": listed.id,
            "mc": listed.micro_credential.slug,
            "kind": "e",
            "thing": listed.id,
            "extension": "png",
            **edited,
        },
        "edition:unlisted": {"mc": draft.micro_credential.slug},
        "stack": {"stack": offered.slug, "kind": "s", "thing": offered.id, "extension": "svg"},
        "stack:draft": {"stack": planned.slug, "kind": "s", "thing": planned.id, "extension": "svg"},
        "stack:planned": {"stack": planned.id},
        "stack:offered": {"stack": offered.id},
        "policy:draft": {"policy": rule.id},
        "policy": {"policy": active.id},
    }


def _leaving(cast: Cast) -> dict[str, Given]:
    """Ada had all her evidence erased, wants to do so again, and has a copy of her data. Vito's is under a hold."""
    stage.write(cast, publish_edition(cast, f"{cast.lakeside.name} Erased"), cast.ada)
    by = {"user": cast.ada, "typed": cast.ada.email, "tenant": cast.lakeside}
    with clock.at(clock.now() - timedelta(days=20)):
        [done] = ask_erasure(**by)
    with stage.inside(cast):
        erase(cast.lakeside, done)
        hold = hold_what(by=cast.by(cast.cleo), what=cast.vito.email, reason="An open case")
    [waiting] = ask_erasure(**by)
    copy = ask_export(user=cast.ada)
    make(copy)
    return {
        "erasure": {"erasure": done.id},
        "erasure:waiting": {"erasure": waiting.id},
        "export": {"export": copy.id},
        "hold": {"hold": hold.id},
    }


def _works(cast: Cast, other: User) -> dict[str, Given]:
    """Ada's works, one for each state; `other` has sent something as well."""
    name = cast.lakeside.name
    begun = stage.write(cast, publish_edition(cast, f"{name} Begun"), cast.ada)
    with stage.inside(cast):
        by, plan = cast.by(cast.ada), Criterion.objects.get(edition=begun.edition_id, key="plan")
        add_file(by=by, submission=begun, criterion=plan, upload=SimpleUploadedFile("plan.pdf", pdf(f"{name} begun")))
        removed = add_text(by=by, submission=begun, criterion=plan, text="Not this one.")
        remove_artifact(by=by, artifact=removed)
        paper = Artifact.objects.get(submission=begun, kind=Artifact.Kind.FILE)
        key = default_storage.save(f"previews/{paper.file_id}", ContentFile(picture("WEBP")))
        facts = {"kind": "thumb", "key": key, "content_type": "image/webp", "size": 100}
        Preview.objects.create(file=paper.file, **facts)
    scored = stage.write(cast, publish_edition(cast, f"{name} Scored"), cast.ada)
    with stage.inside(cast):
        plan = Criterion.objects.get(edition=scored.edition_id, key="plan")
        add_file(by=by, submission=scored, criterion=plan, upload=SimpleUploadedFile("plan.pdf", pdf(f"{name} scored")))
    shown = _filmed(cast, begun)
    sent = _filmed(cast, scored)
    stage.send(cast, scored)
    review = stage.take(cast)
    with stage.inside(cast):
        place = {"artifact": Artifact.objects.get(id=sent["artifact"]), "place": Place(seconds=7)}
        marked = add_mark(by=cast.by(cast.bela), review=review, token=review.token, note="Look", **place)
        kept = keep_comment(by=cast.by(cast.bela), text=f"{name}: say more about the ending.")
    sent |= {"mark": marked.id}
    stage.hand_in(cast, publish_edition(cast, f"{name} Returned"))
    stage.score(cast, stage.take(cast), below=("plans",))
    stage.hand_in(cast, publish_edition(cast, f"{name} Passed"))
    done = stage.take(cast)
    stage.score(cast, done)
    stage.hand_in(cast, Edition.objects.get(title=f"{name} Begun"), other)
    with stage.inside(cast):
        open_slots(by=cast.by(cast.bela))
        queued = Review.objects.get(state=Review.State.WAITING)
    stage.hand_in(cast, publish_edition(cast, f"{name} Sent"))
    entry = _log_and_quiz(cast, f"{name} Logged")
    with stage.inside(cast):
        again = Submission.objects.get(work__edition__title=f"{name} Returned", earner=cast.ada, state="draft")
        part = Criterion.objects.get(edition=again.edition_id, key="extra")
        upload = begin_upload(by=by, submission=again, criterion=part, name="more.mp4", size=500).upload
        works = {work.edition.title.split()[-1].lower(): work for work in Work.objects.filter(earner=cast.ada)}
        given = {f"work:{state}": _work(work) for state, work in works.items()}
        papers = Artifact.objects.filter(file__content_type="application/pdf", state=Artifact.State.READY)
        files = {each.submission.work_id: each.id for each in papers}
    return {
        **given,
        "upload": {"upload": upload.id, "number": 1},
        "preview": {"artifact": files[works["begun"].id], "kind": "thumb", "number": 0},
        "removed": {"artifact": removed.id, **_parts(works["begun"])},
        "log": {"entry": entry.id, **_parts(works["logged"], "hours")},
        "quiz": _parts(works["logged"], "quiz"),
        "file": {"artifact": files[works["begun"].id], **_parts(works["begun"])},
        "film": {**_parts(works["begun"]), **shown},
        "film:sent": {**_parts(works["scored"]), **sent},
        "review": {"review": review.id, "artifact": files[works["scored"].id], "mark": marked.id},
        "review:queued": {"review": queued.id, "artifact": files[works["scored"].id], "mark": marked.id},
        "review:done": {"review": done.id, "artifact": files[works["scored"].id], "mark": marked.id},
        "comment": {"comment": kept.id},
        "film:held": {"review": review.id, **sent},
        "film:queued": {"review": queued.id, **sent},
        "film:done": {"review": done.id, **sent},
    }


def _samples(cast: Cast) -> dict[str, Given]:
    """An anchor made of a film whose earner said yes, one that Dora is writing, and what Bela scored to practice."""
    tara = make_user(f"Tara-{cast.lakeside.slug} Trust", cast.lakeside, Role.EARNER)
    cast = replace(cast, ada=tara)
    edition = publish_edition(cast, f"{cast.lakeside.name} Trained")
    draft = stage.write(cast, edition, cast.ada)
    _filmed(cast, draft)
    ada, bela = cast.by(cast.ada), cast.by(cast.bela)
    with stage.inside(cast):
        attest_ready(ada, draft)
        promise(by=ada, submission=draft, own_work=True, protected=True, used_ai=False, training=True)
        sent = submit(by=ada, submission=draft)
        open_slots(by=bela)
        held = claim(by=bela, review=Review.objects.get(submission=sent))
    stage.score(cast, held, below=("plans",))
    with stage.inside(cast):
        made = make_anchor(by=cast.by(cast.cleo), code=sent.code)
        AnchorLine.objects.filter(anchor=made).update(rationale="It is there.")
        Anchor.objects.filter(id=made.id).update(names_checked=True)
        publish_anchor(by=cast.by(cast.cleo), anchor=made)
        copied = Artifact.objects.get(submission=made.submission, kind=Artifact.Kind.FILE)
    begun = anchor(cast, edition, publish=False)
    practice_once(cast, edition)
    with stage.inside(cast):
        reading = AnchorReading.objects.get()
    film = {"artifact": copied.id, "language": "en", "kind": "video", "number": 0}
    return {
        "anchor": {"anchor": made.id, **film},
        "anchor:draft": {"anchor": begun.id, **film},
        "practice": {"mc": edition.micro_credential.slug, "reading": reading.id},
    }


def _trust(cast: Cast) -> dict[str, Given]:
    """Ada's appeal, flag, talk, fee and case; Bela opened the case, and others are on its panel."""
    name, by = cast.lakeside.name, cast.by(cast.ada)
    admin = cast.by(cast.cleo)
    told = {}
    for what in ("Appealed", "Flagged"):
        stage.hand_in(cast, publish_edition(cast, f"{name} {what}"))
        told[what] = stage.score(cast, _of(cast, f"{name} {what}"), below=("plans",))
    stage.hand_in(cast, publish_edition(cast, f"{name} Stuck", tries=1))
    stuck = stage.score(cast, _of(cast, f"{name} Stuck"), below=("plans",))
    paid = fee_stage.paid_edition(cast, f"{name} Paid")
    fee_work = stage.write(cast, paid, cast.ada).work
    asked = stage.write(cast, fee_stage.paid_edition(cast, f"{name} Unpaid"), cast.ada).work
    stage.hand_in(cast, publish_edition(cast, f"{name} Questioned"))
    review = _of(cast, f"{name} Questioned")
    with stage.inside(cast):
        lines = {what: DecisionLine.objects.get(decision=each, line__key="plans") for what, each in told.items()}
        file_appeal(by=by, decision=told["Appealed"], reasons={lines["Appealed"].id: "Look at page 3."})
        flag = react(by=by, line=lines["Flagged"], kind="flag", text="It is about another lesson.")
        waits = Submission.objects.get(work=stuck.submission.work_id, number=2)
        fee = invoice(by=by, work=fee_work)
        voucher, _code = make_voucher(by=admin, label="Pilot", uses=3)
        cove = Tenant.objects.get(slug="cove")
        Partnership.objects.create(tenant=cove, issuer=cast.lakeside)
        rule = make_free(by=admin, group=cove)
        case = open_case(by=cast.by(cast.bela), submission=review.submission, concern="Page 2 is on the web.")
        pool = make_user(f"Pool-{cast.lakeside.slug} Person", cast.lakeside, Role.COACH)
        name_panel(by=admin, case=case, users=[cast.dora.id, cast.vito.id, pool.id])
        reply(by=by, case=case, text="I wrote it.")
        waiting = open_case(by=cast.by(cast.rao), submission=told["Flagged"].submission, concern="Page 3 as well.")
    return {
        "work:appealed": {"work": told["Appealed"].submission.work_id, "number": 1},
        "comment:read": {"line": lines["Flagged"].id},
        "flag": {"flag": flag.id},
        "stuck": {"submission": waits.id, "key": "quiz"},
        "work:paid": {"work": fee_work.id},
        "work:unpaid": {"work": asked.id},
        "fee": {"fee": fee.id},
        "voucher": {"voucher": voucher.id},
        "fee:rule": {"rule": rule.id},
        "case": {"case": case.id, "artifact": case.id, "kind": "thumb", "number": 0, "language": "en"},
        "case:waiting": {"case": waiting.id},
        "review:asked": {"review": review.id},
    }


def _of(cast: Cast, title: str) -> Review:
    """Bela claims the work on the edition with this title."""
    with stage.inside(cast):
        open_slots(by=cast.by(cast.bela))
        found = Review.objects.get(edition__title=title, state=Review.State.WAITING)
        return claim(by=cast.by(cast.bela), review=found)


def _filmed(cast: Cast, draft: Submission) -> Given:
    """A film with preview, captions and a pointer, in the part for more."""
    made = film(cast, draft, content=video() + box(b"free", draft.id.bytes), key="extra")
    with stage.inside(cast):
        pointer = add_pointer(by=cast.by(cast.ada), artifact=made, place=Place(seconds=5), note="Look here.")
    return {"artifact": made.id, "pointer": pointer.id, "language": "en", "kind": "video", "number": 0}


def _work(work: Work) -> Given:
    newest = Submission.objects.filter(work=work).order_by("-number").first()
    link = Artifact.objects.get(submission=newest, kind=Artifact.Kind.LINK)
    return {"artifact": link.id, **_parts(work)}


def _parts(work: Work, key: str = "plan") -> Given:
    return {"work": work.id, "number": 1, "key": key, "criterion": key, "prompt": "look"}


def _log_and_quiz(cast: Cast, title: str) -> LogEntry:
    """Ada has begun a work with a log that has an entry, and a quiz with an open try."""
    criteria = [*edition_data()["criteria"], log_part(), quiz_part()]
    draft = stage.write(cast, publish_edition(cast, title, criteria=criteria), cast.ada)
    with stage.inside(cast):
        given = {"by": cast.by(cast.ada), "submission": draft}
        log, quiz = (Criterion.objects.get(edition=draft.edition_id, key=key) for key in ("hours", "quiz"))
        day = cast.lakeside.local_date() - timedelta(days=2)
        entry = add_entry(**given, criterion=log, on=day, minutes=90, what="I watched two lessons.")
        start_quiz(**given, criterion=quiz)
    return entry


def _list(cast: Cast, edition: Edition, number: int) -> AwardImport:
    """A list of two people, of whom one cannot get the badge."""
    text = f"email,name\nlisted{number}@{cast.lakeside.slug}.example,Lea Long\nnobody,\n"
    return importing.read_in(by=cast.by(cast.cleo), thing=edition, file_name=f"{number}.csv", data=text.encode())


def _badges(cast: Cast) -> dict[str, Given]:
    """Ada's badges: of the work that passed, and three more, of which one completes a stack."""
    name, by = cast.lakeside.name, cast.by(cast.ada)
    work_off()
    for title in ("Listed", "Sent", "Returned"):
        minted(cast, Edition.objects.get(title=f"{name} {title}"))
    found = {badge.edition.title.split()[-1]: badge for badge in Badge.objects.filter(earner=cast.ada, stack=None)}
    shown, hidden, void, plain = (found[title] for title in ("Passed", "Listed", "Returned", "Sent"))
    scene.follow_all()
    with stage.inside(cast):
        share(by=by, badge=shown, visibility=Badge.Visibility.PUBLIC, show_name=True)
        share(by=by, badge=hidden, visibility=Badge.Visibility.PRIVATE, show_name=False)
        revoke(by=cast.by(cast.cleo), badge=void, reason=Badge.Reason.ERROR)
    scene.follow_all()
    grants = {grant.badge_id: grant for grant in scene.grants(cast)}
    with stage.inside(cast):
        ask(by=cast.by(cast.rao), grant=grants[plain.id], text="Which class was this?")
        lists = [_list(cast, plain.edition, number) for number in range(2)]
        importing.start(by=cast.by(cast.cleo), award_import=lists[1])
    issuer = {"issuer": shown.issuer_id, "number": 1}
    return {
        "list": {"award_import": lists[0].id},
        "list:running": {"award_import": lists[1].id},
        "badge": {"badge": shown.id},
        "badge:private": {"badge": hidden.id},
        "badge:revoked": {"badge": void.id},
        "issuer": issuer,
        "grant": {"grant": grants[shown.id].id},
        "grant:asked": {"grant": grants[plain.id].id},
    }
