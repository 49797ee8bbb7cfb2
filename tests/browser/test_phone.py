"""A phone in the hand: the smallest screens, large text, fat fingers, and words that are too long."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Site
from tests.browser.steps import begin, parts, promise, submit, write_part

SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# WCAG 2.2, 1.4.12: what readers may set, without a word getting lost.
SPACED = (
    "* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } "
    "p { margin-bottom: 2em !important }"
)
# Buttons and fields smaller than a finger. Links within text are exempt (WCAG 2.2, 2.5.8).
SMALL = """() => [...document.querySelectorAll('main :is(.btn, button, select, summary, input, textarea)')]
  .filter(each => each.checkVisibility({ visibilityProperty: true }) && !each.closest('.vh'))
  .map(each => each.closest('label') ?? each)
  .map(each => [each.textContent.trim().slice(0, 40) || each.outerHTML.slice(0, 80), each.getBoundingClientRect()])
  .filter(([, box]) => box.height > 2 && (box.height < 40 || box.width < 24))
  .map(([name, box]) => `${name}: ${box.width} × ${box.height}`)"""
# Words that are cut off: they end outside of a box that hides what does not fit.
CUT = """() => [...document.querySelectorAll('h1, h2, h3, .btn, td, dd, .tag')]
  .filter(each => each.checkVisibility() && getComputedStyle(each).overflowX === 'hidden')
  .filter(each => each.scrollWidth > each.clientWidth + 1)
  .map(each => each.outerHTML.slice(0, 120))"""

PLACES = {
    "earner": ["catalog/", "my/", "my/passport/", "my/rewards/"],
    "assessor": ["review/", "review/done/"],
    "author": ["author/", "author/new/"],
    "admin": ["manage/", "manage/people/", "manage/settings/", "manage/badges/"],
    "recognizer": ["honor/", "honor/policies/"],
}


@pytest.mark.parametrize("account", PLACES)
def test_pages_fit_the_smallest_screen_with_spaced_letters(visit: Callable[..., Page], account: str) -> None:
    """320 px, as at 400 % zoom on a desk (WCAG 2.2, 1.4.10), and then with text spacing."""
    page = visit(account, size={"width": 320, "height": 640})
    for place in PLACES[account]:
        page.goto(f"/t/jefferson/{place}")
        assert page.evaluate(SIDEWAYS) == 0, place
        assert page.evaluate(SMALL) == [], place
        # Through the inspector: as a reader's own style sheet, our content policy has no say in it.
        page.evaluate("css => { const own = new CSSStyleSheet(); own.replaceSync(css); "
                      "document.adoptedStyleSheets = [own] }", SPACED)  # fmt: skip
        assert page.evaluate(SIDEWAYS) == 0, f"{place} with spaced letters"
        assert page.evaluate(CUT) == [], f"{place} with spaced letters"


def test_the_menus_open_within_the_screen(visit: Callable[..., Page]) -> None:
    page = visit("assessor", size=PHONE)
    page.goto("/t/jefferson/review/")
    menus = page.locator("header details.menu")
    assert menus.count() == 2
    for menu in menus.all():
        menu.locator("summary").click()
        for choice in menu.locator("a, button").all():
            box = choice.bounding_box()
            assert box is not None
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= PHONE["width"]
            assert box["height"] >= 40
        assert page.evaluate(SIDEWAYS) == 0
    expect(menus.first).not_to_have_attribute("open", "")  # one at a time


def test_work_is_done_and_sent_on_a_phone(visit: Callable[..., Page], site: Site, tmp_path: Path) -> None:
    page, work = begin(site, visit, "Pia Phone", size=PHONE)
    for address in parts(page, work):
        write_part(page, address, tmp_path)
        assert page.evaluate(SIDEWAYS) == 0, address
    promise(page, work)
    page.goto(work + "check/")
    assert page.evaluate(SMALL) == []
    submit(page, work)
    expect(page.get_by_text("You should hear by").first).to_be_visible()


def test_words_without_an_end_do_not_break_a_page(visit: Callable[..., Page], site: Site) -> None:
    page, work = begin(site, visit, "Wanda Wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww", size=PHONE)
    link = "https://example.org/" + "endless" * 60
    for address in parts(page, work):
        page.goto(address)
        if page.locator("#file").count():
            page.get_by_label("Paste a link").fill(link)
            page.get_by_role("button", name="Add this link").click()
            expect(page.locator("#files")).to_contain_text("endless")
            page.goto(address + "pick/")
            assert page.evaluate(SIDEWAYS) == 0, "pick"
            page.goto(address)
        page.locator("textarea[data-words]").first.fill("endless" * 60)
        assert page.evaluate(SIDEWAYS) == 0, address
    for place in ("check/", "promise/"):
        page.goto(work + place)
        assert page.evaluate(SIDEWAYS) == 0, place
