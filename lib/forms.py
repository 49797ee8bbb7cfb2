"""How every Django form looks here: `{{ form }}`, `as_field_group` and <c-field> share templates/forms/."""

from functools import cached_property
from pathlib import Path

from django import forms
from django.forms.renderers import DjangoTemplates
from django.template.backends.django import DjangoTemplates as TemplateBackend

_ROOT = Path(__file__).resolve().parent.parent


class LaurelRenderer(DjangoTemplates):
    """Set as FORM_RENDERER. Fields come out with label, hint, error and the ids that tie them together."""

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"

    @cached_property
    def engine(self) -> TemplateBackend:
        """Our templates first, then Django's own widget templates."""
        return self.backend(
            {
                "APP_DIRS": False,
                "DIRS": [
                    _ROOT / "templates",
                    Path(forms.__file__).parent / "templates",
                ],
                "NAME": "laurelforms",
                "OPTIONS": {},
            }
        )


class WordsTextarea(forms.Textarea):
    """A text box with a live word count. `low` and `high` are words; the form still checks them on the server."""

    def __init__(self, low: int, high: int, attrs: dict[str, str] | None = None) -> None:
        self.words = f"{low}-{high}"
        super().__init__({"data-words": self.words, **(attrs or {})})
