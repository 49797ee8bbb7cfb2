"""Every component on one page, for people who build pages and for the accessibility check. Wired only when DEBUG."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from lib.forms import WordsTextarea


class SampleForm(forms.Form):
    """One field of each kind."""

    email = forms.EmailField(label="Work email", help_text="We send your result here.")
    goal = forms.DateField(
        label="Goal date",
        required=False,
        widget=forms.DateInput({"type": "date", "class": "w-10"}),
        error_messages={"invalid": "Enter your goal date, like 3/14/2026"},
    )
    role = forms.ChoiceField(label="Your role", choices=[("t", "Teacher"), ("d", "Bus driver"), ("c", "Cook")])
    grade = forms.ChoiceField(
        label="Grade band", choices=[("k", "K–2"), ("3", "3–5")], widget=forms.RadioSelect, help_text="Pick one."
    )
    topics = forms.MultipleChoiceField(
        label="Topics",
        choices=[("r", "Reading"), ("m", "Math")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    look_for = forms.CharField(
        label="What should the reviewer look for?",
        help_text="Point to the minute or page. 4 to 15 words.",
        widget=WordsTextarea(4, 15),
    )
    own_work = forms.BooleanField(label="This is my own work", help_text="You can ask a peer to read it first.")


def components_gallery(request: HttpRequest) -> HttpResponse:
    """The page. The second form is bound to bad input, so errors show."""
    given = {"bad-email": "dana@", "bad-role": "t", "bad-look_for": "At 1:40."}
    bad = SampleForm(given, prefix="bad")
    return render(request, "components_gallery.html", {"form": SampleForm(), "bad_form": bad})
