"""Many more of everything in Lakeside, made through the actions."""

from dataclasses import replace
from datetime import timedelta
from zlib import crc32

from assessment.actions.appealing import file_appeal
from assessment.actions.casework import name_panel, open_case
from assessment.actions.commenting import keep_comment
from assessment.actions.queue import claim, open_slots
from assessment.actions.reacting import react
from assessment.actions.working import add_absence
from assessment.cases import candidates
from assessment.models import DecisionLine, Review
from badges import importing
from badges.actions.outside import accept_issuer, add_equivalence, import_badge
from badges.checking import Checked, check
from badges.endorsing import endorse
from badges.models import AcceptedIssuer
from badges.passporting import make_link
from credentials.actions.editions import return_to_author, send_to_vetting
from credentials.actions.stacks import create_stack, publish_stack
from credentials.actions.vetting import add_note
from credentials.models import Edition
from lib.ids import uuid7
from recognition.actions.grants import ask, honour, reply
from recognition.actions.policies import activate
from recognition.models import Grant
from submissions.actions.coaching import assign as assign_coach
from submissions.actions.keeping import hold_what
from submissions.actions.paying import invoice
from submissions.actions.vouchers import make_free, make_voucher
from submissions.actions.works import start_work
from tenants.actions import invitations, tokens
from tenants.actions.settings import add_closure, create_child, list_partner
from tenants.models import Partnership, Role, Tenant, User
from tests.assessment import stage
from tests.assessment.anchors import anchor, edition_read, send_off
from tests.badges.made import work_off
from tests.badges.outsider import self_signed
from tests.badges.wallet import let_in
from tests.cast import Cast, make_user
from tests.credentials.sample import draft as draft_edition
from tests.credentials.sample import sent as sent_edition
from tests.matrix.world import World
from tests.recognition import scene
from tests.submissions.fee_stage import paid_edition
from tests.submissions.stage import publish_edition


def crowd(world: World, name: str, count: int) -> None:
    """`count` more of everything, with titles that start with `name`."""
    cast = world.cast
    _people(cast, name, count)
    _elsewhere(cast, name, count)
    for number in range(count):
        _writing(world, f"{name} {number}")
        _earning(world, f"{name} {number}")
    for number in range(count):
        _trusting(cast, f"{name} {number}")
    for number in range(count):
        _waiting(cast, f"{name} {number}")
        _differing(cast, f"{name} {number}")
        _measuring(cast, f"{name} {number}")
    for number in range(count):
        _vouching(world, f"{name} {number}")
    work_off()
    scene.follow_all()
    _answers(world, count)


def _people(cast: Cast, name: str, count: int) -> None:
    by = cast.by(cast.cleo)
    with stage.inside(cast):
        skill = Edition.objects.filter(state="published", micro_credential__tenant=cast.lakeside).first()
        addresses = [f"{name}{number}@example.org".lower() for number in range(count)]
        invitations.invite(by=by, emails=[f"new.{each}" for each in addresses], roles=[Role.EARNER])
        for number in range(count):
            user = make_user(f"{name}{number} Smith", cast.lakeside, Role.EARNER)
            scene.staff(cast, user, job_class="Teacher", building=f"{name} {number}")
            day = cast.lakeside.local_date() + timedelta(days=100 + number + 10 * count)
            add_closure(by=by, day=day, name=f"{name} {number}")
            slug = f"{name}-{number}".lower()
            partner = Tenant.objects.create(slug=f"with-{slug}", name=f"With {name} {number}")
            list_partner(by=by, issuer=partner)
            Tenant.objects.create(slug=f"no-{slug}", name=f"Not with {name} {number}")
            create_child(by=by, slug=f"below-{slug}", name=f"Below {name} {number}", kind=Tenant.Kind.SCHOOL)
            hold_what(by=by, what=user.email, reason=f"{name} {number} has an open case")
            keep_comment(by=cast.by(cast.bela), text=f"{name} {number}: say more about the ending.")
            assign_coach(by=by, coach=cast.dora, building=f"{name} {number}")
            day = cast.lakeside.local_date() + timedelta(days=200 + number + 10 * count)
            add_absence(by=cast.by(cast.bela), starts_on=day, ends_on=day)
            make_user(f"{name}{number}assessor Smith", cast.lakeside, Role.ASSESSOR)
            importing.read_in(
                by=by, thing=skill, file_name=f"{name} {number}.csv", data=f"email\n{user.email}\n".encode()
            )
            day = cast.lakeside.local_date() + timedelta(days=30)
            make_link(by=cast.by(cast.ada), label=f"{name} {number}", last_day=day)
            tokens.create_token(user=cast.ada, id=uuid7(), name=f"{name} {number}", scopes=["read"], days=30)


