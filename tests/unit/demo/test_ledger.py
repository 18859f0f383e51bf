"""Exchange rates are the published ones, and a document that is posted balances in every currency."""

import math
from fractions import Fraction

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.demo.calendar import Month, is_business_day
from pipelines.demo.finance import ledger, rates
from pipelines.demo.scales import SCALES
from pipelines.demo.world import World
from pipelines.errors import ConcordError


def new_world(index: int = 0, seed: int = 1) -> World:
    return World(seed=seed, scale=SCALES["tiny"], month=Month(index))


def emitted(world: World, table: str) -> pl.DataFrame:
    return pl.concat(world.emitted[f"sap/{table}"])


# Exchange rates


@settings(max_examples=200, deadline=None)
@given(
    st.integers(-(10**10), 10**10),
    st.sampled_from(rates.CURRENCIES),
    st.sampled_from(rates.CURRENCIES),
    st.integers(1, 3300),
)
def test_amount_is_translated_with_the_published_rates_and_rounded_once(
    amount: int, source: str, target: str, later: int
) -> None:
    frame = pl.DataFrame({"amount": [amount], "source": [source], "target": [target], "day": [rates.FIRST + later]})
    found = rates.convert(1, frame, "amount", "source", "target", "day", "into")["into"][0]
    if source == target:
        assert found == amount
        return
    to_euro = Fraction(1) if source == "EUR" else published(source, "EUR", later)
    from_euro = Fraction(1) if target == "EUR" else published("EUR", target, later)
    minor = {"JPY": 1}
    exact = Fraction(abs(amount), minor.get(source, 100)) * to_euro * from_euro * minor.get(target, 100)
    assert found == math.copysign(math.floor(exact + Fraction(1, 2)), amount)


PUBLISHED: dict[tuple[str, str], dict[int, Fraction]] = {}


def published(source: str, target: str, later: int) -> Fraction:
    """The last UKURS that TCURR had at ``later`` days after FIRST, for one unit."""
    if not PUBLISHED:
        world = new_world()
        rates.found(world)
        for index in range(110):
            world.month = Month(index)
            rates.live(world)
        for row in emitted(world, "TCURR").filter(pl.col("KURST") == "M").iter_rows(named=True):
            pair = PUBLISHED.setdefault((row["FCURR"], row["TCURR"]), {})
            pair[row["GDATU"]] = Fraction(row["UKURS"], 100_000) * row["TFACT"] / row["FFACT"]
    fixings = PUBLISHED[source, target]
    day = max(rates.FIRST + later, min(fixings))
    while day not in fixings:
        day -= 1
    return fixings[day]


def test_rates_are_fixed_on_business_days_only_and_carried_over_weekends() -> None:
    frame = rates.rates(1).filter(pl.col("currency") == "USD")
    moves = frame.filter(pl.col("rate") != pl.col("rate").shift(1))["day"].to_numpy()
    assert is_business_day(moves).all()
    assert len(moves) > 2_000


def test_amount_in_an_unknown_currency_is_refused() -> None:
    frame = pl.DataFrame({"amount": [1], "source": ["CHF"], "target": ["EUR"], "day": [rates.FIRST]})
    with pytest.raises(ConcordError, match="CHF"):
        rates.convert(1, frame, "amount", "source", "target", "day", "into")


# Posting


@st.composite
def documents(draw: st.DrawFn) -> tuple[pl.DataFrame, pl.DataFrame]:
    headers, lines = [], []
    for doc in range(draw(st.integers(1, 6))):
        month = Month(0)
        headers.append(
            {
                "doc": doc,
                "company": draw(st.sampled_from([1000, 2000, 3000])),
                "kind": draw(st.sampled_from(["RV", "SA"])),
                "posted": draw(st.integers(month.first, month.last)),
                "document_date": month.first,
                "currency": draw(st.sampled_from(rates.CURRENCIES)),
            }
        )
        most = draw(st.sampled_from([3, 10**8]))
        amounts = draw(st.lists(st.integers(-most, most), min_size=1, max_size=12))
        lines += [{"doc": doc, "account": 800_000, "amount": amount} for amount in [*amounts, -sum(amounts)]]
    shuffled = draw(st.permutations(lines))
    return pl.DataFrame(headers), pl.DataFrame(shuffled)


@settings(max_examples=60, deadline=None)
@given(documents())
def test_posted_documents_balance_in_all_currencies_with_the_difference_in_the_largest_line(
    posting: tuple[pl.DataFrame, pl.DataFrame],
) -> None:
    world = new_world()
    headers, lines = posting
    numbers = ledger.post(world, headers, lines)
    assert numbers["doc"].to_list() == headers["doc"].to_list()
    acdoca = emitted(world, "ACDOCA").join(numbers, left_on=["BELNR", "GJAHR"], right_on=["belnr", "gjahr"], how="left")
    acdoca = acdoca.join(headers.select("doc", "company"), left_on=["doc", "RBUKRS"], right_on=["doc", "company"])
    assert acdoca.height == lines.height
    for target, posted in (("RHCUR", "HSL"), ("RKCUR", "KSL")):
        exact = rates.convert(world.seed, acdoca, "WSL", "RWCUR", target, "BUDAT", "into")
        for (doc,), part in exact.sort("DOCLN").group_by("doc", maintain_order=True):
            assert part[posted].sum() == 0, doc
            differs = np.flatnonzero((part[posted] - part["into"]).to_numpy())
            assert list(differs) in ([], [int(np.argmax(np.abs(part["WSL"].to_numpy())))])


def one_document(**changes: list[int | None]) -> tuple[pl.DataFrame, pl.DataFrame]:
    header = {
        "doc": [7],
        "company": [2000],
        "kind": ["SA"],
        "posted": [Month(0).first],
        "document_date": [Month(0).first],
    }
    lines = {"doc": [7, 7], "account": [600_000, 113_100], "amount": [100, -100]}
    return pl.DataFrame({**header, "currency": ["EUR"]}), pl.DataFrame({**lines, **changes})


@pytest.mark.parametrize(
    "changes",
    [{"amount": [100, -99]}, {"local": [120, -119]}, {"local": [120, None]}, {"group": [100, -99]}, {"doc": [7, 8]}],
)
def test_document_that_does_not_balance_is_refused_by_its_number(changes: dict[str, list[int | None]]) -> None:
    with pytest.raises(ConcordError, match=r"[78]"):
        ledger.post(new_world(), *one_document(**changes))


def test_document_outside_of_the_month_is_refused() -> None:
    with pytest.raises(ConcordError, match="2023-12"):
        ledger.post(new_world(1), *one_document())


def test_reversal_and_original_name_each_other() -> None:
    world = new_world()
    header, lines = one_document()
    later = header.with_columns(doc=pl.lit(8), posted=pl.col("posted") + 3, reverses=pl.lit(7))
    headers = pl.concat([header.with_columns(reverses=pl.lit(None, pl.Int32)), later], how="vertical_relaxed")
    back = lines.with_columns(doc=pl.lit(8), amount=-pl.col("amount"))
    original, reversal = ledger.post(world, headers, pl.concat([lines, back], how="vertical_relaxed"))["belnr"]
    versions = emitted(world, "BKPF").select("BELNR", "_on", "_op", "STBLG").rows()
    first = Month(0).first
    assert sorted(versions, key=str) == sorted(
        [(original, first, "C", None), (reversal, first + 3, "C", original), (original, first + 3, "U", reversal)],
        key=str,
    )
