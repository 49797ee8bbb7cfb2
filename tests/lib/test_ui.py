"""The design system keeps its promises: words, forms, charts and the byte budget."""

import gzip
import re
from pathlib import Path
from xml.etree import ElementTree

import django_htmx
import pytest
from django import forms
from django.template.loader import render_to_string
from django.test import RequestFactory

from lib.forms import LaurelRenderer, WordsTextarea
from lib.gallery import components_gallery
from lib.templatetags.laurel_ui import JS_WORDS, bar_chart, beside, funnel

ROOT = Path(__file__).resolve().parents[2]
MODULES = {path.name: path.read_text() for path in sorted((ROOT / "static/js").glob("*.js"))}
ALL_JS = "".join(MODULES.values())
APP_CSS = (ROOT / "static/css/app.css").read_text()


class Form(forms.Form):
    default_renderer = LaurelRenderer()
    email = forms.EmailField(label="Email", help_text="Work address")
    level = forms.ChoiceField(choices=[("y", "Yes"), ("n", "Not yet")], widget=forms.RadioSelect)
    why = forms.CharField(widget=WordsTextarea(2, 9), required=False)


def test_script_and_server_know_the_same_words() -> None:
    used = set(re.findall(r'word\("(\w+)"', ALL_JS))
    assert used <= JS_WORDS.keys()
    assert [key for key in JS_WORDS if f'"{key}"' not in ALL_JS] == []


def test_the_script_needs_no_relaxed_csp() -> None:
    assert not re.search(r"\beval\(|new Function|javascript:|\.style\b|setAttribute\(\"(?:style|on)", ALL_JS)


@pytest.mark.parametrize("more", [[], ["js/upload.js"], ["js/viewer.js", "css/viewer.css"]], ids=str)
def test_css_and_js_of_a_page_stay_below_45_kb_on_the_wire(more: list[str]) -> None:
    page = [ROOT / "static" / each for each in ("css/app.css", "js/base.js", "js/app.js", *more)]
    page.append(Path(django_htmx.__file__).parent / "static/django_htmx/htmx-2.min.js")
    assert sum(len(gzip.compress(each.read_bytes(), 9)) for each in page) < 45_000


def test_every_size_of_text_is_at_least_15_px() -> None:
    root = APP_CSS[APP_CSS.index(":root {") : APP_CSS.index("prefers-contrast")]
    sizes = [float(size) for size in re.findall(r"--s-?\d: (?:clamp\()?([\d.]+)rem", root)]
    assert len(sizes) == 6
    assert min(sizes) * 16 >= 15


def test_a_wrong_form_ties_each_problem_to_its_field() -> None:
    html = str(Form({"email": "dana@"}))
    assert 'href="#id_email"' in html
    assert 'href="#id_level_0"' in html  # the first radio, which can take focus
    assert 'aria-describedby="id_email_helptext id_email_error"' in html
    assert 'id="id_email_helptext"' in html
    assert 'id="id_email_error"' in html
    assert 'aria-invalid="true"' in html
    assert "There are 2 problems" in html


def test_a_fresh_form_shows_no_problem_and_marks_what_is_optional() -> None:
    html = str(Form())
    assert "err-summary" not in html
    assert html.count("(optional)") == 1
    assert 'data-words="2-9"' in html
    assert 'id="id_why-n"' in html


def test_labels_and_hints_are_escaped() -> None:
    form = Form()
    form.fields["email"].help_text = "<script>alert(1)</script>"
    assert "<script>" not in str(form)


def test_bars_are_in_proportion_and_the_table_says_the_numbers() -> None:
    drawn = bar_chart([("Aug", 10, 5), ("Sep", 0, 20)], title="More", series="Sent,Earned", unit="$")
    widths = [[float(bar.width.rstrip("%")) for bar in row.bars] for row in drawn["rows"]]
    longest = widths[1][1]
    assert widths == [[longest / 2, longest / 4], [0, longest]]
    html = render_to_string("includes/bar_chart.html", drawn)
    chart = ElementTree.fromstring(re.search(r"<div class=\"chart.*?\n    </div>", html, re.S)[0])
    assert chart.get("aria-label").startswith("More")
    assert [label.text for label in chart.iter("p")] == ["Aug", "Sep"]  # HTML, so that long labels wrap
    assert [bar.get("width") for bar in chart.iter("rect")] == [f"{width:.2f}%" for pair in widths for width in pair]
    assert re.findall(r'<td class="num">([^<]+)</td>', html) == ["$10", "$5", "$0", "$20"]


def test_funnel_says_the_share_of_the_first_step() -> None:
    rows = funnel([("Started", 240), ("Earned", 60)], title="1 of 4")["rows"]
    assert [row.values for row in rows] == [("240 (100%)",), ("60 (25%)",)]


@pytest.mark.parametrize("rows", [[], [("None yet", 0)]])
def test_charts_without_numbers_still_render(rows: list[tuple[str, int]]) -> None:
    assert render_to_string("includes/bar_chart.html", funnel(rows, title="Empty"))


def test_a_row_with_a_missing_cell_is_an_error_not_a_shifted_table() -> None:
    assert beside(["a"], ["Yes"]) == [("Yes", "a")]
    with pytest.raises(ValueError, match="shorter|longer"):
        beside(["a"], ["Yes", "Not yet"])


def test_gallery_uses_every_component_and_no_inline_style(rf: RequestFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    gallery = (ROOT / "templates/components_gallery.html").read_text()
    names = {path.stem.replace("_", "-") for path in (ROOT / "templates/components").glob("*.html")}
    unused = {name for name in names if f"<c-{name}" not in gallery}
    assert unused <= {"error-summary", "badge-hero"}  # {{ form }} has the first; the second holds the page's h1
    monkeypatch.setattr("lib.gallery.render", lambda request, template, given: render_to_string(template, given))
    html = components_gallery(rf.get("/"))
    assert "<c-" not in html
    assert not re.search(r"<[^>]+\s(?:style|on\w+)=", html)
