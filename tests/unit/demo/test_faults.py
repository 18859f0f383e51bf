"""What is wrong with the extracts is exactly what the truth says, whatever way the rows are given."""

import string

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.demo.mess.fault_kinds import DROPPED, FAULTS, LATE, REPEATED
from pipelines.demo.mess.faults import FAULT, TRUTH, corrupt, mark
from pipelines.demo.shapes import SHAPES
from tests.unit.demo.versions import DAY, clean_versions

TABLES = sorted(FAULTS)
MESSY = 60.0
ACDOCA, VBAP, ACCOUNT, HISTORY = (
    SHAPES[name] for name in ("sap/ACDOCA", "sap/VBAP", "salesforce/Account", "salesforce/OpportunityHistory")
)


def in_any_order(frame: pl.DataFrame) -> list[tuple[object, ...]]:
    """Rows as a sorted list, so that frames compare as bags of rows."""
    return sorted(frame.rows(), key=repr)


def of_kind(table: str, kind: str) -> int:
    """How many of a million rows of ``table`` are meant to have the kind."""
    return sum(fault.per_million for fault in FAULTS[table] if fault.kind == kind)


@pytest.mark.parametrize("table", TABLES)
def test_rows_differ_from_the_clean_ones_exactly_where_the_truth_says(table: str) -> None:
    shape = SHAPES[table]
    marked = mark(shape, clean_versions(shape, 9_000), 1, MESSY)
    clean = shape.render(marked)
    written, truth = corrupt(shape, clean, marked)
    assert truth.schema == pl.Schema(TRUTH)
    assert written.columns == clean.columns
    assert written.height == marked.height - (marked[FAULT] == DROPPED).sum()

    number = clean.with_row_index("row").filter(~marked[FAULT].eq_missing(pl.Series([DROPPED])))
    clean = number.drop("row")
    marked = marked.filter(~marked[FAULT].eq_missing(pl.Series([DROPPED])))
    differs = pl.DataFrame({name: clean[name].ne_missing(written[name]) for name in clean.columns})
    is_wrong = differs.select(pl.any_horizontal(pl.all())).to_series()
    blemished = truth.filter(~pl.col("kind").is_in([LATE, REPEATED, DROPPED]))
    assert is_wrong.sum() == blemished.height
    assert marked.filter(is_wrong)[FAULT].is_not_null().all()

    system, name = table.split("/")
    along = {(fault.kind, fault.column): {column for column, _ in fault.along} for fault in FAULTS[table]}
    expected = []
    for place in is_wrong.arg_true():
        columns = {column for column in clean.columns if differs[column][place]}
        (main,) = {
            fault.column
            for fault in FAULTS[table]
            if fault.label == marked[FAULT][place]
            and fault.column
            and columns == {fault.column} | along[fault.kind, fault.column]
        }
        key = "/".join(written[part][place] or "" for part in shape.key)
        expected.append((marked["_on"][place], system, name, key, main, clean[main][place], written[main][place]))
    said = blemished.select("day", "system", "table_name", "key", "column_name", "true_value", "written_value")
    assert sorted(expected, key=repr) == in_any_order(said)


@pytest.mark.parametrize("table", TABLES)
def test_every_fault_of_a_table_happens_as_often_as_asked(table: str) -> None:
    shape, rows = SHAPES[table], 100_000
    marked = mark(shape, clean_versions(shape, rows), 3, 10.0)
    counts = dict(marked[FAULT].value_counts().rows())
    for fault in FAULTS[table]:
        wanted = fault.per_million * rows / 1e5
        assert abs(counts.get(fault.label, 0) - wanted) < 5 * wanted**0.5 + 1, fault
    _, truth = corrupt(shape, shape.render(marked), marked)
    delivered = {fault.label for fault in FAULTS[table]} & counts.keys()
    assert len(delivered) == len(FAULTS[table])
    assert truth.height == sum(counts[label] for label in delivered)
    assert set(truth["caught_by"]) <= {"contract", "report", "reconciliation", "none"}


