"""A tiny CRM and ERP in the shape of docs/examples/crm-erp-csv, whose content a test decides."""

import copy
import csv
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from pipelines.settings import REPOSITORY, Settings, load_settings
from pipelines.warehouse import quoted, read_published

EXAMPLE = REPOSITORY / "docs" / "examples" / "crm-erp-csv" / "concord.toml"
SHARED_DATA = REPOSITORY.parent / "shared" / "data"

_COLUMNS = {
    "source_crm/cust_info": ("cst_id,cst_key,cst_firstname,cst_lastname,cst_marital_status,cst_gndr,cst_create_date"),
    "source_crm/prd_info": "prd_id,prd_key,prd_nm,prd_cost,prd_line,prd_start_dt,prd_end_dt",
    "source_crm/sales_details": (
        "sls_ord_num,sls_prd_key,sls_cust_id,sls_order_dt,sls_ship_dt,sls_due_dt,sls_sales,sls_quantity,sls_price"
    ),
    "source_erp/CUST_AZ12": "CID,BDATE,GEN",
    "source_erp/LOC_A101": "CID,CNTRY",
    "source_erp/PX_CAT_G1V2": "ID,CAT,SUBCAT,MAINTENANCE",
}

_one_at_a_time = threading.Lock()


@dataclass
class TinyCompany:
    """The six tables as dictionaries from key to row (values in the order of the columns)."""

    customers: dict[int, list[str]] = field(default_factory=dict)
    products: dict[int, list[str]] = field(default_factory=dict)
    sales: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    people: dict[str, list[str]] = field(default_factory=dict)
    places: dict[str, list[str]] = field(default_factory=dict)
    categories: dict[str, list[str]] = field(default_factory=dict)

    def copy(self) -> "TinyCompany":
        """Return the company as it is now, independent of what happens to this one."""
        return copy.deepcopy(self)

    def write(self, folder: Path) -> None:
        """Write the six files whole, as the systems deliver them."""
        tables = (self.customers, self.products, self.sales, self.people, self.places, self.categories)
        for (name, header), rows in zip(_COLUMNS.items(), tables, strict=True):
            target = folder / f"{name}.csv"
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("w", newline="", encoding="utf-8") as handle:
                writer = csv.writer(handle, lineterminator="\r\n")
                writer.writerow(header.split(","))
                writer.writerows(rows[key] for key in sorted(rows))


def customer(number: int, first: str = "Ada", last: str = "Lovelace") -> list[str]:
    """A row of cust_info."""
    return [str(number), f"AW{number:08d}", first, last, "M", "F", "2025-01-01"]


def product(number: int, name: str = "HEL-01", cost: str = "10", start: str = "2011-07-01") -> list[str]:
    """A row of prd_info, in the category AC_HE."""
    return [str(number), f"AC-HE-{name}", f"Helmet {name}", cost, "S", start, ""]


def sale(order: str, item: str, buyer: int, day: int = 20250110, quantity: int = 1, price: str = "25") -> list[str]:
    """A row of sales_details; the amount is quantity × price."""
    return [order, item, str(buyer), str(day), "20250120", "20250125", str(quantity * int(price)), str(quantity), price]


def small_company() -> TinyCompany:
    """Six customers, three products (one with two versions), twelve order lines."""
    company = TinyCompany()
    for number in range(1, 7):
        company.customers[number] = customer(number, first=f"Name{number}")
        company.people[f"NASAW{number:08d}"] = [f"NASAW{number:08d}", "1971-10-06", "Male"]
        company.places[f"AW-{number:08d}"] = [f"AW-{number:08d}", "Germany" if number % 2 else "USA"]
    company.products[1] = product(1)
    company.products[2] = product(2, cost="12", start="2024-06-01")
    company.products[3] = product(3, name="HEL-02", cost="7")
    company.categories["AC_HE"] = ["AC_HE", "Accessories", "Helmets", "Yes"]
    for number in range(12):
        key = (f"SO{number // 2}", f"HEL-0{number % 2 + 1}")
        day = 20240101 + 100 * (number % 12) + number
        company.sales[key] = sale(*key, buyer=number % 6 + 1, day=day, quantity=number % 3 + 1)
    return company


