"""Can reviewers open this link? Opens it as someone who is signed in nowhere, and says what to do if they cannot."""

import re
from dataclasses import dataclass
from urllib.parse import quote, urljoin

import orjson
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lib.fetch import Fetched, FetchRefused, fetch
from submissions.linkhosts import how_to_share, is_at, is_sign_in, youtube_video
from submissions.webpage import WebPage, clean_title, read_page

REDIRECTS = 5
SECONDS = 15
MOST = 2_000_000  # bytes; YouTube says late in its page whether a video plays
_LITTLE_TEXT = 1_500  # characters; a page with more than that is more than a form
_ASKED_WITH = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "Accept-Language": "en"}
_CLOSED_BEFORE_ASKING = {"scheme", "bad-address", "credentials", "private-address", "port", "no-such-host"}
_PARTS = re.compile(r"\s+[-–—|·:]\s+|\s*\|\s*")
_SIGN_IN_TITLE = re.compile(
    r"(please )?(sign|log)[ -]?(in|on)( required| page)?|(sign|log) in (to|with|using) .{1,60}|login"
    r"|authentication required|iniciar sesión|se connecter|connexion|anmelden|single sign[ -]on"
    r"|create an account or (sign|log) in",
    re.I,
)
_NO_ACCESS_TITLE = re.compile(
    r"access (denied|required|restricted)|(error )?403( forbidden)?|forbidden|you need (access|permission)"
    r"|request access|sorry, you don't have access|private (page|site|video)",
    re.I,
)
_GONE_TITLE = re.compile(r"(error )?404( error)?( not found)?|(page|file|document|site) not found|not found", re.I)
_ROBOT_TITLE = re.compile(r"just a moment.*|attention required!?.*|are you a (robot|human).*|security check.*", re.I)
_PLAYABILITY = re.compile(rb'"playabilityStatus"\s*:\s*\{\s*"status"\s*:\s*"([A-Z_]{1,40})"([^}]{0,400})')


class LinkState(models.TextChoices):
    OPEN = "open", gettext_lazy("reviewers can open it")
    CLOSED = "closed", gettext_lazy("reviewers cannot open it")
    UNKNOWN = "unknown", gettext_lazy("could not be checked")


@dataclass(frozen=True)
class Verdict:
    """`reason` is a sentence for the person who gave the link; `title` is plain text and may be empty."""

    state: LinkState
    reason: str
    title: str
    final_url: str


def check(url: str) -> Verdict:
    """Open a link and judge it. Takes up to 25 seconds; never raises for anything that the link or its site does."""
    try:
        fetched = fetch(url, headers=_ASKED_WITH, most=MOST, seconds=SECONDS, redirects=REDIRECTS, downgrade=True)
    except FetchRefused as refused:
        verdict = judge_refusal(url, refused)
    else:
        verdict = judge(fetched)
    if verdict.state == LinkState.UNKNOWN and youtube_video(url):
        return _ask_youtube(url, verdict)
    return verdict


def judge_refusal(url: str, refused: FetchRefused) -> Verdict:
    """What it means that a link could not be opened at all."""
    last = refused.hops[-1] if refused.hops else url
    if any(is_sign_in(hop, asked=url) for hop in refused.hops[1:]):
        return Verdict(LinkState.CLOSED, how_to_share(url), "", last)
    closed = refused.code in _CLOSED_BEFORE_ASKING
    return Verdict(LinkState.CLOSED if closed else LinkState.UNKNOWN, refused.message, "", last)


def judge(fetched: Fetched) -> Verdict:
    """What an answer means for reviewers."""
    asked = fetched.hops[0]
    content_type = fetched.headers.get("content-type", "")
    kind = content_type.partition(";")[0].strip().lower()
    is_page = kind in ("", "text/html", "application/xhtml+xml")
    page = read_page(fetched.body, content_type) if is_page else WebPage("", has_password=False, text=0, onward="")

    def say(state: LinkState, reason: str) -> Verdict:
        return Verdict(state, reason, page.title, fetched.url)

    if _asks_for_people(fetched, page):
        return say(LinkState.UNKNOWN, _("The site only answers people. Open the link in a private window to check it."))
    if is_sign_in(fetched.url, asked=asked):
        return say(LinkState.CLOSED, how_to_share(asked))
    if fetched.status >= 400:
        return say(*_judge_error(fetched.status, asked))
    if fetched.status >= 300 or not fetched.body:
        return say(LinkState.CLOSED, _("There is nothing at this link. Open it yourself and copy the right address."))
    if not is_page:
        return say(LinkState.OPEN, _("Reviewers can open this file (%(kind)s).") % {"kind": clean_title(kind)})
    if is_at(fetched.url, "consent.youtube.com", "consent.google.com"):
        return say(
            LinkState.UNKNOWN, _("The site first asks about cookies. Open the link in a private window to check it.")
        )
    if youtube_video(fetched.url):
        return say(*_judge_video(fetched))
    return say(*_judge_page(page, fetched.url, asked))


