"""The statistics of agreement, against published worked examples and against what must always be true."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment.agreement import (
    NO_VARIETY,
    TOO_FEW,
    Agreement,
    adjacent,
    alpha,
    coincidences,
    coincidences_of_pairs,
    exact,
    kappa,
)

_ = None  # not scored

# Krippendorff (2011), Computing Krippendorff's alpha-reliability. Section B: two observers, nominal data.
BINARY = [
    [0, 1, 0, 0, 0, 0, 0, 0, 1, 0],
    [1, 1, 1, 0, 0, 1, 0, 0, 0, 0],
]
ANIMALS = [  # a, b, c, d, e as 0 to 4; section B, twelve units
    [0, 0, 1, 1, 3, 2, 2, 2, 4, 3, 3, 0],
    [1, 0, 1, 1, 1, 2, 2, 2, 4, 3, 3, 3],
]
# Section C: four observers, twelve units, missing data.
FOUR = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, _, _, _],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, _, 3],
    [_, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, _],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, _],
]

# The example that is in most text books: three observers, fifteen units, about half of the data missing.
THREE = [
    [_, _, _, _, _, 3, 4, 1, 2, 1, 1, 3, 3, _, 3],
    [1, _, 2, 1, 3, 3, 4, 3, _, _, _, _, _, _, _],
    [_, _, 2, 1, 3, 4, 4, _, 2, 1, 1, 3, 3, _, 4],
]


def units(readers):
    return [[level for level in unit if level is not None] for unit in zip(*readers, strict=True)]


@pytest.mark.parametrize(
    ("readers", "metric", "published"),
    [
        (BINARY, "nominal", 0.095),
        (ANIMALS, "nominal", 0.692),
        (THREE, "nominal", 0.691),
        (THREE, "interval", 0.811),
        (FOUR, "nominal", 0.743),
        (FOUR, "ordinal", 0.815),
        (FOUR, "interval", 0.849),
    ],
)
def test_alpha_is_as_krippendorff_works_it_out(readers, metric, published):
    assert alpha(coincidences(units(readers)), metric).value == pytest.approx(published, abs=0.0005)


@pytest.mark.parametrize(
    ("table", "published"),
    [  # two readers of grant proposals, and two tables that differ only in their margins (Smeeton 1985)
        ([[20, 5], [10, 15]], 0.4),
        ([[45, 15], [25, 15]], 0.1304),
        ([[25, 35], [5, 35]], 0.2593),
    ],
)
def test_kappa_is_as_in_the_literature(table, published):
    pairs = {(one, other): n for one, row in enumerate(table) for other, n in enumerate(row)}
    assert kappa(pairs).value == pytest.approx(published, abs=0.00005)


def test_exact_and_adjacent_are_shares():
    pairs = {(0, 0): 6, (0, 1): 3, (2, 0): 1}
    assert (exact(pairs).value, adjacent(pairs).value) == (0.6, 0.9)


def test_where_nothing_was_read_twice_each_says_so():
    nothing = Agreement.of({})
    figures = (nothing.exact, nothing.adjacent, nothing.kappa, nothing.nominal, nothing.ordinal)
    assert {(each.value, each.why) for each in figures} == {(None, TOO_FEW)}
    assert alpha(coincidences([[0], [1], []])).why == TOO_FEW


def test_where_all_scores_are_at_one_level_chance_says_nothing():
    same = Agreement.of({(0, 0): 50})
    assert same.exact.value == 1
    assert {(each.value, each.why) for each in (same.kappa, same.nominal, same.ordinal)} == {(None, NO_VARIETY)}


levels = st.integers(0, 4)
some_pairs = st.lists(st.tuples(levels, levels), min_size=1, max_size=60)
some_units = st.lists(st.lists(levels, max_size=5), min_size=1, max_size=40)


@given(some_pairs)
def test_perfect_agreement_is_one_and_undefined_only_without_variety(given_pairs):
    same = Agreement.of(Counter((one, one) for one, _other in given_pairs))
    assert same.exact.value == same.adjacent.value == 1
    varied = len({one for one, _other in given_pairs}) > 1
    for figure in (same.kappa, same.nominal, same.ordinal):
        assert figure.value == (1 if varied else None)


@given(some_pairs)
def test_no_figure_is_above_one_and_shares_are_not_below_zero(given_pairs):
    found = Agreement.of(Counter(given_pairs))
    assert 0 <= found.exact.value <= found.adjacent.value <= 1
    for figure in (found.kappa, found.nominal, found.ordinal):
        assert figure.value is None or figure.value <= 1 + 1e-9


@given(some_units, st.randoms(use_true_random=False))
def test_the_order_of_units_and_readers_changes_nothing(given_units, dice):
    mixed = [dice.sample(unit, len(unit)) for unit in dice.sample(given_units, len(given_units))]
    for metric in ("nominal", "ordinal", "interval"):
        one, other = alpha(coincidences(given_units), metric), alpha(coincidences(mixed), metric)
        assert one.why == other.why
        assert one.value == pytest.approx(other.value)


@given(some_units, st.permutations(range(5)))
def test_nominal_alpha_does_not_care_what_levels_are_called(given_units, names):
    renamed = [[names[level] for level in unit] for unit in given_units]
    one, other = alpha(coincidences(given_units)), alpha(coincidences(renamed))
    assert one.value == pytest.approx(other.value)


@given(some_pairs)
def test_swapping_the_two_readers_changes_no_figure(given_pairs):
    one = Agreement.of(Counter(given_pairs))
    other = Agreement.of(Counter((b, a) for a, b in given_pairs))
    for name in ("exact", "adjacent", "kappa", "nominal", "ordinal"):
        assert getattr(one, name).value == pytest.approx(getattr(other, name).value)


@given(some_pairs)
def test_counted_pairs_and_single_scores_give_the_same_matrix(given_pairs):
    assert coincidences_of_pairs(Counter(given_pairs)) == coincidences(given_pairs)


@given(some_units)
def test_units_that_one_reader_scored_say_nothing(given_units):
    more = [*given_units, [0], [4], []]
    assert coincidences(more) == coincidences(given_units)


@given(some_pairs)
def test_with_two_levels_ordinal_is_nominal(given_pairs):
    two = Counter((min(a, 1), min(b, 1)) for a, b in given_pairs)
    found = Agreement.of(two)
    assert found.nominal.value == pytest.approx(found.ordinal.value)