def example_settings(extracts: Path, home: Path) -> Settings:
    """Return the settings of the worked example with its extracts and its home in these folders."""
    with _one_at_a_time, environment(CONCORD_EXTRACTS=str(extracts), CONCORD_HOME=str(home)):
        return _of_few_rows(load_settings(EXAMPLE))


def demo_settings(home: Path) -> Settings:
    """Return the settings of the demo company with its home in this folder."""
    with _one_at_a_time, environment(CONCORD_HOME=str(home)):
        return _of_few_rows(load_settings(REPOSITORY / "concord.toml"))


def _of_few_rows(settings: Settings) -> Settings:
    """Tiny companies give a second thread nothing to do but to wake up, which takes a fifth of a build's CPU time."""
    return settings.model_copy(update={"warehouse": settings.warehouse.model_copy(update={"threads": 1})})


def example_copy(small_example: Path, folder: Path) -> Settings:
    """Copy the published small company (the fixture ``small_example``) into the folder; return its settings."""
    shutil.copytree(small_example, folder, symlinks=True, dirs_exist_ok=True)
    return example_settings(folder / "extracts", folder / "home")


@contextmanager
def environment(**values: str) -> Iterator[None]:
    """Set variables of the environment for this block."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


OF_RUNS = ("quality.test_history", "quality.trust_part", "quality.trust_score")
"""What speaks of the runs so far and not of the company."""
_PUBLIC = (
    *(
        "reference",
        "staging",
        "conformed",
        "core",
        "customer",
        "sales",
        "inventory",
        "finance",
        "procurement",
        "production",
    ),
    *("service", "marketing", "people", "quality"),
)


_MANY = 10_000


def contents(
    settings: Settings, number: int | None = None, *, without: tuple[str, ...] = (), of_views: bool = True
) -> dict[str, list[str]]:
    """Return every table and view of a published version as sorted texts of its rows; of many rows their number and a hash.

    Columns named in ``without`` are left out, and ``changed_…`` views, which speak of a build and not of the company. Of views
    only the definition is told when their rows, made of tables that are told, are not wanted (``of_views``).
    """
    connection, _ = read_published(settings.home, number)
    try:
        connection.execute("set threads = 1")  # of hundreds of small tables a second one is only told
        relations = connection.execute(
            "select schema_name, table_name, list(column_name order by column_index) from duckdb_columns() "
            "where database_name = 'warehouse' and not internal group by all"
        ).fetchall()
        definitions = (
            "select schema_name, view_name, sql from duckdb_views() where database_name = 'warehouse' and not internal"
        )
        views = {(schema, name): sql for schema, name, sql in connection.execute(definitions).fetchall()}
        return {
            f"{schema}.{name}": [views[schema, name]]
            if (schema, name) in views and not of_views
            else _rows(connection, schema, name, [column for column in columns if column not in without])
            for schema, name, columns in sorted(relations)
            if schema in _PUBLIC and not name.startswith("changed_") and f"{schema}.{name}" not in OF_RUNS
        }
    finally:
        connection.close()


def _rows(connection: duckdb.DuckDBPyConnection, schema: str, name: str, columns: list[str]) -> list[str]:
    row = f"row({', '.join(map(quoted, columns))})"
    relation = f"{quoted(schema)}.{quoted(name)}"
    found = connection.execute(f"select cast({row} as varchar) from {relation} limit {_MANY + 1}").fetchall()
    if len(found) > _MANY:
        found = connection.execute(f"select concat(count(*), ' rows, ', sum(hash({row}))) from {relation}").fetchall()
    return sorted(text for (text,) in found)
