"""The rules of deciding, for any combination of plans, readings and pass rules. No database."""

from hypothesis import assume, given
from hypothesis import strategies as st

from assessment.verdicts import (
    AskSecond,
    Decide,
    Line,
    Missing,
    Plan,
    Rule,
    Settle,
    Wait,
    Why,
    missing,
    next_step,
    reason_for_second,
)

LEVELS = 4


@st.composite
def cases(draw, readings):
    """Lines, rule, and as many readings as are drawn."""
    number = draw(st.integers(1, 6))
    lines = [
        Line(
            id=n, pass_level=draw(st.integers(0, LEVELS - 2)), required=draw(st.booleans()), carried=draw(st.booleans())
        )
        for n in range(number)
    ]
    others = sum(not line.required for line in lines)
    rule = Rule(draw(st.sampled_from(Plan)), draw(st.none() | st.integers(0, others)))
    opened = [line.id for line in lines if not line.carried]
    level = st.integers(0, LEVELS - 1)
    given_ = [draw(st.fixed_dictionaries(dict.fromkeys(opened, level))) for _n in range(draw(readings))]
    return rule, lines, given_


reasons = st.none() | st.sampled_from(Why)


def differing(lines, readings):
    return {line.id for line in lines if not line.carried and len({each[line.id] for each in readings}) > 1}


@given(cases(st.integers(0, 3)), reasons)
def test_every_case_leads_somewhere_and_always_to_the_same(case, second):
    rule, lines, readings = case
    step = next_step(rule, lines, readings, second=second)
    assert step == next_step(rule, lines, readings, second=second)
    assert isinstance(step, Wait) == (not readings)


@given(cases(st.just(1)), reasons)
def test_one_reading_decides_unless_the_plan_or_a_reason_asks_for_another(case, second):
    rule, lines, readings = case
    step = next_step(rule, lines, readings, second=second)
    if rule.plan == Plan.TWO:
        assert step == AskSecond(Why.PLAN)
    elif second:
        assert step == AskSecond(second)
    else:
        assert isinstance(step, Decide)
        assert step.levels == readings[0]


@given(cases(st.integers(2, 3)), reasons)
def test_readings_that_agree_on_every_line_decide_and_others_are_settled_where_they_differ(case, second):
    rule, lines, readings = case
    step = next_step(rule, lines, readings, second=second)
    where = differing(lines, readings)
    if where:
        assert step == Settle(frozenset(where))
    else:
        assert isinstance(step, Decide)
        assert step.levels == readings[0]


@given(cases(st.integers(2, 3)), st.data())
def test_what_was_settled_stands_and_what_was_agreed_is_not_touched(case, data):
    rule, lines, readings = case
    where = differing(lines, readings)
    assume(where)
    settled = data.draw(st.fixed_dictionaries(dict.fromkeys(where, st.integers(0, LEVELS - 1))))
    step = next_step(rule, lines, readings, settled=settled)
    assert isinstance(step, Decide)
    assert step.levels == readings[0] | settled


@given(cases(st.integers(1, 2)))
def test_it_is_earned_exactly_when_all_required_lines_and_enough_others_are_met(case):
    rule, lines, readings = case
    agreed = [readings[0]] * 2
    step = next_step(rule, lines, agreed)
    met = {line.id for line in lines if line.carried or readings[0][line.id] <= line.pass_level}
    others = [line.id for line in lines if not line.required]
    needed = len(others) if rule.others_needed is None else rule.others_needed
    required_met = all(line.id in met for line in lines if line.required)
    assert step.passed == (required_met and len(met.intersection(others)) >= needed)


@given(cases(st.just(1)), st.data())
def test_a_better_level_never_turns_earned_into_not_yet(case, data):
    rule, lines, (reading,) = case
    assume(reading)
    line = data.draw(st.sampled_from(sorted(reading)))
    assume(reading[line] > 0)
    better = reading | {line: reading[line] - 1}
    before, after = (next_step(rule, lines, [each, each]) for each in (reading, better))
    assert after.passed >= before.passed


@given(cases(st.just(1)))
def test_what_is_missing_is_what_it_takes(case):
    rule, lines, (reading,) = case
    met = {line.id for line in lines if line.carried or reading[line.id] <= line.pass_level}
    lacks = missing(lines, met, rule.others_needed)
    required = [line.id for line in lines if line.required and line.id not in met]
    others = [line.id for line in lines if not line.required and line.id not in met]
    assert lacks.required == len(required)
    assert missing(lines, met | {*required, *others[: lacks.others]}, rule.others_needed) == Missing(0, 0)
    if lacks.others:
        assert missing(lines, met | {*required, *others[: lacks.others - 1]}, rule.others_needed).others == 1


@given(cases(st.just(1)), st.booleans(), st.booleans())
def test_only_the_conditional_plan_asks_for_a_second_reader_and_a_close_call_weighs_most(case, newcomer, drawn):
    rule, lines, (reading,) = case
    why = reason_for_second(rule.plan, lines, reading, newcomer=newcomer, drawn=drawn)
    close = any(line.required and not line.carried and reading[line.id] - line.pass_level == 1 for line in lines)
    if rule.plan != Plan.CONDITIONAL:
        assert why is None
    elif close:
        assert why == Why.BORDERLINE
    else:
        assert why == (Why.NEWCOMER if newcomer else Why.SHARE if drawn else None)
