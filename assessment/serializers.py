"""JSON of the scoring API. Serializers only parse and format."""

from rest_framework import serializers

from assessment.actions.scoring import MOST_CHARACTERS
from assessment.models import Decision, Review
from submissions.serializers import AiUseSerializer


class QueueItem(serializers.ModelSerializer):
    """A review in a list: a code, never a name."""

    code = serializers.CharField(source="submission.code", read_only=True)
    try_number = serializers.IntegerField(source="submission.number", read_only=True)
    title = serializers.CharField(source="edition.title", read_only=True)

    class Meta:
        model = Review
        fields = ["id", "code", "title", "try_number", "due_on", "state", "lease_until"]


class Level(serializers.Serializer):
    """One level of a line, best first."""

    position = serializers.IntegerField()
    name = serializers.CharField()
    description = serializers.CharField()
    passes = serializers.BooleanField()


class Said(serializers.Serializer):
    """A level (its position) and a comment."""

    level = serializers.IntegerField(source="level.position", default=None)
    comment = serializers.CharField()


class Line(serializers.Serializer):
    """A line of the scoring guide. `open` is false for one that was met in an earlier try."""

    number = serializers.IntegerField()
    key = serializers.CharField(source="line.key")
    title = serializers.CharField(source="line.title")
    criterion = serializers.CharField(source="line.criterion.key")
    open = serializers.BooleanField(source="is_open")
    levels = Level(many=True, source="line.levels.all")
    score = Said(allow_null=True)
    before = Said(allow_null=True, help_text="What the last try was told, for open lines.")


class Evidence(serializers.Serializer):
    """One piece of evidence, under a neutral name."""

    criterion = serializers.CharField()
    kind = serializers.CharField()
    title = serializers.CharField()
    question = serializers.CharField()
    text = serializers.CharField()
    url = serializers.CharField()


class ReviewDetail(QueueItem):
    """A review with everything that is needed to score it."""

    used_ai = serializers.BooleanField(
        source="submission.used_ai",
        read_only=True,
        allow_null=True,
        help_text="Whether the earner says that AI tools were used; null: they were not asked.",
    )
    ai_uses = AiUseSerializer(
        many=True,
        read_only=True,
        default=list,
        help_text="Which tools, where, and what the earner changed in what they gave.",
    )
    lines = Line(many=True, read_only=True, default=list)
    evidence = Evidence(many=True, read_only=True, default=list)

    class Meta(QueueItem.Meta):
        fields = [*QueueItem.Meta.fields, "token", "note", "used_ai", "ai_uses", "lines", "evidence"]


class ClaimRequest(serializers.Serializer):
    """Which review; left out: the one due first."""

    review = serializers.UUIDField(required=False)


class TokenRequest(serializers.Serializer):
    """The fencing token that the claim came with."""

    token = serializers.IntegerField(min_value=1)


class ScoreRequest(serializers.Serializer):
    """What is said about one line; `level` is a position."""

    line = serializers.CharField(max_length=60)
    level = serializers.IntegerField(required=False, min_value=0)
    comment = serializers.CharField(required=False, allow_blank=True, max_length=MOST_CHARACTERS)


class ScoresRequest(TokenRequest):
    """A draft, or a part of it."""

    scores = ScoreRequest(many=True, required=False)
    note = serializers.CharField(required=False, allow_blank=True, max_length=MOST_CHARACTERS)


class Finished(serializers.Serializer):
    """`outcome` is null while another reading is awaited."""

    state = serializers.CharField()
    outcome = serializers.ChoiceField(choices=Decision.Outcome.choices, allow_null=True)
