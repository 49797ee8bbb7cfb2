"""Props for these tests: a published edition made as authors and vetters make one, and files of every kind."""

import io
import struct
import zipfile
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from PIL import Image

from credentials.actions.editions import import_edition, publish, send_to_vetting
from credentials.models import Criterion, Edition, Prompt
from submissions.actions.attesting import Said, attest_all
from submissions.actions.evidence import add_link
from submissions.actions.handing_in import promise, submit
from submissions.actions.works import newest_try, start_work
from submissions.actions.writing import save_response
from submissions.models import Artifact, Submission
from tenants.roles import Member
from tests.cast import Cast, make_user

LEVELS = [
    {"name": "Yes", "description": "It is clearly there."},
    {"name": "Almost", "description": "Some of it is there."},
    {"name": "Not yet", "description": "It is not there."},
]


def line(key: str, criterion: str, title: str) -> dict[str, Any]:
    return {"key": key, "criterion": criterion, "title": title, "levels": LEVELS, "pass_level": "Yes"}


def edition_data(title: str = "Checking for Understanding", **changes: Any) -> dict[str, Any]:
    """A whole small edition: one overview, one evidence part, one optional part, one reflection."""
    return {
        "format": "laurel.edition/1",
        "title": title,
        "summary": "You check what every student has understood while you teach.",
        "language": "en",
        "competency": "The educator checks for understanding during a lesson and changes it.",
        "key_method": "Plan three short checks and act on what they show.",
        "method_components": [
            {"title": "Plan", "components": [{"title": "Three checks", "text": "Tie each to the goal."}]}
        ],
        "rationale": "Feedback during a lesson helps most.",
        "research": [
            {
                "title": "Inside the black box",
                "authors": "Black, P. and Wiliam, D.",
                "year": 2024,
                "source": "A journal",
                "url": f"https://example.org/{n}",
                "free_online": True,
                "pages": 10,
                "note": "Short checks work.",
                "checked_on": "2026-01-02",
                "classic_reason": "",
            }
            for n in (1, 2)
        ],
        "resources": [
            {
                "title": "How to plan a check",
                "url": "https://example.org/how",
                "kind": "article",
                "minutes": 5,
                "captioned": None,
                "note": "",
            }
        ],
        "criteria": [
            {
                "key": "class",
                "part": "overview",
                "title": "Tell us about your class",
                "instructions": "Say who you teach.",
                "optional": False,
                "prompts": [{"key": "who", "text": "Who are your students?", "min_words": 3, "max_words": 10}],
                "artifact_min": 0,
                "artifact_max": 0,
                "artifact_kinds": [],
            },
            {
                "key": "plan",
                "part": "artifact",
                "title": "Add your lesson plan",
                "instructions": "Show one lesson.",
                "optional": False,
                "prompts": [
                    {"key": "look", "text": "What should the reviewer look for?", "min_words": 0, "max_words": 20}
                ],
                "artifact_min": 1,
                "artifact_max": 3,
                "artifact_kinds": ["file", "link", "text"],
            },
            {
                "key": "extra",
                "part": "artifact",
                "title": "Add something more",
                "instructions": "",
                "optional": True,
                "prompts": [],
                "artifact_min": 1,
                "artifact_max": 1,
                "artifact_kinds": ["file"],
            },
            {
                "key": "think",
                "part": "reflection",
                "title": "Write your reflection",
                "instructions": "",
                "optional": False,
                "prompts": [
                    {"key": "saw", "text": "What did you see?", "min_words": 2, "max_words": 50},
                    {"key": "next", "text": "What is next?", "min_words": 2, "max_words": 50},
                ],
                "artifact_min": 0,
                "artifact_max": 0,
                "artifact_kinds": [],
            },
        ],
        "rubric": [
            line("knows", "class", "Knows the class"),
            line("plans", "plan", "Plans three checks"),
            line("reach", "plan", "Checks reach every student"),
            line("thinks", "think", "Learns from it"),
        ],
        "alignments": [],
        "hours": 6,
        "weeks": 3,
        "topics": ["Assessment"],
        "audience": ["Teacher"],
        "grades": ["3-5"],
        "evidence_types": ["Lesson plan"],
        "tries": 3,
        "due_business_days": 10,
        "badge": {"icon": "chat", "seed": ""},
        **changes,
    }


def publish_edition(cast: Cast, title: str = "Checking for Understanding", **changes: Any) -> Edition:
    """Dora writes it, Vito vets it."""
    with cast.inside():
        draft = import_edition(by=cast.by(cast.dora), data=edition_data(title, **changes))
        send_to_vetting(by=cast.by(cast.dora), edition=draft)
        publish(by=cast.by(cast.vito), edition=draft)
    draft.refresh_from_db()
    return draft


