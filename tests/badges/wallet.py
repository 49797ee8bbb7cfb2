"""A wallet for tests: it registers, sends a person to say yes, and trades codes for tokens, as real ones do."""

import base64
import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

from django.test import Client
from django.urls import reverse
from oauth2_provider.models import AccessToken as AppToken
from oauth2_provider.models import RefreshToken, set_token_value

from lib import clock
from tenants.actions.apps import register_app
from tenants.models import ConnectedApp, User
from tenants.oauth import CREDENTIAL_READ, CREDENTIAL_UPSERT, PROFILE_READ, PROFILE_UPDATE
from tests.cast import PASSWORD

REDIRECT = "https://wallet.example.org/back"
METADATA = {
    "client_name": "Pocket Wallet",
    "client_uri": "https://wallet.example.org/",
    "logo_uri": "https://wallet.example.org/logo.png",
    "tos_uri": "https://wallet.example.org/terms",
    "policy_uri": "https://wallet.example.org/privacy",
    "software_id": "c88b6ed8-269e-448e-99be-7e2ff47167d1",
    "software_version": "v4.0",
    "redirect_uris": [REDIRECT],
    "token_endpoint_auth_method": "client_secret_basic",
    "grant_types": ["authorization_code", "refresh_token"],
    "response_types": ["code"],
    "scope": " ".join([CREDENTIAL_READ, CREDENTIAL_UPSERT, PROFILE_READ, PROFILE_UPDATE, "offline_access"]),
}


def register(**changes: Any) -> Any:
    """What the registration endpoint answers to METADATA with `changes`; None leaves one out."""
    data = {name: value for name, value in {**METADATA, **changes}.items() if value is not None}
    return Client().post(reverse("oauth_register"), data, content_type="application/json")


@dataclass
class Wallet:
    """An app that is registered, and what it remembers of one person."""

    id: str
    secret: str
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))
    state: str = field(default_factory=secrets.token_urlsafe)
    web: Client = field(default_factory=Client)

    @classmethod
    def registered(cls, **changes: Any) -> "Wallet":
        answer = register(**changes)
        assert answer.status_code == 201, answer.content
        return cls(answer.json()["client_id"], answer.json()["client_secret"])

    @property
    def basic(self) -> str:
        return "Basic " + base64.b64encode(f"{self.id}:{self.secret}".encode()).decode()

    def question(self, scope: str = METADATA["scope"], **changes: Any) -> dict[str, str]:
        """The parameters with which a person is sent to say yes."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        asked = {
            "response_type": "code",
            "client_id": self.id,
            "redirect_uri": REDIRECT,
            "scope": scope,
            "state": self.state,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
            **changes,
        }
        return {name: value for name, value in asked.items() if value is not None}

    def ask(self, browser: Client, **question: Any) -> Any:
        """The page that asks."""
        return browser.get(reverse("oauth_authorize"), self.question(**question))

    def answer(self, browser: Client, *, allow: bool = True, **question: Any) -> Any:
        """What the browser gets after the person has said yes or no."""
        address = reverse("oauth_authorize", query=self.question(**question))
        return browser.post(address, {"allow" if allow else "deny": "yes"})

    def code(self, browser: Client, **question: Any) -> str:
        """The code that comes back after a yes."""
        sent = self.answer(browser, **question)
        assert sent.status_code == 302, sent.content
        return came_back(sent)["code"]

    def token(self, **body: Any) -> Any:
        """What the token endpoint answers."""
        return self.web.post(reverse("oauth_token"), body, headers={"Authorization": self.basic})

    def trade(self, code: str, **changes: Any) -> Any:
        """What it answers to a code."""
        given = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT, **changes}
        return self.token(**{"code_verifier": self.verifier, **given})

    def let_in(self, user: User, **question: Any) -> dict[str, Any]:
        """The tokens after a person said yes."""
        got = self.trade(self.code(browser_of(user), **question))
        assert got.status_code == 200, got.content
        return got.json()

    def refresh(self, token: str, **more: Any) -> Any:
        return self.token(grant_type="refresh_token", refresh_token=token, **more)

    def revoke(self, token: str) -> Any:
        return self.web.post(reverse("oauth_revoke"), {"token": token}, headers={"Authorization": self.basic})


def let_in(user: User, name: str) -> ConnectedApp:
    """An app that `user` has let in, without the way there."""
    app, _secret = register_app(metadata={**METADATA, "client_name": name})
    given = {"user": user, "application": app}
    token = AppToken(**given, scope=app.scope, expires=clock.now() + timedelta(hours=1))
    set_token_value(token, secrets.token_hex())
    token.save()
    refresh = RefreshToken(**given, access_token=token)
    set_token_value(refresh, secrets.token_hex())
    refresh.save()
    return app


def browser_of(user: User) -> Client:
    """A browser in which `user` has signed in."""
    browser = Client()
    assert browser.login(email=user.email, password=PASSWORD)
    return browser


def came_back(sent: Any) -> dict[str, str]:
    """What a browser carries back to the wallet, which must be nobody else's."""
    parts = urlsplit(sent["Location"])
    assert sent["Location"].startswith(REDIRECT + "?")
    assert all(len(values) == 1 for values in parse_qs(parts.query).values())
    return dict(parse_qsl(parts.query))


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
