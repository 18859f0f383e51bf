"""Any sequence of incremental runs gives exactly what one full rebuild gives."""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, Phase, given, settings

from pipelines.run import run
from pipelines.state import State
from tests.extracts import TinyCompany, contents, customer, example_copy, product, sale, small_company

Change = Callable[[TinyCompany], None]

_numbers = st.integers(1, 8)
_days = st.sampled_from([20231231, 20240229, 20240615, 20250110, 20250111, 20991231, 0])
_orders = st.tuples(st.sampled_from(["SO1", "SO3", "SO9"]), st.sampled_from(["HEL-01", "HEL-02", "GONE-9"]))


def _put_customer(number: int, first: str) -> Change:
    return lambda company: company.customers.update({number: customer(number, first=first)})


def _drop_customer(number: int) -> Change:
    return lambda company: company.customers.pop(number, None) and None


def _put_sale(key: tuple[str, str], buyer: int, day: int, quantity: int) -> Change:
    return lambda company: company.sales.update({key: sale(*key, buyer=buyer, day=day, quantity=quantity)})


def _drop_sale(key: tuple[str, str]) -> Change:
    return lambda company: company.sales.pop(key, None) and None


def _put_product(number: int, name: str, cost: str, start: str) -> Change:
    return lambda company: company.products.update({number: product(number, name, cost, start)})


def _move(number: int, country: str) -> Change:
    key = f"AW-{number:08d}"
    return lambda company: company.places.update({key: [key, country]})


def _forget_place(number: int) -> Change:
    return lambda company: company.places.pop(f"AW-{number:08d}", None) and None


def _renumber(number: int, reference: int) -> Change:
    """The CRM links its customer to another number: records part and meet."""

    def change(company: TinyCompany) -> None:
        row = customer(number)
        row[1] = f"AW{reference:08d}"
        company.customers[number] = row

    return change


_changes = st.one_of(
    st.builds(_put_customer, _numbers, st.sampled_from(["Ada", "Grace", " Alan ", ""])),
    st.builds(_drop_customer, _numbers),
    st.builds(_put_sale, _orders, _numbers, _days, st.integers(-1, 5)),
    st.builds(_drop_sale, _orders),
    st.builds(
        _put_product,
        st.integers(1, 5),
        st.sampled_from(["HEL-01", "HEL-02"]),
        st.sampled_from(["", "3", "11"]),
        st.sampled_from(["2011-07-01", "2024-03-01", "2024-06-01"]),
    ),
    st.builds(_move, _numbers, st.sampled_from(["Germany", "DE", "Atlantis", ""])),
    st.builds(_forget_place, _numbers),
    st.builds(_renumber, _numbers, _numbers),
)
_deliveries = st.lists(st.lists(_changes, max_size=4), min_size=1, max_size=4)


@given(deliveries=_deliveries)
@settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],  # a run takes seconds: shrinking would take an hour
)
def test_corrections_deletes_late_rows_and_empty_batches_end_where_a_full_rebuild_ends(
    small_example: Path, deliveries: list[list[Change]]
) -> None:
    folder = Path(tempfile.mkdtemp(prefix="concord-sequence-"))
    try:
        chosen, company = example_copy(small_example, folder), small_company()
        with State(chosen.state_url.get_secret_value()) as state:
            for changes in deliveries:
                for change in changes:
                    change(company)
                company.write(folder / "extracts")
                account = run(chosen, state)
                assert account.mode in {"incremental", "none"}
                for table in account.tables:
                    assert table.read == table.quarantined + table.admitted + table.unchanged
            incremental = contents(chosen)
            run(chosen, state, full=True)
        assert contents(chosen) == incremental
    finally:
        shutil.rmtree(folder)


def test_a_product_takes_the_number_of_another_and_gives_its_own_up(small_example: Path, tmp_path: Path) -> None:
    chosen, company = example_copy(small_example, tmp_path), small_company()
    with State(chosen.state_url.get_secret_value()) as state:
        company.products[2] = product(2, name="HEL-02", cost="12", start="2024-06-01")
        company.write(tmp_path / "extracts")
        assert run(chosen, state).mode == "incremental"
        in_steps = contents(chosen)
        run(chosen, state, full=True)
    assert contents(chosen) == in_steps


def _rename_category(company: TinyCompany) -> None:
    company.categories["AC_HE"] = ["AC_HE", "Headwear", "Helmets", "Yes"]


@pytest.mark.parametrize("move", [_rename_category, _renumber(1, 2)], ids=["category", "customer"])
def test_old_sales_count_where_their_customers_and_products_are_now(
    small_example: Path, tmp_path: Path, move: Change
) -> None:
    chosen, company = example_copy(small_example, tmp_path), small_company()
    markets = []
    with State(chosen.state_url.get_secret_value()) as state:
        company.sales["SO78", "HEL-01"] = sale("SO78", "HEL-01", buyer=1)
        for change in (lambda _: None, move):
            change(company)
            company.write(tmp_path / "extracts")
            assert run(chosen, state).mode == "incremental"
            in_steps = contents(chosen)
            markets.append(in_steps["sales.revenue_month_market"])
        run(chosen, state, full=True)
    assert contents(chosen) == in_steps
    assert markets[0] != markets[1]


def test_a_rollback_loses_nothing_that_came_after_it(small_example: Path, tmp_path: Path) -> None:
    from pipelines.publish.versions import rollback

    chosen, company = example_copy(small_example, tmp_path), small_company()
    with State(chosen.state_url.get_secret_value()) as state:
        first = contents(chosen)
        company.sales["SO77", "HEL-01"] = sale("SO77", "HEL-01", buyer=2)
        company.write(tmp_path / "extracts")
        run(chosen, state)
        second = contents(chosen)
        assert second != first

        rollback(chosen, state)
        assert contents(chosen) == first

        account = run(chosen, state)
        assert account.outcome == "published"
        assert contents(chosen) == second