def _elsewhere(cast: Cast, name: str, count: int) -> None:
    """Ada brings more badges from elsewhere; more issuers are accepted, and more badges of one of them count."""
    by = cast.by(cast.cleo)
    accepted = AcceptedIssuer.objects.filter(tenant=cast.lakeside).earliest("added_at")
    editions = list(Edition.objects.filter(state=Edition.State.PUBLISHED, micro_credential__tenant=cast.lakeside)[:1])
    with stage.inside(cast):
        for number in range(count):
            _did, data = self_signed(crc32(f"{name} {number}".encode()), cast.ada.email, f"{name} {number} elsewhere")
            import_badge(by=cast.by(cast.ada), checked=Checked(data, "", check(data)))
            accept_issuer(by=by, issuer_id=f"did:web:{name}{number}.example".lower(), name=f"{name} {number}")
            counts = {"achievement_id": f"https://riverside.example/{name}/{number}", "achievement_name": name}
            thing = editions[0].micro_credential
            add_equivalence(by=by, accepted=accepted, micro_credential=thing, **counts)


def _writing(world: World, title: str) -> None:
    cast, things = world.cast, world.things["lakeside"]
    by, vetter = cast.by(cast.cleo), cast.by(cast.vito)
    draft_edition(cast, title=f"{title} draft")
    waiting = sent_edition(cast, title=f"{title} vetted")
    listed = publish_edition(cast, f"{title} listed")
    with stage.inside(cast):
        note = {"section": "competency", "kind": "must_fix", "text": f"{title}: say more."}
        for edition in (waiting, Edition.objects.get(id=things["edition:waiting"]["edition"])):
            add_note(by=vetter, edition=edition, **note)
        back = Edition.objects.get(id=things["edition:back"]["edition"])
        send_to_vetting(by=cast.by(cast.dora), edition=back)
        return_to_author(by=vetter, edition=back, notes=[note])
        for offered in (False, True):
            texts = {"title": f"{title} {offered}", "description": "Talk.", "items": [listed.micro_credential]}
            stack = create_stack(by=by, **texts)
            if offered:
                publish_stack(by=by, stack=stack)
        rule = {"starts_on": cast.lakeside.local_date(), "cents": 0, "ceu_hundredths": 100}
        scene.draft(cast, title=f"{title} plan", **rule)
        activate(by=by, policy=scene.draft(cast, title=f"{title} rule", job_classes=["Pilot"], **rule))


def _earning(world: World, title: str) -> None:
    """Of Ada's works one more is begun, one was returned, one passed, and one is being scored."""
    cast = world.cast
    stage.write(cast, publish_edition(cast, f"{title} begun"), cast.ada)
    for end in ("returned", "passed", "scored"):
        edition = publish_edition(cast, f"{title} {end}")
        stage.hand_in(cast, edition)
        review = stage.take(cast)
        while review.edition_id != edition.id:  # what waited before goes first, and stays with Bela
            review = stage.take(cast)
        if end != "scored":
            stage.score(cast, review, below=("plans",) if end == "returned" else ())


