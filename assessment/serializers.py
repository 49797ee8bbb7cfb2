"""JSON of the scoring API. Serializers only parse and format."""

from rest_framework import serializers

from assessment.actions.scoring import MOST_CHARACTERS
from assessment.models import Decision, Review
from submissions.models import Preview
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


class PreviewSerializer(serializers.Serializer):
    """A preview of a file, which we made. `width` and `height` are pixels, 0 where it has none."""

    kind = serializers.ChoiceField(choices=Preview.Kind.choices)
    position = serializers.IntegerField()
    url = serializers.CharField()
    content_type = serializers.CharField()
    size = serializers.IntegerField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()


class CaptionsSerializer(serializers.Serializer):
    """Where the captions of a film are, in one language."""

    language = serializers.CharField()
    url = serializers.CharField()


class PointerSerializer(serializers.Serializer):
    """What the earner says about a place. All of `seconds` and `page` null: about the whole piece.

    `spot` is x, y, width and height as fractions of the page, or empty.
    """

    seconds = serializers.IntegerField(allow_null=True)
    page = serializers.IntegerField(allow_null=True)
    spot = serializers.CharField(source="place.box")
    note = serializers.CharField()


class MarkSerializer(PointerSerializer):
    """A place that this reading marked. `line` is null for what is said of no line in particular."""

    artifact = serializers.UUIDField(source="artifact_id")
    line = serializers.CharField(source="line.key", default=None)


class Evidence(serializers.Serializer):
    """One piece of evidence, under a neutral name. `url` is the original, or a link; `previews` are safe to show."""

    criterion = serializers.CharField()
    artifact = serializers.UUIDField(allow_null=True)
    kind = serializers.CharField()
    title = serializers.CharField()
    question = serializers.CharField()
    text = serializers.CharField()
    url = serializers.CharField()
    shown_as = serializers.CharField(
        help_text="film, sound, pages, picture or html; waiting, failed, gone or file where there is no preview."
    )
    seconds = serializers.FloatField(allow_null=True, help_text="How long a film or a recording is.")
    by_others = serializers.BooleanField(help_text="Someone else in this tenant has the very same file.")
    may_name_earner = serializers.BooleanField(help_text="The educator’s name seems to be in it. Please ignore it.")
    news = serializers.CharField(help_text="new, changed or same, against the last try; empty in a first try.")
    previews = PreviewSerializer(many=True)
    captions = CaptionsSerializer(many=True)
    pointers = PointerSerializer(many=True)


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
    marks = MarkSerializer(many=True, read_only=True, default=list)

    class Meta(QueueItem.Meta):
        fields = [*QueueItem.Meta.fields, "token", "note", "used_ai", "ai_uses", "lines", "evidence", "marks"]


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
    """`outcome` is null while nothing is decided. Until `undo_until` the score can be taken back."""

    state = serializers.CharField()
    outcome = serializers.ChoiceField(choices=Decision.Outcome.choices, allow_null=True)
    undo_until = serializers.DateTimeField(allow_null=True)
