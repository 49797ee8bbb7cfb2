"""Checking badges over the API, for everyone: the same check as on the page, as JSON."""

import base64
import binascii
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from badges.checking import Given, check_given
from badges.openbadges.report import Report
from badges.openbadges.said import Said, said
from badges.throttles import CheckThrottle

STEPS = ["read", "schema", "subject", "proof", "issuer", "refresh", "status", "dates", "recipient", "endorsement"]


class GivenSerializer(serializers.Serializer):
    """A badge to check: exactly one of `address`, `text` and `file`."""

    address = serializers.CharField(max_length=2000, required=False, help_text="Where the badge is, on the web.")
    text = serializers.CharField(
        max_length=1_000_000, required=False, trim_whitespace=False, help_text="The JSON or the token (VC-JWT)."
    )
    file = serializers.CharField(
        max_length=4_000_000, required=False, help_text="The bytes of a PNG, SVG or JSON file, as base64."
    )
    email = serializers.EmailField(required=False, help_text="To check whether the badge belongs to this address.")

    def validate_file(self, text: str) -> bytes:
        try:
            return base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError) as error:
            raise serializers.ValidationError(_("Send the file as base64.")) from error

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        if sum(bool(given.get(name)) for name in ("address", "text", "file")) != 1:
            raise serializers.ValidationError(_("Send one badge: an address, a text or a file."))
        return given


class StepSerializer(serializers.Serializer):
    """One step of the check, in order."""

    step = serializers.ChoiceField(
        source="name",
        choices=[
            "read",
            "schema",
            "subject",
            "proof",
            "issuer",
            "refresh",
            "status",
            "dates",
            "recipient",
            "endorsement",
        ],
    )
    state = serializers.ChoiceField(choices=["ok", "warning", "failed", "skipped"])
    sentence = serializers.SerializerMethodField()

    def get_sentence(self, step: Any) -> str:
        return _(step.template) % step.params


class WhatItSaysSerializer(serializers.Serializer):
    """What the badge says of itself. Rely on it only when the report says that it is verified."""

    id = serializers.CharField()
    name = serializers.CharField()
    achievement_id = serializers.CharField()
    issuer_id = serializers.CharField()
    issuer_name = serializers.CharField()
    issuer_site = serializers.CharField(source="site", help_text="The web host that answers for the issuer.")
    awarded = serializers.DateTimeField(allow_null=True)
    expires = serializers.DateTimeField(allow_null=True)


class ReportSerializer(serializers.Serializer):
    """What a check found. `verified`: it is real. `in_force`: it is also in good standing now."""

    standard = serializers.ChoiceField(source="report.form", choices=["ob3", "ob3-jwt", "ob2"])
    verified = serializers.BooleanField(source="report.verified")
    in_force = serializers.BooleanField(source="report.in_force")
    steps = StepSerializer(source="report.steps", many=True)
    says = WhatItSaysSerializer(allow_null=True)


class Verify(APIView):
    """Check any Open Badge, from any issuer."""

    permission_classes = [AllowAny]
    throttle_classes = [CheckThrottle]

    @extend_schema(summary="Check a badge", request=GivenSerializer, responses=ReportSerializer)
    def post(self, request: Request) -> Response:
        """Every step is reported. A badge that does not hold is an answer (200), not an error."""
        given = GivenSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        checked = check_given(Given(**given.validated_data), request.user)
        return Response(report_as_json(checked.report))


def report_as_json(report: Report) -> dict[str, Any]:
    """A report as the API gives it."""
    told: Said | None = said(report)
    return ReportSerializer({"report": report, "says": told}).data
