"""Background work on badges. Each task may run any number of times, anywhere: the deliveries decide what is left."""

from uuid import UUID

from celery import current_app, shared_task

from badges import completing, ending, importing, mail, outside_queue, resigning, showing
from badges.deliveries import handle, handle_together
from badges.endorsing import renew_signatures, spread
from badges.minting import mint_all
from badges.models import Consumer
from badges.rechecking import recheck_due
from lib.nudge import nudge
from tenants.models import Tenant
from tenants.scope import each_tenant, inside


@shared_task
def mint_badges() -> int:
    """Mint what was awarded."""
    return handle_together(Consumer.MINT, mint_all)


@shared_task
def complete_stacks() -> int:
    """Award the stacks that new badges complete."""
    return handle(Consumer.STACKS, completing.follow)


@shared_task
def tell_earners() -> int:
    """Mail earners about their badges."""
    return handle(Consumer.NOTICE, mail.follow)


@shared_task
def ask_to_sign_anew() -> int:
    """Have the badges of withdrawn keys signed anew."""
    total = 0
    while asked := resigning.ask_a_chunk():
        total += asked
        nudge(mint_badges)
    return total


@shared_task
def spread_endorsements() -> None:
    """Have badges signed anew that carry a new endorsement, or one signed anew, or no longer carry one."""
    renew_signatures()
    while spread():
        pass


@shared_task
def follow_outside() -> int:
    """Settle the stacks that badges from elsewhere count for."""
    return outside_queue.handle(Consumer.STACKS, completing.follow_outside)


@shared_task
def recheck_outside() -> int:
    """Ask the issuers elsewhere whether their badges still stand."""
    return recheck_due()


@shared_task
def sweep() -> None:
    """Finish whatever a lost nudge or a killed worker left behind."""
    spread_endorsements()
    for task in FOLLOWING.values():
        task()
    ask_to_sign_anew()
    follow_outside()
    completing.catch_up()
    ending.announce_ends()
    ending.remind()
    showing.follow_deleted()


@shared_task
def award_import(tenant_id: str, import_id: str) -> int:
    """Award what waits in a confirmed list."""
    with inside(Tenant.objects.get(id=tenant_id)):
        return importing.work_off(UUID(import_id))


@shared_task
def sweep_imports() -> None:
    """Lists that a lost nudge or a killed worker left behind."""
    for _tenant in each_tenant():
        importing.catch_up()


FOLLOWING = {Consumer.MINT: mint_badges, Consumer.STACKS: complete_stacks, Consumer.NOTICE: tell_earners}


def nudge_followers(consumers: list[Consumer]) -> None:
    """Wake the consumers after commit. An app above this one is nudged by the name of its task."""
    for consumer in consumers:
        nudge(FOLLOWING.get(consumer) or current_app.signature(f"{consumer}.tasks.follow_badges"))
