"""An invitation lets the invited person in, once, and nobody else."""

import re
import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from lib import clock
from tenants.actions import invitations
from tenants.models import AuditEntry, Invitation, Membership, OutgoingMail, Role, Tenant, User
from tenants.tasks import deliver
from tests.cast import PASSWORD, Cast, make_user

GOOD = "a long enough secret 7"


@pytest.fixture
def admin(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.cleo)
    return client


def invite(admin: Client, emails: str, *roles: str):
    return admin.post(reverse("invite", args=["lakeside"]), {"emails": emails, "roles": roles or ["earner"]})


def link(email: str) -> str:
    """The path in the newest mail to `email`."""
    mail = OutgoingMail.objects.filter(kind="invitation", to=email).order_by("-created_at", "-id")[0]
    return re.search(r"https?://[^/]+(/t/\S+)", mail.text)[1]


def held(email: str, tenant: Tenant) -> Membership | None:
    return Membership.objects.filter(user__email=email, tenant=tenant).first()


def test_many_addresses_are_invited_at_once_each_by_a_mail(cast: Cast, admin: Client):
    answer = invite(admin, "New@School.org, b@school.org;\n<c@school.org>\nnew@school.org", "earner", "assessor")
    assert answer.status_code == 302
    with cast.inside():
        found = {each.email: each.roles for each in Invitation.objects.all()}
        assert AuditEntry.objects.filter(verb="invitation.sent").count() == 3
    assert found == dict.fromkeys(["new@school.org", "b@school.org", "c@school.org"], ["earner", "assessor"])
    mail = OutgoingMail.objects.get(to="new@school.org")
    assert "Cleo Carter invites you to Lakeside Schools" in mail.text
    assert "Educator, Assessor" in mail.text
    assert link("new@school.org") in mail.html


@pytest.mark.parametrize("emails", ["", "not-an-address", "fine@school.org, broken@", " ,; "])
def test_wrong_addresses_are_422_and_nothing_is_sent(cast: Cast, admin: Client, emails: str):
    answer = invite(admin, emails)
    assert answer.status_code == 422
    assert not OutgoingMail.objects.exists()
    assert "field err" in answer.content.decode()


def test_too_many_addresses_are_refused(cast: Cast, admin: Client):
    answer = invite(admin, "\n".join(f"p{number}@school.org" for number in range(201)))
    assert answer.status_code == 422
    assert "at most 200" in answer.content.decode()


def test_members_are_not_invited_and_open_invitations_get_a_new_link(cast: Cast, admin: Client):
    invite(admin, "new@school.org")
    old = link("new@school.org")
    answer = admin.post(
        reverse("invite", args=["lakeside"]),
        {"emails": "new@school.org, ada@example.org", "roles": ["vetter"]},
        follow=True,
    )
    text = answer.content.decode()
    assert "they get a new link" in text
    assert "Members already" in text
    with cast.inside():
        assert Invitation.objects.get().roles == ["vetter"]
    assert Client().get(old).status_code == 404
    assert Client().get(link("new@school.org")).status_code == 200


def test_someone_new_makes_an_account_and_is_in(cast: Cast, admin: Client):
    invite(admin, "new@school.org", "assessor")
    client = Client()
    assert "new@school.org" in client.get(link("new@school.org")).content.decode()
    answer = client.post(link("new@school.org"), {"name": "Nia New", "password": GOOD})
    assert answer["Location"] == reverse("tenant_home", args=["lakeside"])
    user = User.objects.get(email="new@school.org")
    assert (user.name, user.check_password(GOOD)) == ("Nia New", True)
    assert held(user.email, cast.lakeside).roles == ["assessor"]
    assert client.session["_auth_user_id"] == str(user.id)
    with cast.inside():
        entry = AuditEntry.objects.filter(verb="invitation.accepted").get()
        assert entry.actor == user


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"name": "Nia", "password": "short"}, "at least 10 characters"),
        ({"name": "Nia", "password": "password123"}, "too common"),
        ({"name": "Nia", "password": "new@school.org"}, "too similar"),
        ({"name": "", "password": GOOD}, "required"),
    ],
)
def test_a_bad_password_or_name_is_422_and_the_name_is_kept(cast: Cast, admin: Client, given: dict, words: str):
    invite(admin, "new@school.org")
    answer = Client().post(link("new@school.org"), given)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert f'value="{given["name"]}"' in answer.content.decode() or not given["name"]
    assert not User.objects.filter(email="new@school.org").exists()


