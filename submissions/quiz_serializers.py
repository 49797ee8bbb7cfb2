"""How quizzes look in the API. Right choices and feedback are there only when submissions.quizpaper gives them."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from submissions.models import QuizTry
from submissions.quizbook import Standing
from submissions.quizpaper import Question, questions_of


class QuizTrySerializer(serializers.ModelSerializer):
    """One try at a quiz, without its questions."""

    size = serializers.IntegerField(help_text="How many questions were drawn.")

    class Meta:
        model = QuizTry
        fields = ["number", "state", "score", "size", "started_at", "finished_at"]
        read_only_fields = fields


class QuizState(serializers.Serializer):
    """A quiz as it stands for this work."""

    criterion = serializers.SlugField(source="criterion.key")
    draw = serializers.IntegerField(source="criterion.quiz_draw", help_text="Questions in a try.")
    needed = serializers.IntegerField(help_text="Questions that have to be right.")
    passed = serializers.BooleanField(source="is_passed")
    best = serializers.IntegerField(allow_null=True, help_text="The highest score so far.")
    tries_left = serializers.IntegerField(source="left")
    tries = QuizTrySerializer(many=True)


class QuestionSerializer(serializers.Serializer):
    """One question as it was drawn. `choices` are in the order in which this try shows them."""

    number = serializers.IntegerField()
    text = serializers.CharField()
    several = serializers.BooleanField(help_text="Whether more than one choice is right.")
    choices = serializers.SerializerMethodField()
    chosen = serializers.SerializerMethodField(help_text="Places in `choices`, counted from 0.")
    is_right = serializers.BooleanField(allow_null=True, help_text="Null until the try is over.")
    right = serializers.SerializerMethodField(
        help_text="The right places. Null until the quiz is passed or no try is left."
    )
    feedback = serializers.CharField(help_text="Empty until the try is over.")

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_choices(self, question: Question) -> list[str]:
        return [choice.text for choice in question.choices]

    @extend_schema_field(serializers.ListField(child=serializers.IntegerField()))
    def get_chosen(self, question: Question) -> list[int]:
        return [choice.place for choice in question.choices if choice.is_chosen]

    @extend_schema_field(serializers.ListField(child=serializers.IntegerField(), allow_null=True))
    def get_right(self, question: Question) -> list[int] | None:
        if any(choice.is_right is None for choice in question.choices):
            return None
        return [choice.place for choice in question.choices if choice.is_right]


class QuizPaper(QuizTrySerializer):
    """One try with its questions. While a try is open, none of the quiz's papers has results."""

    questions = QuestionSerializer(many=True)

    class Meta(QuizTrySerializer.Meta):
        fields = [*QuizTrySerializer.Meta.fields, "questions"]
        read_only_fields = fields


def paper(quiz_try: QuizTry, standing: Standing) -> dict[str, Any]:
    """A try with its questions as JSON."""
    quiz_try.questions = questions_of(quiz_try, standing)
    return QuizPaper(quiz_try).data


class AnswersRequest(serializers.Serializer):
    """Answers by the number of the question, as text: {"1": [0], "2": [1, 3]}. Places count from 0."""

    answers = serializers.DictField(child=serializers.ListField(child=serializers.IntegerField()), allow_empty=True)

    def validate_answers(self, value: dict[str, list[int]]) -> dict[int, list[int]]:
        """Numbers of questions as numbers; what is no number of a question is refused."""
        try:
            return {int(number): places for number, places in value.items()}
        except ValueError:
            raise serializers.ValidationError(_("Name each question by its number.")) from None
