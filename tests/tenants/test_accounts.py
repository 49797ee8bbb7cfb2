"""Signing in, a person's own account, and access tokens."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from lib import clock
from lib.errors import RuleBroken
from lib.ids import hash_secret, uuid7
from tenants.actions.tokens import create_token
from tenants.models import AccessToken, Membership, OutgoingMail, User
from tests.cast import PASSWORD, Cast

NEW = "another fine phrase 9"


def sign_in(client: Client, email: str, password: str = PASSWORD, **more: str):
    return client.post(reverse("account_login"), {"login": email, "password": password, **more})


def test_signing_in_leads_to_ones_work_and_out_again(cast: Cast, client: Client):
    answer = sign_in(client, "ADA@example.org")
    assert (answer.status_code, answer["Location"]) == (302, reverse("my_work", args=["lakeside"]))
    text = client.get(reverse("home")).content.decode()
    assert "Lakeside Schools" in text
    assert "Educator" in text
    assert "Harbor" not in text
    client.post(reverse("account_logout"))
    assert "Open catalogs" in client.get(reverse("home")).content.decode()


def test_a_wrong_password_gives_no_hints_and_tries_are_limited(cast: Cast, client: Client):
    texts = [sign_in(client, email, "wrong wrong wrong").content.decode() for email in ("ada@example.org", "no@x.org")]
    assert all("not correct" in text for text in texts)
    codes = [sign_in(client, "ada@example.org", f"guess {n}").status_code for n in range(6)]
    text = sign_in(client, "ada@example.org").content.decode()
    assert "Too many" in text or 429 in codes
    assert "_auth_user_id" not in client.session


def test_members_only_pages_ask_to_sign_in_and_come_back(cast: Cast, client: Client):
    page = reverse("people", args=["lakeside"])
    answer = client.get(page)
    assert answer["Location"] == f"{reverse('account_login')}?next={page}"
    assert sign_in(client, "cleo@example.org", next=page)["Location"] == page
    assert sign_in(Client(), "cleo@example.org", next="https://evil.example/")["Location"] == reverse(
        "manage_home", args=["lakeside"]
    )


def test_people_of_several_groups_choose_one_first(cast: Cast, client: Client):
    Membership.objects.create(user=cast.ada, tenant=cast.harbor, roles=["earner", "assessor"])
    assert sign_in(client, "ada@example.org")["Location"] == reverse("home")
    text = client.get(reverse("home")).content.decode()
    assert reverse("my_work", args=["lakeside"]) in text
    assert reverse("queue", args=["harbor"]) in text  # who also reviews comes for that
    links = client.get(reverse("help")).content.decode()
    assert "Lakeside Schools" in links  # the way back from a page of no group


def test_there_is_no_public_sign_up(db, client: Client):
    assert "need an invitation" in client.get(reverse("account_signup")).content.decode()
    client.post(reverse("account_signup"), {"email": "x@example.org", "password1": NEW, "password2": NEW})
    assert not User.objects.exists()


def test_a_forgotten_password_is_replaced_by_mail(cast: Cast, client: Client):
    sent = client.post(reverse("account_reset_password"), {"email": "ada@example.org"})
    assert sent["Location"] == reverse("account_reset_password_done")
    mail = OutgoingMail.objects.get(kind="password_reset")
    assert mail.to == "ada@example.org"
    path = re.search(r"https?://[^/]+(/password/\S+)", mail.text)[1]
    form = client.get(path, follow=True)
    assert "Choose a new password" in form.content.decode()
    changed = client.post(form.redirect_chain[-1][0], {"password1": NEW, "password2": NEW})
    assert changed["Location"] == reverse("account_reset_password_from_key_done")
    assert sign_in(Client(), "ada@example.org", NEW).status_code == 302
    again = Client().get(path, follow=True).content.decode()
    assert "used before or is too old" in again


def test_an_unknown_address_gets_the_same_page_and_a_mail_that_says_so(cast: Cast, client: Client):
    sent = client.post(reverse("account_reset_password"), {"email": "nobody@example.org"})
    assert sent["Location"] == reverse("account_reset_password_done")
    assert OutgoingMail.objects.get().kind == "unknown_account"


@pytest.mark.parametrize(
    "name",
    [
        "account_login",
        "account_signup",
        "account_inactive",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key_done",
    ],
)
def test_account_pages_wear_our_design(db, client: Client, name: str):
    answer = client.get(reverse(name))
    assert answer.status_code == 200
    assert "css/app.css" in answer.content.decode()


def test_the_password_is_changed_by_who_knows_the_old_one(cast: Cast, client: Client):
    client.force_login(cast.ada)
    page = reverse("account_change_password")
    assert client.get(page).status_code == 200
    wrong = client.post(page, {"oldpassword": "no", "password1": NEW, "password2": NEW})
    assert wrong.status_code == 200
    assert "field err" in wrong.content.decode()
    client.post(page, {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
    cast.ada.refresh_from_db()
    assert cast.ada.check_password(NEW)


def test_a_switched_off_account_cannot_sign_in(cast: Cast, client: Client):
    User.objects.filter(id=cast.ada.id).update(is_active=False)
    assert sign_in(client, "ada@example.org")["Location"] == reverse("account_inactive")
    assert "_auth_user_id" not in client.session


def test_people_change_their_own_name(cast: Cast, client: Client):
    client.force_login(cast.ada)
    assert client.post(reverse("account_home"), {"name": "  Ada   Ames "}).status_code == 302
    cast.ada.refresh_from_db()
    assert cast.ada.name == "Ada Ames"
    assert client.post(reverse("account_home"), {"name": ""}).status_code == 422


# --- Tokens --------------------------------------------------------------------------------------------------------


def token_form(**changes: object) -> dict:
    return {"id": str(uuid7()), "name": "Script", "scopes": ["read", "work"], "days": "90", **changes}


def make(client: Client, **changes: object) -> str:
    """The secret on the answer."""
    answer = client.post(reverse("tokens"), token_form(**changes))
    assert answer.status_code == 200, answer.content.decode()
    return re.search(r"laurel_[\w-]{43}", answer.content.decode())[0]


def whoami(secret: str):
    return Client().get("/api/v1/me/", headers={"Authorization": f"Bearer {secret}"})


@pytest.fixture
def ada(cast: Cast, client: Client) -> Client:
    client.force_login(cast.ada)
    return client


def test_a_token_is_shown_once_and_stored_as_a_hash(cast: Cast, ada: Client):
    answer = ada.post(reverse("tokens"), token_form())
    secret = re.search(r"laurel_[\w-]{43}", answer.content.decode())[0]
    assert "no-store" in answer["Cache-Control"]
    token = AccessToken.objects.get()
    assert token.secret_hash == hash_secret(secret)
    assert token.scopes == ["read", "work"]
    assert token.expires_at - token.created_at > timedelta(days=89)
    assert secret not in ada.get(reverse("tokens")).content.decode()


def test_a_token_signs_api_calls_in_until_it_is_revoked(cast: Cast, ada: Client):
    secret = make(ada)
    me = whoami(secret).json()
    assert (me["email"], me["scopes"]) == ("ada@example.org", ["read", "work"])
    assert [(each["slug"], each["roles"]) for each in me["tenants"]] == [("lakeside", ["earner"])]
    token = AccessToken.objects.get()
    assert token.last_used_at is not None
    assert ada.post(reverse("token_revoke", args=[token.id])).status_code == 302
    assert whoami(secret).status_code == 401
    assert "Script" not in ada.get(reverse("tokens")).content.decode().split("Make a token")[0].split("<h1>")[1]


def test_an_expired_token_or_one_of_a_closed_account_is_401(cast: Cast, ada: Client):
    secret = make(ada, days="30")
    with clock.at(clock.now() + timedelta(days=31)):
        assert whoami(secret).status_code == 401
    User.objects.filter(id=cast.ada.id).update(is_active=False)
    answer = whoami(secret)
    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"


def test_a_token_without_the_read_scope_may_not_read(cast: Cast, ada: Client):
    assert whoami(make(ada, scopes=["review"])).status_code == 403


@pytest.mark.parametrize("changes", [{"name": ""}, {"scopes": []}, {"scopes": ["root"]}, {"days": "9999"}, {"id": "x"}])
def test_bad_token_forms_are_422(cast: Cast, ada: Client, changes: dict):
    assert ada.post(reverse("tokens"), token_form(**changes)).status_code == 422
    assert not AccessToken.objects.exists()


def test_a_double_click_makes_one_token(cast: Cast, ada: Client):
    form = token_form()
    assert ada.post(reverse("tokens"), form).status_code == 200
    assert ada.post(reverse("tokens"), form).status_code == 409
    assert AccessToken.objects.count() == 1


def test_there_is_a_limit_to_tokens(cast: Cast):
    for number in range(20):
        create_token(user=cast.ada, id=uuid7(), name=f"t{number}", scopes=["read"], days=30)
    with pytest.raises(RuleBroken):
        create_token(user=cast.ada, id=uuid7(), name="one more", scopes=["read"], days=30)


def test_tokens_of_others_do_not_exist(cast: Cast, ada: Client):
    token, _secret = create_token(user=cast.bela, id=uuid4(), name="Bela's", scopes=["read"], days=30)
    assert ada.post(reverse("token_revoke", args=[token.id])).status_code == 404
    token.refresh_from_db()
    assert token.revoked_at is None
