"""The service description: an OpenAPI 3.0 document of the Open Badges API (section 6.3), and where apps register.

It says all that the endpoints can answer; the contract test holds them to it.
"""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from lib import imsx
from tenants.mail import absolute
from tenants.oauth import CREDENTIAL_READ, CREDENTIAL_UPSERT, PROFILE_READ, PROFILE_UPDATE, SCOPES

LIMIT, MOST = 50, 200  # badges on a page: unless told, and at most
ADDRESS = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/"
JSON, LINKED, TEXT = "application/json", "application/vc+ld+json", "text/plain"
JWS_PATTERN = r"^[-A-Za-z0-9_]+\.[-A-Za-z0-9_]*\.[-A-Za-z0-9_]+$"


def service_description() -> dict[str, Any]:
    """The ServiceDescriptionDocument."""
    return {
        "openapi": "3.0.1",
        "info": {
            "title": _("Laurel: Open Badges API"),
            "version": "3.0",
            "description": _("Badges of a person who let your app in. Register the app first, then ask the person."),
            "termsOfService": settings.TERMS_URL,
            "x-imssf-image": absolute(reverse("favicon")),
            "x-imssf-privacyPolicyUrl": absolute(reverse("privacy")),
        },
        "servers": [{"url": absolute("/ims/ob/v3p0")}],
        "paths": {
            "/discovery": {"get": _discovery()},
            "/credentials": {"get": _get_credentials(), "post": _upsert_credential()},
            "/profile": {"get": _get_profile(), "put": _put_profile()},
        },
        "components": {"securitySchemes": {"OAuth2ACG": _security()}, "schemas": _schemas(), "headers": _headers()},
    }


def _security() -> dict[str, Any]:
    return {
        "type": "oauth2",
        "description": _("OAuth 2.0 Authorization Code Grant authorization"),
        "x-imssf-name": "Laurel",
        "x-imssf-image": absolute(reverse("favicon")),
        "x-imssf-privacyPolicyUrl": absolute(reverse("privacy")),
        "x-imssf-termsOfServiceUrl": settings.TERMS_URL,
        "x-imssf-registrationUrl": absolute(reverse("oauth_register")),
        "flows": {
            "authorizationCode": {
                "authorizationUrl": absolute(reverse("oauth_authorize")),
                "tokenUrl": absolute(reverse("oauth_token")),
                "refreshUrl": absolute(reverse("oauth_token")),
                "scopes": {scope: str(words) for scope, words in SCOPES.items()},
            }
        },
    }


def _ref(name: str, kind: str = "schemas") -> dict[str, str]:
    return {"$ref": f"#/components/{kind}/{name}"}


def _content(name: str, *media: str) -> dict[str, Any]:
    return {each: {"schema": _ref(name)} for each in media or (JSON,)}


def _answers(good: dict[str, Any], *codes: int) -> dict[str, Any]:
    """What went well, and the refusals that may come in place of it, all in the same form."""
    said = {
        400: _("What was sent is not right."),
        401: _("There is no token, or it is not valid any more."),
        403: _("The token does not allow this."),
        404: _("There is nothing here."),
        405: _("This method is not for this address."),
        413: _("There is too much of it."),
        415: _("This kind of body is not taken here."),
        429: _("There were too many calls. Wait as long as Retry-After says."),
    }
    refusals = {str(code): {"description": said[code], "content": _content("Imsx_StatusInfo")} for code in codes}
    for code in {"401", "403"} & refusals.keys():
        refusals[code]["headers"] = {"WWW-Authenticate": _ref("Challenge", "headers")}
    return {**good, **refusals}


def _discovery() -> dict[str, Any]:
    good = {"200": {"description": _("This document."), "content": {JSON: {"schema": {"type": "object"}}}}}
    return {
        "operationId": "getServiceDescription",
        "summary": _("What this service offers"),
        "security": [],
        "responses": _answers(good, 429),
    }


def _get_credentials() -> dict[str, Any]:
    def parameter(name: str, schema: dict[str, Any], text: str) -> dict[str, Any]:
        return {"name": name, "in": "query", "required": False, "schema": schema, "description": text}

    good = {
        "200": {
            "description": _("A page of the badges, oldest first."),
            "content": _content("GetOpenBadgeCredentialsResponse"),
            "headers": {"X-Total-Count": _ref("Total", "headers"), "Link": _ref("Link", "headers")},
        }
    }
    return {
        "operationId": "getCredentials",
        "summary": _("The badges of the person"),
        "security": [{"OAuth2ACG": [CREDENTIAL_READ]}],
        "parameters": [
            parameter(
                "limit",
                {"type": "integer", "format": "int32", "minimum": 1, "default": LIMIT},
                _("How many at most. More than %(most)s are never on one page.") % {"most": MOST},
            ),
            parameter(
                "offset",
                {"type": "integer", "format": "int32", "minimum": 0, "maximum": 10**9, "default": 0},
                _("How many to pass over."),
            ),
            parameter("since", {"type": "string", "format": "date-time"}, _("Only what was signed after this moment.")),
        ],
        "responses": _answers(good, 400, 401, 403, 405, 429),
    }


