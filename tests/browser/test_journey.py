"""The main job, by hand in a browser, twice: sent, scored, awarded, minted, seen, checked and honored."""

import json
import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.badges.independent import verify_with_pyoxigraph
from tests.browser.conftest import Site
from tests.browser.steps import join, link_in_mail, promise, submit, wait_for_page, write_part

READY = "Checking for Student Understanding"
SECOND = "Responding to Cultural Differences in Schools"


def send(page: Page, title: str) -> str:
    """The earner sends the work that is ready; returns the address of the work."""
    page.goto("/t/jefferson/my/")
    page.get_by_role("link", name=title).first.click()
    expect(page.get_by_text("Not sent yet").first).to_be_visible()
    work = page.url
    submit(page, work)
    expect(page.get_by_text("You should hear by").first).to_be_visible()
    return work


def claim(page: Page, title: str, *, last: bool = False) -> None:
    """Claim the submission of this title; the one that is due last where several wait."""
    page.goto("/t/jefferson/review/")
    rows = page.get_by_role("row").filter(has_text=title)
    row = rows.last if last else rows.first
    row.get_by_role("button", name="Claim").click()
    page.wait_for_url(re.compile(r"/review/[0-9a-f-]{36}/"))


def levels(page: Page) -> list:
    return page.locator("[data-score-form] fieldset.crit").all()


def test_the_whole_job_with_javascript(visit: Callable[..., Page], tmp_path: Path) -> None:
    earner = visit("earner")
    work = send(earner, READY)

    assessor = visit("assessor")
    claim(assessor, READY)
    for private in ("Dana", "Rivera", "earner@", "main-idea-lesson-plan"):
        assert private not in assessor.content()
    for _line in levels(assessor):
        assessor.keyboard.press("1")
    expect(assessor.locator("[data-left]").first).to_contain_text("All lines have a score")
    assessor.keyboard.press("Control+Enter")
    assessor.wait_for_url(lambda url: "/review/" in url)
    expect(assessor.get_by_text(re.compile("sent", re.IGNORECASE)).first).to_be_visible()

    wait_for_page(earner, "/t/jefferson/my/passport/", READY)
    earner.get_by_role("link", name=READY, exact=True).click()
    earner.wait_for_url(re.compile(r"/b/"))
    address = earner.url
    wait_for_page(earner, address, "This badge is real and in good standing")
    wait_for_page(earner, work + "feedback/1/", "You earned it")

    visitor = visit(None)
    visitor.goto(address)
    expect(visitor.get_by_text("This badge is real and in good standing")).to_be_visible()
    expect(visitor.get_by_text("Jefferson County Schools").first).to_be_visible()
    expect(visitor.get_by_text("$500")).to_be_visible()  # who honors it, loaded by htmx
    visitor.get_by_text("Download files").click()
    with visitor.expect_download() as download:
        visitor.get_by_role("link", name="Badge picture with proof inside (PNG)").click()
    picture = tmp_path / "badge.png"
    download.value.save_as(picture)
    visitor.goto("/verify/")
    visitor.locator("input[name=file]").set_input_files(picture)
    visitor.get_by_role("button", name="Check this badge").click()
    expect(visitor.get_by_text("This badge is real and in good standing")).to_be_visible()
    proves_itself(visitor, address)

    recognizer = visit("recognizer")
    wait_for_page(recognizer, "/t/jefferson/honor/", "Dana Rivera")
    recognizer.get_by_role("link", name="Dana Rivera").first.click()
    recognizer.get_by_role("button", name=re.compile("Honor")).first.click()
    expect(recognizer.get_by_text(re.compile("Honored")).first).to_be_visible()
    wait_for_page(earner, "/t/jefferson/my/rewards/", READY)


def proves_itself(page: Page, address: str) -> None:
    """The badge as machines get it verifies with code that is not ours, and not after a change."""
    document = page.request.get(address, headers={"Accept": "application/vc+ld+json"}).json()
    issuer = document["issuer"]["id"].rpartition(":")[2]
    keys = page.request.get(f"/i/{issuer}/did.json").json()["verificationMethod"]
    [key] = [key for key in keys if key["id"] == document["proof"]["verificationMethod"]]
    public = multikey(key["publicKeyMultibase"])
    assert verify_with_pyoxigraph(document, public)
    changed = json.loads(json.dumps(document).replace(READY, "Something grander"))
    assert not verify_with_pyoxigraph(changed, public)


