"""Rules and amounts as sentences. Every page, mail and preview says them the same way."""

from decimal import Decimal

from django.utils.formats import date_format, number_format
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from credentials.models import Edition, MicroCredential
from recognition.caps import Amounts, Limited
from recognition.models import Policy
from recognition.preview import Trial


def dollars(cents: int) -> str:
    """An amount of money: $500, $1,250.50."""
    places = 2 if cents % 100 else 0
    sign = "-" if cents < 0 else ""
    return f"{sign}${number_format(abs(Decimal(cents)) / 100, places, use_l10n=True, force_grouping=True)}"


def hours(hundredths: int) -> str:
    """Contact hours: 1 CEU hour, 2.5 CEU hours."""
    plural = 1 if hundredths == 100 else 2
    return ngettext("%(n)s CEU hour", "%(n)s CEU hours", plural) % {"n": hours_number(hundredths)}


def hours_number(hundredths: int) -> str:
    """The number alone: 2.5."""
    exact = (Decimal(hundredths) / 100).normalize()
    return number_format(exact, max(0, -int(exact.as_tuple().exponent)), use_l10n=True, force_grouping=True)


def amount(gives: Amounts) -> str:
    """All that is given for one badge: “$500 and 4 CEU hours”."""
    parts = [dollars(gives.cents)] if gives.cents else []
    if gives.ceu_hundredths:
        parts.append(hours(gives.ceu_hundredths))
    return get_text_list(parts, _("and")) or dollars(0)


def limits(policy: Policy) -> str:
    """The yearly limits, or “” without any: “6 badges and $3,000 a year”."""
    parts = []
    if policy.max_count is not None:
        parts.append(ngettext("%(n)s badge", "%(n)s badges", policy.max_count) % {"n": policy.max_count})
    if policy.max_cents is not None:
        parts.append(dollars(policy.max_cents))
    if policy.max_ceu_hundredths is not None:
        parts.append(hours(policy.max_ceu_hundredths))
    return _("%(limits)s a year") % {"limits": get_text_list(parts, _("and"))} if parts else ""


def used(use: Limited) -> str:
    """What is used of each limit: “3 of 6 badges and $1,500 of $3,000”, or “” when nothing is limited."""
    parts = []
    if use.max_count is not None:
        badges = ngettext("%(n)s of %(most)s badge", "%(n)s of %(most)s badges", use.max_count)
        parts.append(badges % {"n": use.count, "most": use.max_count})
    of = _("%(n)s of %(most)s")
    if use.max_cents is not None:
        parts.append(of % {"n": dollars(use.cents), "most": dollars(use.max_cents)})
    if use.max_ceu_hundredths is not None:
        parts.append(of % {"n": hours_number(use.ceu_hundredths), "most": hours(use.max_ceu_hundredths)})
    return get_text_list(parts, _("and"))


def people(policy: Policy) -> str:
    """Who a rule is for: “a full-time staff member (Teacher or Bus driver)”."""
    who = _("a full-time staff member") if policy.full_time_only else _("anyone here")
    if not policy.job_classes:
        return who
    return _("%(who)s working as %(jobs)s") % {"who": who, "jobs": get_text_list(policy.job_classes, _("or"))}


def target(policy: Policy) -> str:
    """What has to be earned."""
    if policy.target == Policy.Target.MICRO_CREDENTIAL:
        return _("“%(title)s”") % {"title": title_of(policy.micro_credential)}
    if policy.target == Policy.Target.STACK:
        return _("the stack “%(title)s”") % {"title": policy.stack.title}
    if policy.target == Policy.Target.ISSUER:
        return _("any badge from %(issuer)s") % {"issuer": policy.issuer.name}
    return _("any micro-credential we list")


def title_of(micro_credential: MicroCredential) -> str:
    """The title of its published edition, or of the last one there was."""
    published = Edition.State.PUBLISHED
    editions = sorted(micro_credential.editions.all(), key=lambda each: (each.state == published, each.number))
    return editions[-1].title if editions else micro_credential.slug


def sentence(policy: Policy) -> str:
    """The whole rule in one sentence."""
    parts = [
        _("When %(who)s earns %(target)s, give %(amount)s")
        % {"who": people(policy), "target": target(policy), "amount": amount(policy)}
    ]
    if limits(policy):
        parts.append(_("up to %(limits)s") % {"limits": limits(policy)})
    parts.append(_("from %(day)s") % {"day": day(policy.starts_on)})
    if policy.ends_on:
        parts.append(_("until %(day)s") % {"day": day(policy.ends_on)})
    return ", ".join(parts) + "."


def outcome(trial: Trial) -> str:
    """What a rule would have given last year."""
    if not trial.badges:
        return _("In the last 12 months this would have given nothing.")
    who = ngettext("%(n)s person", "%(n)s people", trial.people) % {"n": trial.people}
    what = ngettext("%(n)s badge", "%(n)s badges", trial.badges) % {"n": trial.badges}
    return _("In the last 12 months this would have given %(amount)s to %(who)s for %(what)s.") % {
        "amount": amount(trial),
        "who": who,
        "what": what,
    }


def day(value: object) -> str:
    """A date as people here write it: July 1, 2026."""
    return date_format(value, "F j, Y")