@st.composite
def lives(draw: st.DrawFn) -> tuple[pl.DataFrame, list[int], list[int]]:
    """Versions of orders' lines, one to three a line on days of their own, with an order and pieces to give them in."""
    counts = draw(st.lists(st.integers(1, 3), min_size=1, max_size=40))
    first = draw(st.integers(1, 10**6))
    days = st.lists(st.integers(0, 40), unique=True)
    lines = clean_versions(VBAP, len(counts), first=first)
    pieces = []
    for place, count in enumerate(counts):
        for day in sorted(draw(days.filter(lambda found, least=count: len(found) >= least)))[:count]:
            pieces.append(lines[place].with_columns(_on=pl.lit(DAY + day, pl.Int32)))
    versions = pl.concat(pieces)
    order = draw(st.permutations(range(versions.height)))
    parts = draw(st.lists(st.integers(0, 2), min_size=len(counts), max_size=len(counts)))
    return versions, order, [part for part, count in zip(parts, counts, strict=True) for _ in range(count)]


@settings(max_examples=60, deadline=None)
@given(lives(), st.integers(0, 2**31))
def test_faults_of_a_row_depend_neither_on_order_nor_on_how_keys_are_cut_into_calls(
    life: tuple[pl.DataFrame, list[int], list[int]], seed: int
) -> None:
    versions, order, parts = life
    whole = in_any_order(mark(VBAP, versions, seed, 300.0))
    assert in_any_order(mark(VBAP, versions[order], seed, 300.0)) == whole
    cut = [mark(VBAP, versions.filter(pl.Series(parts) == part), seed, 300.0) for part in range(3)]
    assert in_any_order(pl.concat(cut)) == whole


def test_drops_can_be_corrupted_one_by_one() -> None:
    marked = mark(ACCOUNT, clean_versions(ACCOUNT, 2_000), 1, MESSY)
    texts = ACCOUNT.render(marked)
    whole, truth = corrupt(ACCOUNT, texts, marked)
    days = [marked["_on"] == day for day in marked["_on"].unique()]
    drops = [corrupt(ACCOUNT, texts.filter(day), marked.filter(day)) for day in days]
    assert in_any_order(pl.concat([drop[0] for drop in drops])) == in_any_order(whole)
    assert in_any_order(pl.concat([drop[1] for drop in drops])) == in_any_order(truth)


def test_another_seed_makes_other_rows_wrong_and_no_mess_none() -> None:
    versions = clean_versions(VBAP, 20_000)
    one, other = (
        set(mark(VBAP, versions, seed, MESSY).filter(pl.col(FAULT).is_not_null())["VBELN"]) for seed in (1, 2)
    )
    assert one
    assert len(one & other) < 0.3 * len(one)
    clean = mark(VBAP, versions, 1, 0.0)
    assert clean.drop(FAULT).equals(versions)
    assert clean[FAULT].is_null().all()


@pytest.mark.parametrize("table", TABLES)
def test_correction_is_the_clean_version_one_to_twelve_days_later(table: str) -> None:
    shape = SHAPES[table]
    versions = clean_versions(shape, 9_000)
    marked = mark(shape, versions, 1, MESSY, until=DAY + 100)
    kinds = marked[FAULT].str.split(" in ").list.first()
    wrong = marked[: versions.height].filter(pl.col(FAULT).is_not_null() & (kinds[: versions.height] != LATE))
    corrections = marked[versions.height :].filter(pl.col(FAULT).is_null())
    if wrong.is_empty():
        assert corrections.is_empty()
        return
    assert set(corrections["_op"]) == {"U"}
    both = corrections.join(wrong, on=shape.key, how="inner", suffix="_wrong")
    assert both.height == corrections.height
    delay = both["_on"] - both["_on_wrong"]
    assert delay.is_between(1, 12).all()
    assert delay.n_unique() == 12
    assert abs(corrections.height - wrong.height / 2) < 5 * (wrong.height / 4) ** 0.5
    origin = corrections.join(versions, on=shape.key, how="inner", suffix="_clean", maintain_order="left")
    for name in set(shape.typed) - set(shape.key) - {"SystemModstamp"}:
        assert origin[name].equals(origin[f"{name}_clean"], null_equal=True), name
    if "SystemModstamp" in shape.typed:
        moved = (origin["SystemModstamp"] - origin["SystemModstamp_clean"]) // 86_400
        assert (moved == origin["_on"] - origin["_on_clean"]).all()


