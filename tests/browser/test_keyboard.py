"""Everything important without a mouse: reached by Tab, seen when it has the focus, and quick for those who score."""

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import FileChooser, Locator, Page, expect

from tests.browser.conftest import Site
from tests.browser.steps import begin, parts

# Whether the focus can be seen: an outline of two pixels or more on what has it, or on the card around it.
SEEN = """() => {
  const at = document.activeElement;
  if (!at || at === document.body) return true;
  const box = at.getBoundingClientRect();
  const drawn = [at, at.closest('label')].filter(Boolean).map(each => getComputedStyle(each));
  return drawn.some(style => style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2)
    && box.bottom > 0 && box.top < innerHeight;
}"""


def tab_to(page: Page, wanted: Locator, most: int = 60) -> None:
    """Press Tab until `wanted` has the focus; on the way, and there, one always sees where it is."""
    for _press in range(most):
        page.keyboard.press("Tab")
        assert page.evaluate(SEEN), page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
        if wanted.evaluate("each => each === document.activeElement"):
            return
    raise AssertionError(f"{most} presses of Tab do not reach {wanted}")


def test_a_submission_is_scored_with_one_key_a_line_and_one_to_send(visit: Callable[..., Page]) -> None:
    page = visit("assessor")
    page.goto("/t/jefferson/review/")
    alone = page.get_by_role("row").filter(has_not_text="Understanding Students Facing")  # that one has two readers
    tab_to(page, alone.get_by_role("button", name="Claim").first)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/review/[0-9a-f-]{36}/"))
    review = page.url
    lines = page.locator("[data-score-form] fieldset.crit").count()
    assert lines >= 3
    for _line in range(lines):
        page.keyboard.press("1")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(lambda url: url != review)
    page.goto("/t/jefferson/review/done/")
    newest = page.locator("main tbody tr").first
    assert newest.get_by_role("link").first.get_attribute("href") == urlsplit(review).path
    for _second in range(30):  # it counts once it can no longer be taken back
        if not newest.get_by_text("Not decided yet").count():
            break
        page.wait_for_timeout(1000)
        page.reload()
    expect(newest).to_contain_text("Earned")


def test_the_keys_can_be_listed_and_switched_off(visit: Callable[..., Page]) -> None:
    page = visit("assessor")
    page.goto("/t/jefferson/review/")
    page.get_by_role("button", name="Claim").first.click()
    page.wait_for_url(re.compile(r"/review/[0-9a-f-]{36}/"))
    page.keyboard.press("?")
    keys = page.locator("#keys")
    expect(keys).to_be_visible()
    tab_to(page, keys.locator("[data-keys-switch]"), 5)
    page.keyboard.press("Space")
    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    page.keyboard.press("1")
    assert page.locator("[data-score-form] input[type=radio]:checked").count() == 0
    tab_to(page, page.locator("fieldset.crit input[type=radio]").first, 80)
    page.keyboard.press("Space")
    assert page.locator("[data-score-form] input[type=radio]:checked").count() == 1
    page.get_by_role("button", name="Give it back").click()
    page.wait_for_url(lambda url: url.endswith("/review/"))


def test_the_first_stop_leads_past_the_menu(visit: Callable[..., Page]) -> None:
    page = visit("earner")
    page.goto("/t/jefferson/catalog/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.tagName") == "MAIN"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_the_role_is_switched(visit: Callable[..., Page]) -> None:
    page = visit("assessor")
    page.goto("/t/jefferson/review/")
    menu = page.locator("details.menu").filter(has=page.locator("button[name=to]")).first
    tab_to(page, menu.locator("summary"))
    page.keyboard.press("Enter")
    tab_to(page, menu.locator("button[value=earner]"), 8)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/catalog/"))
    expect(page.get_by_role("link", name="My work")).to_be_visible()


def test_escape_closes_a_menu_and_gives_the_focus_back(visit: Callable[..., Page]) -> None:
    page = visit("assessor")
    page.goto("/t/jefferson/catalog/")
    menu = page.locator("details.menu").last
    tab_to(page, menu.locator("summary"))
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    assert menu.get_attribute("open") is None
    assert menu.locator("summary").evaluate("each => each === document.activeElement")


def test_the_catalog_is_filtered_and_the_focus_stays(visit: Callable[..., Page]) -> None:
    page = visit(None)
    page.goto("/t/jefferson/catalog/")
    first = page.locator(".facets input[type=checkbox]").first
    before = page.locator("main article, main .cards > li").count()
    tab_to(page, first)
    with page.expect_response(lambda answer: "/catalog/" in answer.url and answer.request.headers.get("hx-request")):
        page.keyboard.press("Space")
    page.wait_for_url(lambda url: "?" in url)
    assert first.is_checked()
    assert first.evaluate("each => each === document.activeElement")
    assert page.locator("main article, main .cards > li").count() <= before


def test_a_file_is_chosen_uploaded_and_removed(visit: Callable[..., Page], site: Site, tmp_path: Path) -> None:
    page, work = begin(site, visit, "Keira Keys")
    [address] = [each for each in parts(page, work) if page.goto(each) and page.locator("#file").count()][:1]
    page.goto(address)
    file = tmp_path / "notes.txt"
    file.write_text("What my students said on the second day.")
    choosers: list[FileChooser] = []
    # Long before the key, since the browser is told of it in its own time.
    page.on("filechooser", lambda chooser: choosers.append(chooser))
    tab_to(page, page.locator("#file"))
    page.keyboard.press("Enter")
    for _tenth in range(150):
        if choosers:
            break
        page.wait_for_timeout(100)
    choosers[0].set_files(file)
    row = page.locator("#files li").filter(has_text="notes.txt")
    expect(row).to_contain_text("Uploaded and checked")
    page.keyboard.press("Shift+Tab")
    remove = row.get_by_role("button", name=re.compile("Remove"))
    page.locator("h1").click()
    tab_to(page, remove)
    page.keyboard.press("Enter")
    expect(page.locator("#files")).not_to_contain_text("Uploaded and checked")
