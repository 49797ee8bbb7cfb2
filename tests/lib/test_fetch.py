"""Laurel opens what strangers name, and still nobody reaches its network, its memory or its time through it."""

import datetime
import gzip
import socket
import ssl
import time
import tomllib
from ipaddress import ip_address, ip_network

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.conf import settings as django_settings

from lib import fetch as fetching
from lib.addresses import is_public
from lib.fetch import FetchRefused, fetch
from tests.webserver import WebServer, answer, redirect, running

HERE = [ip_network("127.0.0.0/8")]


@pytest.fixture
def web() -> WebServer:
    with running() as server:
        yield server


@pytest.fixture
def allowed(settings):
    """As an operator who lets Laurel open this machine."""
    settings.FETCH_ALLOWED_NETWORKS = HERE


def refusal(url: str, **options) -> FetchRefused:
    with pytest.raises(FetchRefused) as caught:
        fetch(url, **options)
    assert caught.value.message.endswith(".")
    return caught.value


def look_up_as(monkeypatch, *answers: list[str]) -> list[str]:
    """Names have these addresses: the first list at the first question, and so on. Returns the names asked for."""
    names: list[str] = []

    def getaddrinfo(host, port, *args, **kwargs):
        places = answers[min(len(names), len(answers) - 1)]
        names.append(host)
        family = {4: socket.AF_INET, 6: socket.AF_INET6}
        return [(family[ip_address(each).version], socket.SOCK_STREAM, 6, "", (each, port)) for each in places]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return names


# --- Where it may go -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "0x7f.1",
        "0177.0.0.1",
        "2130706433",
        "0",
        "localhost",
        "LOCALHOST.",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[64:ff9b::10.0.0.1]",
        "[2002:7f00:1::]",
        "[fd00:ec2::254]",
        "[fe80::1]",
        "[ff02::1]",
        "169.254.169.254",
        "100.100.100.200",
        "168.63.129.16",
        "192.0.0.192",
        "10.0.0.1",
        "172.16.5.4",
        "192.168.1.1",
        "224.0.0.1",
        "255.255.255.255",
        "①②⑦.0.0.1",
    ],
)
def test_a_private_address_is_refused_however_it_is_spelled(host):
    assert refusal(f"http://{host}/").code == "private-address"


@pytest.mark.parametrize("text", ["93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34", "64:ff9b::5db8:d822"])
def test_addresses_of_the_internet_are_public(text):
    assert is_public(ip_address(text))


def test_one_private_address_among_public_ones_is_enough_to_refuse(monkeypatch):
    look_up_as(monkeypatch, ["93.184.216.34", "10.0.0.5"])
    assert refusal("https://school.example/").code == "private-address"


def test_a_name_is_looked_up_once_and_the_address_that_was_checked_is_used(web, allowed, monkeypatch):
    """A name server that says something harmless first and a private address afterwards gets nowhere."""
    names = look_up_as(monkeypatch, ["127.0.0.1"], ["10.0.0.5"])
    web.on("/", answer(b"hello"))
    assert fetch(web.url(host="school.example")).body == b"hello"
    assert names == ["school.example"]
    assert web.asked[0].headers["host"] == f"school.example:{web.port}"


def test_the_next_address_is_tried_when_one_does_not_answer(web, allowed, monkeypatch):
    look_up_as(monkeypatch, ["127.0.0.9", "127.0.0.1"])
    web.on("/", answer(b"hello"))
    assert fetch(web.url(host="school.example")).body == b"hello"


def test_a_redirect_into_a_private_address_is_refused(web, allowed):
    url = web.on("/", redirect("http://169.254.169.254/latest/meta-data/"))
    refused = refusal(url, redirects=3)
    assert refused.code == "private-address"
    assert refused.hops == [url, "http://169.254.169.254/latest/meta-data/"]


@pytest.mark.parametrize(
    ("to", "code"),
    [("file:///etc/passwd", "scheme"), ("gopher://127.0.0.1/", "scheme"), ("http://a:b@127.0.0.1/", "credentials")],
)
def test_a_redirect_is_read_as_strictly_as_the_first_address(web, allowed, to, code):
    assert refusal(web.on("/", redirect(to)), redirects=3).code == code


def test_other_ports_are_refused(monkeypatch):
    look_up_as(monkeypatch, ["93.184.216.34"])
    assert refusal("http://school.example:6379/").code == "port"


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("ftp://school.example/", "scheme"),
        ("javascript:alert(1)", "scheme"),
        ("school.example", "scheme"),
        ("", "scheme"),
        ("http://ann:secret@school.example/", "credentials"),
        ("http://@school.example/", "credentials"),
        ("http://", "bad-address"),
        ("http://school.example\r\nHost: other/", "bad-address"),
        ("http://school.example\\@127.0.0.1/", "credentials"),
        ("http://school.example\\.other.example/", "bad-address"),
        ("http://a b.example/", "bad-address"),
        ("http://.example/", "bad-address"),
        (f"http://{'a' * 64}.example/", "bad-address"),
        ("http://[::1/", "bad-address"),
        ("http://[fe80::1%25lo]/", "bad-address"),
        ("http://school.example:99999/", "bad-address"),
        ("http://school.example:0/", "bad-address"),
        ("http://school.example/" + "a" * 8_000, "bad-address"),
        ("http://does-not-exist.invalid/", "no-such-host"),
    ],
)
def test_what_is_not_an_address_of_a_site_is_refused(url, code, monkeypatch):
    def nowhere(*args, **kwargs):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", nowhere)
    assert refusal(url).code == code


