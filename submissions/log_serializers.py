"""How logs look in the API."""

from rest_framework import serializers

from submissions.models import LogEntry


class LogEntrySerializer(serializers.ModelSerializer):
    """One entry of a log."""

    criterion = serializers.SlugField(source="criterion.key")

    class Meta:
        model = LogEntry
        fields = ["id", "criterion", "on", "minutes", "what", "created_at"]
        read_only_fields = fields


class LogEntryRequest(serializers.Serializer):
    """What was done on one day, and for how long."""

    on = serializers.DateField(help_text="The date where the issuer is. Not in the future.")
    minutes = serializers.IntegerField(min_value=1, max_value=1440)
    what = serializers.CharField(max_length=2000, trim_whitespace=False)


class LogState(serializers.Serializer):
    """A log with its sum."""

    criterion = serializers.SlugField(source="criterion.key")
    minutes = serializers.IntegerField(help_text="The sum of all entries.")
    minutes_min = serializers.IntegerField(source="criterion.log_minutes_min", help_text="0: no minimum.")
    entries_min = serializers.IntegerField(source="criterion.log_entries_min", help_text="0: no minimum.")
    entries = LogEntrySerializer(many=True)