def begin(cast: Cast, edition: Edition) -> Submission:
    """Ada starts."""
    with cast.inside(), transaction.atomic():
        return newest_try(start_work(by=cast.by(cast.ada), edition=edition))


def prompt_of(edition: Edition, key: str) -> Prompt:
    return Prompt.objects.get(edition=edition, key=key)


def criterion_of(edition: Edition, key: str) -> Criterion:
    return Criterion.objects.get(edition=edition, key=key)


def write_all(cast: Cast, submission: Submission) -> None:
    """Every part is done, also what is said of its students, but nothing is promised."""
    edition = submission.edition
    ada = cast.by(cast.ada)
    with cast.inside(), transaction.atomic():
        for key in ("who", "look", "saw", "next"):
            text = f"These are my words about {key}."
            save_response(by=ada, submission=submission, prompt=prompt_of(edition, key), text=text)
        add_link(by=ada, submission=submission, criterion=criterion_of(edition, "plan"), url="https://example.org/plan")
        attest_ready(ada, submission)


def attest_ready(by: Member, submission: Submission) -> None:
    """No students in any piece of evidence that is ready."""
    ready = Artifact.objects.filter(submission=submission, state=Artifact.State.READY)
    attest_all(by=by, submission=submission, said={each.id: Said("none") for each in ready})


def make_promise(cast: Cast, submission: Submission) -> None:
    """Every piece is spoken for, no AI tool was used, and the promise is made."""
    with cast.inside(), transaction.atomic():
        attest_ready(cast.by(cast.ada), submission)
        promise(by=cast.by(cast.ada), submission=submission, own_work=True, protected=True, used_ai=False)


def send(cast: Cast, submission: Submission) -> Submission:
    """Done, promised, sent."""
    write_all(cast, submission)
    make_promise(cast, submission)
    with cast.inside():
        return submit(by=cast.by(cast.ada), submission=submission)


def other_earner(cast: Cast):
    """Another educator of Lakeside."""
    from tenants.models import Role

    return make_user("Egon Eden", cast.lakeside, Role.EARNER)


# --- Files ----------------------------------------------------------------------------------------------------------


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def pdf(words: str = "A lesson plan") -> bytes:
    body = f"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n% {words}\n".encode()
    return body + b"trailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 30)) -> bytes:
    out = io.BytesIO()
    Image.effect_noise(size, 60).convert("RGB").save(out, kind)
    return out.getvalue()


def archive(**entries: bytes) -> bytes:
    """A zip of the given entries; __ in a name stands for a slash."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in entries.items():
            packed.writestr(name, content)
    return out.getvalue()


def docx() -> bytes:
    return archive(**{"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w:document/>"})


def odt() -> bytes:
    return archive(mimetype=b"application/vnd.oasis.opendocument.text", **{"content.xml": b"<x/>"})


def bomb() -> bytes:
    zeros = b"\x00" * 30_000_000
    return archive(**{"[Content_Types].xml": b"<Types/>", "word/document.xml": zeros})


def box(kind: bytes, content: bytes = b"") -> bytes:
    return struct.pack(">I", len(content) + 8) + kind + content


def video(brand: bytes = b"isom") -> bytes:
    return box(b"ftyp", brand + b"\0\0\0\0" + brand) + box(b"moov", b"\0" * 40) + box(b"mdat", b"film" * 500)


def heic() -> bytes:
    return box(b"ftyp", b"heic\0\0\0\0mif1heic") + box(b"meta", b"\0" * 40) + box(b"mdat", b"x" * 400)


def webm() -> bytes:
    header = b"\x42\x82\x84webm"
    return b"\x1a\x45\xdf\xa3" + bytes([0x80 | len(header)]) + header + b"\x18\x53\x80\x67\x8a" + b"0123456789"


def mp3() -> bytes:
    frame = b"\xff\xfb\x90\x00" + b"\0" * 413  # MPEG 1 layer III, 128 kbit/s, 44.1 kHz: 417 bytes
    return b"ID3\x03\0\0\0\0\0\x05hello" + frame * 4


def wav() -> bytes:
    body = (
        b"WAVEfmt "
        + struct.pack("<IHHIIHH", 16, 1, 1, 8000, 8000, 1, 8)
        + b"data"
        + struct.pack("<I", 100)
        + b"\x80" * 100
    )
    return b"RIFF" + struct.pack("<I", len(body)) + body