def test_a_name_server_that_is_down_does_not_mean_that_the_name_is_wrong(monkeypatch):
    def later(*args, **kwargs):
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", later)
    assert refusal("http://school.example/").code == "no-answer"


def test_proxies_of_the_environment_are_not_used(web, allowed, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert fetch(web.on("/", answer(b"straight"))).body == b"straight"


# --- What it says and hears -------------------------------------------------------------------------------------------


def test_an_answer_comes_back_whole(web, allowed):
    web.on("/a%20b?q=%C3%A9", answer(b"gone", "410 Gone", content_type="text/plain", set_cookie="a=1"))
    fetched = fetch(web.url("/a b?q=é#part"), headers={"Accept": "text/html"})
    assert (fetched.status, fetched.body, fetched.cut) == (410, b"gone", False)
    assert fetched.headers["content-type"] == "text/plain"
    assert fetched.url == web.url("/a%20b?q=%C3%A9")
    sent = web.asked[0].headers
    assert sent["user-agent"] == f"Laurel/{django_settings.VERSION} (+{django_settings.BASE_URL})"
    assert (sent["accept"], sent["accept-encoding"]) == ("text/html", "identity")


def test_the_version_we_tell_is_ours():
    project = tomllib.loads((django_settings.ROOT / "pyproject.toml").read_text())
    assert project["project"]["version"] == django_settings.VERSION


def test_a_body_is_posted_to_the_named_address_only(web, allowed):
    web.on("/hook", answer(b"ok"))
    assert fetch(web.url("/hook"), method="POST", body=b"\x00data", headers={"Content-Type": "x/y"}).body == b"ok"
    assert (web.asked[0].line, web.asked[0].body) == ("POST /hook HTTP/1.1", b"\x00data")
    web.on("/moved", redirect("/hook", "307 Temporary Redirect"))
    assert refusal(web.url("/moved"), method="POST", body=b"data").code == "too-many-redirects"
    with pytest.raises(ValueError, match="nowhere else"):
        fetch(web.url("/moved"), method="POST", body=b"data", redirects=1)


def test_redirects_are_followed_as_far_as_told_without_cookies_or_secrets(web, allowed):
    with running() as other:
        end = other.on("/end", answer(b"here"))
        middle = web.on("/middle", redirect(end))
        start = web.on("/start", answer(b"", "301 Moved", location="middle", set_cookie="seen=1"))
        fetched = fetch(start, redirects=2, headers={"Authorization": "Bearer secret", "Accept": "text/html"})
        assert (fetched.body, fetched.url, fetched.hops) == (b"here", end, [start, middle, end])
        assert web.asked[1].headers["authorization"] == "Bearer secret"
        assert "cookie" not in web.asked[1].headers
        assert "authorization" not in other.asked[0].headers
        assert other.asked[0].headers["accept"] == "text/html"
        assert refusal(start, redirects=1).code == "too-many-redirects"
        assert refusal(start).code == "too-many-redirects"


def test_a_redirect_loop_ends(web, allowed):
    assert refusal(web.on("/", redirect("/")), redirects=5).code == "too-many-redirects"
    assert len(web.asked) == 6


# --- Servers that misbehave -------------------------------------------------------------------------------------------


def drip(peer: socket.socket, piece: bytes) -> None:
    while True:
        peer.sendall(piece)
        time.sleep(0.05)


def flood(peer: socket.socket, piece: bytes) -> None:
    while True:
        peer.sendall(piece)


def slow_head(peer: socket.socket) -> None:
    peer.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    drip(peer, b"a")


def slow_body(peer: socket.socket) -> None:
    peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    drip(peer, b"a")


def slow_chunks(peer: socket.socket) -> None:
    peer.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    drip(peer, b"1\r\na\r\n")


def silence(peer: socket.socket) -> None:
    peer.recv(1)


@pytest.mark.parametrize("play", [slow_head, slow_body, slow_chunks, silence])
def test_a_slow_server_is_left_at_the_deadline(web, allowed, play):
    began = time.monotonic()
    assert refusal(web.on("/", play), seconds=0.4).code == "too-slow"
    assert 0.3 < time.monotonic() - began < 1.2


def test_one_deadline_covers_all_redirects(web, allowed):
    def later(peer):
        time.sleep(0.25)
        peer.sendall(redirect("/"))

    began = time.monotonic()
    assert refusal(web.on("/", later), seconds=0.6, redirects=20).code == "too-slow"
    assert time.monotonic() - began < 1.2


def test_a_slow_name_server_is_left_at_the_deadline(monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: time.sleep(1.5))
    began = time.monotonic()
    assert refusal("http://school.example/", seconds=0.3).code == "too-slow"
    assert time.monotonic() - began < 1


def test_a_server_that_does_not_read_is_left_at_the_deadline(web, allowed):
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        url = f"http://127.0.0.1:{deaf.getsockname()[1]}/"
        assert refusal(url, method="POST", body=b"a" * 20_000_000, seconds=0.4).code == "too-slow"


def test_an_endless_body_is_cut(web, allowed):
    def endless(peer):
        peer.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        flood(peer, b"a" * 10_000)

    fetched = fetch(web.on("/", endless), most=50_000)
    assert (len(fetched.body), fetched.cut) == (50_000, True)


def test_a_body_of_just_the_limit_is_whole(web, allowed):
    fetched = fetch(web.on("/", answer(b"a" * 100)), most=100)
    assert (len(fetched.body), fetched.cut) == (100, False)


def test_endless_headers_are_refused(web, allowed):
    def one_long_header(peer):
        peer.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
        flood(peer, b"a" * 10_000)

    def many_headers(peer):
        peer.sendall(b"HTTP/1.1 200 OK\r\n")
        flood(peer, b"X-Many: many\r\n" * 1_000)

    def never_the_answer(peer):
        flood(peer, b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n" * 1_000)

    for play in (one_long_header, many_headers, never_the_answer):
        assert refusal(web.on("/", play)).code == "too-large"


def test_a_gzip_bomb_is_unpacked_to_the_limit_only(web, allowed):
    bomb = gzip.compress(bytes(100_000_000), compresslevel=9)
    fetched = fetch(web.on("/", answer(bomb, content_encoding="gzip")), most=200_000)
    assert (len(fetched.body), fetched.cut) == (200_000, True)


def test_an_honest_gzip_answer_is_read(web, allowed):
    url = web.on("/", answer(gzip.compress(b"hello"), content_encoding="gzip"))
    assert fetch(url).body == b"hello"


@pytest.mark.parametrize(
    "raw",
    [
        b"SSH-2.0-OpenSSH_9.6\r\n\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        answer(b"not gzip", content_encoding="gzip"),
        answer(b"packed some other way", content_encoding="br"),
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
    ],
)
def test_an_answer_that_makes_no_sense_is_refused(web, allowed, raw):
    assert refusal(web.on("/", raw)).code == "bad-answer"


def test_a_server_that_is_not_there_or_hangs_up_gives_no_answer(web, allowed):
    assert refusal("http://127.0.0.1:1/").code == "no-answer"
    assert refusal(web.on("/", b"")).code == "no-answer"


# --- TLS -------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A file with a key and a certificate for school.example that signs itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "school.example")])
    today = datetime.datetime(2026, 1, 1)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(today - datetime.timedelta(days=365))
        .not_valid_after(today + datetime.timedelta(days=36_500))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("school.example")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "school.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def secure(certificate):
    """A web server with that certificate, and the names that clients said they wanted."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    wanted = []
    context.sni_callback = lambda _socket, name, _context: wanted.append(name)
    with running(context) as server:
        yield server, wanted


def test_a_certificate_that_nobody_vouches_for_is_refused(secure, allowed):
    server, _wanted = secure
    assert refusal(server.on("/", answer(b"secret"))).code == "tls"
    assert server.asked == []


def test_the_certificate_must_be_for_the_name_although_we_connect_to_the_address(
    secure, allowed, certificate, monkeypatch
):
    server, wanted = secure
    trusting = ssl.create_default_context(cafile=certificate)
    monkeypatch.setattr(fetching, "_trust", lambda: trusting)
    look_up_as(monkeypatch, ["127.0.0.1"])
    server.on("/", answer(b"secret"))
    assert fetch(server.url(host="school.example")).body == b"secret"
    assert wanted == ["school.example"]
    assert refusal(server.url(host="other.example")).code == "tls"


def test_a_secure_address_may_lead_to_an_insecure_one_only_if_told(secure, web, allowed, certificate, monkeypatch):
    server, _wanted = secure
    trusting = ssl.create_default_context(cafile=certificate)
    monkeypatch.setattr(fetching, "_trust", lambda: trusting)
    look_up_as(monkeypatch, ["127.0.0.1"])
    server.on("/", redirect(web.on("/end", answer(b"plain"))))
    url = server.url(host="school.example")
    assert refusal(url, redirects=1).code == "scheme"
    assert fetch(url, redirects=1, downgrade=True).body == b"plain"


def test_a_handshake_that_never_ends_is_left_at_the_deadline(allowed):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        assert refusal(f"https://127.0.0.1:{silent.getsockname()[1]}/", seconds=0.4).code == "too-slow"
