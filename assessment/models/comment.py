"""SavedComment: a comment that is worth writing once, kept for a line or a level of a micro-credential."""

from django.db import models
from django.db.models.functions import MD5
from django.utils.translation import gettext_lazy as _

from credentials.models import MicroCredential
from lib import clock
from tenants.models import ScopedModel, User

MOST_CHARACTERS = 1000


class SavedComment(ScopedModel):
    """Bound to the line's key and the level's place, so that it still fits when a new edition words them anew."""

    class Share(models.TextChoices):
        MINE = "mine", _("Only me")
        TEAM = "team", _("All assessors here")
        ISSUER = "issuer", _("From the issuer")

    owner = models.ForeignKey(User, models.CASCADE, related_name="+")
    share = models.CharField(_("who sees it"), max_length=8, choices=Share, default=Share.MINE)
    micro_credential = models.ForeignKey(MicroCredential, models.PROTECT, null=True, related_name="+")  # null: any
    line_key = models.SlugField(max_length=60, blank=True)  # "": any line
    level_position = models.PositiveSmallIntegerField(null=True)  # null: any level
    text = models.TextField(_("comment"), max_length=MOST_CHARACTERS)
    uses = models.PositiveIntegerField(default=0)  # readings that were sent with it
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["-uses", "-created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                "tenant",
                "owner",
                "micro_credential",
                "line_key",
                "level_position",
                MD5("text"),
                name="comment_kept_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="line_of_a_micro_credential",
                condition=models.Q(line_key="") | models.Q(micro_credential__isnull=False),
            ),
            models.CheckConstraint(
                name="level_of_a_line", condition=models.Q(level_position=None) | ~models.Q(line_key="")
            ),
            models.CheckConstraint(name="kept_comment_says_something", condition=~models.Q(text="")),
        ]
        indexes = [models.Index(fields=["tenant", "micro_credential", "line_key"], name="comment_by_line")]

    def __str__(self) -> str:
        return self.text[:60]