def test_someone_with_an_account_signs_in_and_joins(cast: Cast, admin: Client):
    invite(admin, cast.stranger.email)
    client = Client()
    page = client.get(link(cast.stranger.email)).content.decode()
    assert "Sign in to accept" in page
    assert "Choose a password" not in page
    answer = client.post(link(cast.stranger.email), {"name": "Thief", "password": GOOD})
    assert answer.status_code == 200
    assert held(cast.stranger.email, cast.lakeside) is None
    signed_in = client.post(
        reverse("account_login"),
        {"login": cast.stranger.email, "password": PASSWORD, "next": link(cast.stranger.email)},
    )
    assert signed_in["Location"] == link(cast.stranger.email)
    assert client.post(link(cast.stranger.email)).status_code == 302
    assert held(cast.stranger.email, cast.lakeside).roles == ["earner"]


def test_someone_else_cannot_use_it(cast: Cast, admin: Client):
    invite(admin, "new@school.org")
    client = Client()
    client.force_login(cast.mallory)
    assert "another address" in client.get(link("new@school.org")).content.decode()
    client.post(link("new@school.org"), {"name": "M", "password": GOOD})
    assert held(cast.mallory.email, cast.lakeside) is None
    assert not User.objects.filter(email="new@school.org").exists()


def test_accepting_adds_roles_and_brings_back_who_was_switched_off(cast: Cast, admin: Client):
    Membership.objects.filter(user=cast.ada, tenant=cast.lakeside).update(active=False, roles=["admin"])
    invite(admin, cast.ada.email, "vetter")
    client = Client()
    client.force_login(cast.ada)
    client.post(link(cast.ada.email))
    membership = held(cast.ada.email, cast.lakeside)
    assert (membership.active, membership.roles) == (True, ["vetter"])  # not the roles from before


def test_a_second_click_is_harmless(cast: Cast, admin: Client):
    invite(admin, "new@school.org")
    path = link("new@school.org")
    first, second = Client(), Client()  # the second request left before the first one's cookies came
    given = {"name": "Nia", "password": GOOD}
    assert first.post(path, given).status_code == 302
    assert second.post(path, given).status_code == 302
    assert User.objects.filter(email="new@school.org").count() == 1
    assert second.post(path, {"name": "Nia", "password": "something else 5"}).status_code == 302  # is signed in by now
    assert first.get(path).status_code == 302
    with clock.at(clock.now() + timedelta(minutes=5)):
        assert Client().post(path, given).status_code == 410


def test_a_wrong_password_after_the_first_click_does_not_sign_in(cast: Cast, admin: Client):
    invite(admin, "new@school.org")
    path = link("new@school.org")
    Client().post(path, {"name": "Nia", "password": GOOD})
    other = Client()
    assert other.post(path, {"name": "Nia", "password": "guessing wildly 1"}).status_code == 410
    assert "_auth_user_id" not in other.session


def test_dead_links_say_why(cast: Cast, admin: Client):
    for email in ("late@school.org", "back@school.org", "used@school.org"):
        invite(admin, email)
    with cast.inside():
        back = Invitation.objects.get(email="back@school.org")
    admin.post(reverse("invitation_withdraw", args=["lakeside", back.id]))
    Client().post(link("used@school.org"), {"name": "Una", "password": GOOD})
    with clock.at(clock.now() + timedelta(days=15)):
        for email, words in (("late", "was good until"), ("back", "taken back"), ("used", "used already")):
            answer = Client().get(link(f"{email}@school.org"))
            assert answer.status_code == 410
            assert words in answer.content.decode()
        late = Client().post(link("late@school.org"), {"name": "L", "password": GOOD})
        assert late.status_code == 410
    assert not User.objects.filter(email="late@school.org").exists()
    assert Client().get(reverse("invitation", args=["lakeside", "no-such-secret"])).status_code == 404


def test_a_link_works_in_its_own_tenant_only(cast: Cast, admin: Client):
    invite(admin, "new@school.org")
    assert Client().get(link("new@school.org").replace("lakeside", "harbor")).status_code == 404


