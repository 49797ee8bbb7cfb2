"""How works look in the API. These only read and write JSON; the rules are in the actions."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from submissions.actions.ai_uses import Use
from submissions.log_serializers import LogState
from submissions.models import AiUse, Artifact, Students, Submission, WorkCard
from submissions.outline import Outline, Part, Progress
from submissions.queries import ai_uses_of
from submissions.quiz_serializers import QuizState


class WorkCardSerializer(serializers.ModelSerializer):
    """One of my works, in whatever tenant it is."""

    id = serializers.UUIDField(source="work_id")
    tenant = serializers.SlugField(source="tenant.slug", help_text="The issuer; use it in the path of the other calls.")
    micro_credential = serializers.SlugField(source="edition.micro_credential.slug")
    edition = serializers.IntegerField(source="edition.number")
    title = serializers.CharField(source="edition.title")

    class Meta:
        model = WorkCard
        fields = [
            "id",
            "tenant",
            "micro_credential",
            "edition",
            "title",
            "state",
            "is_renewal",
            "try_number",
            "parts_done",
            "parts",
            "next_step",
            "goal_date",
            "due_on",
            "changed_at",
        ]
        read_only_fields = fields


class StartRequest(serializers.Serializer):
    """Which micro-credential to start."""

    micro_credential = serializers.SlugField(help_text="Its name in addresses, as the catalog lists it.")
    renew = serializers.BooleanField(
        default=False, help_text="Begin anew where it was earned before and the badge runs out soon or has run out."
    )


class ResponseRequest(serializers.Serializer):
    """Words, and the revision they are based on."""

    text = serializers.CharField(allow_blank=True, trim_whitespace=False)
    rev = serializers.IntegerField(
        min_value=0, required=False, help_text="The revision last seen (0: none). Leave it out to write over anything."
    )


class ResponseState(serializers.Serializer):
    """One answer as it is stored."""

    criterion = serializers.SlugField()
    prompt = serializers.SlugField()
    question = serializers.CharField()
    min_words = serializers.IntegerField()
    max_words = serializers.IntegerField()
    text = serializers.CharField()
    rev = serializers.IntegerField()


class ArtifactRequest(serializers.Serializer):
    """A link or a text. Files go to …/files/."""

    kind = serializers.ChoiceField(choices=["link", "text"])
    url = serializers.CharField(required=False, allow_blank=True, max_length=2000)
    text = serializers.CharField(required=False, allow_blank=True, trim_whitespace=False)
    name = serializers.CharField(required=False, allow_blank=True, max_length=120)


class ArtifactSerializer(serializers.ModelSerializer):
    """One piece of evidence. `sha256` is of the bytes read back from storage."""

    criterion = serializers.SlugField(source="criterion.key")

    class Meta:
        model = Artifact
        fields = [
            "id",
            "criterion",
            "kind",
            "state",
            "refusal",
            "name",
            "url",
            "text",
            "size",
            "sha256",
            "content_type",
            "students",
            "record_number",
            "attested_version",
            "attested_at",
            "created_at",
        ]
        read_only_fields = fields


class AttestationRequest(serializers.Serializer):
    """How students are protected in one piece of evidence."""

    students = serializers.ChoiceField(choices=Students.choices)
    record_number = serializers.CharField(
        required=False, allow_blank=True, max_length=80, help_text="Of the signed releases; needed for “released”."
    )


class AiUseSerializer(serializers.ModelSerializer):
    """One AI tool, where it was used, and what the earner changed in what it gave."""

    criterion = serializers.SlugField(source="criterion.key", default="", help_text="Empty: in the whole work.")

    class Meta:
        model = AiUse
        fields = ["tool", "criterion", "what_changed"]
        read_only_fields = fields


class AiUseRequest(serializers.Serializer):
    """As AiUse, to be stored."""

    tool = serializers.CharField(max_length=80)
    criterion = serializers.SlugField(required=False, allow_blank=True, help_text="Empty: in the whole work.")
    what_changed = serializers.CharField(max_length=1000)

    def to_internal_value(self, data: Any) -> Use:
        """What the action takes."""
        return Use(**super().to_internal_value(data))


class PromiseRequest(serializers.Serializer):
    """What is promised; see GET of the work for the wording. Each piece of evidence has its own attestation."""

    own_work = serializers.BooleanField()
    protected = serializers.BooleanField(help_text="Every student is protected, in the words and in each piece.")
    used_ai = serializers.BooleanField(help_text="Whether AI tools were used; if so, say which in `ai_uses`.")
    ai_uses = AiUseRequest(many=True, required=False)
    training = serializers.BooleanField(required=False)


class PartState(serializers.Serializer):
    """One line of the task list."""

    key = serializers.CharField()
    title = serializers.CharField()
    progress = serializers.ChoiceField(choices=[each.value for each in Progress])
    optional = serializers.BooleanField()
    problems = serializers.ListField(child=serializers.CharField())


class WorkDetail(serializers.Serializer):
    """A work with its newest try: what is written, added, logged, answered, promised and missing."""

    id = serializers.UUIDField(source="submission.work_id")
    title = serializers.CharField(source="submission.edition.title")
    state = serializers.CharField(source="submission.work.state")
    submission = serializers.SerializerMethodField()
    parts = PartState(many=True)
    responses = serializers.SerializerMethodField()
    artifacts = serializers.SerializerMethodField()
    logs = serializers.SerializerMethodField()
    quizzes = serializers.SerializerMethodField()
    promises = serializers.SerializerMethodField()
    ai_uses = serializers.SerializerMethodField()

    @extend_schema_field(AiUseSerializer(many=True))
    def get_ai_uses(self, outline: Outline) -> list[dict[str, Any]]:
        return AiUseSerializer(ai_uses_of(outline.submission), many=True).data

    @extend_schema_field(serializers.DictField())
    def get_submission(self, outline: Outline) -> dict[str, Any]:
        return SubmissionSerializer(outline.submission).data

    @extend_schema_field(ResponseState(many=True))
    def get_responses(self, outline: Outline) -> list[dict[str, Any]]:
        return [
            response_state(part, prompt, outline)
            for part in outline.parts
            if part.criterion
            for prompt in part.criterion.prompts.all()
        ]

    @extend_schema_field(ArtifactSerializer(many=True))
    def get_artifacts(self, outline: Outline) -> list[dict[str, Any]]:
        shown = [each for group in outline.artifacts.values() for each in group]
        criteria = {part.criterion.id: part.criterion for part in outline.parts if part.criterion}
        for each in shown:
            each.criterion = criteria[each.criterion_id]
        return ArtifactSerializer(shown, many=True).data

    @extend_schema_field(LogState(many=True))
    def get_logs(self, outline: Outline) -> list[dict[str, Any]]:
        for book in outline.logs.values():
            for entry in book.entries:
                entry.criterion = book.criterion
        return LogState([*outline.logs.values()], many=True).data

    @extend_schema_field(QuizState(many=True))
    def get_quizzes(self, outline: Outline) -> list[dict[str, Any]]:
        return QuizState([*outline.quizzes.values()], many=True).data

    @extend_schema_field(serializers.DictField())
    def get_promises(self, outline: Outline) -> dict[str, Any]:
        return {
            kind: {
                "version": each.version,
                "wording": each.wording,
                "given_at": each.given_at,
            }
            for kind, each in outline.promises.items()
        }


class SubmissionSerializer(serializers.ModelSerializer):
    """One try."""

    class Meta:
        model = Submission
        fields = ["id", "number", "code", "state", "used_ai", "submitted_at", "due_on", "decided_at"]
        read_only_fields = fields


def response_state(part: Part, prompt: Any, outline: Outline) -> dict[str, Any]:
    """One prompt with the words on it; `rev` 0 and no words when nothing was saved yet."""
    stored = outline.responses.get(prompt.id)
    return {
        "criterion": part.criterion.key,
        "prompt": prompt.key,
        "question": prompt.text,
        "min_words": prompt.min_words,
        "max_words": prompt.max_words,
        "text": stored.text if stored else "",
        "rev": stored.rev if stored else 0,
    }