def multikey(text: str) -> bytes:
    """The 32 bytes of an Ed25519 Multikey (`z`, base58btc, two bytes of prefix)."""
    alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
    number = 0
    for character in text[1:]:
        number = number * 58 + alphabet.index(character)
    return number.to_bytes(34)[2:]


def test_the_whole_job_without_javascript(visit: Callable[..., Page], site: Site, tmp_path: Path) -> None:
    """Invited, started from the catalog, written, sent, returned, mended, earned and honored: links and forms only."""
    admin = visit("admin", javascript=False)
    admin.goto("/t/jefferson/manage/people/invite/")
    admin.locator("textarea").first.fill("noscript@demo.example")
    admin.get_by_label("Educator").check()
    admin.get_by_role("button", name="Send invitations").click()

    newcomer = visit(None, javascript=False)
    join(newcomer, link_in_mail(site, "noscript@demo.example", "/join/"), "Robin Plain")
    admin.goto("/t/jefferson/manage/people/?q=Robin")
    admin.get_by_role("link", name="Robin Plain").click()
    admin.get_by_label(re.compile("Job")).fill("Cook")
    admin.get_by_label(re.compile("Full-time", re.IGNORECASE)).check()
    admin.get_by_role("button", name=re.compile("Save")).last.click()

    newcomer.goto("/t/jefferson/catalog/")
    newcomer.locator("main input[name=q]").fill("respondng cultural")  # one letter is missing
    newcomer.get_by_role("button", name="Search").click()
    newcomer.get_by_role("link", name=SECOND).click()
    newcomer.get_by_role("button", name="Start this micro-credential").click()
    work = newcomer.url
    assert "/my/work/" in work
    newcomer.goto(work + "about/")
    newcomer.locator("main form button").first.click()
    newcomer.goto(work)
    for address in sorted({link.get_attribute("href") for link in newcomer.locator("main a[href*='/c/']").all()}):
        write_part(newcomer, address, tmp_path)
    promise(newcomer, work)
    submit(newcomer, work)

    assessor = visit("assessor", javascript=False)
    claim(assessor, SECOND, last=True)
    lines = levels(assessor)
    for line in lines[:-1]:
        line.locator("input[type=radio]").first.check(force=True)
    lines[-1].locator("input[type=radio]").last.check(force=True)
    assessor.get_by_role("button", name="Send score and open next").click()
    expect(assessor.get_by_text("Not sent yet")).to_be_visible()  # a comment is missing, nothing else is lost
    comment = levels(assessor)[-1].locator("textarea")
    expect(comment).to_be_visible()
    comment.fill("I saw the change. Say next what your students did differently on the second day.")
    assessor.get_by_role("button", name="Send score and open next").click()

    wait_for_page(newcomer, work + "feedback/1/", "Say next what your students did differently")
    newcomer.goto(work)
    promise(newcomer, work)
    submit(newcomer, work)
    claim(assessor, SECOND, last=True)
    [line] = levels(assessor)  # the lines that were met are locked
    line.locator("input[type=radio]").first.check(force=True)
    assessor.get_by_role("button", name="Send score and open next").click()

    wait_for_page(newcomer, "/t/jefferson/my/passport/", SECOND)
    newcomer.get_by_role("link", name=SECOND, exact=True).click()
    wait_for_page(newcomer, newcomer.url, "This badge is real and in good standing")
    address = newcomer.url
    newcomer.goto("/verify/")
    newcomer.locator("input[name=address]").fill(address)
    newcomer.get_by_role("button", name="Check this badge").click()
    expect(newcomer.get_by_text("This badge is real and in good standing")).to_be_visible()

    recognizer = visit("recognizer", javascript=False)
    wait_for_page(recognizer, "/t/jefferson/honor/", "Robin Plain")
    recognizer.get_by_role("link", name="Robin Plain").click()
    recognizer.get_by_role("button", name=re.compile("Honor")).first.click()
    newcomer.goto("/t/jefferson/my/rewards/")
    expect(newcomer.get_by_text("$500").first).to_be_visible()
