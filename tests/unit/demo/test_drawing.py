"""What is drawn by weight is never what has none, and comes as often as its weight says."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.demo.drawing import weighted, weighted_within

SHARES = st.lists(st.floats(0, 1), min_size=1, max_size=30).map(lambda values: np.array(values, dtype=np.float64))
WEIGHTS = st.lists(
    st.one_of(st.just(0.0), st.floats(1e-3, 1e6), st.integers(1, 9).map(float)), min_size=1, max_size=12
).map(lambda values: np.array(values, dtype=np.float64))
SOME_WEIGHT = WEIGHTS.filter(lambda weights: bool(weights.max() > 0))
GROUPS = st.lists(st.integers(0, 5), min_size=1, max_size=20).map(lambda values: np.array(sorted(values)))


@given(SHARES, SOME_WEIGHT)
def test_nothing_without_a_weight_is_drawn(uniform: np.ndarray, weights: np.ndarray) -> None:
    places = weighted(uniform, weights)
    assert places.shape == uniform.shape
    assert (weights[places] > 0).all()


@given(SOME_WEIGHT)
def test_each_is_drawn_as_often_as_its_weight_says(weights: np.ndarray) -> None:
    draws = 2_000
    counts = np.bincount(weighted((np.arange(draws) + 0.5) / draws, weights), minlength=len(weights))
    assert np.abs(counts / draws - weights / weights.sum()).max() <= 1 / draws


@given(SHARES, SOME_WEIGHT)
def test_a_larger_number_never_draws_an_earlier_place(uniform: np.ndarray, weights: np.ndarray) -> None:
    assert (np.diff(weighted(np.sort(uniform), weights)) >= 0).all()


def test_nothing_can_be_drawn_where_nothing_has_a_weight() -> None:
    for weights in (np.array([]), np.zeros(3)):
        assert weighted(np.array([]), weights).tolist() == []
        with pytest.raises(ValueError, match="no weight is above zero"):
            weighted(np.array([0.5]), weights)


@given(st.data(), GROUPS)
def test_within_a_group_only_its_members_are_drawn(data: st.DataObject, groups: np.ndarray) -> None:
    weights = np.array(data.draw(st.lists(st.integers(1, 9), min_size=len(groups), max_size=len(groups))), dtype=float)
    wanted = np.array(data.draw(st.lists(st.integers(0, 7), min_size=1, max_size=20)))
    share = st.floats(0, 1, exclude_max=True)
    uniform = np.array(data.draw(st.lists(share, min_size=len(wanted), max_size=len(wanted))))
    places = weighted_within(uniform, wanted, groups, weights)
    is_there = np.isin(wanted, groups)
    assert (places[~is_there] == -1).all()
    assert (groups[places[is_there]] == wanted[is_there]).all()


@given(st.data(), GROUPS)
def test_within_a_group_each_is_drawn_as_often_as_its_weight_says(data: st.DataObject, groups: np.ndarray) -> None:
    weights = np.array(data.draw(st.lists(st.integers(0, 9), min_size=len(groups), max_size=len(groups))), dtype=float)
    draws = 1_000
    for group in np.unique(groups):
        mine = weights * (groups == group)
        if mine.sum() == 0:
            continue
        uniform = (np.arange(draws) + 0.5) / draws
        places = weighted_within(uniform, np.full(draws, group), groups, weights)
        counts = np.bincount(places, minlength=len(weights))
        assert np.abs(counts / draws - mine / mine.sum()).max() <= 2 / draws


def test_nobody_is_drawn_from_no_groups_and_nothing_for_nobody() -> None:
    none, no_shares = np.zeros(0, dtype=np.int64), np.zeros(0)
    assert weighted_within(np.array([0.1, 0.9]), np.array([1, 2]), none, no_shares).tolist() == [-1, -1]
    assert weighted_within(no_shares, none, np.array([1, 1]), np.array([1.0, 2.0])).tolist() == []