def test_an_expired_invitation_can_be_sent_again(cast: Cast, admin: Client):
    with clock.at(clock.now() - timedelta(days=20)):
        invite(admin, "late@school.org")
        with cast.inside():
            late = Invitation.objects.get()
    assert Client().get(link("late@school.org")).status_code == 410
    assert admin.post(reverse("invitation_resend", args=["lakeside", late.id])).status_code == 302
    assert Client().get(link("late@school.org")).status_code == 200


def test_accepted_invitations_cannot_be_withdrawn_or_resent(cast: Cast, admin: Client):
    invite(admin, "new@school.org")
    Client().post(link("new@school.org"), {"name": "Nia", "password": GOOD})
    with cast.inside():
        used = Invitation.objects.get()
    for name in ("invitation_resend", "invitation_withdraw"):
        assert admin.post(reverse(name, args=["lakeside", used.id])).status_code == 409


def test_guessing_is_stopped(cast: Cast, admin: Client):
    guesser = Client(REMOTE_ADDR="10.1.1.1")
    codes = [guesser.get(reverse("invitation", args=["lakeside", f"guess{n}"])).status_code for n in range(21)]
    assert codes == [404] * 20 + [429]
    invite(admin, "new@school.org")
    assert guesser.get(link("new@school.org")).status_code == 429
    assert Client(REMOTE_ADDR="10.1.1.2").get(link("new@school.org")).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_the_same_moment_make_one_account():
    tenant = Tenant.objects.create(slug="lakeside", name="Lakeside Schools")
    client = Client()
    client.force_login(make_user("Cleo Carter", tenant, Role.ADMIN))
    invite(client, "new@school.org")
    path, start, codes = link("new@school.org"), threading.Barrier(3), []

    def click() -> None:
        try:
            start.wait(10)
            codes.append(Client().post(path, {"name": "Nia", "password": GOOD}).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=click) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert codes == [302, 302, 302]
    assert User.objects.filter(email="new@school.org").count() == 1
    assert Membership.objects.filter(user__email="new@school.org").count() == 1


def test_the_link_is_dropped_from_the_outbox_once_it_is_sent(cast: Cast, admin: Client, mailoutbox):
    invite(admin, "new@school.org")
    path = link("new@school.org")
    mail = OutgoingMail.objects.get()
    assert deliver(mail.id)
    mail.refresh_from_db()
    assert (mail.text, mail.html) == ("", "")
    assert path in mailoutbox[0].body


def test_the_secret_is_stored_only_as_its_hash(cast: Cast, admin: Client):
    invite(admin, "new@school.org")
    secret = link("new@school.org").rstrip("/").split("/")[-1]
    with cast.inside():
        stored = Invitation.objects.values().get()
    assert secret not in str(stored)
    assert len(secret) >= 43


def test_the_list_of_open_invitations_needs_few_queries(cast: Cast, admin: Client, django_assert_max_num_queries):
    with cast.inside():
        invitations.invite(
            by=cast.by(cast.cleo), emails=[f"p{number}@school.org" for number in range(60)], roles=["earner"]
        )
    with django_assert_max_num_queries(12):
        answer = admin.get(reverse("invite", args=["lakeside"]))
    assert "1 to 50 of 60" in answer.content.decode()


def test_a_double_click_sends_one_mail_whose_link_works(cast: Cast, admin: Client):
    assert [invite(admin, "new@school.org").status_code for _click in range(2)] == [302, 302]
    [mail] = OutgoingMail.objects.filter(to="new@school.org")
    assert Client().get(link("new@school.org")).status_code == 200
    with clock.at(clock.now() + timedelta(minutes=1)):
        invite(admin, "new@school.org")
    assert OutgoingMail.objects.filter(to="new@school.org").count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_admins_may_invite_the_same_person_at_once(cast: Cast):
    second = make_user("Carl Cole", cast.lakeside, Role.ADMIN)
    together, codes = threading.Barrier(2), []

    def click(user: User) -> None:
        client = Client(raise_request_exception=False)
        client.force_login(user)
        together.wait()
        codes.append(invite(client, "new@school.org").status_code)
        connection.close()

    threads = [threading.Thread(target=click, args=[user]) for user in (cast.cleo, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == [302, 302]
    assert OutgoingMail.objects.filter(to="new@school.org").count() == 1
