"""What the pages of this app share: answering a form."""

from collections.abc import Callable
from typing import Any

from django.forms import BaseForm

from lib.errors import Invalid


def done(form: BaseForm, action: Callable[[], Any]) -> bool:
    """Run `action` if the form is valid. What it refuses as Invalid becomes an error beside its field."""
    if not form.is_valid():
        return False
    try:
        action()
    except Invalid as problem:
        form.add_error(problem.field if problem.field in form.fields else None, problem.message)
        return False
    return True