def _asks_for_people(fetched: Fetched, page: WebPage) -> bool:
    if "challenge" in fetched.headers.get("cf-mitigated", ""):
        return True
    return fetched.status in (403, 503) and bool(_ROBOT_TITLE.fullmatch(page.title))


def _judge_error(status: int, asked: str) -> tuple[LinkState, str]:
    if status in (401, 403, 407):
        return LinkState.CLOSED, how_to_share(asked)
    if status in (404, 410):
        return LinkState.CLOSED, _("There is no page at this link (any more). Check the address and add the right one.")
    if status == 451:
        return LinkState.CLOSED, _("The site may not show this page for legal reasons. Use another link.")
    if status == 429:
        return LinkState.UNKNOWN, _("The site gets too many questions right now. We could not check this link yet.")
    if status >= 500:
        return LinkState.UNKNOWN, _("The site has a problem of its own. Open the link yourself in a while to check it.")
    return LinkState.UNKNOWN, _("The site did not answer us. Open the link in a private window to check it.")


def _judge_page(page: WebPage, url: str, asked: str) -> tuple[LinkState, str]:
    parts = [part.strip(" .!") for part in _PARTS.split(page.title)]
    short = page.text < _LITTLE_TEXT
    if page.onward and is_sign_in(urljoin(url, page.onward), asked=asked):
        return LinkState.CLOSED, how_to_share(asked)
    if short and (page.has_password or any(_SIGN_IN_TITLE.fullmatch(part) for part in parts)):
        return LinkState.CLOSED, how_to_share(asked)
    if short and any(_NO_ACCESS_TITLE.fullmatch(part) for part in parts):
        return LinkState.CLOSED, how_to_share(asked)
    if short and any(_GONE_TITLE.fullmatch(part) for part in parts):
        return _judge_error(404, asked)
    return LinkState.OPEN, _("Reviewers can open this page.")


def _judge_video(fetched: Fetched) -> tuple[LinkState, str]:
    """YouTube answers 200 for every video, and tells its player whether it plays."""
    found = _PLAYABILITY.search(fetched.body)
    if not found:
        return LinkState.UNKNOWN, _(
            "YouTube did not say whether this video plays. Open it in a private window to check."
        )
    status, more = found.group(1), found.group(2).lower()
    if status in (b"OK", b"LIVE_STREAM_OFFLINE"):
        return LinkState.OPEN, _("Reviewers can watch this video.")
    if status == b"LOGIN_REQUIRED" and b"not a bot" in more:
        return LinkState.UNKNOWN, _("YouTube only answers people. Open the link in a private window to check it.")
    if status in (b"AGE_VERIFICATION_REQUIRED", b"AGE_CHECK_REQUIRED") or (
        status == b"LOGIN_REQUIRED" and b"confirm your age" in more
    ):
        return LinkState.CLOSED, _("YouTube shows this video only to adults who sign in. Upload the video instead.")
    if status == b"LOGIN_REQUIRED":
        return LinkState.CLOSED, how_to_share(fetched.url)
    return LinkState.CLOSED, _(
        "YouTube does not play this video. Check that it is there and set to “Unlisted” or “Public”."
    )


def _ask_youtube(url: str, verdict: Verdict) -> Verdict:
    """Ask the address that YouTube keeps for sites that show its videos; `verdict` stands when it tells nothing."""
    watch = f"https://www.youtube.com/watch?v={youtube_video(url)}"
    try:
        fetched = fetch(f"https://www.youtube.com/oembed?format=json&url={quote(watch, safe='')}")
    except FetchRefused:
        return verdict
    if fetched.status in (400, 404):
        reason = _("There is no such video on YouTube (any more). Check the address and add the right one.")
        return Verdict(LinkState.CLOSED, reason, "", watch)
    if fetched.status == 403:
        return Verdict(LinkState.CLOSED, how_to_share(watch), "", watch)
    if fetched.status != 200:  # 401 is for videos that may not be embedded, which says nothing about watching
        return verdict
    try:
        title = orjson.loads(fetched.body)["title"]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return verdict
    return Verdict(LinkState.OPEN, _("Reviewers can watch this video."), clean_title(str(title)), watch)