def _trusting(cast: Cast, title: str) -> None:
    """Of Ada's works one more is appealed, one has a flagged comment, one waits for a talk, one has a fee."""
    by, admin = cast.by(cast.ada), cast.by(cast.cleo)
    told = {}
    for what, tries in (("appealed", 3), ("flagged", 3), ("stuck", 1)):
        edition = publish_edition(cast, f"{title} {what}", tries=tries)
        submission = stage.hand_in(cast, edition)
        with stage.inside(cast):
            open_slots(by=cast.by(cast.bela))
            review = claim(by=cast.by(cast.bela), review=Review.objects.get(submission=submission))
        told[what] = stage.score(cast, review, below=("plans",))
    with stage.inside(cast):
        lines = {what: DecisionLine.objects.get(decision=each, line__key="plans") for what, each in told.items()}
        file_appeal(by=by, decision=told["appealed"], reasons={lines["appealed"].id: f"{title}: page 3."})
        react(by=by, line=lines["flagged"], kind="flag", text=f"{title} is another lesson.")
        invoice(by=by, work=start_work(by=by, edition=paid_edition(cast, f"{title} paid")))
        make_voucher(by=admin, label=f"{title} pilot", uses=3)
        group = Tenant.objects.create(slug=f"free-{title}".lower().replace(" ", "-"), name=f"{title} group")
        Partnership.objects.create(tenant=group, issuer=cast.lakeside)
        make_free(by=admin, group=group)
        case = open_case(by=cast.by(cast.bela), submission=told["stuck"].submission, concern=f"{title}: page 2.")
        name_panel(by=admin, case=case, users=candidates(case).values_list("id", flat=True))


def _waiting(cast: Cast, title: str) -> None:
    """One more thing that nobody has taken yet."""
    stage.hand_in(cast, publish_edition(cast, f"{title} waiting"))
    stage.hand_in(cast, stage.publish_with(cast, f"{title} looked through", precheck=True))
    with stage.inside(cast):
        open_slots(by=cast.by(cast.bela))


def _differing(cast: Cast, title: str) -> None:
    """One more thing on which two readers differ."""
    sent = stage.hand_in(cast, stage.publish_with(cast, f"{title} differing", plan="two"))
    second = User.objects.get(email="unalakeside@example.org")
    stage.score(cast, stage.take(cast, of=sent), below=("plans", "reach"))
    stage.score(cast, stage.take(cast, second, of=sent))


def _measuring(cast: Cast, title: str) -> None:
    """One more edition with a sample to practice on, and one more piece of work that two assessors scored."""
    anchor(cast, publish_edition(cast, f"{title} sampled"))
    edition = edition_read(cast, f"{title} twice", 2)
    sent = stage.hand_in(cast, edition)
    second = make_user(f"second-{title.replace(' ', '-')} Reader", cast.lakeside, Role.ASSESSOR)
    for user in (cast.bela, second):
        by = cast.by(user)
        with stage.inside(cast):
            open_slots(by=by)
            waiting = Review.objects.filter(submission=sent, state=Review.State.WAITING).first()
            held = claim(by=by, review=waiting)
        send_off(cast, held)


def _vouching(world: World, title: str) -> None:
    """One more endorsement of Lakeside's, one more of what Lakeside issues, and one more app of Ada's."""
    cast, slug = world.cast, title.lower().replace(" ", "-")
    there = replace(
        cast,
        lakeside=cast.harbor,
        dora=User.objects.get(email="hedy@example.org"),
        vito=User.objects.get(email="hans@example.org"),
    )
    with cast.inside():
        endorse(by=cast.by(cast.rao), thing=publish_edition(there, f"{title} vouched"), comment=f"{title} is good.")
    group = Tenant.objects.create(slug=f"vouch-{slug}", name=f"{title} vouches")
    listed = Edition.objects.get(id=world.things["lakeside"]["edition"]["edition"])
    user = make_user(f"vouch-{slug} Person", group, Role.RECOGNIZER)
    with cast.inside(group):
        endorse(by=cast.by(user, group), thing=listed, comment=f"{title} is good.")
    let_in(cast.ada, f"{title} Wallet")


def _answers(world: World, count: int) -> None:
    """Some grants are honored, some asked, and some wait; one has a long conversation."""
    cast, things = world.cast, world.things["lakeside"]
    rao, ada = cast.by(cast.rao), cast.by(cast.ada)
    with stage.inside(cast):
        pending = list(Grant.objects.filter(state=Grant.State.PENDING).exclude(id=things["grant"]["grant"]))
        for grant in pending[::4]:
            honour(by=rao, grant=grant)
        for grant in pending[1::4]:
            ask(by=rao, grant=grant, text="Which class was this?")
        talk = Grant.objects.get(id=things["grant:asked"]["grant"])
        for _turn in range(count):
            reply(by=ada, grant=talk, text="The fourth grade.")
            ask(by=rao, grant=talk, text="Which school?")
