"""JSON of the settling API. Serializers only parse and format."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from assessment.actions.scoring import MOST_CHARACTERS
from assessment.differences import Side
from assessment.models import Decision, Settling
from assessment.serializers import Evidence, Level, PointerSerializer, TokenRequest
from submissions.serializers import AiUseSerializer


class SettlingItem(serializers.ModelSerializer):
    """A settling in a list: a code, never a name."""

    code = serializers.CharField(source="submission.code", read_only=True)
    title = serializers.CharField(source="edition.title", read_only=True)

    class Meta:
        model = Settling
        fields = ["id", "code", "title", "due_on", "state", "lease_until"]


class SideMark(PointerSerializer):
    """A place in the evidence that a reader marked for the line."""

    artifact = serializers.UUIDField(source="artifact_id")


class SideSerializer(serializers.Serializer):
    """What one reader says about a line. The letter stands for their name, and is the same on every line."""

    reader = serializers.CharField(source="letter")
    level = serializers.IntegerField(source="level.position")
    comment = serializers.CharField()
    marks = serializers.SerializerMethodField()

    @extend_schema_field(SideMark(many=True))
    def get_marks(self, side: Side) -> list[dict[str, Any]]:
        return SideMark([row.mark for row in side.marks], many=True).data


class DifferenceSerializer(serializers.Serializer):
    """A line on which the readers differ, and the draft of what stands."""

    number = serializers.IntegerField()
    key = serializers.CharField(source="line.key")
    title = serializers.CharField(source="line.title")
    criterion = serializers.CharField(source="line.criterion.key")
    levels = Level(many=True, source="line.levels.all")
    readings = SideSerializer(many=True, source="sides")
    level = serializers.IntegerField(source="word.level.position", default=None, allow_null=True)
    reason = serializers.CharField(source="word.reason")


class SettlingDetail(SettlingItem):
    """A settling with everything that is needed for it; evidence only while it is claimed."""

    ai_uses = AiUseSerializer(many=True, read_only=True, default=list)
    lines = DifferenceSerializer(many=True, read_only=True, default=list)
    evidence = Evidence(many=True, read_only=True, default=list)

    class Meta(SettlingItem.Meta):
        fields = [*SettlingItem.Meta.fields, "token", "ai_uses", "lines", "evidence"]


class SettlingClaimRequest(serializers.Serializer):
    """Which settling; left out: the one due first."""

    settling = serializers.UUIDField(required=False)


class WordRequest(serializers.Serializer):
    """What is said about one line; `level` is a position."""

    line = serializers.CharField(max_length=60)
    level = serializers.IntegerField(required=False, min_value=0)
    reason = serializers.CharField(required=False, allow_blank=True, max_length=MOST_CHARACTERS)


class WordsRequest(TokenRequest):
    """A draft, or a part of it."""

    words = WordRequest(many=True)


class Settled(serializers.Serializer):
    """What it came to."""

    state = serializers.CharField()
    outcome = serializers.ChoiceField(choices=Decision.Outcome.choices, allow_null=True)
