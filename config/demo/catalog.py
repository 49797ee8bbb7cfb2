"""What can be earned in the demo, and what it counts for."""

from datetime import date, datetime

from config.demo import content
from config.demo.people import World
from credentials.actions.editions import import_edition, publish, send_to_vetting
from credentials.actions.stacks import create_stack, publish_stack
from credentials.models import Edition
from lib import clock
from recognition.actions.policies import activate, create_policy
from tenants.models import Role
from tenants.scope import inside


def write_editions(world: World, *, written: datetime, published: datetime) -> dict[str, Edition]:
    """Each edition imported by an author and published by a vetter of its tenant, by the slug of the story."""
    editions = {}
    for facts in content.programme()["editions"]:
        slug = facts["tenant"]
        with inside(world.tenants[slug]):
            author = world.first(slug, Role.AUTHOR)
            with clock.at(written):
                draft = import_edition(by=author, data=content.edition(facts["file"]))
                send_to_vetting(by=author, edition=draft)
            with clock.at(published):
                editions[facts["slug"]] = publish(by=world.first(slug, Role.VETTER), edition=draft)
    return editions


def build_stacks(world: World, editions: dict[str, Edition]) -> None:
    """The stacks of the programme."""
    for facts in content.programme()["stacks"]:
        slug = facts["tenant"]
        with inside(world.tenants[slug]):
            admin = world.first(slug, Role.ADMIN)
            stack = create_stack(
                by=admin,
                title=facts["title"],
                description=facts["description"],
                needed=facts["needed"],
                items=[editions[item].micro_credential for item in facts["items"]],
            )
            publish_stack(by=admin, stack=stack)


def set_policies(world: World, editions: dict[str, Edition]) -> None:
    """The policies of the programme. None starts before the demo's own time, as no policy applies to the past."""
    for facts in content.programme()["policies"]:
        slug = facts["tenant"]
        mc, issuer = facts["micro_credential"], facts["issuer"]
        with inside(world.tenants[slug]):
            admin = world.first(slug, Role.ADMIN)
            policy = create_policy(
                by=admin,
                title=facts["title"],
                note=facts["note"],
                job_classes=facts["job_classes"],
                full_time_only=facts["full_time_only"],
                target=facts["target"],
                micro_credential=editions[mc].micro_credential if mc else None,
                issuer=world.tenants[issuer] if issuer else None,
                cents=facts["cents"],
                ceu_hundredths=facts["ceu_hundredths"],
                max_count=facts["max_count"],
                max_cents=facts["max_cents"],
                max_ceu_hundredths=facts["max_ceu_hundredths"],
                year_starts_month=facts["year_starts_month"],
                starts_on=max(date.fromisoformat(facts["starts_on"]), admin.tenant.local_date()),
                ends_on=date.fromisoformat(facts["ends_on"]) if facts["ends_on"] else None,
            )
            activate(by=admin, policy=policy)
