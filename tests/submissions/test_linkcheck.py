"""A link that reviewers cannot open is found while its owner can still do something about it."""

import gzip
import time
from ipaddress import ip_network

import orjson
import pytest

from lib.fetch import Fetched, FetchRefused
from submissions import linkcheck
from submissions.linkcheck import LinkState, check, judge, judge_refusal
from submissions.linkhosts import youtube_video
from submissions.webpage import TITLE_LENGTH, read_page
from tests.webserver import WebServer, answer, redirect, running

LONG = b"<p>" + b"A lesson about fractions. " * 100 + b"</p>"
PASSWORD = b"<form><input name=who><input type='PASSWORD' name=secret></form>"
DOC = "https://docs.google.com/document/d/1a/edit"
VIDEO = "https://www.youtube.com/watch?v=abcdefghijk"


@pytest.fixture
def web(settings) -> WebServer:
    settings.FETCH_ALLOWED_NETWORKS = [ip_network("127.0.0.0/8")]
    with running() as server:
        yield server


def html(body: bytes, status: str = "200 OK", content_type: str = "text/html; charset=utf-8") -> bytes:
    return answer(body, status, content_type=content_type)


def got(asked: str, final: str = "", *, status: int = 200, body: bytes = LONG, **headers: str) -> Fetched:
    """What came of asking for an address and, perhaps, being led on to another."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    hops = [asked, final] if final else [asked]
    return Fetched(status, {"content-type": "text/html", **named}, body, final or asked, hops, cut=False)


def player(status: str, reason: str = "") -> bytes:
    said = orjson.dumps({"playabilityStatus": {"status": status, "reason": reason}})
    return b"<title>Fractions - YouTube</title><script>var ytInitialPlayerResponse = " + said + b";</script>"


# --- Over the wire ---------------------------------------------------------------------------------------------------


def test_a_page_that_everyone_can_open_is_open_and_has_its_title(web):
    web.on("/end", html(b"<title>\n Our &amp; your  <b>class</b></title>" + LONG))
    verdict = check(web.on("/", redirect("/end")))
    assert verdict.state == LinkState.OPEN
    assert verdict.final_url == web.url("/end")
    assert verdict.title == "Our & your class"
    assert "cookie" not in web.asked[0].headers


def test_a_link_that_leads_to_sign_in_is_closed(web):
    web.on("/users/sign_in?next=1", html(b"<title>School</title>" + LONG))
    verdict = check(web.on("/work", redirect("/users/sign_in?next=1")))
    assert verdict.state == LinkState.CLOSED
    assert "signing in" in verdict.reason


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("401 Unauthorized", LinkState.CLOSED),
        ("403 Forbidden", LinkState.CLOSED),
        ("404 Not Found", LinkState.CLOSED),
        ("410 Gone", LinkState.CLOSED),
        ("451 Unavailable For Legal Reasons", LinkState.CLOSED),
        ("405 Method Not Allowed", LinkState.UNKNOWN),
        ("429 Too Many Requests", LinkState.UNKNOWN),
        ("500 Internal Server Error", LinkState.UNKNOWN),
        ("503 Service Unavailable", LinkState.UNKNOWN),
        ("304 Not Modified", LinkState.CLOSED),
    ],
)
def test_an_error_of_the_site_says_closed_or_unknown(web, status, state):
    verdict = check(web.on("/", html(b"", status)))
    assert verdict.state == state
    assert verdict.reason.endswith(".")


@pytest.mark.parametrize("kind", ["application/pdf", "image/png", "video/mp4"])
def test_a_file_is_open_and_says_what_it_is(web, kind):
    verdict = check(web.on("/file", html(b"\x00\x01", content_type=kind)))
    assert (verdict.state, verdict.title) == (LinkState.OPEN, "")
    assert kind in verdict.reason


def test_an_empty_answer_is_closed(web):
    assert check(web.on("/", html(b""))).state == LinkState.CLOSED


def test_an_address_inside_a_network_is_closed():
    verdict = check("http://192.168.1.1/shared")
    assert verdict.state == LinkState.CLOSED
    assert "private network" in verdict.reason


def test_a_link_that_leads_into_a_network_is_closed(web):
    assert check(web.on("/", redirect("http://10.0.0.1/"))).state == LinkState.CLOSED


def test_what_is_no_web_address_is_closed():
    assert check("see my drive").state == LinkState.CLOSED
    assert check("javascript:alert(1)").state == LinkState.CLOSED


def test_a_site_that_is_slow_or_down_is_unknown(web, monkeypatch):
    monkeypatch.setattr(linkcheck, "SECONDS", 0.3)
    assert check(web.on("/", lambda peer: peer.recv(1))).state == LinkState.UNKNOWN
    assert check("http://127.0.0.1:1/").state == LinkState.UNKNOWN


def test_an_endless_circle_is_unknown(web):
    assert check(web.on("/", redirect("/"))).state == LinkState.UNKNOWN


def test_a_bomb_of_a_page_is_judged_by_its_beginning(web):
    page = gzip.compress(b"<title>Bomb</title>" + LONG + bytes(30_000_000))
    verdict = check(web.on("/", answer(page, content_type="text/html", content_encoding="gzip")))
    assert (verdict.state, verdict.title) == (LinkState.OPEN, "Bomb")


# --- Sign-in pages ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "final",
    [
        "https://accounts.google.com/v3/signin/identifier",
        "https://login.microsoftonline.com/common/oauth2/authorize",
        "https://school.okta.com/",
        "https://sso.school.example/",
        "https://school.example/login",
        "https://school.example/Account/LogIn.aspx",
        "https://school.example/saml2/idp",
    ],
)
def test_being_led_to_sign_in_is_closed(final):
    assert judge(got("https://school.example/work", final)).state == LinkState.CLOSED


@pytest.mark.parametrize(
    "url", ["https://blog.example/how-login-works", "https://docs.example/sso/", "https://auth.example/"]
)
def test_a_page_about_sign_in_is_open(url):
    assert judge(got(url)).state == LinkState.OPEN
    assert judge(got(url.rstrip("/"), url)).state == LinkState.OPEN


@pytest.mark.parametrize(
    "body",
    [
        PASSWORD,
        b"<title>Sign in to your account</title><div id=app></div>",
        b"<title>Log in | Lakeside</title>",
        b"<title>Lakeside - Access denied</title>",
        b"<title>Page not found</title>",
        b"<meta http-equiv=refresh content='0; url=/login?next=/work'>" + LONG,
    ],
)
def test_a_page_that_is_only_a_door_is_closed_although_it_answers_200(body):
    assert judge(got("https://school.example/work", body=body)).state == LinkState.CLOSED


def test_a_sign_in_box_beside_a_lesson_does_not_close_it():
    assert judge(got("https://blog.example/fractions", body=PASSWORD + LONG)).state == LinkState.OPEN


@pytest.mark.parametrize(
    "answered",
    [
        got("https://www.canva.com/design/1", status=403, cf_mitigated="challenge"),
        got("https://school.example/", status=403, body=b"<title>Just a moment...</title>"),
    ],
)
def test_a_site_that_turns_robots_away_is_unknown(answered):
    assert judge(answered).state == LinkState.UNKNOWN


def test_a_circle_behind_sign_in_is_closed():
    refused = FetchRefused("too-many-redirects", "Again and again.")
    refused.hops = [DOC, "https://accounts.google.com/ServiceLogin"]
    verdict = judge_refusal(DOC, refused)
    assert (verdict.state, "Google Doc" in verdict.reason) == (LinkState.CLOSED, True)


# --- Advice for well-known sites -------------------------------------------------------------------------------------


def test_a_closed_google_doc_says_how_to_share_it():
    verdict = judge(got(DOC, "https://accounts.google.com/v3/signin/identifier?continue=x"))
    assert verdict.state == LinkState.CLOSED
    expected = "Reviewers can't open this Google Doc. In Google Docs choose Share, then “Anyone with the link”."
    assert verdict.reason == expected


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("https://docs.google.com/spreadsheets/d/1/edit", "Google Sheets"),
        ("https://docs.google.com/presentation/d/1/edit", "Google Slides choose"),
        ("https://docs.google.com/forms/d/e/1/viewform", "Google Form"),
        ("https://drive.google.com/file/d/1/view", "Google Drive"),
        ("https://classroom.google.com/c/1", "Classroom"),
        ("https://school.sharepoint.com/:w:/s/1", "SharePoint"),
        ("https://1drv.ms/w/1", "OneDrive"),
        ("https://www.dropbox.com/scl/fi/1", "Dropbox"),
        ("https://www.canva.com/design/1/edit", "Canva"),
        ("https://padlet.com/ann/1", "Padlet"),
        ("https://vimeo.com/1", "Vimeo"),
        ("https://docs.google.com.evil.example/document/d/1", "signing in"),
    ],
)
def test_each_site_has_its_own_advice(url, word):
    assert word in judge(got(url, status=403)).reason


# --- YouTube ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        VIDEO,
        "https://m.youtube.com/watch?app=desktop&v=abcdefghijk",
        "https://youtu.be/abcdefghijk?si=1",
        "https://www.youtube.com/shorts/abcdefghijk",
        "https://www.youtube-nocookie.com/embed/abcdefghijk",
    ],
)
def test_a_video_is_known_by_any_of_its_addresses(url):
    assert youtube_video(url) == "abcdefghijk"


@pytest.mark.parametrize("url", ["https://www.youtube.com/@ann", "https://evil.example/watch?v=abcdefghijk"])
def test_other_addresses_are_no_videos(url):
    assert youtube_video(url) == ""


@pytest.mark.parametrize(
    ("body", "state"),
    [
        (player("OK"), LinkState.OPEN),
        (player("LIVE_STREAM_OFFLINE"), LinkState.OPEN),
        (player("LOGIN_REQUIRED", "This is a private video. Please sign in."), LinkState.CLOSED),
        (player("LOGIN_REQUIRED", "Sign in to confirm your age"), LinkState.CLOSED),
        (player("ERROR", "Video unavailable"), LinkState.CLOSED),
        (player("UNPLAYABLE"), LinkState.CLOSED),
        (player("LOGIN_REQUIRED", "Sign in to confirm you’re not a bot"), LinkState.UNKNOWN),
        (LONG, LinkState.UNKNOWN),
    ],
)
def test_a_video_is_judged_by_what_its_player_is_told(body, state):
    assert judge(got(VIDEO, body=body)).state == state


@pytest.mark.parametrize(
    ("status", "body", "state"),
    [
        (200, b'{"title": "Fractions"}', LinkState.OPEN),
        (200, b"[]", LinkState.UNKNOWN),
        (200, b"not json", LinkState.UNKNOWN),
        (401, b"Unauthorized", LinkState.UNKNOWN),
        (403, b"Forbidden", LinkState.CLOSED),
        (404, b"Not Found", LinkState.CLOSED),
    ],
)
def test_when_youtube_suspects_a_robot_its_embedding_address_is_asked(monkeypatch, status, body, state):
    def robot(url, **options):
        if "/oembed?" in url:
            return got(url, status=status, body=body)
        return got(url, body=player("LOGIN_REQUIRED", "Sign in to confirm you’re not a bot"))

    monkeypatch.setattr(linkcheck, "fetch", robot)
    verdict = check("https://youtu.be/abcdefghijk")
    assert verdict.state == state
    assert verdict.state != LinkState.OPEN or verdict.title == "Fractions"


# --- Reading pages ---------------------------------------------------------------------------------------------------


def test_a_title_is_one_clean_line():
    raw = "<title>A\u202eB\x07\x00 &lt;i&gt;\n\tc &#x202e;d</title>"
    assert read_page(raw.encode()).title == "AB <i> c d"


def test_a_long_title_is_shortened():
    title = read_page(b"<title>" + b"long " * 1_000 + b"</title>").title
    assert len(title) <= TITLE_LENGTH
    assert title.endswith("…")


def test_the_title_for_sharing_serves_when_there_is_no_other():
    assert read_page(b"<meta property='og:title' content='Caf&eacute;'>").title == "Café"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("<title>Ä</title>".encode("latin-1"), "text/html; charset=ISO-8859-1"),
        ("<meta charset=windows-1252><title>Ä</title>".encode("latin-1"), "text/html"),
        ("<title>Ä</title>".encode(), "text/html; charset=unicode_escape"),
        ("<title>Ä</title>".encode(), "text/html; charset=iso-8859-99"),
    ],
)
def test_the_character_set_is_respected_when_it_is_an_ordinary_one(body, content_type):
    assert read_page(body, content_type).title == "Ä"


@pytest.mark.parametrize("rubbish", [b"<", b"<a ", b"<![", b"<!--", b"<a x='", b"<title>", b"&#", b"\xff", b"<a x "])
def test_rubbish_is_read_quickly_and_without_errors(rubbish):
    began = time.monotonic()
    assert read_page(b"<title>Kept</title>" + rubbish * (1_000_000 // len(rubbish))).title == "Kept"
    assert time.monotonic() - began < 3