def _upsert_credential() -> dict[str, Any]:
    taken = {**_content("AchievementCredential", JSON, LINKED), **_content("CompactJws", TEXT)}
    good = {
        "200": {"description": _("It was here before; now this one counts."), "content": taken},
        "201": {"description": _("It is in the passport now."), "content": taken},
    }
    return {
        "operationId": "upsertCredential",
        "summary": _("Put a badge into the passport of the person"),
        "description": _("It is checked first, and has to belong to the email address of the person."),
        "security": [{"OAuth2ACG": [CREDENTIAL_UPSERT]}],
        "requestBody": {"required": True, "content": taken},
        "responses": _answers(good, 400, 401, 403, 405, 413, 415, 429),
    }


def _get_profile() -> dict[str, Any]:
    good = {"200": {"description": _("The person."), "content": _content("Profile")}}
    return {
        "operationId": "getProfile",
        "summary": _("Who the person is"),
        "security": [{"OAuth2ACG": [PROFILE_READ]}],
        "responses": _answers(good, 401, 403, 405, 429),
    }


def _put_profile() -> dict[str, Any]:
    good = {"200": {"description": _("The profile as it is now."), "content": _content("Profile")}}
    return {
        "operationId": "putProfile",
        "summary": _("Change the name of the person"),
        "description": _("Send the whole profile. Only the name can be changed; the rest is not kept."),
        "security": [{"OAuth2ACG": [PROFILE_UPDATE]}],
        "requestBody": {"required": True, "content": _content("Profile")},
        "responses": _answers(good, 400, 401, 403, 405, 413, 415, 429),
    }


def _headers() -> dict[str, Any]:
    return {
        "Total": {"description": _("How many there are in all."), "schema": {"type": "integer"}, "required": True},
        "Link": {"description": _("The first, previous, next and last page (RFC 8288)."), "schema": {"type": "string"}},
        "Challenge": {"description": _("What is wrong with the token (RFC 6750)."), "schema": {"type": "string"}},
    }


def _schemas() -> dict[str, Any]:
    either = {"oneOf": [{"type": "string"}, {"type": "array", "minItems": 1, "items": {"type": "string"}}]}
    thing = {"type": "object"}
    return {
        "AchievementCredential": {
            "type": "object",
            "description": _("A signed AchievementCredential, also called OpenBadgeCredential."),
            "externalDocs": {"url": ADDRESS + "ob_v3p0_achievementcredential_schema.json"},
            "required": ["@context", "id", "type", "issuer", "validFrom", "credentialSubject"],
            "properties": {
                "@context": {"type": "array", "minItems": 1, "items": {"anyOf": [{"type": "string"}, thing]}},
                "id": {"type": "string"},
                "type": either,
                "issuer": {"anyOf": [{"type": "string"}, thing]},
                "validFrom": {"type": "string", "format": "date-time"},
                "credentialSubject": thing,
            },
        },
        "CompactJws": {
            "type": "string",
            "pattern": JWS_PATTERN,
            "description": _("An AchievementCredential signed as VC-JWT: a compact JWS."),
        },
        "GetOpenBadgeCredentialsResponse": {
            "type": "object",
            "externalDocs": {"url": ADDRESS + "ob_v3p0_getopenbadgecredentialsresponse_schema.json"},
            "properties": {
                "credential": {"type": "array", "items": _ref("AchievementCredential")},
                "compactJwsString": {"type": "array", "items": _ref("CompactJws")},
            },
        },
        "Profile": {
            "type": "object",
            "externalDocs": {"url": ADDRESS + "ob_v3p0_profile_schema.json"},
            "required": ["id", "type"],
            "properties": {
                "@context": {"type": "array", "items": {"anyOf": [{"type": "string"}, thing]}},
                "id": {"type": "string"},
                "type": either,
                "name": {"type": "string"},
                "email": {"type": "string"},
            },
        },
        "Imsx_StatusInfo": _status_info(),
    }


def _status_info() -> dict[str, Any]:
    field = {
        "type": "object",
        "required": ["imsx_codeMinorFieldName", "imsx_codeMinorFieldValue"],
        "properties": {
            "imsx_codeMinorFieldName": {"type": "string"},
            "imsx_codeMinorFieldValue": {"type": "string", "enum": imsx.MINORS},
        },
    }
    return {
        "type": "object",
        "externalDocs": {"url": ADDRESS + "ob_v3p0_imsx_statusinfo_schema.json"},
        "required": ["imsx_codeMajor", "imsx_severity"],
        "properties": {
            "imsx_codeMajor": {"type": "string", "enum": ["failure", "processing", "success", "unsupported"]},
            "imsx_severity": {"type": "string", "enum": ["error", "status", "warning"]},
            "imsx_description": {"type": "string"},
            "imsx_codeMinor": {
                "type": "object",
                "required": ["imsx_codeMinorField"],
                "properties": {"imsx_codeMinorField": {"type": "array", "minItems": 1, "items": field}},
            },
        },
    }
