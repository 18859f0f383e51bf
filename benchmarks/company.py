"""A company of any size in the shape of docs/examples/crm-erp-csv, and the next day's news of it."""

from pathlib import Path

import duckdb

PRODUCTS = 5_000
LINES_PER_CUSTOMER = 25


def write_company(folder: Path, lines: int) -> None:
    """Write the six extracts with ``lines`` sales order lines, as dirty as real ones: one amount in a thousand disagrees."""
    customers = max(10, lines // LINES_PER_CUSTOMER)
    for room in ("source_crm", "source_erp"):
        (folder / room).mkdir(parents=True, exist_ok=True)
    _write(
        folder / "source_crm" / "cust_info.csv",
        f"""
        select 10000 + i as cst_id, 'AW' || lpad((10000 + i)::varchar, 8, '0') as cst_key, 'Given' || i % 5000 as cst_firstname,
            'Family' || i % 20000 as cst_lastname, case when i % 2 = 0 then 'M' else 'S' end as cst_marital_status,
            case i % 3 when 0 then 'M' when 1 then 'F' end as cst_gndr, date '2020-01-01' + (i % 1500)::integer as cst_create_date
        from range({customers}) as t (i)
        """,
    )
    _write(
        folder / "source_crm" / "prd_info.csv",
        f"""
        select i as prd_id, 'AC-HE-P' || lpad((i // 2)::varchar, 6, '0') as prd_key, 'Product ' || i // 2 as prd_nm,
            5 + i % 90 as prd_cost, 'R ' as prd_line, case when i % 2 = 0 then '2011-07-01' else '2023-07-01' end as prd_start_dt,
            null as prd_end_dt
        from range({2 * PRODUCTS}) as t (i)
        """,
    )
    _write(
        folder / "source_crm" / "sales_details.csv",
        f"select *, 'U' as op from ({_lines(customers)} from range({lines}) as t (i))",
    )
    _write(
        folder / "source_erp" / "CUST_AZ12.csv",
        f"""
        select 'NASAW' || lpad((10000 + i)::varchar, 8, '0') as "CID", date '1950-01-01' + (i % 18000)::integer as "BDATE",
            case when i % 2 = 0 then 'Male' else 'Female' end as "GEN"
        from range({customers}) as t (i)
        """,
    )
    _write(
        folder / "source_erp" / "LOC_A101.csv",
        f"""
        select 'AW-' || lpad((10000 + i)::varchar, 8, '0') as "CID", case i % 4 when 0 then 'DE' when 1 then 'USA'
            when 2 then 'France' else 'Australia' end as "CNTRY"
        from range({customers}) as t (i)
        """,
    )
    _write(
        folder / "source_erp" / "PX_CAT_G1V2.csv",
        "select 'AC_HE' as \"ID\", 'Accessories' as \"CAT\", 'Helmets' as \"SUBCAT\", 'Yes' as \"MAINTENANCE\"",
    )


def write_news(folder: Path, lines: int, day: int = 1) -> int:
    """Write a day's delta in which one line in a thousand is new, corrected or deleted, all over the history; returns its rows.

    The days of a benchmark touch other lines each.
    """
    customers, changed = max(10, lines // LINES_PER_CUSTOMER), max(3, lines // 1000)
    step, new = lines // changed, changed // 5
    _write(
        folder / "source_crm" / f"sales_details.next{day}.csv",
        f"""
        with touched as ({_lines(customers)}, i // {step} % 10 as fate from range({day - 1}, {lines}, {step}) as t (i))
        select * exclude (fate) replace (sls_quantity + 1 as sls_quantity, (sls_quantity + 1) * sls_price as sls_sales), 'U' as op
        from touched where fate < 7
        union all
        select * exclude (fate), 'D' as op from touched where fate = 7
        union all
        select *, 'U' as op from ({_lines(customers)} from range({lines + (day - 1) * new}, {lines + day * new}) as t (i))
        """,
    )
    return changed


def _lines(customers: int) -> str:
    """The columns of order lines number ``i``; three lines an order, four years of days in order."""
    return f"""
        select 'SO' || (100000 + i // 3)::varchar as sls_ord_num,
            'P' || lpad(((i * 7919) % {PRODUCTS})::varchar, 6, '0') as sls_prd_key,
            10000 + (i // 3 * 104729) % {customers} as sls_cust_id,
            strftime(date '2021-01-01' + ((i // 3 * 3) % 1400)::integer, '%Y%m%d') as sls_order_dt,
            strftime(date '2021-01-08' + ((i // 3 * 3) % 1400)::integer, '%Y%m%d') as sls_ship_dt,
            strftime(date '2021-01-13' + ((i // 3 * 3) % 1400)::integer, '%Y%m%d') as sls_due_dt,
            (10 + i % 90) * (1 + i % 4) + (case when i % 1000 = 0 then 1 else 0 end) as sls_sales,
            1 + i % 4 as sls_quantity, 10 + i % 90 as sls_price
    """


def _write(target: Path, query: str) -> None:
    """Write the rows of a query as CSV."""
    connection = duckdb.connect(config={"memory_limit": "1GB", "threads": 2})
    try:
        connection.execute(f"copy ({query}) to '{target}' (header, delimiter ',')")
    finally:
        connection.close()
