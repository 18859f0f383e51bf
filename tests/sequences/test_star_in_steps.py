"""Whatever the systems deliver, in whatever order: the star in steps is the star of a full rebuild."""

from pathlib import Path

from tests.random_deltas import Laboratory

SEED, STEPS = 1, 2
"""Reproduce with ``make soak-star SEED=1 SEEDS=1 STEPS=2``."""


def test_corrections_deletions_and_late_rows_of_any_table_end_where_a_full_rebuild_ends(
    learned_demo: None, tmp_path: Path
) -> None:
    differences = Laboratory(tmp_path).check(SEED, STEPS)
    assert not differences, "\n".join(differences)
