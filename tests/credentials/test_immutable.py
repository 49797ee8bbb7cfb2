"""A published edition is frozen by the database itself, whatever the code above does."""

import pytest
from django.db import IntegrityError, connection, transaction

from credentials.models import (
    Alignment,
    Criterion,
    Edition,
    MethodComponent,
    MethodGroup,
    Prompt,
    QuizItem,
    ResearchItem,
    Resource,
    RubricLevel,
    RubricLine,
)
from tests.credentials.sample import draft, published, sent, with_log_and_quiz

PARTS = [
    Alignment, Criterion, MethodComponent, MethodGroup, Prompt, QuizItem, ResearchItem, Resource, RubricLevel,
    RubricLine,
]  # fmt: skip
TEXTS = {
    "title": "'Other'", "summary": "'x'", "language": "'de'", "competency": "'x'", "key_method": "'x'",
    "rationale": "'x'", "hours": "1", "weeks": "9", "topics": "'{a}'", "audience": "'{a}'", "grades": "'{a}'",
    "evidence_types": "'{a}'", "tries": "9", "due_business_days": "9", "icon": "'book'",
    "art_seed": "'x'", "number": "7", "plan": "'two'", "second_share": "50", "newcomer_readings": "3",
    "others_needed": "1", "mode": "'peer'", "fee_cents": "100", "fee_currency": "'USD'", "precheck": "true",
    "valid_months": "12", "ceu_hundredths": "50",
}  # fmt: skip


def refused(statement: str, *values: object) -> None:
    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


@pytest.mark.parametrize("bring", [sent, published], ids=["with a vetter", "published"])
@pytest.mark.parametrize("part", PARTS, ids=[part.__name__ for part in PARTS])
def test_no_part_can_be_added_changed_or_removed(cast, part, bring):
    edition = bring(cast, **with_log_and_quiz())
    table = part._meta.db_table
    row = part.objects.filter(edition=edition).first()
    assert row is not None, "the sample has no such part, so this test would prove nothing"
    refused(f"UPDATE {table} SET position = 9 WHERE id = %s", row.id)
    refused(f"DELETE FROM {table} WHERE id = %s", row.id)
    columns = ", ".join(field.column for field in part._meta.concrete_fields if field.column != "id")
    refused(
        f"INSERT INTO {table} (id, {columns}) SELECT gen_random_uuid(), {columns} FROM {table} WHERE id = %s", row.id
    )


@pytest.mark.parametrize("part", PARTS, ids=[part.__name__ for part in PARTS])
def test_no_part_can_be_moved_in_from_a_draft(cast, part):
    edition, other = published(cast), draft(cast, **with_log_and_quiz(title="Another"))
    row = part.objects.filter(edition=other).first()
    refused(f"UPDATE {part._meta.db_table} SET edition_id = %s WHERE id = %s", edition.id, row.id)


@pytest.mark.parametrize("column", TEXTS)
def test_no_text_of_a_published_edition_can_change(cast, column):
    edition = published(cast)
    refused(f"UPDATE credentials_edition SET {column} = {TEXTS[column]} WHERE id = %s", edition.id)


def test_a_published_edition_cannot_be_deleted(cast):
    refused("DELETE FROM credentials_edition WHERE id = %s", published(cast).id)


def test_the_author_cannot_be_written_in_as_the_vetter(cast):
    edition = sent(cast)
    with pytest.raises(IntegrityError, match="vetter_is_not_the_author"), transaction.atomic():
        Edition.objects.filter(id=edition.id).update(vetter=cast.dora)


def test_nothing_is_published_without_vetter_date_and_hash(cast):
    edition = sent(cast)
    with pytest.raises(IntegrityError, match="vetted_and_hashed"), transaction.atomic():
        Edition.objects.filter(id=edition.id).update(state="published", vetter=cast.vito)


@pytest.mark.parametrize(
    "change",
    ["state = 'draft'", "state = 'vetting'", "content_hash = 'sha256:x'", "published_at = now()", "vetter_id = NULL"],
)
def test_what_was_published_stays_published(cast, change):
    edition = published(cast)
    refused(f"UPDATE credentials_edition SET {change} WHERE id = %s", edition.id)