def test_nothing_is_corrected_that_changed_since() -> None:
    first = clean_versions(VBAP, 9_000)
    later = first.with_columns(pl.col("_on") + 3, _op=pl.lit("U"))
    marked = mark(VBAP, pl.concat([first, later]), 1, MESSY)
    before = marked[: first.height]
    corrected = marked[2 * first.height :].filter(pl.col(FAULT).is_null())
    latest = marked[first.height : 2 * first.height].filter(pl.col(FAULT).is_not_null())
    assert before[FAULT].is_not_null().any()
    assert not corrected.is_empty()
    assert set(corrected["VBELN"]) <= set(latest["VBELN"])
    assert (
        (corrected.join(later, on=VBAP.key, suffix="_later").select(pl.col("_on") > pl.col("_on_later")))
        .to_series()
        .all()
    )


def test_nothing_is_corrected_whose_day_has_a_second_version() -> None:
    first = clean_versions(VBAP, 9_000)
    marked = mark(VBAP, pl.concat([first, first.with_columns(_op=pl.lit("U"))]), 1, MESSY)
    assert marked[: 2 * first.height][FAULT].is_not_null().any()
    assert set(marked[2 * first.height :][FAULT]) <= {REPEATED}


@pytest.mark.parametrize("until", [None, DAY + 20])
def test_masters_are_corrected_within_what_a_call_knows(until: int | None) -> None:
    versions = clean_versions(ACCOUNT, 9_000)
    marked = mark(ACCOUNT, versions, 1, MESSY, until=until)
    corrections = marked[versions.height :]
    assert not corrections.is_empty()
    assert corrections["_on"].max() == (DAY + 29 if until is None else until)


def test_late_rows_come_one_to_six_days_later_and_are_the_only_version_of_their_key() -> None:
    alone = clean_versions(VBAP, 9_000)
    twice = clean_versions(VBAP, 9_000, first=20_000)
    versions = pl.concat([alone, twice, twice.with_columns(pl.col("_on") + 1)])
    marked = mark(VBAP, versions, 1, MESSY)[: versions.height]
    late = marked[FAULT] == LATE
    moved = (marked["_on"] - versions["_on"]).filter(late.fill_null(value=False))
    assert set(moved) == {1, 2, 3, 4, 5, 6}
    assert (marked["_on"] == versions["_on"]).filter(~late.fill_null(value=False)).all()
    assert marked.filter(late)["VBELN"].max() < 20_000  # type: ignore[operator]


def test_repeated_row_comes_twice_on_its_day() -> None:
    versions = clean_versions(HISTORY, 9_000)
    marked = mark(HISTORY, versions, 1, MESSY)
    copies = marked.filter(pl.col(FAULT) == REPEATED)
    assert not copies.is_empty()
    originals = marked[: versions.height].join(copies, on=["Id", "_on"], how="semi")
    assert originals[FAULT].is_null().all()
    assert in_any_order(originals.drop(FAULT)) == in_any_order(copies.drop(FAULT))


def test_only_rows_that_stream_are_late_repeated_or_dropped() -> None:
    for table, faults in FAULTS.items():
        assert not (SHAPES[table].is_master and {fault.kind for fault in faults} & {LATE, REPEATED, DROPPED}), table


@pytest.mark.parametrize("table", TABLES)
def test_faults_name_columns_of_their_table_and_spare_its_key(table: str) -> None:
    shape = SHAPES[table]
    for fault in FAULTS[table]:
        for column in (fault.column, *(name for name, _ in fault.along)):
            assert column is None or column in shape.columns
            assert fault.kind == "short_id" or column not in shape.key
    labels = [fault.label for fault in FAULTS[table]]
    assert len(set(labels)) == len(labels)


def test_deleted_rows_are_never_wrong() -> None:
    gone = clean_versions(VBAP, 9_000).with_columns(_op=pl.lit("D"))
    assert mark(VBAP, gone, 1, MESSY)[FAULT].is_null().all()
    binned = clean_versions(ACCOUNT, 9_000).with_columns(IsDeleted=pl.lit(value=True))
    assert mark(ACCOUNT, binned, 1, MESSY)[FAULT].is_null().all()


