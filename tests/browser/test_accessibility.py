"""Every kind of page under axe, as wide as a desk and as a phone. Pages are found by following links, as people do."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve
from playwright.sync_api import Browser, Page, Response

from lib import clock
from tenants.context import NAVIGATION
from tests.browser.conftest import DESK, PHONE, Site, sign_in
from tests.browser.steps import (
    give_previews,
    hand_over,
    invite,
    join,
    link_in_mail,
    make_film,
    parts,
    promise,
    start,
    submit,
    takes_files,
    write_part,
)

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE = """options => axe.run(options).then(found => found.violations.flatMap(each =>
  each.nodes.map(node => `${each.id} at ${node.target.join(' ')}: ${node.failureSummary}`)))"""
OPTIONS = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
UNFOLD = "[...document.querySelectorAll('details:not(.menu)')].slice(0, 20).forEach(each => { each.open = true })"
LINKS = "[...document.querySelectorAll('a[href]')].map(each => each.href)"
LOADED = "() => !document.querySelector('.htmx-request')"
# Empties the page's first form to write in, and sends it past the checks of the browser and of our script.
SEND_BLANK = """() => {
  const written = each => each.matches('textarea, input:not([type=hidden])');
  const form = [...document.querySelectorAll('main form[method=post]')].find(each => [...each.elements].some(written));
  for (const each of [...form.elements].filter(written)) {
    if (['radio', 'checkbox'].includes(each.type)) each.checked = false; else each.value = '';
  }
  HTMLFormElement.prototype.submit.call(form);
}"""
POST = """([path, token]) => {
  const form = Object.assign(document.createElement('form'), { method: 'post', action: path });
  form.append(Object.assign(document.createElement('input'), { name: 'csrfmiddlewaretoken', value: token }));
  document.body.append(form);
  form.submit();
}"""

# Who walks through, and where they begin.
ACCOUNTS = {
    "earner": "/t/jefferson/",
    "assessor": "/t/jefferson/review/",
    "senior": "/t/jefferson/settle/",
    "author": "/t/jefferson/author/",
    "vetter": "/t/jefferson/vetting/",
    "admin": "/t/jefferson/manage/",
    "recognizer": "/t/jefferson/honor/",
    "coach": "/t/jefferson/coach/",
    "outsider": "/t/isd/",
}
# What is in a menu leads everyone elsewhere, so its links count even where others were there before.
MENUS = {name for items in NAVIGATION.values() for _label, name in items} - {"catalog"}
SECOND = "Responding to Cultural Differences in Schools"
PAID = "Learner Variability"
LOGGED = "Learning from Colleagues’ Lessons"  # has a log and a quiz
# How many of a kind are visited, where they differ more than in their words.
SEVERAL = {
    "work": 3,
    "work_criterion": 4,
    "edition_editor": 3,
    "badge": 2,
    "grant": 2,
    "policy": 2,
    "reward": 2,
    "manage_badge": 6,
}
# Pages whose form is sent blank as well, to see the answer.
REFUSING = {
    "account_login", "account_change_password", "tokens", "author_new", "author_import", "policy_new", "invite",
    "manage_stack_new", "tenant_settings", "verify", "keeping", "holds", "hold_lift", "outside_import",
    "accepted_issuer_new", "accepted_issuer",
}  # fmt: skip
# No pages: addresses that only take forms, that lead elsewhere, or that give data, files and parts of pages.
NOT_PAGES = {
    "account_logout", "switch_role", "token_revoke", "person_staff", "person_switch", "invitation_resend",
    "invitation_withdraw", "logo_save", "logo_remove", "closure_remove", "partner_remove", "mail_resend",
    "edition_send", "edition_retire", "note_answer", "vetting_note_remove", "stack_publish", "stack_retire",
    "work_start", "work_goal", "work_stop", "work_take_back", "artifact_add", "artifact_upload", "artifact_remove",
    "log_add", "log_remove", "quiz_start", "quiz_try",
    "claim", "review_save", "review_finish", "review_release", "review_conflict", "honour_chosen", "policy_activate",
    "policy_end", "policy_delete", "grant_honour", "grant_ask", "grant_decline",
    "achievement", "healthz", "robots", "favicon", "api_schema", "theme", "logo", "look_sample", "policy_try",
    "work_button", "edition_export", "grants_csv", "totals_csv", "artifact_file", "review_evidence", "badge_json",
    "badge_png", "badge_svg", "badge_lift", "key_rotate", "art", "issuer_profile", "issuer_did", "status_list",
    "badge_jwt", "ob2_assertion", "ob2_png", "ob2_svg", "ob2_class", "ob2_issuer", "passport_arrange", "passport_csv",
    "passport_pdf", "passport_clr", "passport_zip", "passport_link_end",
    "shared_passport_csv", "shared_passport_pdf", "shared_passport_clr",
    "outside_remove", "accepted_issuer_remove", "equivalence_remove",
    "endorsement_withdraw", "app_put_out",
    "oauth_metadata", "oauth_register", "oauth_token", "oauth_revoke", "ims_discovery", "ims_credentials",
    "ims_profile",
    "badge_pdf", "badge_qr", "oembed", "og_card", "shared_file", "shared_preview", "shared_captions",
    "export_ask", "export_file", "erasure_ask", "erasure_cancel", "certificate_json",
    "artifact_preview", "pointer_save", "pointer_remove", "captions_file", "mark_add", "mark_remove",
    "review_preview", "review_captions", "review_insert", "review_keep", "review_ahead", "kept_comment_drop",
    "upload_begin", "upload_addresses", "upload_finish", "upload_part", "artifact_row", "artifact_restore",
    "link_recheck", "review_undo", "review_time", "work_estimate", "training_take_back",
    "settling_claim", "settling_save", "settling_finish", "settling_release", "settling_conflict",
    "settling_evidence", "settling_preview", "settling_captions",
    "absence_add", "absence_remove", "reviewers_move", "statements_csv", "precheck_back", "offer_accept",
    "coach_note", "coach_remove", "agreement_csv", "practice_start",
    "stack_offer", "anchor_new", "anchor_publish", "anchor_retire", "anchor_evidence",
    "anchor_preview", "anchor_captions",
    "comment_thank", "comment_undo", "appeal_withdraw", "case_evidence", "case_preview", "case_captions",
    "fee_ask", "fees_csv", "fee_rule_end", "voucher_withdraw",
    "award_import_start", "award_import_drop", "award_import_failed",
    "conversation_quiz",  # the same page as conversation
    "endorse_badge",  # the same form as endorse_thing
}  # fmt: skip


@dataclass
class Tour:
    """What was seen, and what was wrong with it."""

    seen: dict[str, set[str]] = field(default_factory=dict)  # kind of page → addresses
    axe: list[str] = field(default_factory=list)
    sideways: list[str] = field(default_factory=list)
    console: list[str] = field(default_factory=list)

    def look(self, page: Page, kind: str) -> None:
        """Check the page that is open, wide with its details folded, and narrow with all of them open."""
        self.seen.setdefault(kind, set()).add(urlsplit(page.url).path)
        page.wait_for_function(LOADED)
        page.evaluate(AXE_SCRIPT)
        for size in (DESK, PHONE):
            page.set_viewport_size(size)
            if size == PHONE:
                page.evaluate(UNFOLD)
            where = f"{kind} {page.url}, {size['width']} px"
            self.axe += [f"{where}: {each}" for each in page.evaluate(AXE, OPTIONS)]
            if page.evaluate(SIDEWAYS) > 0:
                self.sideways.append(where)
        page.set_viewport_size(DESK)

    def wants(self, kind: str, address: str) -> bool:
        """Whether too few of this kind were seen, and not this one."""
        seen = self.seen.get(kind, set())
        return kind not in NOT_PAGES and urlsplit(address).path not in seen and len(seen) < SEVERAL.get(kind, 1)

    def follow_links(self, page: Page, first: str) -> None:
        """Look at each kind of page that can be reached from `first`."""
        waiting, known = [first], {first}
        while waiting:
            address = waiting.pop(0)
            if kind_of(address) not in MENUS and address != first and not self.wants(kind_of(address), address):
                continue
            answer = page.goto(address)
            assert answer is not None
            assert answer.status == 200, f"{address} answers {answer.status}"
            here = urlsplit(page.url)
            links = [urlsplit(each)._replace(fragment="") for each in page.evaluate(LINKS)]
            fresh = {each.geturl() for each in links if each.netloc == here.netloc} - known
            known |= fresh
            waiting += sorted(fresh)
            if self.wants(kind_of(page.url), page.url):  # an address may have led elsewhere
                self.look(page, kind_of(page.url))
                if kind_of(page.url) in REFUSING:
                    self.look_at_refusal(page)

    def look_at_refusal(self, page: Page) -> None:
        """Send the page's form blank, and look at the answer."""
        kind = kind_of(page.url)
        answer = leave(page, lambda: page.evaluate(SEND_BLANK))
        assert answer.status in (200, 400, 409, 422), f"{kind} answers a blank form with {answer.status}"
        assert page.locator("[aria-invalid=true], [role=alert], .err-summary").count(), f"{kind} takes a blank form"
        self.look(page, f"{kind}, refused")


def kind_of(address: str) -> str:
    """The name of the address, with the section where each is a page of its own. Foreign addresses have none."""
    try:
        found = resolve(urlsplit(address).path)
    except Resolver404:
        return ""
    section = found.kwargs.get("section")
    return f"{found.url_name} {section}" if section else str(found.url_name)


def all_kinds() -> set[str]:
    """The names of all addresses that show a page to people."""

    def names(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
        for each in patterns:
            if isinstance(each, URLResolver):
                yield from names(each.url_patterns)
            elif each.name and not each.name.startswith("api_"):
                yield each.name

    return set(names(get_resolver().url_patterns)) - NOT_PAGES | {"api_docs"}


def leave(page: Page, act: Callable[[], object]) -> Response:
    """Do what leads to another page, and return its answer."""
    with page.expect_navigation() as navigation:
        act()
    assert navigation.value is not None
    return navigation.value


@pytest.fixture(scope="module")
def tour(site: Site, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Tour:
    """One walk through everything, as everyone."""
    tour = Tour()

    def page_of(account: str | None) -> Page:
        page = browser.new_context(base_url=site.address, viewport=DESK, reduced_motion="reduce").new_page()
        page.set_default_timeout(20_000)
        page.on("console", lambda said: said.type == "error" and tour.console.append(f"{page.url}: {said.text}"))
        page.on("pageerror", lambda error: tour.console.append(f"{page.url}: {error}"))
        if account:
            sign_in(page, account)
        return page

    people = {account: page_of(account) for account in [None, *ACCOUNTS]}
    see_as_visitor(tour, people[None])
    for kind in ("home", "tenant_home", "catalog", "micro_credential", "stack", "badge"):
        tour.seen.pop(kind, None)  # other people see more on them
    see_as_newcomer(tour, page_of(None), people["admin"], site, tmp_path_factory.mktemp("evidence"))
    see_keeping(tour, people["admin"])
    for account, first in ACCOUNTS.items():
        tour.follow_links(people[account], first)
    see_leaving(tour, page_of(None), people["admin"], site)
    see_draft_of_a_rule(tour, people["admin"])
    see_scoring(tour, people["assessor"])
    see_practice(tour, people["assessor"])
    see_settling(tour, people["senior"])
    see_what_follows(tour, page_of(None), people, site, tmp_path_factory.mktemp("more"))
    see_a_fee(tour, page_of(None), people["outsider"], site, tmp_path_factory.mktemp("paid"))
    see(tour, people["earner"], "/t/jefferson/my/offers/")
    see_badges(tour, people["earner"], people[None])
    see_passport(tour, people["earner"], people[None])
    see_endorsing(tour, people["recognizer"], people[None])
    see_an_app(tour, people["earner"], people[None])
    see_empty_places(tour, page_of(None), people["outsider"], site)
    see_errors(tour, people["earner"], people[None])
    for page in people.values():
        page.context.close()
    return tour


def see(tour: Tour, page: Page, address: str, kind: str = "", status: int = 200) -> None:
    """Open one page and look at it."""
    answer = page.goto(address)
    assert answer is not None
    assert answer.status == status, f"{address} answers {answer.status}"
    tour.look(page, kind or kind_of(page.url))


def see_as_visitor(tour: Tour, page: Page) -> None:
    tour.follow_links(page, "/")
    see(tour, page, "/signup/")
    see(tour, page, "/signin/closed/")


def see_as_newcomer(tour: Tour, page: Page, admin: Page, site: Site, folder: Path) -> None:
    """From the invitation to the first work that was sent in, and a forgotten password."""
    link = invite(site, admin, "newcomer@demo.example")
    see(tour, page, link)
    tour.look_at_refusal(page)
    join(page, link, "Noor Newcomer")
    for place in ("my/", "my/passport/", "my/rewards/"):
        see(tour, page, f"/t/jefferson/{place}", f"{place} when empty")
    work = start(page, SECOND)
    see(tour, page, work + "check/", "work_check, nothing done")
    see(tour, page, work + "promise/")
    tour.look_at_refusal(page)
    see_evidence(tour, page, next(each for each in parts(page, work) if takes_files(page, each)), site, folder)
    for address in parts(page, work):
        see(tour, page, address)
        has_files = page.locator("#file").count()
        write_part(page, address, folder)
        if has_files:
            see(tour, page, address + "pick/")
            see_what_was_removed(tour, page, address)
    promise(page, work)
    submit(page, work)
    tour.look(page, "work_sent")
    see_log_and_quiz(tour, page)
    see(tour, page, "/t/jefferson/my/work/", "404", status=404)
    page.context.clear_cookies()
    see_new_password(tour, page, site)


def see_log_and_quiz(tour: Tour, page: Page) -> None:
    """A log with its first entry, and a quiz before, in and after a try."""
    work = start(page, LOGGED)
    see(tour, page, work + "c/visits/", "log, empty")
    tour.look_at_refusal(page)
    page.get_by_label("Date").fill("2026-03-02")
    page.get_by_label("Hours").fill("2")
    page.get_by_label("What you did or saw").fill("Two lessons. I counted hands.")
    leave(page, page.get_by_role("button", name="Add to the log").click)
    tour.look(page, "log")
    leave(page, page.get_by_role("link", name="Change").first.click)
    tour.look(page, kind_of(page.url))
    see(tour, page, work + "c/visits/log/print/")
    see(tour, page, work + "c/ready/", "quiz")
    leave(page, page.get_by_role("button", name="Start the quiz").click)
    tour.look(page, "quiz, open")
    leave(page, page.get_by_role("button", name="Finish this try").click)
    tour.look(page, "quiz, not answered")
    leave(page, page.get_by_role("button", name="Finish anyway").click)
    tour.look(page, "quiz, not passed")


def see_what_was_removed(tour: Tour, page: Page, address: str) -> None:
    """Take the newest piece out, look at the history of the part, and bring it back."""
    page.goto(address)
    leave(page, page.get_by_role("button", name="Replace").last.click)
    page.get_by_text("Replaced and removed").last.click()
    tour.look(page, "work_criterion, with history")
    leave(page, page.get_by_role("button", name="Bring back").first.click)
    page.locator("#files select.students").last.select_option("covered")
    leave(page, page.get_by_role("button", name="Save and go on").click)


def see_evidence(tour: Tour, page: Page, part: str, site: Site, folder: Path) -> None:
    """A film before and after it has a preview, what is said about it, and its captions."""
    view = hand_over(page, part, "lesson.mp4", make_film(folder, 200).read_bytes())
    see(tour, page, view, "artifact_view, without preview")
    give_previews(site, [view])
    see(tour, page, view)
    leave(page, page.get_by_role("button", name="Add this").click)
    tour.look(page, "artifact_view, refused")
    page.get_by_label("At what time?").fill("2:31")
    page.get_by_label("What should the reviewer look for?").fill("Every card is up")
    leave(page, page.get_by_role("button", name="Add this").click)
    tour.look(page, "artifact_view, with a pointer")
    leave(page, page.get_by_role("link", name="Add captions").click)
    tour.look(page, kind_of(page.url))
    page.get_by_label("Captions", exact=False).first.fill("soon --> later")
    leave(page, page.get_by_role("button", name="Save captions").click)
    tour.look(page, "captions_edit, refused")
    page.goto(part)
    page.get_by_role("button", name="Remove lesson.mp4").click()  # write_part adds something that needs no preview
    page.locator("#files").get_by_text("Removed: lesson.mp4").wait_for()


def see_new_password(tour: Tour, page: Page, site: Site) -> None:
    page.goto("/password/reset/")
    page.get_by_label("Email").fill("newcomer@demo.example")
    leave(page, page.locator("main form button.btn").first.click)
    tour.look(page, kind_of(page.url))
    see(tour, page, link_in_mail(site, "newcomer@demo.example", r"/password/reset/"))
    for box in page.locator("input[type=password]").all():
        box.fill("another long quiet river")
    leave(page, page.locator("main form button.btn").first.click)
    tour.look(page, kind_of(page.url))


def see_keeping(tour: Tour, page: Page) -> None:
    """A hold, and what is asked before evidence is kept for less time."""
    page.goto("/t/jefferson/manage/settings/keeping/holds/")
    page.locator("input[name=what]").fill("earner@demo.example")
    page.locator("input[name=reason]").fill("An open case")
    leave(page, page.get_by_role("button", name="Set hold").click)
    tour.look(page, "holds, one set")
    page.goto("/t/jefferson/manage/settings/keeping/")
    page.locator("input[name=film]").fill("40")
    leave(page, page.get_by_role("button", name="Save days").click)
    tour.look(page, "keeping, asked back")


def see_leaving(tour: Tour, page: Page, admin: Page, site: Site) -> None:
    """Someone who takes a copy of their data and has their evidence erased, at once on this site."""
    join(page, invite(site, admin, "leaver@demo.example"), "Lea Leaver")
    start(page, SECOND)
    see(tour, page, "/account/data/")
    tour.look_at_refusal(page)
    page.goto("/account/data/")
    leave(page, page.get_by_role("button", name="Make a copy").click)
    page.locator("input[name=typed]").fill("leaver@demo.example")
    leave(page, page.get_by_role("button", name="Erase my evidence").click)
    tour.look(page, "own_data, asked for")
    certificate = page.get_by_role("link", name="Certificate of the erasure")
    for _second in range(90):
        if certificate.count():
            break
        page.wait_for_timeout(1000)
        page.reload()
    leave(page, certificate.click)
    tour.look(page, kind_of(page.url))


def see_draft_of_a_rule(tour: Tour, page: Page) -> None:
    page.goto("/t/jefferson/honor/policies/new/")
    page.locator("input[name=title]").fill("Thank you from the district")
    page.locator("input[name=dollars]").fill("25")
    leave(page, page.get_by_role("button", name="Save as a draft").click)
    tour.look(page, "policy, draft")
    leave(page, page.get_by_role("link", name="Change the draft").click)
    tour.look(page, kind_of(page.url))


def see_scoring(tour: Tour, page: Page) -> None:
    page.goto("/t/jefferson/review/")
    leave(page, page.get_by_role("button", name="Claim").first.click)
    tour.look(page, "review")
    leave(page, lambda: page.evaluate("HTMLFormElement.prototype.submit.call(document.getElementById('score'))"))
    tour.look(page, "review, refused")
    see(tour, page, page.url.replace("finish/", "hand-over/"))
    page.goto(page.url.replace("hand-over/", ""))
    see_comments(tour, page)
    leave(page, page.get_by_role("button", name="Give it back").click)


def see_comments(tour: Tour, page: Page) -> None:
    """Keep a comment, see it beside a line, and change it."""
    back = page.url.removesuffix("finish/")
    see(tour, page, "/t/jefferson/review/comments/")
    tour.look_at_refusal(page)
    page.locator("textarea[name=text]").fill("At {minute} you wait. Next, ask one more student before you go on.")
    leave(page, page.get_by_role("button", name="Keep comment").click)
    tour.look(page, "kept_comments, with one")
    leave(page, page.get_by_role("link", name="Change").first.click)
    tour.look(page, kind_of(page.url))
    page.goto(back)
    line = page.locator("fieldset.crit").first
    line.locator("summary").filter(has_text="Comment").first.click()
    line.locator("[data-bank] > summary").click()
    tour.look(page, "review, with a kept comment")


def see_settling(tour: Tour, page: Page) -> None:
    page.goto("/t/jefferson/settle/")
    leave(page, page.get_by_role("button", name="Take the next one").click)
    tour.look(page, "settling")
    leave(page, lambda: page.evaluate("HTMLFormElement.prototype.submit.call(document.getElementById('settle'))"))
    tour.look(page, "settling, refused")
    leave(page, page.get_by_role("button", name="Give it back").click)


def see_practice(tour: Tour, page: Page) -> None:
    """Score a sample, and see what stands."""
    page.goto("/t/jefferson/review/practice/")
    leave(page, page.locator("main a[href*='/practice/']").first.click)
    tour.look(page, kind_of(page.url))
    leave(page, page.locator("main form[action$='/start/'] button").first.click)
    tour.look(page, "review, practice")
    score(page, last=0)
    tour.look(page, kind_of(page.url))


def score(page: Page, *, last: int) -> None:
    """Give every line its best level, but the last line the level at this place, with a comment; and send it."""
    lines = page.locator("fieldset.crit").all()
    for line in lines:
        place = last if line == lines[-1] else 0
        line.locator("input[type=radio]").nth(place).check(force=True)
    comment = lines[-1].locator("textarea").first
    if not comment.is_visible():
        lines[-1].locator("summary").filter(has_text="Comment").first.click()
    comment.fill("I saw the change. Say next what your students did on the second day.")
    leave(page, page.locator("[data-send]").first.click)


def see_what_follows(tour: Tour, page: Page, people: dict[str | None, Page], site: Site, folder: Path) -> None:
    """Someone whose work came back says that a comment is wrong, appeals, and learns that a panel was asked."""
    join(page, invite(site, people["admin"], "told@demo.example"), "Tilda Told")
    work = start(page, SECOND)
    for address in parts(page, work):
        write_part(page, address, folder)
    promise(page, work)
    submit(page, work)
    assessor = people["assessor"]
    assessor.goto("/t/jefferson/review/")
    row = assessor.get_by_role("row").filter(has_text=SECOND).last
    leave(assessor, row.get_by_role("button", name="Claim").click)
    review = assessor.url
    score(assessor, last=-1)
    see(tour, assessor, review, "review, sent")
    result = work + "feedback/1/"
    for _second in range(60):
        if page.goto(result).status == 200:
            break
        page.wait_for_timeout(1000)
    tour.look(page, "feedback, not yet")
    leave(page, page.get_by_role("link", name="Something is wrong with this comment").first.click)
    tour.look(page, kind_of(page.url))
    tour.look_at_refusal(page)
    see(tour, page, work + "appeal/1/")
    tour.look_at_refusal(page)
    page.locator("fieldset.card input[type=checkbox]").first.check()
    page.locator("fieldset.card textarea").first.fill("Page 2 shows what they did on the second day.")
    leave(page, page.get_by_role("button", name="Ask for a second look").click)
    tour.look(page, "appeal, open")
    see_a_case(tour, page, people, review)


def see_a_case(tour: Tour, page: Page, people: dict[str | None, Page], review: str) -> None:
    """From the question of an assessor to the panel, and the educator's reply."""
    see(tour, people["assessor"], review.replace("/review/", "/cases/new/review/"))
    tour.look_at_refusal(people["assessor"])
    people["assessor"].locator("main textarea").fill("The reflection is one that I read last month.")
    leave(people["assessor"], people["assessor"].get_by_role("button", name="Open the case").click)
    admin = people["admin"]
    admin.goto("/t/jefferson/manage/cases/")
    leave(admin, admin.locator("main a[href*='/manage/cases/']").first.click)
    for person in admin.locator("main input[type=checkbox]").all():
        person.check()
    leave(admin, admin.locator("main form[method=post] button").first.click)
    tour.look(admin, "case_manage, with a panel")
    see(tour, page, "/t/jefferson/cases/", "cases, about oneself")
    leave(page, page.locator("main a[href*='/cases/']").first.click)
    tour.look(page, kind_of(page.url))
    tour.look_at_refusal(page)
    page.locator("main textarea").fill("I wrote it in March. The drafts are in my account.")
    leave(page, page.locator("main form[method=post] button").first.click)
    panelist = people["vetter"]
    panelist.goto("/t/jefferson/cases/")
    leave(panelist, panelist.locator("main a[href*='/cases/']").first.click)
    tour.look(panelist, kind_of(panelist.url))


def see_a_fee(tour: Tour, page: Page, admin: Page, site: Site, folder: Path) -> None:
    """What a work costs, its invoice, the same seen by those who get the money; and it is sent once that is there."""
    join(page, invite(site, admin, "payer@demo.example", tenant="isd"), "Paula Payer")
    page.goto("/t/isd/catalog/")
    page.get_by_role("link", name=PAID).first.click()
    leave(page, page.get_by_role("button", name="Start this micro-credential").click)
    work = page.url
    see(tour, page, work + "fee/")
    tour.look_at_refusal(page)
    leave(page, page.get_by_role("button", name="Get the invoice").click)
    tour.look(page, kind_of(page.url))
    admin.goto("/t/isd/manage/fees/")
    tour.look(admin, "fees, with one")
    leave(admin, admin.locator("main a[href*='/manage/fees/']").filter(has_text="Paula").first.click)
    tour.look(admin, kind_of(admin.url))
    admin.locator("input[value=paid]").check()
    admin.locator("main input[name=reference]").fill("Transfer 118")
    leave(admin, admin.get_by_role("button", name="Save").click)
    for address in parts(page, work):
        write_part(page, address, folder)
    promise(page, work)
    submit(page, work)


def see_badges(tour: Tour, earner: Page, visitor: Page) -> None:
    """The earner's badge as others see it, closed to them, checked, and changed."""
    badge = next(iter(tour.seen["badge"]))
    see(tour, visitor, badge, "badge, to a visitor")
    see(tour, visitor, f"{badge}/embed")
    see(tour, visitor, f"{badge}/endorsed-by/")
    see(tour, visitor, f"{badge}/honored-by/")
    visitor.goto(f"/verify/?address={visitor.url.removesuffix('/honored-by/')}")
    visitor.get_by_role("button", name="Check this badge").click()
    visitor.get_by_text("This badge is real and in good standing").wait_for()
    tour.look(visitor, "verify, good")
    document = visitor.request.get(badge, headers={"Accept": "application/vc+ld+json"}).json()
    visitor.goto("/verify/")
    visitor.locator("main textarea").fill(json.dumps(document | {"name": "Something grander"}))
    visitor.get_by_role("button", name="Check this badge").click()
    visitor.get_by_text("We could not confirm this badge").wait_for()
    tour.look(visitor, "verify, not good")
    see(tour, visitor, "/b/00000000-0000-7000-8000-000000000000", "badge, unknown", status=404)
    share = next(iter(tour.seen["badge_share"]))
    private = "/b/" + share.rstrip("/").rpartition("/")[2]
    for visibility, status in (("private", 403), ("unlisted", 200)):
        earner.goto(share)
        earner.locator(f"input[value={visibility}]").check()
        leave(earner, earner.get_by_role("button", name="Save").click)
        see(tour, visitor, private, f"badge, {visibility}", status=status)
    see_shared_evidence(tour, earner, visitor, share)


def see_shared_evidence(tour: Tour, earner: Page, visitor: Page, share: str) -> None:
    """A piece of the work that the earner shows beside one of their badges, and takes back again."""
    earner.goto(share.rstrip("/").rpartition("/")[0] + "/")
    addresses = [each.get_attribute("href") for each in earner.get_by_role("link", name="Choose who sees").all()]
    for address in addresses:
        earner.goto(address)
        if earner.locator("input[name=evidence]").count():
            break
    earner.locator("input[name=evidence]").first.check()
    leave(earner, earner.get_by_role("button", name="Save").click)
    visitor.goto("/b/" + address.rstrip("/").rpartition("/")[2])
    piece = visitor.locator("main a[href*='/evidence/']").first.get_attribute("href")
    see(tour, visitor, piece)
    earner.goto(address)
    earner.locator("input[name=evidence]").first.uncheck()
    leave(earner, earner.get_by_role("button", name="Save").click)
    see(tour, visitor, piece, "shared evidence, taken back", status=410)


def see_endorsing(tour: Tour, recognizer: Page, visitor: Page) -> None:
    """A badge and a micro-credential of another issuer, endorsed, with the forms for both."""
    recognizer.goto("/t/jefferson/endorsements/")
    endorsed = recognizer.locator("main a[href*='/en/']").first.get_attribute("href")
    see(tour, visitor, endorsed)
    about = visitor.locator("main a[href*='/a/e/']").first.get_attribute("href")
    see(tour, visitor, f"{about}/endorsements/")
    recognizer.goto("/t/jefferson/catalog/?q=core+components")
    recognizer.locator("main a[href*='personalized-learning-core-components']").first.click()
    place = recognizer.get_by_role("link", name="Endorse it for").first.get_attribute("href")
    see(tour, recognizer, place)
    tour.look_at_refusal(recognizer)
    recognizer.goto(next(iter(tour.seen["badge"])))
    elsewhere = recognizer.get_by_role("link", name="Endorse this badge for")
    assert not elsewhere.count(), "nobody endorses what their own organization issues"


def see_an_app(tour: Tour, earner: Page, visitor: Page) -> None:
    """A wallet asks to be let in, is let in, and is put out again."""
    back = "https://wallet.example.org/back"
    told = {"client_name": "Pocket Wallet", "client_uri": "https://wallet.example.org/", "redirect_uris": [back]}
    app = visitor.request.post("/oauth/register", data=told).json()
    asked = {
        "response_type": "code",
        "client_id": app["client_id"],
        "redirect_uri": back,
        "scope": "https://purl.imsglobal.org/spec/ob/v3p0/scope/credential.readonly",
        "state": "abc",
        "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        "code_challenge_method": "S256",
    }
    see(tour, earner, f"/oauth/authorize?{urlencode(asked)}")


def see_passport(tour: Tour, earner: Page, visitor: Page) -> None:
    """A link to the passport: made, opened by someone, and switched off."""
    see(tour, earner, "/t/jefferson/my/passport/links/new/")
    tour.look_at_refusal(earner)
    earner.get_by_label("Who is it for?").fill("HR at Jefferson")
    earner.locator("input[name=which][value=shown]").check()
    earner.locator("input[name=check_email]").check()
    earner.get_by_label("Last day").fill((clock.now() + timedelta(days=90)).date().isoformat())
    leave(earner, earner.get_by_role("button", name="Make the link").click)
    tour.look(earner, "passport_links")
    shared = earner.locator("a[href*='/p/']").first.get_attribute("href")
    see(tour, visitor, shared)
    visitor.get_by_label("Email address").fill("someone@demo.example")
    visitor.get_by_role("button", name="Check", exact=True).click()
    visitor.get_by_text("does not belong to this email address").wait_for()
    tour.look(visitor, "shared_passport, asked whose it is")
    leave(earner, earner.get_by_role("button", name="Switch off").click)
    see(tour, visitor, shared, "shared_passport, ended", status=410)


def see_a_first_look(tour: Tour, page: Page) -> None:
    """Whether all is there, before anyone scores it: the work of Paula Payer."""
    see(tour, page, "/t/isd/review/precheck/")
    leave(page, page.locator("main a[href*='/precheck/']").first.click)
    tour.look(page, kind_of(page.url))
    tour.look_at_refusal(page)


def see_empty_places(tour: Tour, page: Page, outsider: Page, site: Site) -> None:
    """Someone with every role in a group where little has happened."""
    roles = ["Assessor", "Author", "Vetter", "Coach", "Recognizer", "Evaluator", "Admin"]
    link = invite(site, outsider, "every.role@demo.example", *roles, tenant="isd")
    join(page, link, "Everett Every")
    for place in ("my/", "author/", "author/published/", "vetting/", "review/", "review/done/", "review/comments/",
                  "honor/", "honor/policies/", "manage/stacks/", "manage/badges/", "manage/people/invite/",
                  "manage/settings/closures/", "catalog/?q=zebra+quantum"):  # fmt: skip
        see(tour, page, f"/t/isd/{place}", f"{place} where little is")
    see_a_first_look(tour, page)


def see_errors(tour: Tour, member: Page, visitor: Page) -> None:
    see(tour, visitor, "/t/jefferson/nowhere/", "404", status=404)
    see(tour, visitor, "/nowhere/", "404 outside of a group", status=404)
    see(tour, member, "/t/jefferson/manage/people/", "403", status=403)
    work = next(each for each in tour.seen["work_about"])
    member.goto("/t/jefferson/my/")
    token = member.evaluate("document.querySelector('meta[name=csrf]').content")
    for kind, path, given, status in (
        ("409", work.replace("about", "take-back"), token, 409),
        ("a form that is too old", work, "x" * 64, 403),
    ):
        answer = leave(member, lambda path=path, given=given: member.evaluate(POST, [path, given]))
        assert answer.status == status, kind
        tour.look(member, kind)


def test_no_page_breaks_a_rule_of_axe(tour: Tour) -> None:
    assert tour.axe == []


def test_no_page_scrolls_sideways(tour: Tour) -> None:
    assert tour.sideways == []


def test_no_page_makes_the_browser_complain(tour: Tour) -> None:
    """A broken script or a violated content policy. What answers 4xx on purpose is logged as well: that is none."""
    assert [each for each in tour.console if "Failed to load resource" not in each] == []


def test_every_kind_of_page_was_seen(tour: Tour) -> None:
    assert all_kinds() - {re.match(r"\w*", each)[0] for each in tour.seen} == set()


def test_what_is_no_page_is_an_address_all_the_same() -> None:
    """The list above does not outlive what it names."""
    names = {name for name in get_resolver().reverse_dict if isinstance(name, str)}
    assert NOT_PAGES - names == set()