def test_turned_ledger_line_keeps_its_sides_consistent() -> None:
    marked = mark(ACDOCA, clean_versions(ACDOCA, 30_000), 1, MESSY * 10)
    texts = ACDOCA.render(marked)
    written, truth = corrupt(ACDOCA, texts, marked)
    turned = truth.filter(pl.col("kind") == "turned_sign")
    assert not turned.is_empty()
    assert set(turned["caught_by"]) == {"reconciliation"}
    rows = written.filter(pl.col("HSL") == "-123.45")
    assert rows.height == turned.height
    assert rows.select("WSL", "KSL", "DRCRK").unique().rows() == [("-123.45", "-123.45", "H")]


def check_characters(identifier: str) -> str:
    """The last three of an Id's 18 characters, as Salesforce makes them of the fifteen before."""
    bits = ["1" if mark in string.ascii_uppercase else "0" for mark in identifier[:15]]
    return "".join("ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"[int("".join(bits[at : at + 5][::-1]), 2)] for at in (0, 5, 10))


def test_ids_go_wrong_without_becoming_another_record() -> None:
    shape = SHAPES["salesforce/Contact"]
    versions = clean_versions(shape, 30_000)
    marked = mark(shape, versions, 1, MESSY)
    written, truth = corrupt(shape, shape.render(marked), marked)
    known = set(versions["Id"])
    strange = truth.filter(pl.col("kind") == "orphan_key")
    assert not strange.is_empty()
    assert not set(strange["written_value"]) & known
    assert all(check_characters(identifier) == identifier[15:] for identifier in strange["written_value"])
    assert set(written["Id"].str.len_chars()) == {17, 18}
    assert set(written["Id"].filter(written["Id"].str.len_chars() == 18)) <= known
    lower = truth.filter(pl.col("kind") == "lower_case_id")
    assert (lower["written_value"] == lower["true_value"].str.to_lowercase()).all()


def test_mojibake_can_be_undone() -> None:
    shape = SHAPES["sap/KNA1"]
    names = ["Müller & Söhne", "Škoda Díly", "Søndergård", "Łódź Stal"]
    versions = clean_versions(shape, 8_000).with_columns(NAME1=pl.Series(names * 2_000))
    marked = mark(shape, versions, 1, MESSY)
    _, truth = corrupt(shape, shape.render(marked), marked)
    garbled = truth.filter(pl.col("kind") == "mojibake")
    assert set(garbled["true_value"]) == set(names)
    assert "MÃ¼ller & SÃ¶hne" in set(garbled["written_value"])
    for true, written in garbled.select("true_value", "written_value").rows():
        octets = b"".join(
            letter.encode("cp1252") if letter.encode("cp1252", "ignore") else letter.encode("latin-1")
            for letter in written
        )
        assert octets.decode() == true


def test_value_that_was_missing_anyway_is_no_fault() -> None:
    versions = clean_versions(ACCOUNT, 9_000).with_columns(Name=pl.lit(None, pl.String), OwnerId=pl.lit("005"))
    marked = mark(ACCOUNT, versions, 1, MESSY)
    texts = ACCOUNT.render(marked)
    written, truth = corrupt(ACCOUNT, texts, marked)
    assert marked[FAULT].str.contains("lower_case_id").any()
    assert not set(truth["column_name"]) & {"Name", "OwnerId"}
    assert written["Name"].is_null().all()


def test_truth_can_be_told_of_the_day_of_the_drop() -> None:
    marked = mark(VBAP, clean_versions(VBAP, 2_000), 1, MESSY)
    _, truth = corrupt(VBAP, VBAP.render(marked), marked, day=DAY + 365)
    assert set(truth["day"]) == {DAY + 365}
    nothing = marked.with_columns(pl.lit(None, pl.String).alias(FAULT))
    texts, truth = corrupt(VBAP, VBAP.render(nothing), nothing)
    assert truth.is_empty()
    assert np.all(texts.columns == list(VBAP.columns))
